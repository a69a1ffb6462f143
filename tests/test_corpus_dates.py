"""Publication dates: every way of writing one, and none made up."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.dates import DAY_FIRST, MONTH_FIRST, OPEN, order_of, parse_date, today

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "data/corpus_dates.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def test_written_forms() -> None:
    expected = {form: None if day == "-" else date.fromisoformat(day) for form, day in ROWS}
    assert len(expected) == len(ROWS)
    assert {form: found for form in expected if (found := parse_date(form)) != expected[form]} == {}


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (1466150400, date(2016, 6, 17)),
        (1466150400.0, date(2016, 6, 17)),
        (1466150400000, date(2016, 6, 17)),
        (1466150400000.0, date(2016, 6, 17)),
        (20160617, date(2016, 6, 17)),
        (datetime(2016, 6, 17, 23, 30, tzinfo=UTC), date(2016, 6, 17)),
        (date(2016, 6, 17), date(2016, 6, 17)),
        (" 2016-06-17\n", date(2016, 6, 17)),
        (2016, None),
        (0, None),
        (-1, None),
        (True, None),
        (1e300, None),
        (float("nan"), None),
        (float("inf"), None),
        (None, None),
        ("", None),
        ([2016, 6, 17], None),
        ({"year": 2016}, None),
        (b"2016-06-17", None),
    ],
    ids=repr,
)
def test_values_of_all_types(value: object, day: date | None) -> None:
    assert parse_date(value) == day


@pytest.mark.parametrize(
    ("value", "order"),
    [
        ("04/25/2016", MONTH_FIRST),
        ("25/04/2016 08:00", DAY_FIRST),
        ("4/5/2016", OPEN),
        ("2016/04/25", ""),
        ("April 5, 2016", ""),
        (20160425, ""),
    ],
    ids=str,
)
def test_the_order_of_numbers(value: object, order: str) -> None:
    assert order_of(value) == order


def test_month_first() -> None:
    assert parse_date("6/7/2016", month_first=True) == date(2016, 6, 7)
    assert parse_date("6/7/16", month_first=True) == date(2016, 6, 7)
    assert parse_date("7. Juni 2016", month_first=True) == date(2016, 6, 7)
    assert parse_date("2016年6月7日", month_first=True) == date(2016, 6, 7)
    assert parse_date("2016-06-07", month_first=True) == date(2016, 6, 7)


DATE_LIKE = st.text("0123456789-/.:, TZJuneMay+", max_size=30)
ANYTHING = st.text() | DATE_LIKE | st.integers() | st.floats() | st.none() | st.binary() | st.lists(st.integers())


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_never_raises(value: object) -> None:
    assert isinstance(parse_date(value), date | None)


FORMS = ["%Y-%m-%d", "%Y%m%d", "%d %B %Y", "%B %d, %Y", "%b. %d, %Y", "%a, %d %b %Y %H:%M:%S GMT", "%d.%m.%Y", "%c"]


@settings(max_examples=100, deadline=None)
@given(st.datetimes(datetime(1690, 1, 1), datetime(2099, 12, 31)), st.sampled_from(FORMS))  # noqa: DTZ001
def test_every_written_form_is_read(moment: datetime, form: str) -> None:
    assert parse_date(moment.strftime(form)) == moment.date()


def test_today_is_a_day() -> None:
    assert abs((today() - datetime.now(UTC).date()).days) <= 1
