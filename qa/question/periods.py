"""Words that name days ("last week", "17 June", "the end of May"), and which; knows nothing of the words around them.

Two ordered tables, each row a pattern and a small function: `_PERIODS` turns words into days and leaves a mark in their
place, so that later rows do not see them; `_PARTS` cuts what is marked. Words that name no such day raise ValueError.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from functools import cache, partial

from qa.question.days import Days, earlier, months, span, unit_of
from qa.question.english import FUNCTION, either

Match = re.Match[str]
Periods = dict[int, Callable[[date], Days]]  # where a mark begins -> what its words mean when said on a day

# A mark says what a period may do. Past and here ("last week", "today") and full dates stand alone; a numbered one
# ("2016", "3 March") needs its preposition; a name ("Monday", "May") may not even follow "before" or "after".
PAST, HERE, DATE, NUMBER, NAME = MARKS = "\1\2\3\4\5"
MARKED = f"(?<![{MARKS}])[{MARKS}]++"

# Only small words may follow a date: "in 2016 election polls", "in May Day marches", "on Friday prayers" are others.
_SHORT_PAST = "won|lost|left|hit|fell|rose|became|made|led|saw|took|went|began|told"
_AFTER = (
    rf"(?=$|[ ']?[?!;)\"{MARKS}]|[.,](?!\d)| - |-?[{MARKS}]|[-/][A-Z\d]"
    rf"| (?:{either(FUNCTION - {'of', 'this', 'next'})}|alone|amid|due|till|{_SHORT_PAST}|[a-z]{{3,}}ed)\b)"
)
_OR_OWN = rf"(?:{_AFTER}|(?='(?P<own>s) [a-z]))"  # "Sunday's vote"
_WHICH = r"(?:(?P<which>this past|last|this) )?"
_DIGITS = r"(?:19|20)\d\d(?![\d%]|[.,]\d)"
_YEAR = rf"(?:(?:,|,? of)? (?P<year>{_DIGITS}|(?:last|this|next) year))?(?!,? \d{{4}})"
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<month>[Jj]an(?:uary|\.)?|[Ff]eb(?:ruary|\.)?|[Mm]ar(?:ch|\.)?|[Aa]pr(?:il|\.)?|[Mm]ay|[Jj]une?|[Jj]uly?|"
    r"[Aa]ug(?:ust|\.)?|[Ss]ept?(?:ember|\.)?|[Oo]ct(?:ober|\.)?|[Nn]ov(?:ember|\.)?|[Dd]ec(?:ember|\.)?)(?![\w'])"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?![\w:%]|[.,]\d)"
_UP_TO_DAY = r"(?:(?:-| to | and )(?P<to>\d{1,2})(?:st|nd|rd|th)?(?![\w:%]))?"
_NUMERIC = r"(?<![\d./-])(?P<day>\d\d?)(?P<by>[/.-])(?P<month>\d\d?)(?P=by)(?P<year>(?:19|20)\d\d|(?<=/)\d\d)(?![\d/-])"
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEKDAY = r"(?P<weekday>[Mm]on|[Tt]ues|[Ww]ednes|[Tt]hurs|[Ff]ri|[Ss]atur|[Ss]un)day"
_HOURS = "morning|afternoon|evening|night"
_HOUR = rf"(?: (?:{_HOURS}))?"
_HOUR_OF = rf"(?:the (?:{_HOURS}) of )?"
_OF_WEEK = r"(?:,?(?: of)? (?P<week>last|this|next) week)?"
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_SEASON = r"(?P<season>[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter)"
_FEASTS = {"Christmas Eve": (12, 24, 1), "Christmas Day": (12, 25, 1), "Christmas": (12, 24, 3)}  # month, day, length
_FEASTS |= {"Boxing Day": (12, 26, 1), "New Year's Eve": (12, 31, 1), "New Year's Day": (1, 1, 1)}
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_COUNTS |= {"nine": 9, "ten": 10, "eleven": 11, "twelve": 12}
_COUNTS |= {"couple of": 3, "few": 5, "several": 7}  # what is vague is read generously
_COUNT = rf"(?P<count>\d{{1,3}}|(?:a )?(?P<vague>couple of|few|several)|{'|'.join(_COUNTS)}) "
_NO_COUNT = r"(?P<count>)(?P<vague>)"
_UNIT = r"(?P<unit>hour|day|week|fortnight|month|year|decade)(?P<many>s)?\b"
_ROUGHLY = r"(?P<roughly>(?:(?:more|less|fewer) than|over|under|nearly|almost|about|around|some|at least|up to) )?"
_CALENDAR = r"(?P<unit>day|week|month|year)\b"
_STEPS = {"last": -1, "this": 0, "next": 1}
_SLICES = {"early": (3, 0), "start": (3, 0), "beginning": (3, 0), "mid": (3, 1), "middle": (3, 1), "late": (3, 2)}
_SLICES |= {"end": (3, 2), "first half": (2, 0), "second half": (2, 1), "last quarter": (4, 3)}
_SLICES |= {f"{nth} quarter": (4, index) for index, nth in enumerate(("first", "second", "third", "fourth"))}
_SLICES |= {f"Q{index + 1}": (4, index) for index in range(4)}


def mark_periods(text: str) -> tuple[str, Periods]:
    """Put a run of one mark, of the same length, in place of each period; returns the text and what the runs mean."""
    periods: Periods = {}
    for mark, pattern, days in _PERIODS:
        text = _compiled(pattern).sub(partial(_keep, periods, mark, days), text)
    for pattern, part in _PARTS if periods else ():
        text = _compiled(pattern).sub(partial(_cut, periods, part), text)
    return text, periods


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when a question is first read: whoever only asks for help need not wait for it."""
    return re.compile(pattern)


