"""What was asked: the words that tell, and what may be found; knows nothing of time."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Self

from corpus import UserError
from corpus.sentences import sentences
from index.keywords import Filter, KeywordIndex

# Words that shape an English question and say nothing of its subject. None is a verb or noun a headline turns on.
_FUNCTION_WORDS = frozenset(
    """
    a about after all also am an and any are as at be been being but by can could did do does doing for from had
    has have having he her hers him his how i if in into is it its me more most my of on or our she should so some
    such than that the their them then there these they this those to too was we were what when where which while
    who whom whose why will with would you your
    """.split()  # noqa: SIM905 (a list of words reads better so)
)
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")
# A pasted article is not a question: beyond this many different words more tell nothing.
_MOST_TERMS = 64


@dataclass(frozen=True, slots=True)
class Terms:
    """Words of a question as they are indexed, each once, in order, with their weights.

    A weight is the word's inverse document frequency, ln(1 + (n - f + 0.5) / (f + 0.5)) with f of n chunks holding
    it (Robertson and Sparck Jones); n counts as 1,000 at least, since a handful of articles cannot tell a rare word.
    """

    words: tuple[str, ...]
    terms: tuple[str, ...]
    weights: tuple[float, ...]

    @property
    def total(self) -> float:
        """The sum of the weights."""
        return sum(self.weights)

    def held(self, found: Iterable[str]) -> float:
        """The share of the weight that some indexed words hold, in [0, 1]: 1 when each term is among them."""
        among = set(found)
        weights = (weight for term, weight in zip(self.terms, self.weights, strict=True) if term in among)
        return sum(weights) / self.total if self.terms else 0.0


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is searched.

    `terms` are all its telling words, `asked` those of the sentence that asks, since others may only lead up to it
    ("The Fed raised rates. By how much?"). `pairs` are neighbouring words with their weights, which add up to 1.
    """

    text: str
    terms: Terms
    asked: Terms
    pairs: dict[tuple[str, str], float]

    @classmethod
    def read(cls, text: str, keywords: KeywordIndex) -> Self:
        """Read a question with the words of an index; UserError when nothing is asked."""
        words = checked(text)
        terms = telling_terms(words, keywords)
        return cls(words, terms, telling_terms(asking_sentence(words), keywords), _pairs(words, terms, keywords))


def asking_sentence(text: str) -> str:
    """The last sentence that ends in a question mark, else the last sentence."""
    spans = [text[start:end] for start, end in sentences(text)]
    return next((sentence for sentence in reversed(spans) if sentence.endswith("?")), spans[-1] if spans else text)


def checked(question: str) -> str:
    """The question without white space around it; UserError when nothing is asked."""
    words = question.strip()
    if not _WORD.search(words):
        message = "The question is empty; ask in a few words, like: Why is Obama wary of intervention?"
        raise UserError(message)
    return words


def telling_terms(question: str, keywords: KeywordIndex) -> Terms:
    """The words of the question that say something of its subject; all of them where none does ("What was that?")."""
    words = _WORD.findall(question)
    telling = [word for word in words if word.lower() not in _FUNCTION_WORDS] or words
    first_words: dict[str, str] = {}
    for word in telling:
        for term in keywords.terms(word):
            first_words.setdefault(term, word)
    terms = tuple(first_words)[:_MOST_TERMS]
    return Terms(
        words=tuple(first_words[term] for term in terms),
        terms=terms,
        weights=tuple(_weight(keywords.frequency(term), keywords.count) for term in terms),
    )


def day(value: date | str | None, name: str) -> date | None:
    """A day given as such or as "YYYY-MM-DD"; UserError for other words."""
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value.strip()) if value.strip() else None
    except ValueError as error:
        message = f"“{value}” is no date for “{name}”; write it as YYYY-MM-DD, like 2016-06-17."
        raise UserError(message) from error


def named(wanted: Sequence[str], known: Iterable[str]) -> frozenset[str] | None:
    """The names of the archive that are meant, None for no restriction.

    Case does not count. "Guardian" means every outlet with that word, unless one is called just so.
    """
    if not wanted:
        return None
    names = {name: _folded(name) for name in known}
    meant: set[str] = set()
    for words in map(_folded, wanted):
        exact = {name for name, folded in names.items() if folded == words}
        meant |= exact or {name for name, folded in names.items() if words and f" {words} " in f" {folded} "}
    return frozenset(meant)


def window(
    since: date | None, until: date | None, sources: frozenset[str] | None, authors: frozenset[str] | None
) -> Filter:
    """What may be found, as the index takes it; UserError where the window ends before it begins."""
    if since and until and since > until:
        message = f"The dates are the wrong way round: since {since} is after until {until}; swap them."
        raise UserError(message)
    return Filter(
        since=since.toordinal() if since else None,
        until=until.toordinal() if until else None,
        sources=sources,
        authors=authors,
    )


def _folded(name: str) -> str:
    return " ".join(_WORD.findall(name.casefold()))


def _pairs(text: str, terms: Terms, keywords: KeywordIndex) -> dict[tuple[str, str], float]:
    """Neighbouring words of which one at least is telling, weighed by what their telling words weigh."""
    weights = dict(zip(terms.terms, terms.weights, strict=True))
    pairs = {pair: weights.get(pair[0], 0.0) + weights.get(pair[1], 0.0) for pair in pairwise(keywords.terms(text))}
    total = sum(pairs.values())
    return {pair: weight / total for pair, weight in pairs.items() if weight > 0}


def _weight(frequency: int, count: int) -> float:
    count = max(count, 1000)
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))
