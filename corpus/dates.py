"""Reading a publication date from what a file says; never from the file itself."""

import re
from datetime import UTC, date, datetime, timedelta

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun",
            "july jul", "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = r"(?P<month>[a-z]{3,9})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_DECEMBER = 12
# Ordered: the first form that fits decides. Anything may stand round it: a weekday, a time of day, a zone, "Updated".
_FORMS = [
    re.compile(rf"(?<![\w./-]){form}(?!\d)", re.IGNORECASE)
    for form in (
        rf"{_YEAR}(?P<gap>[-/.])(?P<month>\d{{1,2}})(?P=gap)(?P<day>\d{{1,2}})",
        # 20160617, also with a time of day: 20160617080000
        r"(?P<year>1[6-9]\d\d|20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?:\d{4}|\d{6})?",
        rf"{_DAY}[\s.-]+(?:of\s+)?{_MONTH},?[\s-]+{_YEAR}",
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        # asctime: Fri Jun 17 08:00:00 2016
        rf"{_MONTH}\s+{_DAY}\s+[\d:]+\s+(?:[a-z]+\s+)?{_YEAR}",
        # 17/06/2016: the day first, unless that is impossible.
        rf"{_DAY}(?P<gap>[-/.])(?P<month>\d{{1,2}})(?P=gap){_YEAR}",
    )
]
_EPOCH_SECONDS = re.compile(r"-?\d{9,10}(?:\.\d+)?")
_EPOCH_MILLISECONDS = re.compile(r"\d{12,13}(?:\.\d+)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The oldest newspaper in English that can be meant; dates outside the span are typing errors.
FIRST_NEWS = date(1690, 1, 1)


def parse_date(value: object, *, month_first: bool = False) -> date | None:
    """The day that a date, a time stamp, epoch seconds or milliseconds, or words like "June 17, 2016" name.

    The day is the one written down, in whatever zone it was written; 6/7/2016 is 6 July, with `month_first` 7 June.
    None for anything that names no whole day.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    words = str(value).strip()
    return _from_words(words, month_first=month_first) or _from_epoch(words)


def today() -> date:
    """The day it is here."""
    return datetime.now().astimezone().date()


def _from_epoch(words: str) -> date | None:
    seconds = float(words) if _EPOCH_SECONDS.fullmatch(words) else None
    if _EPOCH_MILLISECONDS.fullmatch(words):
        seconds = float(words) / 1000
    return None if seconds is None else (_EPOCH + timedelta(seconds=seconds)).date()


def _from_words(words: str, *, month_first: bool) -> date | None:
    for form in _FORMS:
        found = form.search(words)
        day = _day(found, swapped=month_first and form is _FORMS[-1]) if found else None
        if day:
            return day
    return None


def _day(found: re.Match[str], *, swapped: bool) -> date | None:
    year, month, day = found["year"], found["month"].lower(), int(found["day"])
    number = int(month) if month.isdecimal() else _MONTHS.get(month, 0)
    if swapped and day <= _DECEMBER:
        number, day = day, number
    if number > _DECEMBER >= day:
        number, day = day, number
    try:
        return date(int(year), number, day)
    except ValueError:
        return None
