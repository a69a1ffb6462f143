"""What a reader gets and gives: some bytes by a name, and the records in them, before field names are understood."""

import codecs
import contextlib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from corpus.message import Message

_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What these are on the web holds all that they hold, and more.
_WIDER = {"shift_jis": "cp932", "euc-kr": "cp949", "gbk": "gb18030", "big5": "big5hkscs"}
_CODE_PAGE = re.compile(r"(?:cp|ibm)?\d{3,4}|mac[_-]?\w+", re.IGNORECASE)
# So few bytes beyond ASCII are guessed wrong too often; in a text that has no more they are cp1252.
_TELL_NOTHING = 3
_ZEROS = 0.4
# What text hardly holds; above this share it is a picture, an archive or a program.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_MOST_CONTROLS = 0.05
_LAST_ASCII = 0x7F
_MEGABYTE = 1 << 20
# What is read as one piece, and one line of a file of lines: far more than any article, far less than the memory.
_LARGEST_FILE = 128 * _MEGABYTE
LARGEST_LINE = 16 * _MEGABYTE
_HEAD = 2048
# Encodings are guessed from this much of a file.
_GUESSED_FROM = _MEGABYTE


Element = Any  # lxml's, whose types are not followed


class UnreadableError(ValueError):
    """A file or record that gives no article; the message says why, in words for the report."""


def not_published(status: str) -> str:
    """Why there is no article of what did not appear, or was withdrawn."""
    return f"left out, as it was not published ({status})"


@dataclass(frozen=True, slots=True)
class Dated:
    """A date as a file gives it, and where it stood: "JSON-LD", "meta element", "time element", "address", ..."""

    value: object
    how: str


@dataclass(frozen=True, slots=True)
class Record:
    """One article as a file gives it: `fields` by the names the file uses, or the `reason` why there is none.

    `number` is the line or place in the file from 1, None where the file is one article. `read` makes the fields of
    one that may break what reads it: where the reader itself made them, the records after it would be lost as well.
    """

    number: int | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    reason: str = ""
    read: Callable[[], Mapping[str, object]] | None = None

    def whole(self) -> "Record":
        """The record with all its fields; raises whatever `read` does."""
        return Record(self.number, self.read()) if self.read else self


@dataclass(frozen=True, slots=True)
class Source:
    """Something to read: its posix path below the corpus, and how its bytes, unpacked, are opened.

    `charset` is the label of the encoding of what is no UTF-8 and does not say itself what it is; guessed if empty.
    `open` may raise OSError and UnreadableError, and so may reading from what it returns.
    """

    path: str
    open: Callable[[], io.BufferedReader]
    charset: str = ""

    def head(self) -> bytes:
        """The first bytes, in UTF-8 where they are marked as UTF-16, without a mark."""
        with self.open() as stream:
            content = stream.read(_HEAD)
        if content[:2] in _UTF_16_MARKS:
            content = content.decode("utf-16", errors="ignore").encode()
        return content.removeprefix(codecs.BOM_UTF8)

    def lines(self) -> Iterator[bytes | None]:
        """The lines, one in memory at a time, in UTF-8 where marked as UTF-16; None for one too long to be read."""
        with self.open() as stream:
            readline: Callable[[int], bytes] = stream.readline
            if stream.peek(2)[:2] in _UTF_16_MARKS:
                text = io.TextIOWrapper(stream, "utf-16", errors="replace", newline="")
                readline = lambda size: text.readline(size).encode()  # noqa: E731
            while line := readline(LARGEST_LINE):
                whole = len(line) < LARGEST_LINE or line.endswith(b"\n")
                while not whole and (rest := readline(LARGEST_LINE)) and not rest.endswith(b"\n"):
                    pass
                yield line if whole else None

    def text_lines(self) -> Iterator[str | None]:
        """The lines, decoded; all that are not UTF-8 by one encoding, which is told from all of them together."""
        encoding = ""
        for line in self.lines():
            try:
                yield line if line is None else line.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                encoding = encoding or codec(self.charset) or self._likeliest_encoding()
                yield error.object.decode(encoding, errors="replace")

    def _likeliest_encoding(self) -> str:
        beyond_ascii = b""
        for line in self.lines():
            beyond_ascii += line if line and not line.isascii() else b""
            if len(beyond_ascii) > _GUESSED_FROM:
                break
        return _guessed(beyond_ascii)

    def content(self, most: int = _LARGEST_FILE) -> bytes:
        """All the bytes; UnreadableError where there are more than `most`."""
        with self.open() as stream:
            content = stream.read(most + 1)
        if len(content) > most:
            message = f"more than {most // _MEGABYTE} MB in one piece; divide it, or write one article a line (.jsonl)"
            raise UnreadableError(message)
        return content

    def text(self) -> str:
        """All of it, decoded; UnreadableError when that is no text."""
        text = decoded(self.content(), self.charset)
        if len(_CONTROLS.findall(text, 0, _MEGABYTE)) > min(len(text), _MEGABYTE) * _MOST_CONTROLS:
            raise UnreadableError(Message("not text, by its content"))
        return text


def decoded(content: bytes, label: str = "") -> str:
    """The text of some bytes: UTF-8, whole or with some damage, else as `label` says, else the likeliest encoding.

    UTF-16 is known by its mark or its zeros. What cannot be decoded becomes U+FFFD.
    """
    if utf_16 := _utf_16(content):
        return content.decode(utf_16, errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode(codec(label) or _guessed(content), errors="replace")


def _utf_16(content: bytes) -> str:
    """UTF-16 by its mark; or by every second byte being zero, as no other text has it; empty for anything else."""
    if content[:2] in _UTF_16_MARKS:
        return "utf-16"
    head = content[:_HEAD]
    halves = {"utf-16-be": head[::2], "utf-16-le": head[1::2]} if b"\0" in head else {}
    return next((name for name, half in halves.items() if half.count(0) > _ZEROS * len(half)), "")


def codec(label: str) -> str:
    """Python's name of an encoding as the web understands its label; empty for what names none.

    The web's table (https://encoding.spec.whatwg.org) reads "iso-8859-1" as cp1252, which is what writes it; code pages
    of DOS, which it leaves out, go by their numbers.
    """
    import webencodings

    found = webencodings.lookup(label)
    name = _WIDER.get(found.name, found.codec_info.name) if found else label
    if found or _CODE_PAGE.fullmatch(label):
        with contextlib.suppress(LookupError):
            return codecs.lookup(name).name
    return ""


def _guessed(content: bytes) -> str:
    """The likeliest encoding of bytes that are no sound UTF-8; a few foreign letters in a text tell nothing."""
    text = content.decode("utf-8-sig", errors="replace")
    damaged = text.count("\ufffd")
    if sum(not character.isascii() for character in text) > 2 * damaged:
        return "utf-8-sig"
    if sum(byte > _LAST_ASCII for byte in content[:_GUESSED_FROM]) <= _TELL_NOTHING:
        return "cp1252"
    import chardet

    return codec(chardet.detect(content[:_GUESSED_FROM])["encoding"] or "") or "cp1252"
