"""JSON and JSON Lines: one article a row."""

import itertools
import json
import re
from collections.abc import Iterator

from corpus.names import by_field
from corpus.readers.record import LARGEST_LINE, Record, Source, UnreadableError, decoded

# The names under which exports wrap their list of articles.
_LIST_NAMES = ("articles", "items", "results", "data", "documents", "docs", "hits", "stories", "entries")
_LIST = re.compile(rb"\s*\[")
# NaN and Infinity, which exports write where there is nothing, are nothing.
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)


def read_json_lines(source: Source) -> Iterator[Record]:
    """One record a line, blank lines skipped; a line that is no JSON object costs itself alone."""
    if _LIST.match(source.head()) and not _begins_with_rows(source):
        yield from _read_whole(source)
        return
    for number, line in enumerate(source.text_lines(), start=1):
        if line is None:
            yield Record(number, reason=f"a line of more than {LARGEST_LINE >> 20} MB")
        elif words := line.strip():
            yield _row(number, words)


def read_json(source: Source) -> Iterator[Record]:
    """A list of articles, an object that wraps such a list, or one article; also JSON Lines under this ending."""
    yield from read_json_lines(source) if _begins_with_rows(source) else _read_whole(source)


def _begins_with_rows(source: Source) -> bool:
    """Whether the first line that is not blank is a JSON value and another line follows."""
    lines = [line for line in itertools.islice(source.lines(), 100) if line is None or line.strip()]
    if len(lines) < 2 or lines[0] is None:  # noqa: PLR2004
        return False
    return not _row(1, decoded(lines[0]).strip()).reason


def _read_whole(source: Source) -> Iterator[Record]:
    text = source.text()
    if not text.strip():
        return
    try:
        yield from _records(_parsed(text))
    except ValueError as error:
        message = f"not JSON: {error}"
        raise UnreadableError(message) from error


def _records(content: object) -> Iterator[Record]:
    rows = content if isinstance(content, list) else [content]
    if isinstance(content, dict):
        wrapped = _wrapped(content)
        if wrapped is None:
            yield Record(fields=_fields(content))
            return
        rows = wrapped
    for number, row in enumerate(rows, start=1):
        yield _record(number, row)


def _wrapped(content: dict[str, object]) -> list[object] | None:
    """The list of articles in an object, or in an object in it; None where the object is itself an article."""
    if isinstance(by_field(content).get("text"), str):
        return None
    held = [content[name] for name in _LIST_NAMES if name in content]
    lists = [rows for rows in held if isinstance(rows, list)]
    lists += [rows for inner in held if isinstance(inner, dict) and (rows := _wrapped(inner)) is not None]
    return lists[0] if lists else None


def _row(number: int, words: str) -> Record:
    try:
        row = _parsed(words)
    except ValueError as error:
        return Record(number, reason=f"not JSON: {error}")
    return _record(number, row)


def _record(number: int, row: object) -> Record:
    return Record(number, _fields(row)) if isinstance(row, dict) else Record(number, reason="not a JSON object")


def _fields(row: dict[str, object]) -> dict[str, object]:
    """The fields of a row as Elasticsearch and MongoDB export them, too: `{"_source": {...}}`, `{"$date": ...}`."""
    inner = row.get("_source")
    fields = {"_id": row.get("_id"), **inner} if isinstance(inner, dict) else row
    return {name: _value(value) for name, value in fields.items()}


def _value(value: object) -> object:
    while isinstance(value, dict) and len(value) == 1 and str(next(iter(value))).startswith("$"):
        value = next(iter(value.values()))
    return value


def _parsed(words: str) -> object:
    """What some JSON says. Raises ValueError for what is no JSON."""
    try:
        return _DECODER.decode(words)
    except RecursionError as error:
        message = "nested too deep"
        raise ValueError(message) from error
