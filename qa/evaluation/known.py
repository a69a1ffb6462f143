"""Questions whose answers are known, read from a file, and how well some passages answer them."""

import gzip
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, ValidationError

from corpus import UserError
from corpus.sentences import Span
from corpus.urls import canonical_url
from qa.answer import Passage
from qa.question.words import asked_kind, asking_sentence


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question with what is known of it: strings that answer it, and the urls, paths or ids of articles that do.

    `span` narrows the right passages to those that hold this part of the article. Without answers and articles it
    counts as one that the archive cannot answer, of some `kind`.
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
