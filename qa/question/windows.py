"""What the words around a period make of it: "since ...", "from ... to ...", "than in ..." give a window, or none.

Of each period only the words between it and the one before it are read, and the few after it.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from qa.question.days import Days
from qa.question.periods import Period, find_periods

OPEN = Days(date.min, date.max)  # days without a beginning or an end
_LONG = 365  # days
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
_NEWS_OF = re.compile(r"\b(?i:news|headlines|stories|events|papers) (?P<preposition>of|from|for) (?:the )?$")
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


class Window(NamedTuple):
    """Days, and the words that name them; a bare name ("in May", "on Monday") yields to what says more."""

    bare: bool
    start: int
    end: int
    days: Days


def windows(text: str, now: date) -> list[Window]:
    """The windows that a text names, asked on a day, in no order; a window has begun on that day."""
    found = []
    for place, earlier in _places(text):
        with suppress(ValueError, OverflowError):  # none after all, or beyond the calendar
            window = _read(place, earlier, now)
            days = window.days
            if days.length > 0 and (days.last < now if days.first == OPEN.first else days.first <= now):
                found.append(window)
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """A period in a text, and what stands around it: after the period before it, and up to the end."""

    text: str
    period: Period
    gap: str

    @property
    def after(self) -> str:
        return self.text[self.period.end :]

    @property
    def owns(self) -> bool:
        """Whether it is "Sunday's"."""
        return self.after.startswith("'s")

    def window(self, words: int, days: Days) -> Window:
        """The days, as said by the period and so many characters before it."""
        end = self.period.end + (2 if self.owns else 0)
        return Window(self.period.kind == "name", self.period.start - words, end, days)


def _places(text: str) -> Iterator[tuple[_Place, _Place | None]]:
    """Each period with the one it is joined to as the last of a range ("from May to July"), if any."""
    places: list[_Place] = []
    end = 0
    for period in find_periods(text):
        places.append(_Place(text, period, text[end : period.start]))
        end = period.end
    first = 0
    while first < len(places):
        last = first + 1
        while last < len(places) and places[last].gap == ", ":
            last += 1
        if last < len(places) and _JOINS.fullmatch(places[last].gap):
            yield places[last], places[first]
            first = last + 1
        else:
            yield places[first], None
            first += 1


def _read(place: _Place, earlier: _Place | None, now: date) -> Window:
    """What the words before a period make of it; ValueError where that is no window."""
    if earlier:
        return _range(place, earlier, now)
    if match := _NEWS_OF.search(place.gap):
        return place.window(len(match.group()) - match.start("preposition") + match.start(), _days(place, "since", now))
    if _COMPARED.search(place.gap) or (_BY_OR_FOR.search(place.gap) and not place.owns):
        raise ValueError
    if match := _OPENS.search(place.gap):
        return _open(place, match, now)
    if place.period.kind in ("date", "number") and _ITS.search(place.gap):
        raise ValueError
    return _within(place, now)


def _days(place: _Place, preposition: str | None, now: date) -> Days:
    """The days of a period after a preposition; ValueError where the words around it make no window of them."""
    kind, before = place.period.kind, place.text[: place.period.start]
    days = place.period.days(now)
    shortest, longest = _LENGTHS.get(preposition or "", (1, 0))
    if kind in ("number", "name") and not shortest <= days.length <= longest:
        raise ValueError
    if kind != "past" and (_FUTURE.search(before) or (kind in ("number", "name") and _SCHEDULED.search(before))):
        raise ValueError
    return days


def _within(place: _Place, now: date) -> Window:
    match = _PREPOSITION.search(place.gap)
    alone = place.text[: place.period.start].strip() == place.after.strip(" ?!.") == ""
    days = _days(place, "since" if alone else match and match["preposition"], now)
    if _GOES_ON.match(place.after.removeprefix("'s")):
        raise ValueError
    if days.last == now and days.length > _LONG and _SUPERLATIVE.search(place.text, 0, place.period.start):
        raise ValueError  # "the worst drought in the past 40 years" is compared, and reported today
    return place.window(len(match.group()) if match else 0, Days(days.first, now if place.owns else days.last))


def _open(place: _Place, match: re.Match[str], now: date) -> Window:
    """Read since May, or since the vote in May: there all of May counts, as nothing says which day it was."""
    word, event = match["word"], match["event"] or place.owns
    if word == "since" and _SUPERLATIVE.search(place.text, 0, place.period.start - len(match.group())):
        raise ValueError  # "the highest since 1994"
    if word != "since" and not event and place.period.kind == "name":
        raise ValueError  # "Who was Prime Minister before May?"
    days = _days(place, match["preposition"] if match["event"] else "since", now)
    words = len(match["said"] if match["event"] else match.group())
    if word in ("before", "until"):
        last = days.last if event or word == "until" else days.first - timedelta(days=1)
        return place.window(words, Days(OPEN.first, last))
    first = days.first if event or word == "since" else days.last + timedelta(days=1)
    return place.window(words, Days(first, OPEN.last))


def _range(place: _Place, earlier: _Place, now: date) -> Window:
    """Read from the first to the last of several; a first one without its year is the latest before the last."""
    match = _FROM.search(earlier.gap)
    last = _days(place, _since(match), now)
    first = earlier.period.days(now)
    if first.first > last.first:
        first = earlier.period.days(last.last)
    words = place.period.start - earlier.period.start + (len(match.group()) if match else 0)
    return place.window(words, Days(first.first, last.last))


def _since(match: re.Match[str] | None) -> str | None:
    """The preposition that a range has the lengths of; ValueError after one that makes no range."""
    preposition = match and match["preposition"]
    if preposition in ("for", "of", "by", "than", "the"):
        raise ValueError
    return "since" if preposition else None
