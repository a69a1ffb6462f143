"""One module a family of formats, and the one table that lists them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import PurePosixPath

from corpus.message import Message
from corpus.readers.exported_pages import read_page
from corpus.readers.mail import read_mail, read_mailbox
from corpus.readers.markdown import read_markdown
from corpus.readers.news_xml import read_xml
from corpus.readers.office import read_docx, read_epub, read_odt, read_pdf, read_rtf
from corpus.readers.packed import ZIP
from corpus.readers.record import Record, Source, UnreadableError
from corpus.readers.rows import read_json, read_json_lines
from corpus.readers.table import read_csv, read_parquet, read_sheets
from corpus.readers.text import read_story, read_text
from corpus.readers.warc import read_warc
from corpus.readers.wire import read_anpa, read_iptc, read_sgml


@dataclass(frozen=True, slots=True)
class Format:
    """A family of files: their endings, how they are read, and how they begin, where that tells them from all others.

    A file that begins like one format is read as that, whatever its ending says. `needs` is the package that only this
    format needs, as Python imports it; `zipped` says that such files are zip files themselves.
    """

    endings: tuple[str, ...]
    read: Callable[[Source], Iterator[Record]]
    begins: str = ""
    needs: str = ""
    zipped: bool = False


# A new format is a module beside this one and a line here. Each is also read packed and inside archives.
FORMATS = (
    Format((".txt", ".text"), read_text),
    Format((".story",), read_story),
    Format((".md", ".markdown"), read_markdown),
    Format(
        (".html", ".htm", ".xhtml", ".hocr"),
        read_page,
        r"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?(<!doctype\s+html|<html)[\s>]",
    ),
    Format((".json",), read_json),
    Format((".jsonl", ".ndjson", ".jl"), read_json_lines),
    Format((".csv", ".tsv"), read_csv),
    Format((".xml", ".rss", ".atom", ".nitf"), read_xml, r"<\?xml\s|<(\w+:)?(rss|feed|nitf|newsItem|newsMessage)[\s>]"),
    Format((".iptc",), read_iptc, r"\x01?[a-z]{3}\d{3,4}\s+\d\s+[a-z]{1,3}\s+\d{1,4}\s+\S[^\n]*\r?\n"),
    Format((".tst", ".anpa"), read_anpa, r"\x16\x16\x01"),
    Format((".sgm", ".sgml"), read_sgml, r"<!DOCTYPE\s+lewis\b|<REUTERS\s"),
    Format((".warc", ".wet"), read_warc, r"WARC/", needs="warcio"),
    Format((".pdf",), read_pdf, r"%PDF-", needs="pypdf"),
    Format((".docx",), read_docx, zipped=True),
    Format((".odt",), read_odt, zipped=True),
    Format((".epub",), read_epub, zipped=True),
    Format((".rtf",), read_rtf, r"\{\\rtf"),
    Format((".xlsx", ".xls", ".ods"), read_sheets, needs="python_calamine", zipped=True),
    Format((".parquet",), read_parquet, r"PAR1", needs="fastparquet"),
    Format((".mbox",), read_mailbox, r"From [^\n]*\d\d:\d\d:\d\d[^\n]*\d{4}[^\n]*\n[\w-]+:"),
    Format(
        (".eml", ".mht", ".mhtml"), read_mail, r"([\w-]+:[^\n]*\n([ \t][^\n]*\n)*)*(MIME-Version|Received|Message-ID):"
    ),
)
_BY_ENDING = {ending: form for form in FORMATS for ending in form.endings}
_BEGINNINGS = [(re.compile(rf"\s*{form.begins}", re.I | re.DOTALL), form) for form in FORMATS if form.begins]
_PACKED = (".gz", ".bz2", ".xz")
_ARCHIVES = (".zip", ".tar", ".tgz", ".wacz")


def records(source: Source) -> Iterator[Record]:
    """What the source holds, by the reader for its content, else for its ending; UnreadableError where none is."""
    head = source.head().decode(errors="replace")
    form = next((form for begins, form in _BEGINNINGS if begins.match(head)), _BY_ENDING.get(_ending(source.path)))
    if head.startswith(ZIP.decode()) and not (form and form.zipped):
        document = "an Office file or another document that is not read; save it as text, .docx or PDF"
        raise UnreadableError("a zip file inside another; unpack it" if "!" in source.path else document)
    if not form:
        raise UnreadableError(Message("no reader for this ending; Dateline reads %(endings)s", endings=endings()))
    if form.needs and not find_spec(form.needs):
        kind = form.endings[0][1:].upper()
        message = f"{kind} files need one more package; run: pip install {form.needs.replace('_', '-')}"
        raise UnreadableError(message)
    yield from form.read(source)


def endings() -> str:
    """The endings that are read, in words."""
    return f"{', '.join(_BY_ENDING)}, each also packed as {', '.join(_PACKED)} or in a {', '.join(_ARCHIVES)}"


def is_read(name: str) -> bool:
    """Whether files of this name are read, as far as its ending tells."""
    return _ending(name) in _BY_ENDING or _ending(name) in _ARCHIVES


def extras() -> str:
    """The packages for single formats that are installed: with others, the same files give other articles."""
    return ",".join(sorted({form.needs for form in FORMATS if form.needs and find_spec(form.needs)}))


def _ending(name: str) -> str:
    """The ending that tells what a file holds, in small letters: that before ".gz"."""
    path = PurePosixPath(name.lower())
    return PurePosixPath(path.stem).suffix if path.suffix in _PACKED else path.suffix
