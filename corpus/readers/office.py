"""PDF, Word, OpenDocument, EPUB and RTF: the text of documents. The home of pypdf, which is an extra, and striprtf."""

import io
import logging
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.readers.html import page_fields
from corpus.readers.printed import unwrapped, without_running_heads
from corpus.readers.record import Record, Source, UnreadableError, decoded
from corpus.readers.text import text_records

if TYPE_CHECKING:
    from lxml.etree import _Element

# A document's own text is far smaller than its pictures; more than this is none.
_LARGEST_PART = 64 << 20
_PARAGRAPHS = ("p", "h")
# What stands for a blank or a new line in Word (w) and OpenDocument (text).
_BLANKS = {"tab": "\t", "s": " ", "br": "\n", "cr": "\n", "line-break": "\n", "noBreakHyphen": "-"}


def read_pdf(source: Source) -> Iterator[Record]:
    """The text of all pages, its first line the headline; the day a PDF was made is not taken for that of publication.

    UnreadableError for one that is damaged, locked, or pictures of pages.
    """
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # It reports damage that it mends.
    try:
        reader = pypdf.PdfReader(io.BytesIO(source.content()))
        pages = [page.extract_text() for page in reader.pages]
    except pypdf.errors.FileNotDecryptedError as error:
        message = "locked with a password; save it without one"
        raise UnreadableError(message) from error
    if not any(page.strip() for page in pages):
        message = "a PDF without text, perhaps of scanned pages; have a program for OCR read it first"
        raise UnreadableError(message)
    for record in text_records("\n".join(without_running_heads(pages)), source.path):
        text = str(record.fields.get("text", ""))
        yield replace(record, fields={**record.fields, "text": unwrapped(text)}) if text else record


def read_docx(source: Source) -> Iterator[Record]:
    """The paragraphs of a Word file, its first line the headline; exports of news databases are divided."""
    yield from text_records(_paragraphs(source, "word/document.xml", {"t"}), source.path)


def read_odt(source: Source) -> Iterator[Record]:
    """The paragraphs of an OpenDocument text, in the same way."""
    yield from text_records(_paragraphs(source, "content.xml", {"p", "h", "span", "a", *_BLANKS}), source.path)


def read_epub(source: Source) -> Iterator[Record]:
    """The chapters of an e-book that hold text, each an article: news is sold as one article a chapter."""
    with zipfile.ZipFile(io.BytesIO(source.content())) as book:
        names = [name for name in book.namelist() if name.lower().endswith((".xhtml", ".html", ".htm"))]
        chapters = ((number, page_fields(_part(book, name))) for number, name in enumerate(names, start=1))
        yield from (Record(number, fields) for number, fields in chapters if fields.get("text"))


def read_rtf(source: Source) -> Iterator[Record]:
    """The text of an RTF file, its first line the headline; exports of news databases are divided."""
    from striprtf.striprtf import rtf_to_text

    yield from text_records(rtf_to_text(decoded(source.content()), errors="replace"), source.path)


def _paragraphs(source: Source, part: str, words_in: set[str]) -> str:
    from lxml import etree

    root = etree.fromstring(
        _part(zipfile.ZipFile(io.BytesIO(source.content())), part),
        etree.XMLParser(resolve_entities=False, no_network=True),
    )
    paragraphs = (element for element in root.iter() if _local(element) in _PARAGRAPHS)
    return "\n".join("".join(_said(paragraph, words_in)) for paragraph in paragraphs)


def _said(paragraph: "_Element", words_in: set[str]) -> Iterable[str]:
    for element in paragraph.iter():
        name = _local(element)
        if element is not paragraph and name in _PARAGRAPHS:
            continue  # A text box in it, which stands for itself.
        yield _BLANKS.get(name, "")
        if name in words_in:
            yield element.text or ""
        if element is not paragraph and _local(element.getparent()) in words_in:
            yield element.tail or ""


def _local(element: "_Element | None") -> str:
    return str(element.tag).rpartition("}")[2] if element is not None else ""


def _part(document: zipfile.ZipFile, name: str) -> bytes:
    try:
        with document.open(name) as stream:
            content = stream.read(_LARGEST_PART + 1)
    except (KeyError, RuntimeError) as error:
        message = f"a locked document, or none of this kind ({error})"
        raise UnreadableError(message) from error
    if len(content) > _LARGEST_PART:
        message = f"a document with more than {_LARGEST_PART >> 20} MB of text; divide it"
        raise UnreadableError(message)
    return content
