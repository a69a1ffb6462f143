"""The language that texts are written in; the home of py3langid."""

from collections import Counter
from collections.abc import Iterable

# Shorter texts do not tell, and longer ones tell no more.
_FEWEST, _MOST = 200, 600


def language_of(texts: Iterable[str]) -> str:
    """The language of most of the texts, as two letters; empty where no text is long enough to tell."""
    import py3langid

    languages = Counter(py3langid.classify(text[:_MOST])[0] for text in texts if len(text) >= _FEWEST)
    return str(languages.most_common(1)[0][0]) if languages else ""
