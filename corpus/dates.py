"""Reading a publication date from what a file says; never from the file itself."""

import re
from datetime import UTC, date, datetime, timedelta

from corpus.months import english_month, month_among

_MONTH = r"(?P<month>[a-z]{3,9})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
DAY_FIRST, MONTH_FIRST, OPEN = "day-first", "month-first", "open"
_DECEMBER, _LAST_DAY = 12, 31


def _compiled(*forms: str) -> list[re.Pattern[str]]:
    return [re.compile(rf"(?<![\w./-]){form}(?!\d)", re.IGNORECASE) for form in forms]


# Ordered: the first form that fits decides. Anything may stand round it: a weekday, a time of day, a zone, "Updated".
_FORMS = _compiled(
    rf"{_YEAR}(?P<gap>[-/.])(?P<month>\d{{1,2}})(?P=gap)(?P<day>\d{{1,2}})",
    # 20160617, also with a time of day: 20160617080000
    r"(?P<year>1[6-9]\d\d|20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?:\d{4}|\d{6})?",
    rf"{_DAY}[\s.-]+(?:of\s+)?{_MONTH},?[\s-]+{_YEAR}",
    rf"{_MONTH}\s+{_DAY}(?:,\s*|\s+){_YEAR}",
    # asctime: Fri Jun 17 08:00:00 2016
    rf"{_MONTH}\s+{_DAY}\s+[\d:]+\s+(?:[a-z]+\s+)?{_YEAR}",
    # 17/06/2016: the day first, unless that is impossible.
    rf"{_DAY}(?P<gap>[-/.])(?P<month>\d{{1,2}})(?P=gap){_YEAR}",
)
_DAY_OR_MONTH_FIRST = _FORMS[-1]
_WORDS = r"(?P<words>[^\d\n]{2,30}?)"
_SHORT_YEAR = r"(?P<year>\d\d)(?![:.]?\d)"
# Looked for where those say nothing: other languages, and years of two digits.
_FORMS += _compiled(
    # 2016年6月17日, 2016년 6월 17일
    rf"{_YEAR}\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월]\s*(?P<day>\d{{1,2}})",
    # 17 tháng 6, 2016
    rf"{_DAY}\s+tháng\s+(?P<month>\d{{1,2}}),?\s+(?:năm\s+)?{_YEAR}",
    # 1er août 2012, 17. Juni 2016, 3 de marzo de 2011
    rf"(?P<day>\d{{1,2}}){_WORDS}{_YEAR}",
    rf"(?P<words>[^\W\d]{{3,20}})\.?\s+{_DAY}(?:,\s*|\s+){_YEAR}",
    # 2016. június 17., 2016 m. birželio 17 d., 2016-Jun-17
    rf"{_YEAR}{_WORDS}(?P<day>\d{{1,2}})",
    # 2016. gada 17. jūnijs
    rf"{_YEAR}[^\d\n]{{1,8}}(?P<day>\d{{1,2}})[.,]?\s+(?P<words>[^\W\d]{{3,20}})",
    # 26-FEB-87, 17 June ’16
    rf"{_DAY}(?:[-/]|\s+(?=[a-z.]+\s*['’])){_MONTH}(?:[-/]|\s*['’]){_SHORT_YEAR}",
    # 6/17/16, 26.02.87, 87-02-26: whatever the numbers leave open is no date.
    r"(?P<first>\d{1,2})(?P<gap>[-/.])(?P<second>\d{1,2})(?P=gap)(?P<third>\d\d)(?![:.]?\d)",
)
_SHORT_NUMBERS = _FORMS[-1]
# Of two dates the one of publication counts, wherever it stands.
_CHANGED = re.compile(r"updat|modifi|chang|correct|aktualisiert|mis à jour|actualiz|atualiz|aggiorna", re.IGNORECASE)
_PUBLISHED = re.compile(r"publi|post|creat|issued|veröffentlicht|erstellt|pubbli", re.IGNORECASE)
# By their digits: seconds, milliseconds, microseconds, nanoseconds.
_EPOCHS = (
    (re.compile(r"-?\d{9,10}(?:\.\d+)?"), 1.0),
    (re.compile(r"\d{12,13}(?:\.\d+)?"), 1e3),
    (re.compile(r"\d{15,16}"), 1e6),
    (re.compile(r"\d{18,19}"), 1e9),
)
_IN_ADDRESS = re.compile(r"(?<![\d_])((?:199|20[0-3])\d)(?:([/_-])([01]?\d)\2([0-3]?\d)|([01]\d)([0-3]\d))(?![\d_])")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Days that spreadsheets count, from October 1954 on: smaller numbers are as often something else.
_SPREADSHEET = re.compile(r"[2-5]\d{4}(?:\.\d+)?")
_SPREADSHEET_START = date(1899, 12, 30)
# Thailand counts from 543 BC.
_BUDDHIST_YEARS, _BUDDHIST_ERA = range(2400, 2700), 543
# The oldest newspaper in English that can be meant; days before are typing errors, or of another calendar.
FIRST_NEWS = date(1690, 1, 1)


