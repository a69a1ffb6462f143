"""What `read_timeframe` reads and what it leaves alone; the expectations in the tables were worked out by hand."""

import itertools
import json
import string
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.question.days import Days, earlier, months, span, unit_of
from qa.question.timeframe import Timeframe, read_timeframe

_DATA = Path(__file__).parent / "data"
# A Monday, a Sunday that is New Year's Day, and a Saturday that is the leap day.
_CLOCKS = [date(2016, 6, 20), date(2017, 1, 1), date(2020, 2, 29)]


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (_DATA / name).read_text(encoding="utf-8").splitlines()]


_TIMEFRAMES = _rows("timeframes.jsonl")
_NOT_TIMEFRAMES = _rows("not_timeframes.jsonl")
_WORDS = sorted({word for row in _TIMEFRAMES + _NOT_TIMEFRAMES for word in row["question"].split()})


def _read(question: str, now: date) -> tuple[Any, ...] | None:
    """What is read, as the rows of a table have it."""
    read = read_timeframe(question, now)
    days = read and [day and day.isoformat() for day in (read.since, read.until)]
    return (days, read.phrase, read.kind, read.order) if read else None


def test_reads_the_days_a_question_names() -> None:
    misses = []
    for row, now in itertools.product(_TIMEFRAMES, _CLOCKS):
        days, read = row["expect"][now.isoformat()], _read(row["question"], now)
        expected = (days, row["phrase"], row["kind"], row.get("order")) if days else None
        misses += [f"{row['question']} ({now}): {read}, not {expected}"] if read != expected else []
    assert not misses, "\n".join(misses)


def test_leaves_alone_what_only_looks_like_time() -> None:
    cases = itertools.product(_NOT_TIMEFRAMES, [*_CLOCKS, date(2024, 11, 5)])
    misses = [f"{row['question']} ({now}): {read}" for row, now in cases if (read := _read(row["question"], now))]
    assert not misses, "\n".join(misses)


def test_the_tables_are_large_enough_to_mean_something() -> None:
    assert Counter(row["kind"] for row in _TIMEFRAMES + _NOT_TIMEFRAMES) >= Counter(
        {"window": 100, "preference": 12, "date-like": 90, "ordinary": 25}
    )
    for rows in (_TIMEFRAMES, _NOT_TIMEFRAMES):
        assert len({row["question"] for row in rows}) == len(rows)


@given(
    st.text() | st.lists(st.sampled_from(_WORDS), max_size=14).map(" ".join),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
)
@example("", date(2016, 6, 20))
@example("in 2016 and 2020 elections", date(2016, 6, 20))
@example("on 17.06.2016today", date(2016, 6, 20))
@example("on 31 June, since 30 February", date(2016, 6, 20))
def test_any_text_gives_a_valid_timeframe_or_none(question: str, now: date) -> None:
    timeframe = read_timeframe(question, now)
    assert timeframe == read_timeframe(question, now)
    if timeframe is None:
        return
    assert timeframe.phrase
    assert timeframe.phrase == question[timeframe.start : timeframe.end]
    if timeframe.kind == "preference":
        assert (timeframe.order is None) == (timeframe.since is not None)
        return
    assert timeframe.order is None
    assert timeframe.since is not None or timeframe.until is not None
    assert (timeframe.since or date.min) <= min(timeframe.until or date.max, now)


@given(st.lists(st.text(string.ascii_uppercase + "xqjz", max_size=9), max_size=12).map(" ".join))
def test_without_digits_or_time_words_there_is_no_timeframe(question: str) -> None:
    assert read_timeframe(question, _CLOCKS[0]) is None


@given(st.sampled_from([row for row in _TIMEFRAMES if " " in row["question"]]), st.sampled_from(_CLOCKS))
def test_white_space_and_a_lead_in_change_nothing_but_the_place(row: dict[str, Any], now: date) -> None:
    plain = read_timeframe(row["question"], now)
    moved = read_timeframe(f"Émile asks: \n\t {row['question'].replace(' ', '  ')}", now)
    if plain is None or moved is None:
        assert plain is moved
        return
    assert (moved.since, moved.until, moved.kind, moved.order) == (plain.since, plain.until, plain.kind, plain.order)
    assert moved.phrase.split() == plain.phrase.split()


def test_the_phrase_can_be_cut_out_of_the_question() -> None:
    question = "What did the mayor of Zürich say last week about trams?"
    assert read_timeframe(question, date(2016, 6, 20)) == Timeframe(
        date(2016, 6, 13), date(2016, 6, 19), "window", "last week", None, 33, 42
    )


def test_the_first_days_of_the_calendar_are_recent() -> None:
    found = read_timeframe("What happened recently?", date(1, 1, 3))
    assert found is not None
    assert (found.since, found.until) == (date(1, 1, 1), date(1, 1, 3))


def test_a_very_long_question_is_read_in_no_time() -> None:
    started = time.process_time()
    timeframe = read_timeframe("in 2016 and " * 10_000, date(2016, 6, 20))
    assert timeframe is not None
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (span(date(2016, 2, 28), 2), Days(date(2016, 2, 28), date(2016, 2, 29))),
        (months(2016, 11, 4), Days(date(2016, 11, 1), date(2017, 2, 28))),
        (months(2016, 0), Days(date(2015, 12, 1), date(2015, 12, 31))),
        (months(1990, 1, 120), Days(date(1990, 1, 1), date(1999, 12, 31))),
        (unit_of("week", date(2017, 1, 1), 0), Days(date(2016, 12, 26), date(2017, 1, 1))),
        (unit_of("month", date(2017, 1, 1), 1), Days(date(2016, 12, 1), date(2016, 12, 31))),
        (Days(earlier(date(2020, 2, 29), 1, "year"), date(2020, 2, 29)), Days(date(2019, 2, 28), date(2020, 2, 29))),
        (Days(earlier(date(2016, 3, 31), 1, "month"), date(2016, 3, 31)), Days(date(2016, 2, 29), date(2016, 3, 31))),
        (Days(earlier(date(2016, 3, 1), 25, "hour"), date(2016, 3, 1)), Days(date(2016, 2, 28), date(2016, 3, 1))),
    ],
    ids=[
        "leap day",
        "over new year",
        "month 0",
        "decade",
        "week",
        "month back",
        "leap day back",
        "short month",
        "hours",
    ],
)
def test_days_are_counted_across_the_borders_of_the_calendar(days: Days, expected: Days) -> None:
    assert days == expected