def _keep(periods: Periods, mark: str, days: Callable[[Match, date], Days], match: Match) -> str:
    words = match.groupdict()
    which = words.get("which") or words.get("week")
    if words.get("year"):
        mark = DATE
    elif which in ("last", "this past"):
        mark = PAST
    elif mark == NAME and (which or words.get("own")):
        mark = HERE
    periods[match.start()] = partial(days, match)
    return mark * len(match.group())


def _cut(periods: Periods, part: Callable[[Match, Days], Days], match: Match) -> str:
    whole = periods[match.start("whole")]
    periods[match.start()] = lambda now: part(match, whole(now))
    return (NAME if match["whole"][0] == NAME else DATE) * len(match.group())


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
    return months(year, _MONTHS.index(match["month"][:3].lower()) + 1)


def _days_of_month(match: Match, year: int) -> Days:
    first = _month(match, year).first
    last = match.groupdict().get("to") or match["day"]
    return Days(first.replace(day=int(match["day"])), first.replace(day=int(last)))


def _numeric_day(match: Match, _: date) -> Days:
    """Read the day first, as most of the world writes it, unless that is impossible."""
    day, month, year = int(match["day"]), int(match["month"]), int(("20" + match["year"])[-4:])
    return span(date(year, day, month) if month > len(_MONTHS) else date(year, month, day))


def _season(match: Match, year: int) -> Days:
    return months(year, _SEASONS[match["season"].lower()], 3)


def _season_days(match: Match, now: date) -> Days:
    """Take both winters that touch 2016 for its winter, and one for that of 2015-16; "in summer" is any summer."""
    if not match["which"] and not match["year"]:
        raise ValueError
    days = _yearly(_season, over=True)(match, now)
    either = match["year"] and not match["to"] and days.first.year < days.last.year
    return Days(_season(match, days.first.year - 1).first, days.last) if either else days


def _feast(match: Match, year: int) -> Days:
    month, day, length = _FEASTS[match["feast"]]
    return span(date(year, month, day), length)


def _years(match: Match, _: date) -> Days:
    """Read 2008-2010 and 2015-16 as years, but 2016-06 as a month, because 2006 does not come after 2016."""
    first, second = int(match["from"]), int((match["from"][:2] + match["to"])[-4:])
    if second > first:
        return months(first, 1, 12 * (second - first + 1))
    return months(date(first, int(match["to"]), 1).year, int(match["to"]))


def _latest(weekday: str, now: date) -> date:
    return now - timedelta(days=(now.weekday() - _WEEKDAYS.index(weekday[:3].lower())) % 7)


def _weekday(match: Match, now: date) -> Days:
    if match["week"] or match["which"] == "this":
        now = unit_of("week", now, -_STEPS[match["week"] or "this"]).last
    elif match["which"]:
        now -= timedelta(days=1)  # last Monday is never today
    return span(_latest(match["weekday"], now))


def _weekend(match: Match, now: date) -> Days:
    if match["which"] == "this":
        now = unit_of("week", now, 0).last
    elif match["which"]:
        now -= timedelta(days=2)  # nor is last weekend the running one
    return span(_latest("sat", now), 2)


def _running(match: Match, now: date) -> Days:
    """Read this month and this year up to now; this week is the last seven days."""
    return Days(now - timedelta(days=6) if match["unit"] == "week" else unit_of(match["unit"], now, 0).first, now)


def _before(back: int) -> Callable[[Match, date], Days]:
    return lambda match, now: unit_of(match["unit"], now, back)


def _rolling(match: Match, now: date) -> Days:
    """Count back from now; without a number, the past week is one and the past weeks are several."""
    words = match["vague"] or match["count"] or ("several" if match["many"] else "one")
    return Days(earlier(now, int(words) if words.isdigit() else _COUNTS[words], match["unit"]), now)


def _ago(match: Match, now: date) -> Days:
    """Read three days ago with the days beside it, three weeks ago as that week, a few weeks ago as since then."""
    if match["roughly"]:
        raise ValueError
    days = _rolling(match, now)
    if match["vague"] or match["unit"] in ("hour", "fortnight", "decade"):
        return days
    if match["unit"] == "day":
        return Days(days.first - timedelta(days=1), min(days.first + timedelta(days=1), now))
    return unit_of(match["unit"], days.first, 0)


