"""PDF: one article a file; the home of pypdf, which is an extra."""

import io
import logging
import re
from collections.abc import Iterator

from corpus.readers.record import Record, Source, UnreadableError
from corpus.readers.text import plain_fields

_SENTENCE_END = re.compile(r"[.!?:][”\"’')]*$")
# A line that ends a sentence and is shorter than this share of the longest ends its paragraph.
_SHORT_LINE = 0.8


def read_pdf(source: Source) -> Iterator[Record]:
    """The text of all pages, its first line the headline; the day a PDF was made is not taken for that of publication.

    UnreadableError for one that is damaged, locked, or pictures of pages.
    """
    try:
        import pypdf
    except ModuleNotFoundError as error:
        message = "PDF files need one more package; run: pip install pypdf"
        raise UnreadableError(message) from error

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # It reports damage that it mends.
    try:
        reader = pypdf.PdfReader(io.BytesIO(source.content()))
        pages = [page.extract_text() for page in reader.pages]
    except pypdf.errors.FileNotDecryptedError as error:
        message = "locked with a password; save it without one"
        raise UnreadableError(message) from error
    except (pypdf.errors.PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        # A damaged file breaks pypdf in any of these ways.
        message = f"damaged, or no PDF ({' '.join(str(error).split())[:80]})"
        raise UnreadableError(message) from error
    if not any(page.strip() for page in pages):
        message = "a PDF without text, perhaps of scanned pages; have a program for OCR read it first"
        raise UnreadableError(message)
    fields = plain_fields("\n".join(pages), source.path)
    yield Record(fields=fields | {"text": _unwrapped(str(fields["text"]))})


def _unwrapped(text: str) -> str:
    """The text with a line for each paragraph, words put together again that were divided at a line's end."""
    lines = [line.strip() for line in text.split("\n")]
    longest = max(map(len, lines))
    paragraphs = [""]
    for line in lines:
        if not line:
            paragraphs.append("")
        elif paragraphs[-1].endswith("-") and line[0].islower():
            paragraphs[-1] = paragraphs[-1][:-1] + line
        else:
            paragraphs[-1] = f"{paragraphs[-1]} {line}".strip()
        if _SENTENCE_END.search(line) and len(line) < longest * _SHORT_LINE:
            paragraphs.append("")
    return "\n\n".join(filter(None, paragraphs))
