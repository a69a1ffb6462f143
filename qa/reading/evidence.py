"""The sentence or two of a passage that answer: told by words and the kind of thing asked for, else by meaning."""

import functools
import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from corpus.datelines import dateline
from corpus.languages import ENGLISH, language
from corpus.months import calendar_names
from corpus.sentences import Span, passage_sentences
from index.archive import Archive
from index.models.cone import Cone
from index.models.embedder import Embedder, Vectors
from index.stores.spelling import name_terms
from qa.question.words import Question, terms_in
from qa.search.quotation import Passage

# A name is told by its capital: inside the sentence, where every word may have one only if it is a name.
_NAME = re.compile(r"(?<=[\w,;:’'”\"] )(?:[“\"‘(]?)([A-Z][\w’'-]+)")
_YEAR = r"(?:1[6-9]|20)\d\d"
# How a statement ends. What ends otherwise is a question, a headline, a caption or a link among the text, which holds
# words of the question more often than its answer, and counts half.
_STATEMENT = re.compile(r"[.!…。！।][\"'”’»)\]]*$")
_NO_STATEMENT = 0.5
_QUESTION = re.compile(r"[?？][\"'”’»)\]]*$")
# A neighbour is quoted as well when it adds so much of the question, or the kind of thing that the best one lacks.
_NEIGHBOUR_ADDS = 0.3
# What a thing of the asked-for kind is worth beside a full match of the words, which counts 1.
_KIND_BONUS = 0.15
# Below this the words of a question do not tell which sentence answers: it is put in other words than the text.
_WORDS_TELL = 0.35
# So many passages are then read for their meaning, which takes some 40 ms each; what a full match counts beside it.
_READ_CLOSELY, _WORDS_BESIDE_MEANING = 2, 0.5
# Sentences on different things come so near to one another; those of two languages less near than any of one.
_MEANING_BY_CHANCE = 0.2
# What a sentence is left with after "19 décembre 2012." is no part of it.
_DASH = re.compile(r"[-–—]\s+")

# How near sentences come to the question in meaning: their cosines, shape (number of sentences,).
Meaning = Callable[[Sequence[str]], NDArray[np.float32]]


def near(embedder: Embedder, vector: Vectors, archive: Archive, *, apart: bool = False) -> Meaning:
    """How near sentences come to a question with that vector, in an archive; `apart` as in `Near.read`."""
    cone = Cone.of(archive.sample)
    least = float(cone.middle @ vector) if apart and cone.narrow else None
    return lambda sentences: cone.stretched(embedder.encode(sentences) @ vector, least)


@dataclass(slots=True)
class Sentences:
    """The sentences of a passage, as spans of its article's text, their terms, and how strongly each answers.

    By words that is 0 to 1, and more with a thing of the asked-for kind.
    """

    text: str
    sentences: Sequence[Span]
    terms: Sequence[set[str]]
    strengths: list[float]

    @property
    def greatest(self) -> float:
        """The greatest strength, 0 without sentences."""
        return max(self.strengths, default=0.0)

    def weigh(self, cosines: Iterable[float], by_chance: float = _MEANING_BY_CHANCE) -> None:
        """Let meaning decide as well, as far as the cosines are above those by chance."""
        self.strengths = [
            _worth(self.text[slice(*span)]) * max(0.0, cosine - by_chance) + _WORDS_BESIDE_MEANING * held
            for cosine, span, held in zip(cosines, self.sentences, self.strengths, strict=True)
        ]


def sentences_of(passage: Passage, archive: Archive) -> list[Span]:
    """The sentences of a passage, as spans of its article's text, without the dateline that the article opens with.

    A passage begins or ends inside a sentence only when that is longer than a chunk; then the part in the passage
    stands for it.
    """
    text = passage.article.text
    opening = dateline(text).end if passage.start == 0 else 0
    start = passage.start if opening >= passage.end else max(passage.start, opening)
    found = passage_sentences(text[start : passage.end], archive.summary.language)
    dashes = (_DASH.match(text, start + first, start + last) for first, last in found)
    return [
        (dash.end() if dash else start + first, start + last) for dash, (first, last) in zip(dashes, found, strict=True)
    ]


def by_words(passage: Passage, question: Question, archive: Archive) -> Sentences:
    """The sentences of a passage, read by their words.

    One is as strong as the share of the question's weight it holds, the words of the sentence that asks counting
    double, with a bonus for a number where a number is asked for, and so on; half of that where it is no statement.
    """
    text, spans = passage.article.text, sentences_of(passage, archive)
    terms, strengths = [terms_in(text[first:last], archive) for first, last in spans], []
    for (first, last), found in zip(spans, terms, strict=True):
        held = (question.terms.held(found) + question.asked.held(found)) / 2
        bonus = _KIND_BONUS * holds_kind(text[first:last], question, archive) if held else 0.0
        strengths.append(_worth(text[first:last]) * (held + bonus))
    return Sentences(text, spans, terms, strengths)


