"""What a reader gets and gives: an open file, and the records in it, before field names are understood."""

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import charset_normalizer


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
        """The lines of the file, unpacked, one in memory at a time."""
        with gzip.open(self.file) if self.file.suffix.lower() == ".gz" else self.file.open("rb") as stream:
            yield from stream

    def text(self) -> str:
        """The whole file, unpacked and decoded."""
        return decoded(b"".join(self.lines()))


def decoded(content: bytes) -> str:
    """The text of some bytes: UTF-8 where they are, else UTF-16 by its mark, else the likeliest other encoding."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        guess = charset_normalizer.from_bytes(content).best()
        return str(guess) if guess else content.decode("cp1252", errors="replace")
