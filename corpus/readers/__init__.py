"""One module a family of formats, and the one table that lists them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import PurePosixPath

from corpus.readers.html import read_html
from corpus.readers.news_xml import read_xml
from corpus.readers.packed import sources
from corpus.readers.pdf import read_pdf
from corpus.readers.record import Record, Source, UnreadableError, decoded
from corpus.readers.rows import read_json, read_json_lines
from corpus.readers.table import read_csv
from corpus.readers.text import read_markdown, read_text
from corpus.readers.warc import read_warc

Reader = Callable[[Source], Iterator[Record]]


@dataclass(frozen=True, slots=True)
class Format:
    """A family of files: their endings, how they are read, and how they begin, where that tells them from all others.

    A file that begins like one format is read as that, whatever its ending says.
    """

    endings: tuple[str, ...]
    read: Reader
    begins: str = ""


# A new format is a module beside this one and a line here. Each is also read inside `.gz` and `.zip`.
FORMATS = (
    Format((".txt", ".text"), read_text),
    Format((".md", ".markdown"), read_markdown),
    Format((".html", ".htm", ".xhtml"), read_html, r"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?(<!doctype\s+html|<html)[\s>]"),
    Format((".json",), read_json),
    Format((".jsonl", ".ndjson"), read_json_lines),
    Format((".csv", ".tsv"), read_csv),
    Format((".xml", ".rss", ".atom", ".nitf"), read_xml, r"<\?xml\s|<(\w+:)?(rss|feed|nitf|newsItem|newsMessage)[\s>]"),
    Format((".warc",), read_warc, r"WARC/"),
    Format((".pdf",), read_pdf, r"%PDF-"),
)
_BY_ENDING = {ending: form for form in FORMATS for ending in form.endings}
_BEGINNINGS = [(re.compile(rf"\s*{form.begins}", re.I | re.DOTALL), form) for form in FORMATS if form.begins]
_PACKED = (".gz", ".zip")


def records(source: Source) -> Iterator[Record]:
    """What the source holds, by the reader for its content, else for its ending; UnreadableError where none is."""
    head = source.head().decode(errors="replace")
    form = next((form for begins, form in _BEGINNINGS if begins.match(head)), None)
    form = form or _BY_ENDING.get(_ending(source.path.lower().removesuffix(".gz")))
    if head.startswith("PK\x03\x04"):
        message = "a zip file inside another; unpack it"
        raise UnreadableError(message)
    if not form:
        message = f"no reader for this ending; Dateline reads {endings()}"
        raise UnreadableError(message)
    yield from form.read(source)


def endings() -> str:
    """The endings that are read, in words."""
    return f"{', '.join(_BY_ENDING)}, each also packed as .gz or in a .zip"


def is_read(name: str) -> bool:
    """Whether files of this name are read, as far as its ending tells."""
    plain = name.lower().removesuffix(".gz")
    return _ending(plain) in _BY_ENDING or _ending(plain) == ".zip"


def extras() -> str:
    """The packages for single formats that are installed: with others, the same files give other articles."""
    return ",".join(name for name in ("pypdf", "warcio") if find_spec(name))


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix


__all__ = [
    "FORMATS",
    "Format",
    "Reader",
    "Record",
    "Source",
    "UnreadableError",
    "decoded",
    "endings",
    "extras",
    "is_read",
    "records",
    "sources",
]
