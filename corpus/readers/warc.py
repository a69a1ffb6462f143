"""Web archives (WARC, and WET with their text): one article a page; the home of warcio, which is an extra."""

import re
from collections.abc import Iterator
from functools import partial

from corpus.readers.html import LARGEST_PAGE, page_fields
from corpus.readers.record import Record, Source, decoded
from corpus.readers.text import plain_fields


def read_warc(source: Source) -> Iterator[Record]:
    """The HTML pages that were found when the web was archived, or the text of pages, numbered by their place.

    The day a page was archived is not the day it was published, and is not taken for it.
    """
    from warcio.archiveiterator import ArchiveIterator

    with source.open() as stream:
        for number, record in enumerate(ArchiveIterator(stream), start=1):
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            headers = record.http_headers if record.rec_type == "response" else record.rec_headers
            kind = (headers.get_header("Content-Type") if headers else "") or ""
            is_found = record.rec_type == "resource" or (headers and headers.statusline.startswith("200"))
            if record.rec_type in ("response", "resource") and is_found and "html" in kind:
                page = record.content_stream().read(LARGEST_PAGE)
                yield Record(number, read=partial(page_fields, page, url, _charset(kind)))
            elif record.rec_type == "conversion":
                text = decoded(record.content_stream().read(LARGEST_PAGE))
                yield Record(number, plain_fields(text, url) | {"url": url})


def _charset(kind: str) -> str:
    named = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", kind, re.IGNORECASE)
    return named[1] if named else ""
