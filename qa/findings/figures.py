"""Figures that disagree: different numbers for one thing, each in the sentence that reports it."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from index.archive import Archive
from index.stores.spelling import NAME
from qa.question.english import NUMBERS
from qa.question.words import Question, asking_sentence, terms_in
from qa.reading.reader import Read
from qa.search.quotation import Passage, Quotation, shown

_IN_WORDS = {"zero": 0, **NUMBERS}
_NUMBER = re.compile(
    rf"(?P<sign>[$£€]\s?)?\b(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|{'|'.join(_IN_WORDS)})\b"
    r"(?:[\s-](?P<scale>thousand|million|billion|trillion|mn|bn))?(?P<percent>\s?(?:%|per ?cent\b))?",
    re.IGNORECASE,
)
_SCALES = {"thousand": 1e3, "million": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}
# What stands before a number that may be larger or smaller, and how far, as a share of it.
_ROUGHLY = {
    r"at least|more than|over|above|exceed\w*|upwards? of|no fewer than|a minimum of": (1.0, math.inf),
    r"up to|under|below|fewer than|less than|at most|as many as|as much as|a maximum of": (0.0, 1.0),
    r"nearly|almost|close to|just short of": (0.8, 1.0),
    r"about|around|some|roughly|approximately|an estimated|estimated|circa|or so": (0.8, 1.2),
}
_BEFORE = {re.compile(rf"\b(?:{words})\s+(?:a |an |the )?$", re.IGNORECASE): reach for words, reach in _ROUGHLY.items()}
_LOOKED_BACK = 30
# "84 people, ten of them children": a part of what was counted.
_PART = re.compile(r"\s+of (?:them|whom|which|these|those)\b")
# The margin, in logits, from which on the reader is sure enough, the share of the question's weight that a passage with
# its headline holds when it is on the same thing, and how many days lie between two reports of one thing at most.
_SURE, _ON_IT, _DAYS = 0.5, 0.7, 14
# A report of the hurt alone does not say how many died.
_DIED, _HURT = re.compile(r"\b(?:kill|die|dead|death|toll|fatal)", re.I), re.compile(r"\b(?:injur|wound|hurt)", re.I)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as its sentence writes it; it may stand for anything from `least` to `most` of a `unit`."""

    words: str
    value: float
    quotation: Quotation
    least: float = 0.0
    most: float = 0.0
    unit: str = ""

    def as_json(self) -> dict[str, Any]:
        """The figure as every JSON output of Dateline shows it."""
        return shown(self, "words", "value", "quotation")

    def differs(self, other: "Figure") -> bool:
        """Whether the two are of one unit, in reports of one time, and cannot both be right."""
        one, two = self.quotation.published, other.quotation.published
        near = not (one and two) or abs((one - two).days) <= _DAYS
        # An article that has both figures tells two things apart.
        texts = {self.words: other.quotation.article.text, other.words: self.quotation.article.text}
        apart = any(re.search(rf"(?<![\w.,]){re.escape(words)}(?!\w|[.,]\d)", text) for words, text in texts.items())
        return self.unit == other.unit and near and not apart and (self.least > other.most or other.least > self.most)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Different figures for one thing, the question that asks for it, newest first and undated ones last."""

    thing: str
    figures: tuple[Figure, ...]

    @property
    def sentence(self) -> str:
        """What disagrees, in a sentence."""
        figures = (f"{figure.words} ({figure.quotation.published or 'undated'})" for figure in self.figures)
        return f"The archive has different figures ({self.thing}): {', '.join(figures)}."

    def as_json(self) -> dict[str, Any]:
        """The disagreement as every JSON output of Dateline shows it."""
        return shown(self, "thing", "figures")


def differing(
    archive: Archive, question: Question, passages: Sequence[Passage], said: Sequence[Read | None]
) -> tuple[Disagreement, ...]:
    """The figures of surely read passages that contradict one another, each value once, from its newest report."""
    if question.kind != "number":
        return ()
    surely = [passage for passage, each in zip(passages, said, strict=False) if each and each.margin >= _SURE]
    found = [_figure(passage) for passage in surely if _on_it(archive, question, passage)]
    figures = sorted(filter(None, found), key=lambda figure: figure.quotation.age)
    told = {one.value: one for one in figures if any(one.differs(other) for other in figures)}
    newest_first = sorted(told.values(), key=lambda one: one.quotation.published or date.min)[::-1]
    return (Disagreement(asking_sentence(question.text).rstrip(" ?"), tuple(newest_first)),) if newest_first else ()


def _on_it(archive: Archive, question: Question, passage: Passage) -> bool:
    found = terms_in(f"{passage.article.title}\n{passage.text}", archive)
    names = {term for term in question.terms.terms if term.startswith(NAME)}
    if _DIED.search(question.text) and _HURT.search(passage.quotation) and not _DIED.search(passage.quotation):
        return False
    return names <= found and question.terms.held(found) >= _ON_IT


def _figure(passage: Passage) -> Figure | None:
    text, (start, end) = passage.article.text, passage.answer or (0, 0)
    numbers = [found for found in _NUMBER.finditer(text, *passage.quoted) if start <= found.start("digits") < end]
    if len(numbers) != 1 or _PART.match(text, numbers[0].end()):
        return None
    [found] = numbers
    digits = found["digits"].replace(",", "").lower()
    scale = _SCALES[found["scale"].lower()] if found["scale"] else 1.0
    value = scale * float(_IN_WORDS.get(digits, digits))
    before = text[max(found.start() - _LOOKED_BACK, 0) : found.start()]
    least, most = next((reach for words, reach in _BEFORE.items() if words.search(before)), (1.0, 1.0))
    # "1.2 million" is what is left of 1,214,332.
    rounding = scale * 10 ** -len(digits.partition(".")[2]) / 2 if scale > 1 else 0.0
    unit = "%" if found["percent"] else (found["sign"] or "").strip()
    return Figure(found.group().strip(), value, passage.cited, least * value - rounding, most * value + rounding, unit)
