"""Mail: newsletters one by one (.eml), a mailbox of them (.mbox), and pages that browsers save so (.mhtml)."""

import email
import re
from collections.abc import Iterator
from email.policy import EmailPolicy
from email.utils import parseaddr
from functools import partial
from typing import TYPE_CHECKING, cast

from corpus.readers.html import page_fields
from corpus.readers.record import Record, Source, decoded

if TYPE_CHECKING:
    from email.message import EmailMessage

# The line before each mail, which names its day: "From a@b.example Tue Jul  5 10:00:00 2016".
_BEGINS = re.compile(rb"From (?>[^\n]*?\d\d:\d\d)[^\n]*\d{4}")
_LONGEST_HEADER = 4_000  # Characters.


class _Headers(EmailPolicy):
    """Python's parser takes a time that grows with the square of a header's length, and breaks on "Message-ID: <>"."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        """The header, of which only the beginning is read; as it stands where it breaks the parser."""
        try:
            return cast("str", super().header_fetch_parse(name, value[:_LONGEST_HEADER]))
        except (AttributeError, IndexError, NameError, TypeError):
            return value[:_LONGEST_HEADER]


_POLICY = _Headers()


def read_mail(source: Source) -> Iterator[Record]:
    """The text of one mail, its sender the outlet, or the page that a browser saved."""
    yield Record(fields=_fields(source.content()))


def read_mailbox(source: Source) -> Iterator[Record]:
    """Each mail of a mailbox, divided at the lines that stand before each."""
    number, lines, blank = 0, list[bytes](), True
    for line in source.lines():
        if line and blank and _BEGINS.match(line):
            if lines:
                yield Record(number, read=partial(_fields, b"".join(lines)))
            number, lines = number + 1, []
        elif line:
            lines.append(line.removeprefix(b">") if line.startswith(b">From ") else line)
        blank = not (line or b"").strip()
    if lines:
        yield Record(number, read=partial(_fields, b"".join(lines)))


def _fields(content: bytes) -> dict[str, object]:
    mail = cast("EmailMessage", email.message_from_bytes(content, policy=_POLICY))
    name, address = parseaddr(str(mail.get("From", "")))
    body = mail.get_body(("html", "plain") if mail.get_content_subtype() == "related" else ("plain", "html"))
    said: dict[str, object] = {
        "title": str(mail.get("Subject", "")),
        "published": str(mail.get("Date", "")),
        "source": name or address.rpartition("@")[2],
        "id": str(mail.get("Message-ID", "")),
    }
    if body is None:
        return said | {"text": ""}
    payload = cast("bytes", body.get_payload(decode=True))
    if body.get_content_subtype() != "html":
        return said | {"text": decoded(payload, str(body.get_content_charset("")))}
    page = page_fields(payload, charset=str(body.get_content_charset("")))
    if address := str(mail.get("Snapshot-Content-Location", "")):
        return {"url": address, "title": said["title"]} | page
    return page | {field: words for field, words in said.items() if words}
