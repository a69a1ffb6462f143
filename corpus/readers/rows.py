"""JSON and JSON Lines: one article a row."""

import itertools
import json
import re
from collections.abc import Iterator

from corpus.names import by_field
from corpus.readers.record import LARGEST_LINE, Record, Source, UnreadableError, decoded

# The names under which exports wrap their list of articles.
_LIST_NAMES = ("articles", "items", "results", "data", "documents", "docs", "hits", "stories", "entries", "response",
               "posts", "value", "records", "rows", "news")  # fmt: skip
# Where no name tells, lists of articles are looked for so deep in an object.
_DEEPEST = 4
# JSON that is a program as well: "var articles = [...];"
_ASSIGNED = re.compile(r"\s*(?:(?:var|let|const)\s+)?[\w$.]{1,80}\s*=\s*(?=[\[{])")
# NaN and Infinity, which exports write where there is nothing, are nothing.
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)


def read_json_lines(source: Source) -> Iterator[Record]:
    """One record a line, blank lines skipped; a line that is no JSON object costs itself alone."""
    if source.head().lstrip().startswith(b"[") and not _begins_with_rows(source):
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
    first, *more = [line for line in itertools.islice(source.lines(), 100) if line is None or line.strip()] or [None]
    return bool(first and more) and not _row(1, decoded(first or b"").strip()).reason


def _read_whole(source: Source) -> Iterator[Record]:
    text = source.text().strip().rstrip(";")
    begins = _ASSIGNED.match(text)
    place = begins.end() if begins else 0
    values = []
    try:
        while place < len(text):
            value, place = _DECODER.raw_decode(text, place)
            values.append(value)
            while place < len(text) and text[place] in " \t\r\n,":
                place += 1
    except (ValueError, RecursionError) as error:
        raise UnreadableError(_why(error)) from error
    content = values[0] if len(values) == 1 else values
    rows = content if isinstance(content, list) else [content]
    if isinstance(content, dict):
        wrapped = _wrapped(content)
        wrapped = _keyed(content) if wrapped is None else wrapped
        if wrapped is None:
            yield Record(fields=_fields(content))
            return
        # A feed in JSON (https://jsonfeed.org) names its outlet once.
        outlet = {"source": content.get("title")} if "jsonfeed.org" in str(content.get("version")) else {}
        rows = [outlet | row if isinstance(row, dict) else row for row in wrapped]
    yield from (_record(number, row) for number, row in enumerate(rows, start=1))


def _wrapped(content: dict[str, object]) -> list[object] | None:
    """The list of articles in an object, or in an object in it; None where the object is itself an article."""
    if _is_article(content):
        return None
    held = [content[name] for name in _LIST_NAMES if name in content]
    lists = [rows for rows in held if isinstance(rows, list)]
    lists += [rows for inner in held if isinstance(inner, dict) and (rows := _wrapped(inner)) is not None]
    if not lists and not by_field(content).keys() & {"title", "url"}:
        lists = [rows for rows in _lists(content, _DEEPEST) if any(map(_is_article, rows))]
    return lists[0] if lists else None


def _lists(content: object, depth: int) -> Iterator[list[object]]:
    inner = list(content.values()) if isinstance(content, dict) else content if isinstance(content, list) else []
    inner = [thing for thing in inner if isinstance(thing, list | dict)]
    yield from (thing for thing in inner if isinstance(thing, list))
    if depth:
        yield from (rows for thing in inner for rows in _lists(thing, depth - 1))


def _keyed(content: dict[str, object]) -> list[object] | None:
    rows = {key: row for key, row in content.items() if isinstance(row, dict) and _is_article(row)}
    if not rows or len(rows) < len(content):
        return None
    return [{"url" if "://" in key else "id": key} | row for key, row in rows.items()]


def _is_article(row: object) -> bool:
    said = by_field(row) if isinstance(row, dict) else {}
    text = said.get("text")
    return isinstance(text, str) or bool(isinstance(text, list | dict) and (said.keys() & {"title", "url"}))


def _row(number: int, words: str) -> Record:
    try:
        return _record(number, _DECODER.decode(words))
    except (ValueError, RecursionError) as error:
        return Record(number, reason=_why(error))


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


def _why(error: Exception) -> str:
    return f"not JSON: {'nested too deep' if isinstance(error, RecursionError) else error}"
