"""What was asked: its language, the words that tell, and what may be found; knows nothing of time."""

import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Self

from corpus import UserError
from corpus.cleaning import clean_text
from corpus.languages import ENGLISH, NAMES, language
from corpus.message import Message
from corpus.sentences import sentences
from corpus.words import Word, keys, name_key
from index.archive import Archive
from index.stores.spelling import NAME, SMALL, name_terms, searched
from qa.question.english import JOINED

# Where a capital tells nothing: at the beginning, and after what ends a sentence or opens a quotation.
_OPENING = re.compile(r"(?:^|[.?!:]\s|[\n\"“‘(])[\s\"“‘(]*$")
# Members of peoples, parties and creeds are common words: one Russian, two Russians.
_GROUP = re.compile(r"\w+(?:an|ist|crat|ite|ic|eli|aqi|udi|ani|[hn]i)s?|\w+(?:ese|ish)")
# A pasted article is not a question: beyond this many different words more tell nothing.
_MOST_TERMS = 64
_LONGEST_QUESTION = 5000
# A question that opens with no question word is in another language than the archive only if so many of its small
# words are of that one, and so many more than of the archive's.
_LEAST, _MORE = 3, 2
_MARKS = " ¿¡\"'“„«‘("


Kind = Literal["number", "time", "name", "reason", ""]
# The first one in the question counts: "Where was Kerry when the news broke?" asks for a place.
_KINDS: tuple[Kind, ...] = ("time", "number", "name", "reason")


@dataclass(frozen=True, slots=True)
class Terms:
    """Words of a question, as spelt and as indexed (names as written, others stemmed), each once, with their weights.

    A weight is ln(1 + (n - f + 0.5) / (f + 0.5)) with f of n chunks holding the word (Robertson and Sparck Jones); n is
    1,000 at least, since a handful of articles cannot tell a rare word.
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
    """A question as it is searched, in its `language`.

    `terms` are all its telling words, `asked` those of the sentence that asks, since others may only lead up to it.
    `pairs` are neighbouring words with weights that add up to 1, `kind` is what kind of thing would answer, `tells`
    whether any word says what it is about. `followup` is how the reader is asked a follow-up that was joined to an
    earlier question, which would else be answered as well.
    """

    text: str
    terms: Terms
    asked: Terms
    pairs: dict[tuple[str, str], float]
    kind: Kind
    tells: bool = True
    language: str = ENGLISH
    followup: str = ""

    @property
    def for_reader(self) -> str:
        """The question as the reader gets it."""
        return self.followup or self.text

    @classmethod
    def read(cls, text: str, archive: Archive, timeless: str = "", quoted: Collection[str] = ()) -> Self:
        """Read a question, clean as `checked` leaves it, with the words of an archive.

        `timeless` is the question without the words that name a time, which dates meet, unless there are no others;
        `quoted` phrases always tell, a word alone as a name.
        """
        timeless = timeless or text
        spoken = spoken_in(text, archive.summary.language)
        small = language(spoken).small
        tells = bool(telling(timeless, small))
        alone = {keys(phrase)[0] for phrase in quoted if len(keys(phrase)) == 1}
        terms = telling_terms(timeless if tells else text, archive, alone, small)
        asking = asking_sentence(timeless)
        asked = telling_terms(asking, archive, alone, small) if telling(asking, small) else terms
        pairs, kind = _pairs(text, terms, archive), asked_kind(asking, spoken)
        return cls(text, terms, asked, pairs, kind, tells or bool(quoted), spoken)


def asked_kind(question: str, code: str = ENGLISH) -> Kind:
    """What kind of thing would answer, by the first question word of the last question; "" where that is open."""
    question, kinds = JOINED.split(question)[-1], language(code).kinds
    found = {kind: match.start() for kind in _KINDS if (match := kinds[kind].search(question))}
    return min(found, key=found.__getitem__, default="")


def asking_sentence(text: str) -> str:
    """The last sentence that ends in a question mark, else the last sentence."""
    spans = [text[start:end] for start, end in sentences(text)]
    return next((sentence for sentence in reversed(spans) if sentence.endswith("?")), spans[-1] if spans else text)


def spoken_in(text: str, usual: str) -> str:
    """The language of a question, as two letters: the usual one, that of the archive, unless it is surely another."""
    said = [word.key for word in searched(text) if text[word.start].islower() or not word.start]
    counts = {code: sum(key in language(code).small for key in said) for code in NAMES}
    best = max(counts, key=counts.__getitem__)
    more = counts[best] - counts.get(usual, 0)
    surely = counts[best] >= _LEAST and more >= _MORE
    return best if surely or (more > 0 and _opens_as(text, best) and not _opens_as(text, usual)) else usual


def _opens_as(text: str, code: str) -> bool:
    spoken, text = language(code), text.lstrip(_MARKS)
    return any(pattern.match(text) for pattern in (spoken.asks, *spoken.kinds.values()))


def checked(question: str) -> str:
    """The question, cleaned as articles are; UserError when nothing is asked, or more than anyone reads."""
    words = clean_text(question)
    if len(words) > _LONGEST_QUESTION:
        form = "The question has %(characters)s characters; ask in %(most)s at most."
        raise UserError(Message(form, characters=len(words), most=_LONGEST_QUESTION))
    if not keys(words):
        raise UserError(Message("The question is empty; ask in a few words, like: Why is Obama wary of intervention?"))
    return words


def telling(text: str, small: Collection[str] = SMALL) -> list[str]:
    """The words that say something of a question's subject, as it writes them, in order: all but small ones."""
    return [text[word.start : word.end] for word in searched(text) if word.key not in small]


