"""Which language a question is in, and which of its words tell nothing there."""

from corpus.languages import NAMES, language
from index.stores.spelling import searched

# A question that opens with no question word is in another language than the archive only if so many of its small
# words are of that one, and so many more than of the archive's.
_LEAST, _MORE = 3, 2
_OPENING = " ¿¡\"'“„«‘("


def spoken_in(text: str, usual: str) -> str:
    """The language of a question, as two letters: the usual one, that of the archive, unless it is surely another."""
    said = [word.key for word in searched(text) if text[word.start].islower() or not word.start]
    counts = {code: sum(key in language(code).small for key in said) for code in NAMES}
    best = max(counts, key=counts.__getitem__)
    more = counts[best] - counts.get(usual, 0)
    surely = counts[best] >= _LEAST and more >= _MORE
    return best if surely or (more > 0 and _asks(text, best) and not _asks(text, usual)) else usual


def _asks(text: str, code: str) -> bool:
    spoken, text = language(code), text.lstrip(_OPENING)
    return any(pattern.match(text) for pattern in (spoken.asks, *spoken.kinds.values()))
