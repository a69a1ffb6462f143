"""Lines that an outlet puts into many of its articles and that are no news: told by what they say and how often."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace

from corpus.article import Article

# What a line must say to be thought of: a refrain of a speech, or the background of a running story, says none of this.
_SAYS = (
    "sign up", "subscri", "newsletter", "read more", "click here", "follow us", "your inbox", "cookies", "©",
    "all rights reserved", "advertisement", "download the app", "download our app", "our journalism", "privacy policy",
    "terms of use", "terms of service", "personal information", "use of your data", "abonn", "lesen sie auch",
    "lire aussi", "leer más", "suscr",
)  # fmt: skip
# In so many articles of one outlet such a line is a habit.
_OFTEN = 5


class Boilerplate:
    """Counts such lines in all articles first, then takes them out of each. What stands in one article alone stays.

    `known` are the `habits` of an earlier count.
    """

    def __init__(self, known: Mapping[str, list[str]] | None = None) -> None:
        self._seen: dict[str, Counter[str]] = defaultdict(Counter)
        self._known: dict[str, list[str]] = dict(known or {})

    @property
    def habits(self) -> dict[str, list[str]]:
        """What each outlet often says; asked when all is counted."""
        found = {source: self._habits(source) for source in {*self._seen, *self._known}}
        return {source: lines for source, lines in found.items() if lines}

    def count(self, article: Article) -> None:
        """Take note of an article."""
        self._seen[article.source].update({*_lines(article)})

    def without(self, article: Article) -> Article:
        """The article without them; itself where it has none, or would have nothing else."""
        habits = {line for line in self._habits(article.source) if line in article.text}
        if not habits:
            return article
        kept = "\n".join(line for line in article.text.split("\n") if line.strip() not in habits)
        text = re.sub(r"\n{3,}", "\n\n", kept).strip()
        return replace(article, text=text) if text and kept != article.text else article

    def _habits(self, source: str) -> list[str]:
        if source not in self._known:
            self._known[source] = [line for line, times in self._seen[source].items() if times >= _OFTEN]
        return self._known[source]


def _lines(article: Article) -> list[str]:
    lowered = article.text.lower()
    said = [words for words in _SAYS if words in lowered]
    return [line.strip() for line in article.text.split("\n") if any(words in line.lower() for words in said)]
