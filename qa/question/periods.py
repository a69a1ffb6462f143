"""Words that name days ("last week", "17 June", "the end of May"), and which.

A row of `_TABLE` is a pattern and what makes days of its words, ValueError for none; it reads what no row above did.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, partial
from typing import Literal

from corpus.months import MONTHS, WEEKDAYS
from qa.question.days import Days, earlier, months, span, unit_of
from qa.question.english import FUNCTION, MONTH, NUMBERS, WEEKDAY, either

Match = re.Match[str]
# Past and here ("last week", "today") and full dates stand alone; a numbered one ("2016", "3 March") needs its
# preposition; a name ("Monday", "May") may not even follow "before" or "after".
Kind = Literal["past", "here", "date", "number", "name"]


@dataclass(frozen=True, slots=True)
class Period:
    """Words that name days, `text[start:end]`, and `days`: what they mean when said on a day.

    `gap` is what stands between them and the period before, or the beginning.
    """

    text: str
    start: int
    end: int
    kind: Kind
    days: Callable[[date], Days]
    gap: str = ""

    @property
    def after(self) -> str:
        """The text after it."""
        return self.text[self.end :]

    @property
    def owns(self) -> bool:
        """Whether it is "Sunday's"."""
        return self.text.startswith("'s", self.end)


# Only small words may follow a date: "in 2016 election polls", "in May Day marches", "on Friday prayers" are others.
# The end is that of the text, or where another period begins.
_SHORT_PAST = "won|lost|left|hit|fell|rose|became|made|led|saw|took|went|began|told"
_AFTER = (
    r"(?=[ '-]?$|[ ']?[?!;)\"]|[.,](?!\d)| - |[-/][A-Z\d]"
    rf"| (?:{either(FUNCTION - {'of', 'this', 'next'})}|alone|amid|due|till|{_SHORT_PAST}|[a-z]{{3,}}ed)\b)"
)
_OR_OWN = rf"(?:{_AFTER}|(?='(?P<own>s) [a-z]))"  # "Sunday's vote"
_WHICH = r"(?:(?P<which>this past|last|this) )?"
_DIGITS = r"(?:1[6-9]|20)\d\d(?![\d%]|[.,]\d)"
_YEAR = rf"(?:(?:,|,? of)? (?P<year>{_DIGITS}|(?:last|this|next) year))?(?!,? \d{{4}})"
_MONTH = rf"(?P<month>{MONTH})(?![\w'])"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?![\w:%]|[.,]\d)"
_UP_TO_DAY = r"(?:(?:-| to | and )(?P<to>\d{1,2})(?:st|nd|rd|th)?(?![\w:%]))?"
_FROM_DAY = r"(?:(?P<from>\d{1,2})(?:st|nd|rd|th)?(?: ?- ?| to | and ))?"
_NUMERIC = r"(?<![\d./-])(?P<day>\d\d?)(?P<by>[/.-])(?P<month>\d\d?)(?P=by)(?P<year>(?:19|20)\d\d|(?<=/)\d\d)(?![\d/-])"
_WEEKDAY = rf"(?P<weekday>{WEEKDAY})"
_HOURS = "morning|afternoon|evening|night"
_HOUR = rf"(?: (?:{_HOURS}))?"
_HOUR_OF = rf"(?:the (?:{_HOURS}) of )?"
_OF_WEEK = r"(?:,?(?: of)? (?P<week>last|this|next) week)?"
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_SEASON = r"(?P<season>[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter)"
_COUNTS = {"a": 1, "an": 1, **NUMBERS, "couple of": 3, "few": 5, "several": 7}  # what is vague is read generously
_COUNT = rf"(?P<count>\d{{1,3}}|(?:a )?(?P<vague>couple of|few|several)|{'|'.join(_COUNTS)}) "
_NO_COUNT = r"(?P<count>)(?P<vague>)"
_UNIT = r"(?P<unit>hour|day|week|fortnight|month|year|decade)(?P<many>s)?\b"
_CALENDAR = r"(?P<unit>day|week|month|year)\b"
_STEPS = {"last": -1, "this": 0, "next": 1}
_THIRDS = {"early": 0, "start": 0, "beginning": 0, "mid": 1, "middle": 1, "late": 2, "end": 2}
_THIRD = rf"\b(?<!before )(?<!before the )(?:the )?(?P<third>{'|'.join(_THIRDS)})(?:-| | in | of )$"


def find_periods(text: str) -> list[Period]:
    """The periods that a text names, in order."""
    found: list[Period] = []
    for kind, pattern, days in _TABLE:
        borders = [0, *(place for period in found for place in (period.start, period.end)), len(text)]
        unread = zip(borders[::2], borders[1::2], strict=True)
        matches = [match for gap in unread for match in _compiled(rf"\b(?:{pattern})").finditer(text, *gap)]
        found = sorted([*found, *(_period(kind, days, match) for match in matches)], key=lambda period: period.start)
    ends = [0, *(period.end for period in found)]
    return [_whole(end, period) for end, period in zip(ends, found, strict=False)]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when a question is first read: whoever only asks for help need not wait for it."""
    return re.compile(pattern)


