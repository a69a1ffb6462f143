"""A question and its limits, as the caller gave them, and what these let be found in one archive."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from corpus import UserError
from corpus.message import Message
from index.archive import Archive, Filter, Words
from qa.question.operators import Operators
from qa.question.words import checked, named

Day = date | str | None


class Dates(NamedTuple):
    """The day a question is asked on, and the first and the last that may be found; None where nothing was said."""

    now: date | None
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Request:
    """A question and its limits, as the caller gave them, with the questions before it in `history`, oldest first.

    Without `timeframe` and `spelling` its words are searched as written; with `timeline` it gets one, whatever its
    form; articles whose ids are in `without` are not found.
    """

    question: str
    now: Day = None
    since: Day = None
    until: Day = None
    sources: Sequence[str] = ()
    authors: Sequence[str] = ()
    k: int = 5
    history: Sequence[str] = ()
    timeframe: bool = True
    spelling: bool = True
    timeline: bool = False
    without: frozenset[str] = frozenset()

    def read(self) -> str:
        """The question as cleaned text; UserError for an empty one, less than one passage, and as `days`."""
        question = checked(self.question)
        if self.k < 1:
            raise UserError(Message("The number of passages is %(number)s; ask for 1 or more.", number=str(self.k)))
        _ = self.days
        return question

    @property
    def days(self) -> Dates:
        """Its days; UserError for an invalid date, and where `since` is after `until`."""
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


def limits(archive: Archive, request: Request, operators: Operators) -> tuple[Filter, list[str]]:
    """What the caller and the operators let be found, and notices of what the archive does not have."""
    no_outlet, no_author = "The archive has no outlet “%(name)s”.", "The archive has no author “%(name)s”."
    outlets, notices = _meant(no_outlet, request.sources, operators.sources, lambda _: archive.outlets())
    people, more = _meant(no_author, request.authors, operators.authors, archive.authors_like)
    said = tuple(phrase for phrase in operators.phrases if archive.pieces_with([phrase], 1))
    form = "“%(phrase)s” was found nowhere as an exact phrase; its words were searched separately."
    notices += [*more, *(Message(form, phrase=phrase) for phrase in operators.phrases if phrase not in said)]
    first, last = (day.toordinal() if day else None for day in request.days[1:])
    where = Filter(first, last, outlets, people, words=Words(said, operators.excluded, operators.title))
    narrower = narrowed(where, operators.since, operators.until, undated=False)
    if narrower is None:
        notices.append(Message("The dates after “date:” lie outside those that were set, and were ignored."))
    return narrower or where, notices


def narrowed(where: Filter, since: date | None, until: date | None, *, undated: bool) -> Filter | None:
    """The limits within a window as well, open where it has no end; None where nothing would be left."""
    if since is None and until is None:
        return where
    lower = max((day for day in (since and since.toordinal(), where.since) if day), default=None)
    upper = min((day for day in (until and until.toordinal(), where.until) if day), default=None)
    if lower is not None and upper is not None and lower > upper:
        return None
    return replace(where, since=lower, until=upper, undated=undated)


def _meant(
    lacking: str, given: Sequence[str], written: Sequence[str], known: Callable[[str], Collection[str]]
) -> tuple[frozenset[str] | None, list[str]]:
    """The names of the archive that both the caller and the operators mean; a notice of each that is `lacking`."""
    lists = [names for names in ([given] if isinstance(given, str) else given, written) if names]
    meant = [{name: named(name, known(name)) for name in names} for names in lists]
    notices: list[str] = [Message(lacking, name=name) for names in meant for name in names if not names[name]]
    return frozenset.intersection(*(frozenset().union(*names.values()) for names in meant)) if lists else None, notices