def _slice(match: Match, days: Days) -> Days:
    """Cut out one of several equal parts, whole months where there are enough; the last one takes what is left over."""
    parts, index = _SLICES[match["part"]]
    if days.length < parts:
        return days
    if (size := round(days.length / 30.44) // parts) > 0:
        return months(days.first.year, days.first.month + index * size, size)
    first = days.first + timedelta(days=index * (days.length // parts))
    return Days(first, days.last) if index == parts - 1 else span(first, days.length // parts)


def _week(match: Match, days: Days) -> Days:
    """Find the calendar week around a day, or the first or last seven days of a stretch."""
    how = match["nth"] or match["how"]
    if how in ("first", "beginning"):
        return span(days.first, 7)
    if how in ("last", "ending"):
        return span(days.last - timedelta(days=6), 7)
    if days.length > 1:
        raise ValueError
    return unit_of("week", days.first, 0)


_PERIODS = tuple(
    (mark, rf"\b(?:{pattern})", days)
    for mark, pattern, days in (
        (DATE, r"(?<![\d-])\d{4}-\d\d-\d\d(?![\d-])", lambda match, _: span(date.fromisoformat(match.group()))),
        (DATE, _NUMERIC, _numeric_day),
        (
            NUMBER,
            rf"{_HOUR_OF}(?:{_WEEKDAY},? )?(?:the )?{_DAY}(?: of)? {_MONTH}{_YEAR}{_AFTER}",
            _yearly(_days_of_month),
        ),
        (NUMBER, rf"{_HOUR_OF}(?:{_WEEKDAY},? )?{_MONTH} {_DAY}{_UP_TO_DAY}{_YEAR}{_AFTER}", _yearly(_days_of_month)),
        (NAME, rf"{_WHICH}{_MONTH}{_YEAR}{_AFTER}", _yearly(_month)),
        (NAME, rf"(?:the )?{_WHICH}{_SEASON}{_YEAR}(?:[/-](?P<to>20\d\d|\d\d))?{_OR_OWN}", _season_days),
        (NAME, rf"{_WHICH}(?P<feast>{'|'.join(_FEASTS)}){_YEAR}{_OR_OWN}", _yearly(_feast)),
        (NUMBER, rf"(?:the )?(?P<from>(?:19|20)\d0)s{_AFTER}", lambda match, _: months(int(match["from"]), 1, 120)),
        (DATE, rf"(?P<from>{_DIGITS}) ?[/-] ?(?P<to>(?:19|20)\d\d|\d\d)(?![\d/-]){_AFTER}", _years),
        (NUMBER, rf"(?:the year )?(?P<from>{_DIGITS}){_AFTER}", lambda match, _: months(int(match["from"]), 1, 12)),
        (NAME, rf"{_WHICH}{_WEEKDAY}{_HOUR}{_OF_WEEK}{_OR_OWN}", _weekday),
        (NAME, rf"(?:the )?{_WHICH}weekend{_OR_OWN}", _weekend),
        (PAST, rf"the {_CALENDAR} before (?:last|yesterday)\b", _before(2)),
        (PAST, rf"yesterday{_HOUR}{_OR_OWN}", lambda _, now: unit_of("day", now, 1)),
        (PAST, rf"(?:last night|overnight){_OR_OWN}", lambda _, now: Days(now - timedelta(days=1), now)),
        (
            HERE,
            rf"(?:earlier )?(?:today|tonight|this (?:{_HOURS}))(?:{_AFTER}|(?='s (?:news|headlines|papers)))",
            lambda _, now: span(now),
        ),
        (HERE, rf"(?:earlier )?this (?!day){_CALENDAR}(?!-)", _running),
        (HERE, rf"(?:earl(?:y|ier) in|the (?:start|beginning) of) the (?!day|week){_CALENDAR}(?! of\b)", _running),
        (PAST, rf"(?<!the )last (?!day){_CALENDAR}(?! of\b|-)", _before(1)),
        (PAST, rf"(?!\d{{3}} years){_ROUGHLY}{_COUNT}{_UNIT} ago\b", _ago),
        (PAST, rf"(?:the |this )?(?:past|last) {_COUNT}{_UNIT}(?! of\b)", _rolling),
        (PAST, rf"(?:the |this )past {_NO_COUNT}{_UNIT}(?! of\b)", _rolling),
        (PAST, rf"the last {_NO_COUNT}(?!hour|day){_UNIT}(?! of\b)", _rolling),
    )
)
_PARTS = tuple(
    (rf"\b(?<!before )(?<!before the )(?:the )?{pattern}(?P<whole>[{PAST}{DATE}{NUMBER}{NAME}]++)", part)
    for pattern, part in (
        (r"(?:(?P<nth>first|last) )?week (?P<how>of|in|beginning|ending) ", _week),
        (rf"(?P<part>{'|'.join(_SLICES)})(?:-| | in | of )", _slice),
    )
)
