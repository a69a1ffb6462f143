"""Reads what a question says about time ("last week" -> dates); knows nothing of articles or of the archive.

`periods` finds the words that name days; the ordered tables here judge the words around them. `_NOT_TIME` wipes out
names and idioms that only look like time; `_RELATIONS` read "since ...", "from ... to ...", "than in ..." as windows or
as none; `_PREFERENCES` count where no window was read. What one row has read, the next no longer sees.

A false window loses the right article, a missed one only ranks it lower: whatever is in doubt is not read.
- No windows: a year inside a name ("the 2016 election"), what is compared with ("the highest since 1994", "than in
  2015"), the future ("next week", "by 2050", "Who will ... on Monday?"), capitalised titles ("This Week", "USA Today").
- Years before 1900 are history, not news. A date without its year is the latest that has begun. "This week" is the
  seven days ending now, as people say it on Sundays and Mondays too; "last week" is the calendar week before, Monday to
  Sunday.
- "Last week's vote" was held then and is written about ever since: that window stays open until now.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal, NoReturn

from qa.question.days import Days
from qa.question.periods import DATE, HERE, MARKED, MARKS, NAME, NUMBER, PAST, Match, Periods, mark_periods

Order = Literal["newest", "oldest"]


@dataclass(frozen=True, slots=True)
class Timeframe:
    """What the question says about time. `since` and `until` are inclusive; None is open.

    A window filters, a preference only ranks; `order` is for preferences like "latest" and "first". `phrase` is
    `question[start:end]`, in code points; where several windows were intersected, the words of one of them.
    """

    since: date | None
    until: date | None
    kind: Literal["window", "preference"]
    phrase: str
    order: Order | None = None
    start: int = 0
    end: int = 0

    def as_json(self) -> dict[str, Any]:
        """The timeframe as every JSON output of Dateline shows it."""
        return {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "kind": self.kind,
            "phrase": self.phrase,
            "order": self.order,
        }


_Span = tuple[int, int]

_OPEN = Days(date.min, date.max)  # open ends, inside this module
_LONGEST = 1000
_WIPED = "\6"
_PLAIN = str.maketrans("‐‑‒–—−‘’“”" + MARKS + _WIPED, "------''\"\"" + " " * 6)
_OPENING = re.compile(
    r"(?:^|[.?!:;] )[\"'(]*(?:[A-Z](?=[a-z]*,? [a-z\d])|"
    r"(?:On|In|At|Over|During|Since|After|Before|Between|From|Until|By|For)\b)"
)
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
_QUOTED = re.compile(r""""(?<=\w ")[^"]*"|'(?<=\w ')[^']*'(?=\W|$)""")
_NOT_TIME = re.compile(
    r"\b(?:(?:1|one) in \d[\d,]*|[A-Z]\w+ \d{4} ?- ?\d{2,4}\b|"  # "1 in 2000", "Horizon 2014-2020"
    r"(?:Sept(?:\.|ember)? 11(?:th)?|11(?:th)?(?: of)? September)(?:,? 2001)?|Jan(?:\.|uary) 6(?:th)?(?:,? 2021)?|"
    r"March (?:for|on|of|against)|[Ff]riday the (?:13|thirteen)th|"
    r"(?:confidence|trust|faith|belie\w+) in May|since May (?=[a-z])|"
    r"(?:later|late|the (?:end|rest|remainder) of) (?:today|(?:this|the) (?:week|month|year))|"
    r"(?:still|even|until|to|of) today|still\b[^.?]*\btoday)\b"
)


def read_timeframe(question: str, now: date) -> Timeframe | None:
    """Read the time that the question, asked on the day `now`, names; None where it names none beyond doubt.

    Several windows are intersected; where nothing would be left, the first one holds, or the first that is more than a
    bare name ("in May", "on Monday"). A window wins over a preference.
    Only the first 1,000 characters are read: nobody asks longer, and the time taken grows with their square.
    """
    question = question[:_LONGEST]
    places = [at for at, letter in enumerate(question) if not (letter.isspace() and question[at - 1 : at].isspace())]
    text = "".join(" " if question[at].isspace() else question[at] for at in places).translate(_PLAIN)
    text = _NOT_TIME.sub(_wipe, _QUOTED.sub(_wipe, _OPENING.sub(lambda match: match.group().lower(), text)))
    found = _window(text, now) or _preference(text, now)
    if found is None:
        return None
    start, end = places[found.start], places[found.end - 1] + 1
    return replace(found, phrase=question[start:end], start=start, end=end)


def _wipe(match: Match) -> str:
    return _WIPED * len(match.group())


def _window(text: str, now: date) -> Timeframe | None:
    """Intersect what the relations read; of two that exclude each other, a bare name ("in May") yields."""
    text, periods = mark_periods(text)
    found: list[tuple[bool, _Span, Days]] = []
    for pattern, read in _RELATIONS if periods else ():
        for match in pattern.finditer(text):
            with suppress(ValueError, OverflowError):  # none after all, or beyond the calendar
                days = read(match, periods, now)
                if days.length > 0 and (days.last < now if days.first == _OPEN.first else days.first <= now):
                    span = match.span("phrase" if match.groupdict().get("event") else 0)
                    found.append((match["period"][0] == NAME, span, days))
        text = pattern.sub(_wipe, text)
    if not found:
        return None
    _, (start, end), days = min(found)
    for _, _, other in sorted(found):
        both = Days(max(days.first, other.first), min(days.last, other.last))
        days = both if both.length > 0 else days
    since, until = (None if day in _OPEN else day for day in days)
    return Timeframe(since, until, "window", text[start:end], None, start, end)


def _days(match: Match, periods: Periods, now: date, preposition: str | None) -> Days:
    """Read the group `period`; ValueError where the words around it make no window of its days."""
    mark, before = match["period"][0], match.string[: match.start()]
    days = periods[match.start("period")](now)
    shortest, longest = _LENGTHS.get(preposition or "", (1, 0))
    if mark in NUMBER + NAME and not shortest <= days.length <= longest:
        raise ValueError
    if mark != PAST and (_FUTURE.search(before) or (mark in NUMBER + NAME and _SCHEDULED.search(before))):
        raise ValueError
    return days


def _within(match: Match, periods: Periods, now: date) -> Days:
    days = _days(match, periods, now, match["preposition"])
    if days.last == now and days.length > _LONG and _SUPERLATIVE.search(match.string, 0, match.start()):
        raise ValueError  # "the worst drought in the past 40 years" is compared, and reported today
    return Days(days.first, now if match["own"] else days.last)


def _open(match: Match, periods: Periods, now: date) -> Days:
    """Read since May, or since the vote in May: there all of May counts, as nothing says which day it was."""
    word, event = match["word"], match["event"] or match["own"]
    if word == "since" and _SUPERLATIVE.search(match.string, 0, match.start()):
        raise ValueError  # "the highest since 1994"
    if word != "since" and not event and match["period"][0] == NAME:
        raise ValueError  # "Who was Prime Minister before May?"
    days = _days(match, periods, now, match["preposition"] if match["event"] else "since")
    if word in ("before", "until"):
        return Days(_OPEN.first, days.last if event or word == "until" else days.first - timedelta(days=1))
    return Days(days.first if event or word == "since" else days.last + timedelta(days=1), _OPEN.last)


def _range(match: Match, periods: Periods, now: date) -> Days:
    """Read from the first to the last of several; a first one without its year is the latest before the last."""
    if match["preposition"] in ("for", "of", "by", "than", "the"):
        raise ValueError
    last = _days(match, periods, now, "since" if match["preposition"] else None)
    if match["day"]:
        if last.length > 1 or match["period"][0] in PAST + HERE:
            raise ValueError
        day = int(match["day"])
        month = last.first if day <= last.first.day else last.first - timedelta(days=last.first.day)
        return Days(month.replace(day=day), last.last)
    first = periods[match.start("first")](now)
    if first.first > last.first:
        first = periods[match.start("first")](last.last)
    return Days(first.first, last.last)


def _none(*_: object) -> NoReturn:
    raise ValueError


_LONG = 365
_LENGTHS = {  # how many days a number or a name may span after this preposition
    **dict.fromkeys(("in", "during", "throughout"), (7, 10**6)),
    **dict.fromkeys(("on", "at", "over"), (1, 14)),
    "since": (1, 10**6),
}
_PREPOSITION = rf"(?:\b(?P<preposition>{'|'.join(_LENGTHS)}|of) )?"
_COMPARED = (
    r"(?:than|compared? (?:with|to)|versus|vs\.?|unlike|as|(?:up|down) (?:from|on)|born|founded|established|built|"
    r"set|invented|dat(?:es|ed|ing)(?: back)?|(?:hour|day|week|month|year)s? (?:before|after|since|from|to|ended)|"
    r"his|her|their|its|my|our|your|whose|'s)(?: (?:it|they|he|she) (?:was|were|did|had))?"
    r"(?: (?:in|on|at|over|during|since|to))?"
)
_RELATIONS = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (
            r"(?:\b(?P<preposition>between|from|in|during|on|over|for|of|by|than|the) )?"
            rf"(?:\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?|(?P<first>{MARKED})(?:, {MARKED})*)"
            rf"(?:,? (?:and|or|to|until|till|through) | ?[-/] ?)(?:the )?(?P<period>{MARKED})",
            _range,
        ),
        (rf"\b{_COMPARED} (?:the )?{MARKED}", _none),
        (rf"\b(?:by|for) (?:the )?{MARKED}(?![{MARKS}]|'s)", _none),
        (
            r"\b(?P<word>since|after|following|before|until) (?P<event>(?:[\w'-]+ ){0,6}?)"
            rf"(?P<phrase>{_PREPOSITION}(?P<period>{MARKED})(?P<own>'s)?)",
            _open,
        ),
        (rf"\b(?:of|the|a|an|from|to) [{DATE}{NUMBER}]+", _none),
        (rf"{_PREPOSITION}(?P<period>{MARKED})(?P<own>'s)?(?! ?(?:and|or|-|/) ?(?:\d|next))", _within),
    )
)
# In each row, what stands outside the group `phrase` only looks like the preference and is skipped.
_VERB = r"(?:[a-z]{3,}ed|began|became|came|broke|heard|said|told|met|arose|appear|report|emerge|mention|begin|start)\b"
_PREFERENCES: tuple[tuple[int | None, Order | None, str], ...] = (
    (
        None,
        "newest",
        r"\b(?:(?:until|from|by|to|for|just|than) now|now (?:that\b|[A-Z])|now-|at the latest|"
        r"(?P<phrase>latest|newest|most recent(?:ly)?|currently|at the moment|at present|right now|now)\b)",
    ),
    (
        30,
        None,
        r"\b(?:until recently|recent(?:ly)? (?:years|decades|history|memory|times)|"
        r"(?P<phrase>recent(?:ly)?|lately|these days|nowadays)\b)",
    ),
    (
        None,
        "oldest",
        r"\b(?:(?:the|a|his|her|its|their|whose|s) first\b|at the earliest\b|originally from\b|"
        rf"(?P<phrase>first(?= {_VERB})|earliest|originally|initially)\b)",
    ),
)


def _preference(text: str, now: date) -> Timeframe | None:
    for days, order, pattern in _PREFERENCES:
        for match in re.finditer(pattern, text):
            if match["phrase"]:
                since, until = (now - timedelta(days=days), now) if days else (None, None)
                return Timeframe(since, until, "preference", match["phrase"], order, *match.span("phrase"))
    return None
