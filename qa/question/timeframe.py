"""Reads what a question says about time ("last week" -> dates); knows nothing of articles or of the archive.

`periods` finds the words that name days, `windows` reads the words around each. `_NOT_TIME` blanks out names and idioms
that only look like time; `_PREFERENCES` count where no window was read.

A false window loses the right article, a missed one only ranks it lower: whatever is in doubt is not read.
- No windows: a year inside a name ("the 2016 election"), what is compared with ("the highest since 1994", "than in
  2015"), the future ("next week", "by 2050", "Who will ... on Monday?"), capitalised titles ("This Week", "USA Today").
- A date without its year is the latest that has begun. "This week" is the calendar week, from Monday to now, and "last
  week" the one before, Monday to Sunday.
- "Last week's vote" was held then and is written about ever since: that window stays open until now.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from qa.question.days import Days
from qa.question.windows import OPEN, windows

Order = Literal["newest", "oldest"]
# Words that ask for the very last or the very first report; "now" and "originally" are often said by the way.
STRICT = frozenset({"latest", "newest", "most recent", "most recently", "earliest"})


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


_LONGEST = 1000  # characters
_PLAIN = str.maketrans("‐‑‒–—−‘’“”", "------''\"\"")
_OPENING = re.compile(
    r"(?:^|[.?!:;] )[\"'(]*(?:[A-Z](?=[a-z]*,? [a-z\d])|"
    r"(?:On|In|At|Over|During|Since|After|Before|Between|From|Until|By|For)\b)"
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
    text = _NOT_TIME.sub(_blanked, _QUOTED.sub(_blanked, _OPENING.sub(lambda match: match.group().lower(), text)))
    found = _window(text, now) or _preference(text, now)
    if found is None:
        return None
    start, end = places[found.start], places[found.end - 1] + 1
    return replace(found, phrase=question[start:end], start=start, end=end)


def _blanked(match: re.Match[str]) -> str:
    return "#" * len(match.group())


def _window(text: str, now: date) -> Timeframe | None:
    """Intersect the windows of a text; of two that exclude each other, a bare name ("in May") yields."""
    found = sorted(windows(text, now))
    if not found:
        return None
    _, start, end, days = found[0]
    for other in found:
        both = Days(max(days.first, other.days.first), min(days.last, other.days.last))
        days = both if both.length > 0 else days
    since, until = (None if day in OPEN else day for day in days)
    return Timeframe(since, until, "window", text[start:end], None, start, end)


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
