"""Reads what a question says about time ("last week" -> dates); knows nothing of articles or of the archive.

What is in doubt is not read: a false window loses the right article. None is a year inside a name ("the 2016
election"), what is compared with ("the highest since 1994"), the future ("by 2050"), a title ("This Week"). A date
without its year is the latest that has begun. "Last week's vote" has been written about ever since: that window is
open.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from qa.question.days import Days
from qa.question.english import FUNCTION, WEEKDAY, either
from qa.question.periods import Period, find_periods

Order = Literal["newest", "oldest"]
# Words that ask for the very last or the very first report; "now" and "originally" are often said by the way.
STRICT = frozenset({"latest", "newest", "most recent", "most recently", "last", "earliest"})


@dataclass(frozen=True, slots=True)
class Timeframe:
    """A time that a question names, `question[start:end]`: windows filter, preferences rank; None is an open end."""

    since: date | None
    until: date | None
    kind: Literal["window", "preference"]
    phrase: str
    order: Order | None = None
    start: int = 0
    end: int = 0

    def as_json(self) -> dict[str, Any]:
        """The timeframe as every JSON output of Dateline shows it."""
        since, until = (day.isoformat() if day else None for day in (self.since, self.until))
        return {"since": since, "until": until, "kind": self.kind, "phrase": self.phrase, "order": self.order}


_LONGEST = 1000  # characters
_LONG = 365  # days
_OPEN = Days(date.min, date.max)  # without a beginning or an end
_PLAIN = str.maketrans("‐‑‒–—−‘’“”", "------''\"\"")
_OPENING = re.compile(
    r"(?:^|[.?!:;] )[\"'(]*(?:[A-Z](?=[a-z]*,? [a-z\d])|"
    r"(?:On|In|At|Over|During|Since|After|Before|Between|From|Until|By|For)\b)"
)
# Typed without its apostrophe: "yesterdays storm", "last weeks vote", but "in the last weeks".
_UNMARKED = re.compile(
    rf"\b(?:yesterday|(?<!the )last (?:week|month|year|{WEEKDAY}))(?=s (?!{either(FUNCTION)}\b)[a-z])", re.IGNORECASE
)
# Names and idioms that only look like time.
_NOT_TIME = re.compile(
    r""""(?<=\w ")[^"]*"|'(?<=\w ')[^']*'(?=\W|$)"""  # a title in quotation marks
    r"|\b(?:(?:1|one) in \d[\d,]*|[A-Z]\w+ \d{4} ?- ?\d{2,4}\b|"  # "1 in 2000", "Horizon 2014-2020"
    r"(?:Sept(?:\.|ember)? 11(?:th)?|11(?:th)?(?: of)? September)(?:,? 2001)?|Jan(?:\.|uary) 6(?:th)?(?:,? 2021)?|"
    r"March (?:for|on|of|against)|[Ff]riday the (?:13|thirteen)th|"
    r"(?:confidence|trust|faith|belie\w+) in May|since May (?=[a-z])|"
    r"(?:later|late|the (?:end|rest|remainder) of) (?:today|(?:this|the) (?:week|month|year))|"
    r"(?:temperatures?|degrees|heat|highs?|lows?)\b[^.?]*\bin the \d0s|"
    r"(?:still|even|until|to|of) today|still\b[^.?]*\btoday)\b"
)
_LENGTHS = {  # how many days a number or a name may span after this preposition
    **dict.fromkeys(("in", "during", "throughout"), (7, 10**6)),
    **dict.fromkeys(("on", "at", "over"), (1, 14)),
    "since": (1, 10**6),
}
# What stands before a period, up to it, and after it.
_PREPOSITIONS = rf"(?:\b(?P<preposition>{'|'.join(_LENGTHS)}|of) )"
_PREPOSITION = re.compile(rf"{_PREPOSITIONS}$")
_JOINS = re.compile(r"(?:,? (?:and|or|to|until|till|through) | ?[-/] ?)(?:the )?")
_FROM = re.compile(r"\b(?P<preposition>between|from|in|during|on|over|for|of|by|than|the) $")
_COMPARED = re.compile(
    r"\b(?:than|compared? (?:with|to)|versus|vs\.?|unlike|as|(?:up|down) (?:from|on)|born|founded|established|built|"
    r"set|invented|dat(?:es|ed|ing)(?: back)?|(?:hour|day|week|month|year)s? (?:before|after|since|from|to|ended)|"
    r"his|her|their|its|my|our|your|whose|'s)(?: (?:it|they|he|she) (?:was|were|did|had))?"
    r"(?: (?:in|on|at|over|during|since|to))? (?:the )?$"
)
_BY_OR_FOR = re.compile(r"\b(?:by|for) (?:the )?$")
_OPENS = re.compile(
    rf"\b(?P<word>since|after|following|before|until) (?P<event>(?:[\w'-]+ ){{0,6}}?)(?P<said>{_PREPOSITIONS}?)$"
)
_NEWS_OF = re.compile(r"\b(?i:news|headlines|stories|events|papers) (?P<said>(?:of|from|for) (?:the )?)$")
_ITS = re.compile(r"\b(?:of|the|a|an|from|to|beginning|ending) $")
_GOES_ON = re.compile(r" ?(?:and|or|-|/) ?(?:\d|next)")
_FUTURE = re.compile(
    r"(?:^W|\bw)ill\b|\bwon't\b|'ll\b|\b(?:may|shall|next|upcoming|going to|(?:is|are) due|due (?:in|on|by|to be)|"
    r"scheduled|set (?:to|for)|expected|planned|ahead of)\b"
)
_SCHEDULED = re.compile(  # "Is it open on Sunday?", "When does he speak on 3 May?", not "What did he do on Monday?"
    r"^(?:[Ii]s|[Aa]re|[Cc]an|[Ss]hould)\b|\b(?:is|are) (?:\w+ ){0,2}\w+ing\b|"
    r"^(?!.*\b(?:did|ha[sd]|have|to)\b).*\bdo(?:es)?\b"
)
_SUPERLATIVE = re.compile(
    r"\b(?:first|only|most|least|record|never|not|\w+n't|any|worst|best|[a-z]+iest|"
    r"(?:high|low|larg|bigg|small|great|strong|weak|fast|slow|deep|steep|sharp|long|short|cold|hott|warm|wett|young|old|"
    r"few|clos)est)\b",
    re.IGNORECASE,
)
# What stands outside the group `phrase` only looks like the preference and is skipped.
_VERB = r"(?:[a-z]{3,}ed|began|became|came|broke|heard|said|told|met|arose|appear|report|emerge|mention|begin|start)\b"
# "the last council meeting", not "the last meeting before the war", nor "in the last minute"
_LAST = (
    r"last(?= (?:(?!(?:of|the|in|to|and) )[a-z-]+ ){0,2}(?:meeting|session|sitting|hearing|debate|briefing|report|"
    r"conference|update|statement|bulletin|edition)\b(?! (?:before|after|since|until|in|for|to)\b))"
)
_NEWEST = (
    r"\b(?:(?:until|from|by|to|for|just|than) now|now (?:that\b|[A-Z])|now-|at the latest|"
    rf"(?P<phrase>latest|newest|most recent(?:ly)?|{_LAST}|currently|at the moment|at present|right now|now|"
    r"so far(?! (?:as|away|from|apart|off)\b|-)|to date(?=[ ?.]*$))\b)"
)
_RECENT = (
    r"\b(?:until recently|recent(?:ly)? (?:years|decades|history|memory|times)|"
    r"(?P<phrase>recent(?:ly)?|lately|these days|nowadays)\b)"
)
_OLDEST = (
    r"\b(?:(?:the|a|his|her|its|their|whose|s) first\b|at the earliest\b|originally from\b|"
    rf"(?P<phrase>first(?= {_VERB})|earliest|originally|initially)\b)"
)
# With how many days before now are meant.
_PREFERENCES: tuple[tuple[int, Order | None, str], ...] = (
    (0, "newest", _NEWEST),
    (30, None, _RECENT),
    (0, "oldest", _OLDEST),
)


def read_timeframe(question: str, now: date) -> Timeframe | None:
    """Read the time that the question, asked on the day `now`, names; None where it names none beyond doubt.

    Windows are intersected; where nothing is left the first one holds that is more than a bare name ("in May"). A
    window wins over a preference. Only 1,000 characters are read: the time taken grows with their square.
    """
    question = question[:_LONGEST]
    places = [at for at, letter in enumerate(question) if not (letter.isspace() and question[at - 1 : at].isspace())]
    text = "".join(" " if question[at].isspace() else question[at] for at in places).translate(_PLAIN)
    for found in reversed([*_UNMARKED.finditer(text)]):
        text = f"{text[: found.end()]}'{text[found.end() :]}"
        places.insert(found.end(), places[found.end()])
    text = _OPENING.sub(lambda match: match.group().lower(), text)
    text = _NOT_TIME.sub(lambda match: "#" * len(match.group()), text)
    frame = _window(text, now) or _preference(text, now)
    if frame is None:
        return None
    start, end = places[frame.start], places[frame.end - 1] + 1
    return replace(frame, phrase=question[start:end], start=start, end=end)


class _Window(NamedTuple):
    """Days, and the words that name them; a bare name ("in May", "on Monday") yields to what says more."""

    bare: bool
    start: int
    end: int
    days: Days


def _window(text: str, now: date) -> Timeframe | None:
    found: list[_Window] = []
    for period, earlier in _ranges(find_periods(text)):
        with suppress(ValueError, OverflowError):  # none after all, or beyond the calendar
            window = _range(period, earlier, now) if earlier else _read(period, now)
            days = window.days
            if days.length > 0 and (days.last < now if days.first == _OPEN.first else days.first <= now):
                found.append(window)
    if not found:
        return None
    found.sort()
    _, start, end, days = found[0]
    for other in found:
        both = Days(max(days.first, other.days.first), min(days.last, other.days.last))
        days = both if both.length > 0 else days
    since, until = (None if day in _OPEN else day for day in days)
    return Timeframe(since, until, "window", text[start:end], None, start, end)


def _preference(text: str, now: date) -> Timeframe | None:
    for days, order, pattern in _PREFERENCES:
        for match in re.finditer(pattern, text):
            if match["phrase"]:
                since, until = (date.fromordinal(max(1, now.toordinal() - days)), now) if days else (None, None)
                return Timeframe(since, until, "preference", match["phrase"], order, *match.span("phrase"))
    return None


def _window_of(period: Period, words: int, days: Days) -> _Window:
    """The days, as said by the period and so many characters before it."""
    return _Window(period.kind == "name", period.start - words, period.end + (2 if period.owns else 0), days)


def _days(period: Period, preposition: str | None, now: date) -> Days:
    """The days of a period after a preposition; ValueError where the words around it make no window of them."""
    kind, before = period.kind, period.text[: period.start]
    days = period.days(now)
    shortest, longest = _LENGTHS.get(preposition or "", (1, 0))
    if kind in ("number", "name") and not shortest <= days.length <= longest:
        raise ValueError
    if kind != "past" and (_FUTURE.search(before) or (kind in ("number", "name") and _SCHEDULED.search(before))):
        raise ValueError
    return days


def _ranges(periods: Sequence[Period]) -> Iterator[tuple[Period, Period | None]]:
    """Each period with the one it is joined to as the last of a range ("from May to July"), if any."""
    first = 0
    while first < len(periods):
        last = first + 1
        while last < len(periods) and periods[last].gap == ", ":
            last += 1
        if last < len(periods) and _JOINS.fullmatch(periods[last].gap):
            yield periods[last], periods[first]
            first = last + 1
        else:
            yield periods[first], None
            first += 1


def _read(period: Period, now: date) -> _Window:
    gap = period.gap
    if match := _NEWS_OF.search(gap):
        return _window_of(period, len(match["said"]), _days(period, "since", now))
    if _COMPARED.search(gap) or (_BY_OR_FOR.search(gap) and not period.owns):
        raise ValueError
    if match := _OPENS.search(gap):
        return _open(period, match, now)
    if period.kind in ("date", "number") and _ITS.search(gap):
        raise ValueError
    match = _PREPOSITION.search(gap)
    alone = period.text[: period.start].strip() == period.after.strip(" ?!.") == ""
    days = _days(period, "since" if alone else match and match["preposition"], now)
    if _GOES_ON.match(period.after.removeprefix("'s")):
        raise ValueError
    if days.last == now and days.length > _LONG and _SUPERLATIVE.search(period.text, 0, period.start):
        raise ValueError  # "the worst drought in the past 40 years" is compared, and reported today
    return _window_of(period, len(match.group()) if match else 0, Days(days.first, now if period.owns else days.last))


def _open(period: Period, match: re.Match[str], now: date) -> _Window:
    """Read since May, or since the vote in May: there all of May counts, as nothing says which day it was."""
    word, event = match["word"], match["event"] or period.owns
    if word == "since" and _SUPERLATIVE.search(period.text, 0, period.start - len(match.group())):
        raise ValueError  # "the highest since 1994"
    if word != "since" and not event and period.kind == "name":
        raise ValueError  # "Who was Prime Minister before May?"
    days = _days(period, match["preposition"] if match["event"] else "since", now)
    words = len(match["said"] if match["event"] else match.group())
    if word in ("before", "until"):
        last = days.last if event or word == "until" else days.first - timedelta(days=1)
        return _window_of(period, words, Days(_OPEN.first, last))
    first = days.first if event or word == "since" else days.last + timedelta(days=1)
    return _window_of(period, words, Days(first, _OPEN.last))


def _range(period: Period, earlier: Period, now: date) -> _Window:
    """Read from the first to the last of several; a first one without its year is the latest before the last."""
    match = _FROM.search(earlier.gap)
    preposition = match and match["preposition"]
    if preposition in ("for", "of", "by", "than", "the"):
        raise ValueError
    last = _days(period, "since" if preposition else None, now)
    first = earlier.days(now)
    if first.first > last.first:
        first = earlier.days(last.last)
    words = period.start - earlier.start + (len(match.group()) if match else 0)
    return _window_of(period, words, Days(first.first, last.last))
