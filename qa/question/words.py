"""What was asked: the words that tell, and what may be found; knows nothing of time."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Self

from corpus import UserError
from corpus.cleaning import clean_text
from corpus.sentences import sentences
from index.archive import Archive
from index.stores.spelling import normalised
from qa.question.outlets import outlets_in

# Words that shape an English question to an archive and say nothing of its subject.
_FUNCTION_WORDS = frozenset(
    """
    a about after all also am an and any are as at be been being but by can could did do does doing for from had
    happen happened happening has have having he her hers him his how i if in into is it its know many me more
    most much my news next of on or our she should so some such tell than that the their them then there these they
    this those to too was we were what when where which while who whom whose why will with would you your
    """.split()  # noqa: SIM905 (a list of words reads better so)
)
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")
# A word in its writer's own spelling, less a possessive: U.S., 10,000, Labour.
_SPELLED = re.compile(r"(?:[^\W\d_]\.){2,}|\d{1,3}(?:,\d{3})+|\w+(?:['’.-](?!s\b)\w+)*")
# A pasted article is not a question: beyond this many different words more tell nothing.
_MOST_TERMS = 64
_LONGEST_QUESTION = 5000


Kind = Literal["number", "time", "name", "reason", ""]
# The first one in the question counts: "Where was Kerry when the news broke?" asks for a place.
_KINDS: dict[Kind, re.Pattern[str]] = {
    "time": re.compile(r"\bwhen\b|\b(?:what|which) (?:day|date|month|year|time|week)\b", re.IGNORECASE),
    "number": re.compile(
        r"\bhow (?:many|much|long|old|far|big|large|tall|high|fast|often|soon)\b"
        r"|\bwhat (?:percentage|percent|number|share|age|price|amount|score|proportion)\b",
        re.IGNORECASE,
    ),
    "name": re.compile(
        r"\b(?-i:(?!WHO\b))who(?:m|se)?\b|\bwhere\b"
        r"|\b(?:which|what) (?:\w+ )?"
        r"(?:city|country|countries|state|town|island|region|company|team|party|person|player)\b",
        re.IGNORECASE,
    ),
    "reason": re.compile(r"\bwhy\b|\bwhat (?:caused|led to|made)\b", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """Words of a question, as the reader spells them and as they are indexed, each once, in order, with their weights.

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

    `terms` are all its telling words, `asked` those of the sentence that asks, since others may only lead up to it,
    or all where it has none ("The Fed raised rates. Why?"). `pairs` are neighbouring words with their weights, which
    add up to 1. `kind` is what kind of thing would answer, `outlets` are those named as its source.
    `tells` is whether any word says what it is about.
    """

    text: str
    terms: Terms
    asked: Terms
    pairs: dict[tuple[str, str], float]
    kind: Kind
    outlets: frozenset[str] = frozenset()
    tells: bool = True

    @classmethod
    def read(cls, text: str, archive: Archive, time: str = "") -> Self:
        """Read a question, clean as `checked` leaves it, with the words and the outlets of an archive.

        `time` are words in it that name a time: they are met by dates, not by words, unless there are no others.
        """
        timeless = text.replace(time, " ", 1) if time else text
        tells = bool(telling(timeless))
        terms = telling_terms(timeless if tells else text, archive)
        asking = asking_sentence(timeless)
        asked = telling_terms(asking, archive) if telling(asking) else terms
        outlets = outlets_in(text, archive.outlets())
        return cls(text, terms, asked, _pairs(text, terms, archive), asked_kind(asking), outlets, tells)


def asked_kind(question: str) -> Kind:
    """What kind of thing would answer the question, by its first question word; empty where that cannot be told."""
    found = {kind: match.start() for kind, pattern in _KINDS.items() if (match := pattern.search(question))}
    return min(found, key=lambda kind: found[kind], default="")


def asking_sentence(text: str) -> str:
    """The last sentence that ends in a question mark, else the last sentence."""
    spans = [text[start:end] for start, end in sentences(text)]
    return next((sentence for sentence in reversed(spans) if sentence.endswith("?")), spans[-1] if spans else text)


def checked(question: str) -> str:
    """The question, cleaned as articles are; UserError when nothing is asked, or more than anyone reads."""
    words = clean_text(question)
    if len(words) > _LONGEST_QUESTION:
        message = f"The question has {len(words):,} characters; ask in {_LONGEST_QUESTION:,} at most."
        raise UserError(message)
    if not _WORD.search(words):
        message = "The question is empty; ask in a few words, like: Why is Obama wary of intervention?"
        raise UserError(message)
    return words


def telling(text: str) -> list[str]:
    """The words that say something of a question's subject, in the archive's one spelling, in order."""
    return [word for word in _WORD.findall(normalised(text)) if word.lower() not in _FUNCTION_WORDS]


def telling_terms(question: str, archive: Archive) -> Terms:
    """The words of the question that say something of its subject; all of them where none does ("What was that?")."""
    spelled = {normalised(word): word for word in reversed(_SPELLED.findall(question))}
    first_words: dict[str, str] = {}
    for word in telling(question) or _WORD.findall(normalised(question)):
        for term in archive.terms(word):
            first_words.setdefault(term, spelled.get(word, word))
    terms = tuple(first_words)[:_MOST_TERMS]
    frequencies, chunks = archive.statistics.frequencies(terms), archive.statistics.chunks
    return Terms(
        words=tuple(first_words[term] for term in terms),
        terms=terms,
        weights=tuple(_weight(frequencies[term], chunks) for term in terms),
    )


def named(wanted: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    """The names of the archive that are meant; "Guardian" is every one with that word, unless one is called just so."""
    names = {name: _folded(name) for name in known}
    meant: set[str] = set()
    for words in map(_folded, wanted):
        exact = {name for name, folded in names.items() if folded == words}
        meant |= exact or {name for name, folded in names.items() if words and f" {words} " in f" {folded} "}
    return frozenset(meant)


def _folded(name: str) -> str:
    return " ".join(_WORD.findall(name.casefold()))


def _pairs(text: str, terms: Terms, archive: Archive) -> dict[tuple[str, str], float]:
    """Neighbouring words of which one at least is telling, weighed by what their telling words weigh."""
    weights = dict(zip(terms.terms, terms.weights, strict=True))
    pairs = {pair: weights.get(pair[0], 0.0) + weights.get(pair[1], 0.0) for pair in pairwise(archive.terms(text))}
    total = sum(pairs.values())
    return {pair: weight / total for pair, weight in pairs.items() if weight > 0}


def _weight(frequency: int, count: int) -> float:
    count = max(count, 1000)
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))
