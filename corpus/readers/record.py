"""What a reader gets and gives: an open file, and the records in it, before field names are understood."""

import codecs
import gzip
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import charset_normalizer

_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Languages in Latin letters have fewer bytes beyond ASCII than this share; all others have far more.
_LATIN_SHARE = 0.1
# What text hardly holds; above this share it is a picture, an archive or a program.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_MOST_CONTROLS = 0.05
_LAST_ASCII = 0x7F


class NotTextError(ValueError):
    """A file that holds something else than text; the message says so, in words for the report."""


@dataclass(frozen=True, slots=True)
class Record:
    """One article as a file gives it: `fields` by the names the file uses, or the `reason` why there is none.

    `number` is the line or place in the file from 1, None where the file is one article.
    """

    number: int | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: where it lies, and its posix path below the corpus."""

    file: Path
    path: str

    def lines(self) -> Iterator[bytes]:
        """The lines of the file, unpacked, one in memory at a time; in UTF-8 where the file is marked as UTF-16."""
        with gzip.open(self.file) if self.file.suffix.lower() == ".gz" else self.file.open("rb") as stream:
            if stream.peek(2)[:2] in _UTF_16_MARKS:
                with io.TextIOWrapper(stream, "utf-16", errors="replace", newline="") as text:
                    yield from map(str.encode, text)
            else:
                yield from stream

    def text(self) -> str:
        """The whole file, unpacked and decoded; NotTextError when that is no text."""
        text = decoded(b"".join(self.lines()))
        if len(_CONTROLS.findall(text)) > len(text) * _MOST_CONTROLS:
            message = "not text, by its content"
            raise NotTextError(message)
        return text


def decoded(content: bytes) -> str:
    """The text of some bytes: UTF-8, whole or with some damage, else cp1252 if Western, else the likeliest encoding.

    What cannot be decoded becomes U+FFFD. Guessing alone takes the "é" of a Western text for another letter.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("utf-8-sig", errors="replace")
    damaged = text.count("\ufffd")
    if sum(not character.isascii() for character in text) > 2 * damaged:
        return text
    latin = sum(byte > _LAST_ASCII for byte in content) < len(content) * _LATIN_SHARE and b"\0" not in content
    guess = None if latin else charset_normalizer.from_bytes(content).best()
    return str(guess) if guess else content.decode("cp1252", errors="replace")
