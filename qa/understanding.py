"""What a request comes down to in one archive: the question's words, what may be found, and the days it is asked by."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from corpus import UserError
from corpus.dates import FIRST_NEWS, today
from index.generation import Generation
from index.keywords import Filter
from qa.question import Question, named
from qa.ranking import Clock
from qa.timeframe import Timeframe, read_timeframe

# An archive whose newest article is older than this is one of the past: its own last day is its "today".
_CURRENT_ARCHIVE = timedelta(days=31)

Day = date | str | None


@dataclass(frozen=True, slots=True)
class Request:
    """A question and its limits, as the caller gave them."""

    question: str
    now: Day = None
    since: Day = None
    until: Day = None
    sources: Sequence[str] = ()
    authors: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """The first and the last plausible day of publication in an archive."""

    oldest: date
    newest: date


@dataclass(frozen=True, slots=True)
class Search:
    """A request as it is searched.

    `out_of_period` says in a sentence that the question names a time the archive does not cover; it is empty where it
    does. Then the time does not limit what is found.
    """

    question: Question
    where: Filter
    now: date
    clock: Clock
    timeframe: Timeframe | None
    out_of_period: str
    notices: tuple[str, ...]


def understand(generation: Generation, request: Request) -> Search:
    """Read a request; UserError for an empty question, and for days that are none or the wrong way round.

    Names that the archive does not have become notices. A time that the question names narrows the caller's limits,
    never widens them; where nothing would be left it is dropped, with a notice. It lets undated articles through, which
    the caller's own limits do not.
    """
    period = archive_period(generation)
    asked_on = _day(request.now, "now")
    now = asked_on or default_now(period)
    question = Question.read(request.question, generation.keywords)
    where, notices = _limits(generation, request)
    timeframe = read_timeframe(question.text, now)
    out_of_period = _out_of_period(timeframe, period)
    if timeframe and timeframe.kind == "window" and not out_of_period:
        narrowed = _narrowed(where, timeframe)
        if narrowed is None:
            notices.append(f"“{timeframe.phrase}” lies outside the dates that were set, and was left out of account.")
            timeframe = None
        else:
            where = narrowed
    return Search(
        question=question,
        where=where,
        now=now,
        clock=_clock(asked_on, now, timeframe),
        timeframe=timeframe,
        out_of_period=out_of_period,
        notices=tuple(notices),
    )


def archive_period(generation: Generation) -> Period | None:
    """The period that the archive covers, by its plausible dates; None where nothing is dated."""
    days = generation.table.days
    plausible = days[(days >= FIRST_NEWS.toordinal()) & (days <= today().toordinal() + 1)]
    if not len(plausible):
        return None
    return Period(date.fromordinal(int(plausible.min())), date.fromordinal(int(plausible.max())))


def default_now(period: Period | None) -> date:
    """Today, or the newest day of an archive that ended more than a month ago."""
    return period.newest if period and today() - period.newest > _CURRENT_ARCHIVE else today()


def _limits(generation: Generation, request: Request) -> tuple[Filter, list[str]]:
    """What the caller lets be found, and notices of names that the archive does not have."""
    since, until = _day(request.since, "since"), _day(request.until, "until")
    if since and until and since > until:
        message = f"The dates are the wrong way round: since {since} is after until {until}; swap them."
        raise UserError(message)
    sources = named(request.sources, generation.table.source_names)
    authors = named(request.authors, generation.articles.authors()) if request.authors else None
    notices = [
        f"The archive has no {kind} “{', '.join(wanted)}”."
        for kind, wanted, meant in (("outlet", request.sources, sources), ("author", request.authors, authors))
        if meant is not None and not meant
    ]
    first, last = (day.toordinal() if day else None for day in (since, until))
    return Filter(first, last, sources, authors), notices


def _narrowed(where: Filter, timeframe: Timeframe) -> Filter | None:
    """The limits within the window as well; None where nothing would be left."""
    since, until = (day.toordinal() if day else None for day in (timeframe.since, timeframe.until))
    limits_dates = where.since is not None or where.until is not None
    lower = max((day for day in (since, where.since) if day is not None), default=None)
    upper = min((day for day in (until, where.until) if day is not None), default=None)
    if lower is not None and upper is not None and lower > upper:
        return None
    return replace(where, since=lower, until=upper, undated=not limits_dates)


def _out_of_period(timeframe: Timeframe | None, period: Period | None) -> str:
    if timeframe is None or timeframe.kind != "window" or period is None:
        return ""
    too_late = timeframe.since is not None and timeframe.since > period.newest
    too_early = timeframe.until is not None and timeframe.until < period.oldest
    covers = f"The archive covers {period.oldest} to {period.newest}"
    return f"{covers}; you asked about “{timeframe.phrase}”." if too_late or too_early else ""


def _clock(asked_on: date | None, now: date, timeframe: Timeframe | None) -> Clock:
    """How time counts in ranking: not at all where nobody gave a day and the archive is of the past."""
    if timeframe and timeframe.kind == "preference":
        return Clock(now, oldest_first=timeframe.order == "oldest")
    return Clock(asked_on or (now if now == today() else None))


def _day(value: Day, name: str) -> date | None:
    """A day given as such or as "YYYY-MM-DD"; UserError for other words."""
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value.strip()) if value.strip() else None
    except ValueError as error:
        message = f"“{value}” is no date for “{name}”; write it as YYYY-MM-DD, like 2016-06-17."
        raise UserError(message) from error
