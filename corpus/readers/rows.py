"""JSON and JSON Lines: one article a row."""

import json
from collections.abc import Iterator

from corpus.names import by_field
from corpus.readers.record import Record, Source, decoded

# The names under which exports wrap their list of articles.
_LIST_NAMES = ("articles", "items", "results", "data", "documents", "docs", "hits", "stories", "entries")
# NaN and Infinity, which exports write where there is nothing, are nothing.
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)


def read_json_lines(source: Source) -> Iterator[Record]:
    """One record a line, blank lines skipped; a line that is no JSON object costs itself alone."""
    for number, line in enumerate(source.lines(), start=1):
        if words := decoded(line).strip():
            yield _row(number, words)


def read_json(source: Source) -> Iterator[Record]:
    """A list of articles, an object that wraps such a list, or one article; also JSON Lines under this ending."""
    text = source.text()
    if not text.strip():
        return
    try:
        content = _parsed(text)
    except ValueError as error:
        if _row(1, text.strip().partition("\n")[0]).reason:
            yield Record(reason=f"not JSON: {error}")
        else:
            yield from read_json_lines(source)
        return
    yield from _records(content)


def _records(content: object) -> Iterator[Record]:
    rows = content if isinstance(content, list) else [content]
    if isinstance(content, dict):
        wrapped = _wrapped(content)
        if wrapped is None:
            yield Record(fields=content)
            return
        rows = wrapped
    for number, row in enumerate(rows, start=1):
        yield Record(number, row) if isinstance(row, dict) else Record(number, reason="not a JSON object")


def _wrapped(content: dict[str, object]) -> list[object] | None:
    """The list of articles in an object; None where the object is itself an article."""
    if isinstance(by_field(content).get("text"), str):
        return None
    return next((rows for name in _LIST_NAMES if isinstance(rows := content.get(name), list)), None)


def _row(number: int, words: str) -> Record:
    try:
        row = _parsed(words)
    except ValueError as error:
        return Record(number, reason=f"not JSON: {error}")
    return Record(number, row) if isinstance(row, dict) else Record(number, reason="not a JSON object")


def _parsed(words: str) -> object:
    """What some JSON says. Raises ValueError for what is no JSON."""
    try:
        return _DECODER.decode(words)
    except RecursionError as error:
        message = "nested too deep"
        raise ValueError(message) from error