def marked(
    passages: Sequence[Passage], question: Question, archive: Archive, meaning: Meaning | None = None
) -> list[Passage]:
    """The passages, best first, each with the sentence marked that answers; with a neighbour where only both do.

    Words decide where the best passage holds enough of the question in one sentence; else the first two passages are
    read for their `meaning` as well. Nothing is marked where no sentence has any strength.
    """
    readings = [by_words(passage, question, archive) for passage in passages]
    if meaning and readings and readings[0].greatest < _WORDS_TELL:
        closely = [reading for reading in readings[:_READ_CLOSELY] if reading.greatest < _WORDS_TELL]
        sentences = [reading.text[slice(*span)] for reading in closely for span in reading.sentences]
        cosines = iter(meaning(sentences).tolist())
        by_chance = _MEANING_BY_CHANCE if archive.summary.speaks(question.language) else 0.0
        for reading in closely:
            reading.weigh(itertools.islice(cosines, len(reading.sentences)), by_chance)
    return [marked_by(passage, reading, question, archive) for passage, reading in zip(passages, readings, strict=True)]


def marked_by(passage: Passage, reading: Sentences, question: Question, archive: Archive) -> Passage:
    """The passage with its strongest sentence marked, as one span with a neighbour in its paragraph that completes it.

    "The quake struck at dawn. It killed 1,000 people." is what tells how many a quake killed. It stays as it is where
    no sentence has any strength.
    """
    if reading.greatest <= 0:
        return passage
    text, spans, place = reading.text, reading.sentences, reading.strengths.index(reading.greatest)
    best = spans[place]
    # What follows first: a sentence is more often explained by the next than by the one before.
    for other in (place + 1, place - 1):
        if 0 <= other < len(spans) and _completes(reading, place, other, question, archive):
            joined = min(best[0], spans[other][0]), max(best[1], spans[other][1])
            if "\n" not in text[slice(*joined)]:
                return replace(passage, highlights=(joined,))
    return replace(passage, highlights=(spans[reply(text, spans, place)],))


def reply(text: str, sentences: Sequence[Span], place: int) -> int:
    """The place of what answers: the statement behind a sentence that asks, as in an interview, else that sentence."""
    asked, *replies = (text[slice(*span)] for span in sentences[place : place + 2])
    return place + 1 if _QUESTION.search(asked) and any(map(_STATEMENT.search, replies)) else place


def _completes(reading: Sentences, place: int, other: int, question: Question, archive: Archive) -> bool:
    sentence, neighbour = (reading.text[slice(*reading.sentences[each])] for each in (place, other))
    if question.kind and not holds_kind(sentence, question, archive):
        return holds_kind(neighbour, question, archive)
    alone, both = reading.terms[place], reading.terms[place] | reading.terms[other]
    return question.terms.held(both) - question.terms.held(alone) >= _NEIGHBOUR_ADDS


def holds_kind(sentence: str, question: Question, archive: Archive) -> bool:
    """Whether the sentence holds a thing of the kind asked for: a number, a time, a reason, a name that is new."""
    if question.kind in ("number", "time", "reason"):
        told = question.language if archive.summary.speaks(question.language) else archive.summary.language
        return bool(_patterns(told)[question.kind].search(sentence))
    if question.kind == "name":
        known = set(question.terms.terms)
        return any(known.isdisjoint(_terms_of(name, archive.terms)) for name in _NAME.findall(sentence))
    return False


@functools.lru_cache(maxsize=10_000)
def _terms_of(name: str, terms: Callable[[str], list[str]]) -> frozenset[str]:
    """The terms of a word, remembered: names come again in every sentence."""
    return frozenset((*terms(name), *name_terms(name)))


@functools.cache
def _patterns(code: str) -> dict[str, re.Pattern[str]]:
    """What a sentence that reports a number, a time or a reason has in it."""
    # English has its names of days with a capital, among the rest: "may" and "march" are other words.
    names = [] if code == ENGLISH else [name for table in calendar_names(code) for name in table]
    told = {"number": r"\d", "time": rf"\b(?:{'|'.join([_YEAR, *names])})\b", "reason": "(?!)"}
    evidence = language(code).evidence
    return {kind: re.compile(f"{told[kind]}|{evidence[kind].pattern}", re.IGNORECASE) for kind in told}


def _worth(sentence: str) -> float:
    return 1.0 if _STATEMENT.search(sentence) else _NO_STATEMENT
