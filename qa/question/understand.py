"""What a request comes down to in one archive: the question's words, what may be found, and the days it is asked by."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from corpus import UserError
from corpus.dates import FIRST_NEWS, today
from corpus.message import Message
from index.archive import Archive, Filter
from index.stores.spelling import name_terms
from qa.question.days import Days
from qa.question.english import LISTS, either, names
from qa.question.followup import Turn, joined_to, standalone
from qa.question.glossed import read_timeframe_in
from qa.question.operators import read_operators
from qa.question.request import Request, limits, narrowed
from qa.question.spelling import corrected
from qa.question.timeframe import STRICT, Timeframe
from qa.question.words import Question, asking_sentence, asks_for_news, spoken_in

# An archive whose newest article is older than this is one of the past: its own last day is its "today".
_CURRENT_ARCHIVE = timedelta(days=31)
_HISTORY = 1900
_GREETING = re.compile(rf"{either(LISTS['greeting'])}\b", re.IGNORECASE)
_NUMBERS = re.compile(r"(?:[\d.,+-]+\s+){2,}[\d.,+-]+")
# "I had toast", but not "I want to know who won", nor anything with a question mark.
_OF_ONESELF = re.compile(r"(?:I|I['’](?:m|ve|d|ll)|[Ww]e|[Mm]y|i|i['’](?:m|ve|d|ll))\s")
_REQUEST = re.compile(
    r"\b(?:who|what|when|where|which|why|how|whether|if|about|tell|know|wonder\w*|find|look\w*|need|want|search\w*|ask\w*"
    r"|like|read\w*|hear\w*|remember|interested|curious|show|give|explain|mean|meant)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Clock:
    """The day a question is asked on, None where time does not count, and what it wants of time.

    `wanted`: it prefers a time ("recently"); elsewhere newness only decides between passages that answer as well.
    `oldest_first` reverses time ("first"); `strict` puts passages on the subject in its order ("latest").
    """

    now: date | None
    oldest_first: bool = False
    wanted: bool = False
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """A request as it is searched.

    `asked` is the question as put, `searched` as completed or corrected (which `corrections` tell); `hopeless` says why
    the archive cannot answer, or is empty; `browses`: nothing but a time, outlet or author is asked about, and their
    stories answer; `asks`: it is no mere greeting; `until` is the last day that was set, which no time in it changes;
    `anytime` is what may be found without the window that the question names, None where it names none.
    """

    question: Question
    asked: str
    searched: str
    where: Filter
    now: date
    clock: Clock
    timeframe: Timeframe | None
    hopeless: str
    browses: bool
    corrections: tuple[str, ...]
    notices: tuple[str, ...]
    asks: bool = True
    without: frozenset[str] = frozenset()
    until: date | None = None
    anytime: Filter | None = None


def understand(archive: Archive, request: Request, turns: Sequence[Turn] = ()) -> Search:
    """Read a request; UserError for what its `read` refuses.

    Follow-ups are completed, misspelt words put right. Operators and times narrow the caller's limits, never widen
    them; a time that would leave nothing is dropped, with a notice. Only a time lets undated articles through.
    """
    asked = request.read()
    operators = read_operators(asked)
    narrows = operators.sources or operators.authors or operators.since or operators.until
    if not operators.text and not narrows:
        raise UserError(Message("There is nothing to look for beside the operators; add what you ask about."))
    completed = standalone(operators.text, turns)
    spoken = spoken_in(completed, archive.summary.language)
    corrects = request.spelling and spoken == archive.summary.language
    # All together: an archive on other machines takes a round trip for each look, but remembers what it was asked.
    archive.statistics.frequencies([*archive.terms(completed), *name_terms(completed)])
    text, corrections = corrected(completed, archive, operators.phrases) if corrects else (completed, ())
    where, notices = limits(archive, request, operators)
    until = date.fromordinal(where.until) if where.until else None
    period, asked_on = archive_period(archive), request.days.now
    now = asked_on or default_now(period)
    # What lies in the future of an archive of the past may lie in the past of who asks.
    days = dict.fromkeys([now, *([] if asked_on else [today()])]) if request.timeframe else {}
    timeframe = next(filter(None, (_timeframe(text, day, spoken, period) for day in days)), None)
    timeless = f"{text[: timeframe.start]} {text[timeframe.end :]}" if timeframe else text
    question = Question.read(text, archive, timeless, operators.phrases)
    question = replace(question, followup=joined_to(text, turns))
    hopeless, anytime = _out_of_period(timeframe, period), where
    if timeframe and timeframe.kind == "window" and not hopeless:
        narrower = narrowed(where, timeframe.since, timeframe.until, undated=not where.by_day)
        if narrower is None:
            form = "“%(phrase)s” lies outside the dates that were set, and was ignored."
            notices.append(Message(form, phrase=timeframe.phrase))
            timeframe = None
        else:
            where = narrower
    limited = (where.by_day or not text) and not hopeless and not operators.phrases
    browses = limited and asks_for_news(timeless, spoken)
    if not question.tells and timeframe is None and not browses:
        hopeless = Message("The question names nothing to look for; say what it is about.")
    return Search(
        question=question,
        asked=asked,
        searched=asked if text == operators.text else operators.put_back(text),
        where=where,
        now=now,
        clock=_clock(asked_on, now, timeframe),
        timeframe=timeframe,
        hopeless=hopeless,
        browses=browses,
        corrections=corrections,
        notices=(*operators.notices, *corrections, *notices),
        asks=completed != asked or not asks_nothing(asked),
        without=request.without,
        until=until,
        anytime=anytime if timeframe and timeframe.kind == "window" else None,
    )


def asks_nothing(text: str) -> bool:
    """Whether a text, clean as `checked` leaves it, is no question and names nothing to look for."""
    words = _WORD.findall(text.lower().replace("’", "'"))
    if _NUMBERS.fullmatch(text.strip(" .!?")):
        return True
    if _GREETING.match(text) and LISTS["small_talk"].issuperset(words):
        return True
    remark = _OF_ONESELF.match(text) and "?" not in text and not _REQUEST.search(text)
    return bool(remark) and not names(re.sub(r"\bI\b", "i", text))


def _timeframe(text: str, now: date, spoken: str, period: Days | None) -> Timeframe | None:
    """What the question says about time; a window that only leads up to what is asked is a preference.

    Any article on the museum may answer "A museum opened last week. Who built it?", newer ones what was before 1900.
    """
    timeframe = read_timeframe_in(spoken, text, now)
    last = timeframe and timeframe.until
    if timeframe is None or (last and last.year < _HISTORY and period and last < period.first):
        return None
    if timeframe.kind == "window" and timeframe.phrase not in asking_sentence(text):
        return replace(timeframe, kind="preference")
    return timeframe


def archive_period(archive: Archive) -> Days | None:
    """The period that the archive covers, by its plausible dates; None where nothing is dated."""
    first, last = FIRST_NEWS.toordinal(), today().toordinal() + 1
    plausible = [day for day in archive.days_on({}, 0.0, Filter()) if first <= day <= last]
    if not plausible:
        return None
    return Days(date.fromordinal(min(plausible)), date.fromordinal(max(plausible)))


def default_now(period: Days | None) -> date:
    """Today, or the newest day of an archive that ended more than a month ago."""
    return period.last if period and today() - period.last > _CURRENT_ARCHIVE else today()


def _out_of_period(timeframe: Timeframe | None, period: Days | None) -> str:
    if timeframe is None or timeframe.kind != "window" or period is None:
        return ""
    if (timeframe.since or period.last) <= period.last and (timeframe.until or period.first) >= period.first:
        return ""
    form = "The archive covers %(first)s to %(last)s; you asked about “%(phrase)s”."
    return Message(form, first=period.first, last=period.last, phrase=timeframe.phrase)


def _clock(asked_on: date | None, now: date, timeframe: Timeframe | None) -> Clock:
    """How time counts in ranking: not at all where nobody gave a day and the archive is of the past."""
    if timeframe and timeframe.kind == "preference":
        latest = min(timeframe.until or now, now)
        strict = timeframe.phrase.lower() in STRICT
        return Clock(latest, oldest_first=timeframe.order == "oldest", wanted=True, strict=strict)
    return Clock(asked_on or (now if now == today() else None))
