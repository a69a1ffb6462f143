"""Whether a file writes the month of its dates first: one that cannot be read otherwise tells it of all."""

from collections.abc import Iterable

from corpus.dates import DAY_FIRST, MONTH_FIRST, order_of
from corpus.fields import Reading, dates_of
from corpus.readers import Record


def says_its_order(record: Record, reading: Reading) -> bool:
    """Whether a record has a date whose order matters, 6/7/2016 or 04/25/2016."""
    return any(order_of(dated.value) for dated in dates_of(record, reading))


def proves_month_first(records: Iterable[Record], reading: Reading) -> bool:
    """Whether some dates of a file can only be read with the month first, and none with the day first."""
    found = {order_of(dated.value) for record in records for dated in dates_of(record, reading)}
    return MONTH_FIRST in found and DAY_FIRST not in found
