"""One module a family of formats, and the one table that lists them."""

from collections.abc import Callable, Iterator

from corpus.readers.record import NotTextError, Record, Source, decoded
from corpus.readers.rows import read_json, read_json_lines
from corpus.readers.text import read_markdown, read_text

Reader = Callable[[Source], Iterator[Record]]

# A new format is a module beside this one and a line here. A further ending of `.gz` is read through.
READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".json": read_json,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
}

__all__ = ["READERS", "NotTextError", "Reader", "Record", "Source", "decoded"]
