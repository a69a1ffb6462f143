"""PDF: one article a file, or the stories of an export; the home of pypdf, which is an extra."""

import io
import logging
from collections.abc import Iterator
from dataclasses import replace

from corpus.readers.printed import unwrapped, without_running_heads
from corpus.readers.record import Record, Source, UnreadableError
from corpus.readers.text import text_records


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
    except (pypdf.errors.PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        # A damaged file breaks pypdf in any of these ways.
        message = f"damaged, or no PDF ({' '.join(str(error).split())[:80]})"
        raise UnreadableError(message) from error
    if not any(page.strip() for page in pages):
        message = "a PDF without text, perhaps of scanned pages; have a program for OCR read it first"
        raise UnreadableError(message)
    for record in text_records("\n".join(without_running_heads(pages)), source.path):
        text = str(record.fields.get("text", ""))
        yield replace(record, fields={**record.fields, "text": unwrapped(text)}) if text else record