def asks_for_news(text: str, code: str = ENGLISH) -> bool:
    """Whether a question, without the time it names, asks for nothing but what was in the news."""
    spoken = language(code)
    return (spoken.small | spoken.news).issuperset(word.key for word in searched(text))


def telling_terms(
    question: str, archive: Archive, quoted: Collection[str] = (), small: Collection[str] = SMALL
) -> Terms:
    """The words that say something of the subject (all, where none does); names and `quoted` ones as written."""
    said = searched(question)
    names = {*_names(question, said), *quoted}
    written: dict[str, str] = {}
    for word in [word for word in said if word.key not in small] or said:
        spelled = question[word.start : word.end]
        is_name = word.key in names and _is_name(word.key, archive)
        for term in [NAME + word.key] if is_name else archive.terms(word.key):
            written.setdefault(term, re.sub(r"['’]s$", "", spelled))
    terms = tuple(written)[:_MOST_TERMS]
    found, count = archive.statistics.frequencies(terms), max(archive.statistics.chunks, 1000)
    weights = (math.log(1 + (count - found[term] + 0.5) / (found[term] + 0.5)) for term in terms)
    return Terms(tuple(written[term] for term in terms), terms, tuple(weights))


def terms_in(text: str, archive: Archive) -> set[str]:
    """What a text holds of the terms of questions: its words less their endings, and its names as written."""
    return {*archive.terms(text), *name_terms(text)}


def _names(question: str, said: Sequence[Word]) -> set[str]:
    """The keys of words with a capital that does not open a sentence; none where all have one, as in a headline."""
    if not any(question[word.start].islower() for word in said):
        return set()
    capitals = [word for word in said if question[word.start].isupper() and not _GROUP.fullmatch(word.key)]
    return {word.key for word in capitals if not _OPENING.search(question, 0, word.start)}


def _is_name(key: str, archive: Archive) -> bool:
    """Whether a word counts as it is written: the archive has it with a capital, or does not have it at all."""
    frequencies, name = archive.statistics.frequencies, NAME + key
    return bool(frequencies([name])[name] or frequencies([name], "title")[name]) or not archive.pieces_with([key], 1)


def named(wanted: str, known: Iterable[str]) -> frozenset[str]:
    """The names of the archive that one means; "Guardian" is every one with that word, unless one is called just so."""
    words, names = name_key(wanted), {name: name_key(name) for name in known}
    exact = frozenset(name for name, key in names.items() if key == words)
    return exact or frozenset(name for name, key in names.items() if words and f" {words} " in f" {key} ")


def _pairs(text: str, terms: Terms, archive: Archive) -> dict[tuple[str, str], float]:
    weights = {
        stem: weight
        for term, weight in zip(terms.terms, terms.weights, strict=True)
        for stem in (archive.terms(term.removeprefix(NAME)) if term.startswith(NAME) else [term])
    }
    pairs = {pair: weights.get(pair[0], 0.0) + weights.get(pair[1], 0.0) for pair in pairwise(archive.terms(text))}
    total = sum(pairs.values())
    return {pair: weight / total for pair, weight in pairs.items() if weight > 0}
