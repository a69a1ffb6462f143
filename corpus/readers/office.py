"""PDF, Word, OpenDocument, EPUB and RTF: the text of documents. The home of pypdf, which is an extra, and striprtf."""

import io
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import replace

from corpus.readers.html import page_fields
from corpus.readers.printed import unwrapped, without_running_heads
from corpus.readers.record import Record, Source, UnreadableError, decoded
from corpus.readers.text import text_records

# A document's own text is far smaller than its pictures; more than this is none.
_LARGEST_PART = 64 << 20
# What stands for a blank or a new line in Word and OpenDocument; what OpenDocument keeps beside its text, and Word a
# second time, for programs that know no text boxes.
_BLANKS = {"{*}tab": "\t", "{*}s": " ", "{*}br": "\n", "{*}cr": "\n", "{*}line-break": "\n", "{*}noBreakHyphen": "-"}
_UNREAD = ("{*}tracked-changes", "{*}annotation", "{*}note-citation", "{*}Fallback")


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
    yield from text_records(_paragraphs(source, "word/document.xml", "{*}t", *_BLANKS), source.path)


def read_odt(source: Source) -> Iterator[Record]:
    """The paragraphs of an OpenDocument text, in the same way."""
    yield from text_records(_paragraphs(source, "content.xml"), source.path)


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


def _paragraphs(source: Source, part: str, *words_in: str) -> str:
    """The words of all paragraphs, a line each: those in elements of some names, or without names all."""
    from lxml import etree

    content = _part(zipfile.ZipFile(io.BytesIO(source.content())), part)
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    etree.strip_elements(root, *_UNREAD, with_tail=False)
    for name, blank in _BLANKS.items():
        for element in root.iter(name):
            element.text = blank
    lines = []
    for paragraph in reversed(list(root.iter("{*}p", "{*}h"))):
        lines.append("".join(paragraph.itertext(*words_in, with_tail=not words_in)))
        paragraph.clear(keep_tail=True)  # A text box in another paragraph stands for itself.
    return "\n".join(reversed(lines))


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
