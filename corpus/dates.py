"""Reading a publication date from what a file says; never from the file itself."""

import re
from datetime import UTC, date, datetime, timedelta

from corpus.months import month_among

_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<month>[^\W\d]{3,20})\.?"
_YEAR = r"(?P<year>\d{4})"
_SHORT_YEAR = r"(?P<year>\d\d)(?![:.]?\d)"
# A month of any language, with what may stand round it.
_WORDS = r"(?P<month>[^\d\n]{2,30}?)"
DAY_FIRST, MONTH_FIRST, OPEN = "day-first", "month-first", "open"
_DECEMBER, _LAST_DAY = 12, 31


def _compiled(form: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w./-]){form}(?!\d)", re.IGNORECASE)


# 17/06/2016: the day first, unless that is impossible.
_NUMBERS = _compiled(rf"(?P<first>\d{{1,2}})(?P<gap>[-/.])(?P<second>\d{{1,2}})(?P=gap){_YEAR}")
# Ordered: the first form that fits decides. Anything may stand round it: a weekday, a time of day, a zone, "Updated".
_FORMS = [
    _compiled(rf"{_YEAR}(?P<gap>[-/.])(?P<month>\d{{1,2}})(?P=gap)(?P<day>\d{{1,2}})"),
    # 20160617, also with a time of day: 20160617080000
    _compiled(r"(?P<year>1[6-9]\d\d|20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?:\d{4}|\d{6})?"),
    # 17th of June, 2016, 1er août 2012, 3 de marzo de 2011
    _compiled(rf"(?P<day>\d{{1,2}}){_WORDS}{_YEAR}"),
    _compiled(rf"{_MONTH}\s+{_DAY}(?:,\s*|\s+){_YEAR}"),
    # asctime: Fri Jun 17 08:00:00 2016
    _compiled(rf"{_MONTH}\s+{_DAY}\s+[\d:]+\s+(?:[a-z]+\s+)?{_YEAR}"),
    _NUMBERS,
    # 2016年6月17日, 2016년 6월 17일
    _compiled(rf"{_YEAR}\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월]\s*(?P<day>\d{{1,2}})"),
    # 17 tháng 6, 2016
    _compiled(rf"{_DAY}\s+tháng\s+(?P<month>\d{{1,2}}),?\s+(?:năm\s+)?{_YEAR}"),
    # 2016. június 17., 2016 m. birželio 17 d., 2016-Jun-17
    _compiled(rf"{_YEAR}{_WORDS}(?P<day>\d{{1,2}})"),
    # 2016. gada 17. jūnijs
    _compiled(rf"{_YEAR}[^\d\n]{{1,8}}(?P<day>\d{{1,2}})[.,]?\s+{_MONTH}"),
    # 26-FEB-87, 17 June ’16
    _compiled(rf"{_DAY}(?:[-/]|\s+(?=[a-z.]+\s*['’])){_MONTH}(?:[-/]|\s*['’]){_SHORT_YEAR}"),
    # 6/17/16, 26.02.87, 87-02-26: whatever the numbers leave open is no date.
    _compiled(r"(?P<first>\d{1,2})(?P<gap>[-/.])(?P<second>\d{1,2})(?P=gap)(?P<third>\d\d)(?![:.]?\d)"),
]
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
# Folders by day, "2019/03/14/vote.txt", a folder of a day, and a file whose name begins with one. Without anything
# between them the eight digits of other years are as often the number of an article.
_IN_PATH = re.compile(
    r"(?:.*[/!])?(?:(?P<year>(?:1[6-9]|20)\d\d)(?P<between>[/-])(?P<month>[01]\d)(?P=between)(?P<day>[0-3]\d)"
    r"|(?P<digits>(?:199|20[0-3])\d[01]\d[0-3]\d))(?!\d)/?[^/!]*"
)
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
    found = _NUMBERS.search(value) if isinstance(value, str) and "/" in value else None
    if not found:
        return ""
    first, second = int(found["first"]), int(found["second"])
    if max(first, second) <= _DECEMBER:
        return OPEN
    return MONTH_FIRST if first <= _DECEMBER else DAY_FIRST


def day_in_address(address: str) -> date | None:
    """The day that a web address names, "/2016/06/17/" or "/20160617-"; None for days to come."""
    found = _IN_ADDRESS.search(address)
    return _not_to_come(parse_date("-".join(filter(None, found.group(1, 3, 4, 5, 6))))) if found else None


def day_in_path(path: str) -> date | None:
    """The day that a file is filed under, "2019/03/14/vote.txt" or "2019-03-14-vote.txt"; None for days to come."""
    found = _IN_PATH.fullmatch(path)
    return _not_to_come(parse_date(found["digits"] or "-".join(found.group("year", "month", "day")))) if found else None


def today() -> date:
    """The day it is here."""
    return datetime.now().astimezone().date()


def _not_to_come(day: date | None) -> date | None:
    return day if day and day <= today() else None


def _from_number(words: str) -> date | None:
    if _SPREADSHEET.fullmatch(words):
        return _not_to_come(_SPREADSHEET_START + timedelta(days=int(float(words))))
    seconds = next((float(words) / parts for form, parts in _EPOCHS if form.fullmatch(words)), None)
    return None if seconds is None else (_EPOCH + timedelta(seconds=seconds)).date()


def _from_words(words: str, *, month_first: bool) -> date | None:
    published = _PUBLISHED.search(words) if _CHANGED.search(words) else None
    places = (published.end(), 0) if published else (0,)
    for form, place in ((form, place) for place in places for form in _FORMS):
        for found in form.finditer(words[place:]):
            if day := _day(found, month_first=month_first):
                return day
    return None


def _day(found: re.Match[str], *, month_first: bool) -> date | None:
    parts = found.groupdict()
    if "third" in parts:
        return _day_of_short_year(*map(int, found.group("first", "second", "third")), month_first=month_first)
    year = int(parts["year"]) if len(parts["year"]) > len("16") else _whole_year(int(parts["year"]))
    if "first" in parts:
        day, month = (int(parts[place]) for place in (("second", "first") if month_first else ("first", "second")))
    else:
        day, name = int(parts["day"]), parts["month"]
        month = int(name) if name.isdecimal() else month_among(name)
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
