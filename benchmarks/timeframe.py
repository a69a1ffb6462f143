"""Compare `read_timeframe` with date libraries on the tables of its tests.

    python -m benchmarks.timeframe        (skips libraries that are not installed)

Asks every "window" question of tests/data/timeframes.jsonl on its three days. A library gives a moment and, at best,
its precision, so its window is the calendar day, week, month or year around the first moment that it finds. "Exact":
both ends are right. "Inside": one window lies inside the other, which is more than these libraries promise. "False": a
window for a question of not_timeframes.jsonl, which names none. Prints Markdown.
"""

import importlib
import json
import sys
import time
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from qa.question.timeframe import read_timeframe

Window = tuple[date | None, date | None]
Reader = Callable[[str, date], Window | None]

_DATA = Path(__file__).parents[1] / "tests" / "data"
_FALSE_CLOCK = date(2024, 11, 5)


def _own(question: str, now: date) -> Window | None:
    timeframe = read_timeframe(question, now)
    return (timeframe.since, timeframe.until) if timeframe and timeframe.kind == "window" else None


def _around(moment: date, period: str) -> Window:
    if period == "year":
        return date(moment.year, 1, 1), date(moment.year, 12, 31)
    if period == "month":
        return moment.replace(day=1), moment.replace(day=monthrange(moment.year, moment.month)[1])
    if period == "week":
        monday = moment - timedelta(days=moment.weekday())
        return monday, monday + timedelta(days=6)
    return moment, moment


def _dateparser() -> Reader:
    search = importlib.import_module("dateparser.search").search_dates
    data_parser = importlib.import_module("dateparser.date").DateDataParser

    def read(question: str, now: date) -> Window | None:
        base = datetime(now.year, now.month, now.day)  # noqa: DTZ001
        settings = {"RELATIVE_BASE": base, "PREFER_DATES_FROM": "past", "DATE_ORDER": "DMY"}
        found = search(question, languages=["en"], settings=settings)
        if not found:
            return None
        words, moment = found[0]
        fine = data_parser(languages=["en"], settings=settings).get_date_data(words)
        return _around(moment.date(), fine.period or "day")

    return read


def _dateutil() -> Reader:
    parser = importlib.import_module("dateutil.parser")

    def read(question: str, now: date) -> Window | None:
        try:
            moment = parser.parse(question, fuzzy=True, dayfirst=True, default=datetime(now.year, now.month, now.day))  # noqa: DTZ001
        except (ValueError, OverflowError, TypeError):
            return None
        return moment.date(), moment.date()

    return read


def _parsedatetime() -> Reader:
    calendar = importlib.import_module("parsedatetime").Calendar()

    def read(question: str, now: date) -> Window | None:
        found = calendar.nlp(question, sourceTime=datetime(now.year, now.month, now.day))  # noqa: DTZ001
        days = [moment.date() for moment, kind, *_ in found or () if kind in (1, 3)]
        return (days[0], days[0]) if days else None

    return read


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (_DATA / name).read_text(encoding="utf-8").splitlines()]


def _nested(one: Window | None, other: Window | None) -> bool:
    if one is None or other is None:
        return one is other
    (since, until), (other_since, other_until) = ((ends[0] or date.min, ends[1] or date.max) for ends in (one, other))
    return (since <= other_since and other_until <= until) or (other_since <= since and until <= other_until)


def _measured(name: str, read: Reader) -> str:
    asked = [
        (row["question"], date.fromisoformat(now), ends and (*(end and date.fromisoformat(end) for end in ends),))
        for row in _rows("timeframes.jsonl")
        if row["kind"] == "window"
        for now, ends in row["expect"].items()
    ]
    others = [row["question"] for row in _rows("not_timeframes.jsonl")]
    read(*asked[0][:2])  # what is loaded on first use is not timed
    started = time.process_time()
    answers = [read(question, now) for question, now, _ in asked]
    false = sum(read(question, _FALSE_CLOCK) is not None for question in others)
    milliseconds = (time.process_time() - started) * 1000 / (len(asked) + len(others))
    exact = sum(answer == expected for answer, (_, _, expected) in zip(answers, asked, strict=True))
    inside = sum(_nested(answer, expected) for answer, (_, _, expected) in zip(answers, asked, strict=True))
    return f"| {name} | {exact} of {len(asked)} | {inside} | {false} of {len(others)} | {milliseconds:.2f} |"


def main() -> None:
    """Measure ours and every library that is installed."""
    lines = [
        "| reader | exact | inside | false | ms a question (CPU) |",
        "|---|---|---|---|---|",
        _measured("ours", _own),
    ]
    for name, load in (("dateparser", _dateparser), ("dateutil", _dateutil), ("parsedatetime", _parsedatetime)):
        try:
            reader = load()
        except ImportError:
            continue
        version = importlib.import_module("importlib.metadata").version(name.replace("dateutil", "python-dateutil"))
        lines.append(_measured(f"{name} {version}", reader))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
