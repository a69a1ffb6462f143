"""What a reader gets and gives: some bytes by a name, and the records in them, before field names are understood."""

import codecs
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Languages in Latin letters have fewer bytes beyond ASCII than this share; all others have far more.
_LATIN_SHARE = 0.1
# What text hardly holds; above this share it is a picture, an archive or a program.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_MOST_CONTROLS = 0.05
_LAST_ASCII = 0x7F
_MEGABYTE = 1 << 20
# What is read as one piece, and one line of a file of lines: far more than any article, far less than the memory.
_LARGEST_FILE = 128 * _MEGABYTE
LARGEST_LINE = 16 * _MEGABYTE
_HEAD = 2048
# Encodings are guessed from this much of a file: the guess reads every byte some twenty times.
_GUESSED_FROM = _MEGABYTE


class UnreadableError(ValueError):
    """A file that holds nothing to read; the message says why, in words for the report."""


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
    """Something to read: its posix path below the corpus, and how its bytes, unpacked, are opened.

    `open` may raise OSError and UnreadableError, and so may reading from what it returns.
    """

    path: str
    open: Callable[[], io.BufferedReader]

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
        text = decoded(self.content())
        if len(_CONTROLS.findall(text, 0, _MEGABYTE)) > min(len(text), _MEGABYTE) * _MOST_CONTROLS:
            message = "not text, by its content"
            raise UnreadableError(message)
        return text


def decoded(content: bytes) -> str:
    """The text of some bytes: UTF-8, whole or with some damage, else cp1252 if Western, else the likeliest encoding.

    UTF-16 is known by its mark. What cannot be decoded becomes U+FFFD. Guessing alone takes the "é" of a Western text
    for another letter.
    """
    if content[:2] in _UTF_16_MARKS:
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("utf-8-sig", errors="replace")
    damaged = text.count("\ufffd")
    if sum(not character.isascii() for character in text) > 2 * damaged:
        return text
    latin = sum(byte > _LAST_ASCII for byte in content) < len(content) * _LATIN_SHARE and b"\0" not in content
    import charset_normalizer

    guess = None if latin else charset_normalizer.from_bytes(content[:_GUESSED_FROM]).best()
    return content.decode(guess.encoding if guess else "cp1252", errors="replace")
