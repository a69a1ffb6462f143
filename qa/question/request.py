"""A question and its limits, as the caller gave them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, NamedTuple

from pydantic import Field

from corpus import UserError
from corpus.message import Message
from qa.question.words import checked

Day = date | str | None
# As long as they may be where `qa.web.limits` checks them.
Words = Annotated[str, Field(max_length=2_000)]
_Names = Annotated[Sequence[Annotated[str, Field(max_length=200)]], Field(max_length=50)]


class Dates(NamedTuple):
    """The day a question is asked on, and the first and the last that may be found; None where nothing was said."""

    now: date | None
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Request:
    """A question and its limits, as the caller gave them.

    Without `timeframe` its own words of time are only words, without `spelling` its words are searched as written;
    with `timeline` it is answered by one as well, whatever its form; articles whose ids are in `without` are not found.
    `history` are the questions before it, oldest first.
    """

    question: Words
    now: Day = None
    since: Day = None
    until: Day = None
    sources: _Names = ()
    authors: _Names = ()
    k: int = 5
    history: Annotated[Sequence[Words], Field(max_length=50)] = ()
    timeframe: bool = True
    spelling: bool = True
    timeline: bool = False
    without: frozenset[str] = frozenset()

    def read(self) -> str:
        """The question as cleaned text; UserError for an empty one, for less than one passage, and as `days`."""
        question = checked(self.question)
        if self.k < 1:
            raise UserError(Message("The number of passages is %(number)s; ask for 1 or more.", number=str(self.k)))
        _ = self.days
        return question

    @property
    def days(self) -> Dates:
        """Its days; UserError for what is none, and for limits that are the wrong way round."""
        now, since, until = _day(self.now, "now"), _day(self.since, "since"), _day(self.until, "until")
        if since and until and since > until:
            form = "The dates are the wrong way round: since %(since)s is after until %(until)s; swap them."
            raise UserError(Message(form, since=since, until=until))
        return Dates(now, since, until)


def _day(value: Day, name: str) -> date | None:
    if value is None or isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    try:
        return date.fromisoformat(value.strip()) if value.strip() else None
    except ValueError as error:
        form = "“%(words)s” is not a date for “%(name)s”; write it as YYYY-MM-DD, like 2016-06-17."
        raise UserError(Message(form, words=value, name=name)) from error
