"""Stretches of days and the arithmetic of weeks, months and years; knows no words."""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple


class Days(NamedTuple):
    """A stretch of days, both ends inclusive."""

    first: date
    last: date

    @property
    def length(self) -> int:
        """In days; below 1 where the ends are in the wrong order."""
        return (self.last - self.first).days + 1


def span(first: date, length: int = 1) -> Days:
    """Count `length` days from the first one on."""
    return Days(first, first + timedelta(days=length - 1))


def months(year: int, month: int, count: int = 1) -> Days:
    """Count `count` calendar months from the given one on; a month outside 1..12 runs over into another year."""
    (year, first), (last_year, last) = (divmod(12 * year + month - 1 + more, 12) for more in (0, count - 1))
    return Days(date(year, first + 1, 1), date(last_year, last + 1, monthrange(last_year, last + 1)[1]))


def unit_of(unit: str, now: date, back: int) -> Days:
    """Find the calendar day, week (Monday to Sunday), month or year that lies `back` of them before that of `now`."""
    if unit == "week":
        return span(now - timedelta(days=now.weekday() + 7 * back), 7)
    if unit == "month":
        return months(now.year, now.month - back)
    if unit == "year":
        return months(now.year - back, 1, 12)
    return span(now - timedelta(days=back))


def earlier(now: date, count: int, unit: str) -> date:
    """Go back `count` units from `now`: to 28 February where 29 does not exist, with hours rounded up to days."""
    if unit in ("month", "year", "decade"):
        month = months(now.year, now.month - count * {"month": 1, "year": 12, "decade": 120}[unit])
        return month.first.replace(day=min(now.day, month.last.day))
    days = -(-count // 24) if unit == "hour" else count * {"day": 1, "week": 7, "fortnight": 14}[unit]
    return now - timedelta(days=days)
