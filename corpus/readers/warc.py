"""Web archives (WARC, and WET with their text): one article a page; the home of warcio, which is an extra."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from corpus.readers.html import LARGEST_PAGE, page_fields
from corpus.readers.record import Record, Source, decoded
from corpus.readers.text import plain_fields

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord


def read_warc(source: Source) -> Iterator[Record]:
    """The HTML pages that were found when the web was archived, or the text of pages, numbered by their place.

    The day a page was archived is not the day it was published, and is not taken for it.
    """
    from warcio.archiveiterator import ArchiveIterator

    with source.open() as stream:
        for number, record in enumerate(ArchiveIterator(stream), start=1):
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            if _is_page(record):
                page = record.content_stream().read(LARGEST_PAGE)
                yield Record(number, {"url": url} | page_fields(page, url, _charset(record)))
            elif record.rec_type == "conversion":
                text = decoded(record.content_stream().read(LARGEST_PAGE))
                yield Record(number, plain_fields(text, url) | {"url": url})


def _charset(record: "ArcWarcRecord") -> str:
    kind = record.http_headers.get_header("Content-Type") if record.http_headers else ""
    named = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", kind or "", re.IGNORECASE)
    return named[1] if named else ""


def _is_page(record: "ArcWarcRecord") -> bool:
    if record.rec_type == "resource":
        return "html" in (record.rec_headers.get_header("Content-Type") or "")
    answer = record.http_headers
    found = record.rec_type == "response" and answer and answer.get_statuscode() == "200"
    return bool(found and "html" in (answer.get_header("Content-Type") or ""))
