"""Questions whose answers are known, and how well some passages answer them: read from a file, or made from an archive.

Of those from its own articles `headline` has a headline as the question, whose words are left out of the ranking, and
`sentence` a sentence without its most telling name. Both favour keywords over meaning: compare such numbers with one
another, not with those of readers' questions. Time does not count in them: texts that name one are left out.
"""

import gzip
import hashlib
import heapq
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, ValidationError

from corpus import Article, UserError
from corpus.sentences import Span, sentences
from corpus.urls import canonical_url
from index.archive import Archive
from qa.answer import Passage
from qa.question.operators import plain
from qa.question.timeframe import read_timeframe
from qa.question.words import asked_kind, asking_sentence, telling_terms

HEADLINE, SENTENCE = "headline", "sentence"
_MOST = 300
_LEAST_TERMS = 4
_SENTENCE_WORDS = range(8, 41)
# A number, or words with capitals; the first word of a sentence has one in any case.
_TELLING = re.compile(r"(?<!\w)\d(?:[\d.,]*\d)?(?!\w)|(?<=\s)[^\W\d_a-z][\w’'-]*(?: [^\W\d_a-z][\w’'-]*)*")
# Any day will do, to see whether a text names a time.
_SOME_DAY = date(2020, 6, 15)


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question with the strings that answer it and the urls, paths or ids of articles that do, if any.

    `span` narrows the right passages to those that hold this part of the article.
    """

    text: str
    asked: date | None = None
    answers: tuple[str, ...] = ()
    gold: tuple[str, ...] = ()
    kind: str = ""
    span: Span | None = None

    @property
    def answerable(self) -> bool:
        """Whether the archive is known to answer it."""
        return bool(self.answers or self.gold)

    @property
    def type(self) -> str:
        """Its kind; without one the kind of thing that would answer, `other` where that cannot be told."""
        return self.kind or asked_kind(asking_sentence(self.text)) or "other"


@dataclass(frozen=True, slots=True)
class Hits:
    """Ranks, from 1, of the first passage with an answer, from a right article, and that quotes an answer, else 0."""

    question: KnownQuestion
    answer_rank: int
    gold_rank: int
    quote_rank: int = 0

    @classmethod
    def of(cls, question: KnownQuestion, passages: Sequence[Passage]) -> Self:
        """Judge the passages, best first, that were found for the question."""
        answers = [_says(passage.text, question.answers) for passage in passages]
        gold = [_is_from(passage, question) for passage in passages]
        quoted = [bool(passage.highlights) and _says(passage.quotation, question.answers) for passage in passages]
        return cls(question, *(hits.index(True) + 1 if True in hits else 0 for hits in (answers, gold, quoted)))


def read_questions(file: Path) -> list[KnownQuestion]:
    """The rows of a JSON Lines file, `.gz` too; UserError with the line for what is no question."""
    try:
        content = file.read_bytes()
        text = (gzip.decompress(content) if file.suffix == ".gz" else content).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"The questions “{file}” cannot be read ({reason}); name a JSON Lines file."
        raise UserError(message) from error
    return [_question(file, number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]


class _Row(BaseModel, strict=True):
    question: str = Field(pattern=r"\S")
    asked: date | None = None
    answers: tuple[str, ...] | None = None
    gold: tuple[str, ...] | None = None
    kind: str | None = None


def _question(file: Path, number: int, line: str) -> KnownQuestion:
    try:
        row = _Row.model_validate_json(line)
    except ValidationError as error:
        message = (
            f"{file}, line {number}: a row is a JSON object with a “question”, the day it was “asked” on or null, and"
            ' lists of “answers” and “gold”, like {"question": "Who won?", "asked": null, "answers": ["Murray"]}.'
        )
        raise UserError(message) from error
    return KnownQuestion(row.question, row.asked, row.answers or (), row.gold or (), row.kind or "")


def _says(text: str, answers: Sequence[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE) for words in answers if words)


def _is_from(passage: Passage, question: KnownQuestion) -> bool:
    article = passage.article
    names = {article.id, article.path, canonical_url(article.url), *passage.copies}
    held = question.span is None or (passage.start <= question.span[0] and question.span[1] <= passage.end)
    return held and any(name in names or canonical_url(name) in names for name in question.gold if name)


def selfmade_questions(archive: Archive, most: int = _MOST) -> list[KnownQuestion]:
    """At most so many questions, half of each kind; an archive that has not changed always gives the same."""
    chosen = heapq.nsmallest(most, archive.every_article(), key=lambda article: _digest(article.id))
    made: dict[str, dict[str, KnownQuestion]] = {HEADLINE: {}, SENTENCE: {}}
    for article in chosen:
        for question in _made_from(article, archive):
            made[question.kind].setdefault(question.text, question)
    return [question for questions in made.values() for question in list(questions.values())[: most // 2]]


def _made_from(article: Article, archive: Archive) -> Iterator[KnownQuestion]:
    """Questions from the headline, and from one of the sentences that will do, which one by the article's id."""
    headline = plain(article.title)
    if _can_be_asked(headline, article.title, archive):
        yield KnownQuestion(headline, gold=(article.id,), kind=HEADLINE)
    spans = sentences(article.text, archive.summary.language)
    first = _digest(article.id) % max(1, len(spans))
    for start, end in spans[first:] + spans[:first]:
        sentence = article.text[start:end]
        found = _TELLING.findall(sentence)
        name = max(found, key=lambda name: max(telling_terms(name, archive).weights, default=0.0), default="")
        question = plain(sentence.replace(name, " "))
        if name and len(sentence.split()) in _SENTENCE_WORDS and _can_be_asked(question, sentence, archive):
            yield KnownQuestion(question, answers=(name,), gold=(article.id,), kind=SENTENCE, span=(start, end))
            return


def _can_be_asked(question: str, origin: str, archive: Archive) -> bool:
    return len(telling_terms(question, archive).terms) >= _LEAST_TERMS and read_timeframe(origin, _SOME_DAY) is None


def _digest(article_id: str) -> int:
    return int.from_bytes(hashlib.sha256(article_id.encode()).digest()[:8])