def parse_date(value: object, *, month_first: bool = False) -> date | None:
    """The day that a date, a time stamp, an epoch, a spreadsheet's number, or words like "June 17, 2016" name.

    The day is the one written down, in whatever zone it was written; words may be of any language that news is written
    in. 6/7/2016 is 6 July, with `month_first` 7 June. None for anything that names no whole day.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    words = str(value).strip()
    return _from_words(words, month_first=month_first) or _from_number(words)


def order_of(value: object) -> str:
    """MONTH_FIRST for 04/25/2016, DAY_FIRST for 25/04/2016, OPEN for 6/7/2016; empty for all else."""
    found = _DAY_OR_MONTH_FIRST.search(value) if isinstance(value, str) and "/" in value else None
    if not found:
        return ""
    first, second = int(found["day"]), int(found["month"])
    if max(first, second) <= _DECEMBER:
        return OPEN
    return MONTH_FIRST if first <= _DECEMBER else DAY_FIRST


def day_in_address(address: str) -> date | None:
    """The day that a web address names, "/2016/06/17/" or "/20160617-"; None for days to come."""
    found = _IN_ADDRESS.search(address)
    day = parse_date("-".join(filter(None, found.group(1, 3, 4, 5, 6)))) if found else None
    return day if day and day <= today() else None


def today() -> date:
    """The day it is here."""
    return datetime.now().astimezone().date()


def _from_number(words: str) -> date | None:
    if _SPREADSHEET.fullmatch(words):
        day = _SPREADSHEET_START + timedelta(days=int(float(words)))
        return day if day <= today() else None
    seconds = next((float(words) / parts for form, parts in _EPOCHS if form.fullmatch(words)), None)
    return None if seconds is None else (_EPOCH + timedelta(seconds=seconds)).date()


def _from_words(words: str, *, month_first: bool) -> date | None:
    published = _PUBLISHED.search(words) if _CHANGED.search(words) else None
    places = (published.end(), 0) if published else (0,)
    for form, place in ((form, place) for place in places for form in _FORMS):
        for found in form.finditer(words[place:]):
            if day := _day(found, month_first=month_first and form in (_DAY_OR_MONTH_FIRST, _SHORT_NUMBERS)):
                return day
    return None


def _day(found: re.Match[str], *, month_first: bool) -> date | None:
    parts = found.groupdict()
    if "first" in parts:
        return _day_of_short_year(*map(int, (parts["first"], parts["second"], parts["third"])), month_first=month_first)
    year = int(parts["year"]) if len(parts["year"]) > len("16") else _whole_year(int(parts["year"]))
    day = int(parts["day"])
    name = parts.get("words") or parts["month"].lower()
    month = int(name) if name.isdecimal() else month_among(name) if "words" in parts else english_month(name)
    if month_first and day <= _DECEMBER:
        month, day = day, month
    if month > _DECEMBER >= day:
        month, day = day, month
    return _valid(year, month, day)


def _day_of_short_year(first: int, second: int, third: int, *, month_first: bool) -> date | None:
    if first > _LAST_DAY:
        return _valid(_whole_year(first), second, third)
    if second > _DECEMBER or month_first:
        return _valid(_whole_year(third), first, second)
    return _valid(_whole_year(third), second, first) if third > _LAST_DAY else None


def _whole_year(year: int) -> int:
    """The year of two digits: of this century, up to next year's."""
    return year + (2000 if year <= today().year % 100 + 1 else 1900)


def _valid(year: int, month: int, day: int) -> date | None:
    if year in _BUDDHIST_YEARS:
        year -= _BUDDHIST_ERA
    if year < FIRST_NEWS.year:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