def _period(kind: Kind, days: Callable[[Match, date], Days], match: Match) -> Period:
    words = match.groupdict()
    which = words.get("which") or words.get("week")
    if words.get("year"):
        kind = "date"
    elif which in ("last", "this past"):
        kind = "past"
    elif kind == "name" and (which or words.get("own")):
        kind = "here"
    return Period(match.string, *match.span(), kind, partial(days, match))


def _whole(after: int, period: Period) -> Period:
    """The period with its gap; the third of it that the words before it name, such as "the end of"."""
    text = period.text
    match = period.kind != "here" and _compiled(_THIRD).search(text, after, period.start)
    if not match:
        return replace(period, gap=text[after : period.start])
    kind: Kind = "name" if period.kind == "name" else "date"
    start, gap = match.start(), text[after : match.start()]
    return replace(period, start=start, gap=gap, kind=kind, days=lambda now: _third(match["third"], period.days(now)))


def _third(third: str, days: Days) -> Days:
    place = _THIRDS[third]
    if days.length < 3:  # noqa: PLR2004 (thirds)
        return days
    if (size := round(days.length / 30.44) // 3) > 0:
        return months(days.first.year, days.first.month + place * size, size)
    first = days.first + timedelta(days=place * (days.length // 3))
    return Days(first, days.last) if third in ("late", "end") else span(first, days.length // 3)


def _yearly(days: Callable[[Match, int], Days], *, over: bool = False) -> Callable[[Match, date], Days]:
    """Read what comes back every year: in the year that is named, else as it last began (with `over`: ended)."""

    def read(match: Match, now: date) -> Days:
        year, which = (match.groupdict().get(group) for group in ("year", "which"))
        if year:
            return days(match, int(year) if year.isdigit() else now.year + _STEPS[year[:4]])
        if which == "this":
            return days(match, now.year)
        for candidate in range(now.year, now.year - 9, -1):  # 29 February can be eight years away
            with suppress(ValueError):
                found = days(match, candidate)
                if (found.last < now) if over else (found.first <= now):
                    return found
        raise ValueError

    return read


def _month(match: Match, year: int) -> Days:
    shortened = [name[:3] for name in MONTHS]
    return months(year, shortened.index(match["month"][:3].lower()) + 1)


def _days_of_month(match: Match, year: int) -> Days:
    month, day = _month(match, year).first, match["day"]
    first, last = (match.groupdict().get(end) or day for end in ("from", "to"))
    return Days(month.replace(day=int(first)), month.replace(day=int(last)))


def _numeric_day(match: Match, _: date) -> Days:
    day, month, year = int(match["day"]), int(match["month"]), int(("20" + match["year"])[-4:])
    return span(date(year, day, month) if month > len(MONTHS) else date(year, month, day))


def _season(match: Match, year: int) -> Days:
    if not match["which"] and not match["year"]:
        raise ValueError  # "in summer" is any summer
    first = _SEASONS[match["season"].lower()]
    # Two winters touch 2016.
    return months(year - 1, first, 15) if first == max(_SEASONS.values()) and match["year"] else months(year, first, 3)


def _years(match: Match, _: date) -> Days:
    """Read 2008-2010 and 2015-16 as years, but 2016-06 as a month: 2006 does not come after 2016."""
    first, second = int(match["from"]), int((match["from"][:2] + match["to"])[-4:])
    if second > first:
        return months(first, 1, 12 * (second - first + 1))
    return months(date(first, int(match["to"]), 1).year, int(match["to"]))


def _weekday(match: Match, now: date) -> Days:
    """Read the latest of that name; the last Monday is never today, nor the last weekend the running one."""
    weekday, which = match.groupdict().get("weekday"), match["which"]
    week = match.groupdict().get("week") or ("this" if which == "this" else None)
    if week:
        now = unit_of("week", now, -_STEPS[week]).last
    elif which:
        now -= timedelta(days=1 if weekday else 2)
    back = (now.weekday() - WEEKDAYS.index((weekday or "saturday").lower())) % 7
    return span(now - timedelta(days=back), 1 if weekday else 2)


def _rolling(match: Match, now: date) -> Days:
    """Count back from now; without a number, the past week is one and the past weeks are several."""
    words = match["vague"] or match["count"] or ("several" if match["many"] else "one")
    return Days(earlier(now, int(words) if words.isdigit() else _COUNTS[words], match["unit"]), now)


def _ago(match: Match, now: date) -> Days:
    """Read three days ago with the days beside it, three weeks ago as that week, a few weeks ago as since then."""
    days = _rolling(match, now)
    if match["vague"] or match["unit"] in ("hour", "fortnight", "decade"):
        return days
    if match["unit"] == "day":
        return Days(days.first - timedelta(days=1), min(days.first + timedelta(days=1), now))
    return unit_of(match["unit"], days.first, 0)


def _back(unit: str = "", count: int = 1) -> Callable[[Match, date], Days]:
    """Read the calendar day, week, month or year that lies so many of them back."""
    return lambda match, now: unit_of(unit or match["unit"], now, count)


def _so_far(match: Match, now: date) -> Days:
    return Days(unit_of(match["unit"], now, 0).first, now)


def _from_year(count: int) -> Callable[[Match, date], Days]:
    """Read years from that one on; "the 90s" are of the last century."""
    return lambda match, _: months(int(("19" + match["from"].lstrip("'"))[-4:]), 1, 12 * count)


_DATED = rf"{_HOUR_OF}(?:{_WEEKDAY},? )?"
_TODAY = rf"(?:earlier )?(?:today|tonight|this (?:{_HOURS}))(?:{_AFTER}|(?='s (?:news|headlines|papers)))"
_TABLE: tuple[tuple[Kind, str, Callable[[Match, date], Days]], ...] = (
    ("date", r"(?<![\d-])\d{4}-\d\d-\d\d(?![\d-])", lambda match, _: span(date.fromisoformat(match.group()))),
    ("date", _NUMERIC, _numeric_day),
    ("number", rf"{_DATED}(?:the )?{_FROM_DAY}{_DAY}(?: of)? {_MONTH}{_YEAR}{_AFTER}", _yearly(_days_of_month)),
    ("number", rf"{_DATED}{_MONTH} {_DAY}{_UP_TO_DAY}{_YEAR}{_AFTER}", _yearly(_days_of_month)),
    ("name", rf"{_WHICH}{_MONTH}{_YEAR}{_AFTER}", _yearly(_month)),
    ("name", rf"(?:the )?{_WHICH}{_SEASON}{_YEAR}{_OR_OWN}", _yearly(_season, over=True)),
    ("number", rf"(?:the )?(?P<from>(?:1[6-9]|20)\d0|(?<=the )'?[2-9]0)s{_AFTER}", _from_year(10)),
    ("date", rf"(?P<from>{_DIGITS}) ?[/-] ?(?P<to>(?:19|20)\d\d|\d\d)(?![\d/-]){_AFTER}", _years),
    ("number", rf"(?:the year )?(?P<from>{_DIGITS}){_AFTER}", _from_year(1)),
    ("name", rf"{_WHICH}{_WEEKDAY}{_HOUR}{_OF_WEEK}{_OR_OWN}", _weekday),
    ("name", rf"(?:the )?{_WHICH}weekend{_OR_OWN}", _weekday),
    ("past", rf"the {_CALENDAR} before (?:last|yesterday)\b", _back(count=2)),
    ("past", rf"yesterday{_HOUR}{_OR_OWN}", _back("day")),
    ("past", rf"last night{_OR_OWN}", lambda _, now: Days(now - timedelta(days=1), now)),
    ("here", _TODAY, lambda _, now: span(now)),
    ("here", rf"(?:earlier )?this (?!day){_CALENDAR}(?!-)", _so_far),
    ("here", rf"(?:earl(?:y|ier) in|the (?:start|beginning) of) the (?!day|week){_CALENDAR}(?! of\b)", _so_far),
    ("past", rf"(?<!the )last (?!day){_CALENDAR}(?! of\b|-)", _back()),
    ("past", rf"(?!\d{{3}} years){_COUNT}{_UNIT} ago\b", _ago),
    ("past", rf"(?:the |this )?(?:past|last) {_COUNT}{_UNIT}(?! of\b)", _rolling),
    ("past", rf"(?:(?:the |this )past|the last(?! hour| day)) {_NO_COUNT}{_UNIT}(?! of\b)", _rolling),
)
