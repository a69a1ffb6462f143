"""JSON and JSON Lines: one article a row."""

import json
from collections.abc import Iterator

from corpus.readers.record import Record, Source, decoded

# The names under which exports wrap their list of articles.
_LIST_NAMES = ("articles", "items", "results", "data", "documents", "docs", "hits", "stories", "entries")


def read_json_lines(source: Source) -> Iterator[Record]:
    """One record a line, blank lines skipped; a line that is no JSON object costs itself alone."""
    for number, line in enumerate(source.lines(), start=1):
        if words := decoded(line).strip():
            yield _row(number, words)


def read_json(source: Source) -> Iterator[Record]:
    """A list of articles, an object that wraps such a list, or one article; also JSON Lines under this ending."""
    text = source.text()
    try:
        content = json.loads(text)
    except ValueError as error:
        if _row(1, text.strip().partition("\n")[0]).reason:
            yield Record(reason=f"not JSON: {error}")
        else:
            yield from read_json_lines(source)
        return
    rows = _rows(content)
    if rows is None:
        yield Record(fields=content)
        return
    for number, row in enumerate(rows, start=1):
        yield Record(number, row) if isinstance(row, dict) else Record(number, reason="not a JSON object")


def _rows(content: object) -> list[object] | None:
    """The list of articles in parsed JSON; None where the content is itself one article."""
    if isinstance(content, list):
        return content
    if isinstance(content, dict):
        return next((rows for name in _LIST_NAMES if isinstance(rows := content.get(name), list)), None)
    return [content]


def _row(number: int, words: str) -> Record:
    try:
        row = json.loads(words)
    except ValueError as error:
        return Record(number, reason=f"not JSON: {error}")
    return Record(number, row) if isinstance(row, dict) else Record(number, reason="not a JSON object")
