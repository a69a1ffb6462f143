"""Files as they lie in the folder, gzip and zip unpacked as they are read; knows nothing of what they hold."""

import gzip
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, cast

from corpus.readers.record import Source, UnreadableError

_GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
# Text packs to a tenth of its size, the same line over and over to a hundredth; a bomb to a thousandth.
_MOST_TIMES = 200
_NEVER_A_BOMB = 64 << 20
_BUFFER = 1 << 16
_ENCRYPTED = 0x1
# What Office files and e-books, which are zip files too, have first.
_OFFICE = ("[Content_Types].xml", "mimetype")


@dataclass(slots=True)
class _Budget:
    """How many bytes a file may still unpack to, whatever it holds."""

    left: int

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            message = f"unpacks to more than {_MOST_TIMES} times its size"
            raise UnreadableError(message)


class _Unpacked(io.RawIOBase):
    """A packed stream that keeps to a budget, and closes what it reads from."""

    def __init__(self, stream: gzip.GzipFile | zipfile.ZipExtFile, budget: _Budget) -> None:
        self._stream = stream
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            content = self._stream.read1(len(buffer))
        except zipfile.BadZipFile as error:
            message = f"cannot be unpacked: {error}"
            raise UnreadableError(message) from error
        self._budget.spend(len(content))
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._stream.close()
        super().close()


def sources(file: Path, path: str) -> Iterator[Source]:
    """What a file is to be read as: itself, unpacked where it is gzip, or each member of a zip, `<path>!<member>`.

    Raises OSError, or UnreadableError for a damaged zip. A member that cannot be read says so when it is opened.
    """
    with file.open("rb") as stream:
        packed_as_zip = stream.read(4) == ZIP
    if packed_as_zip:
        yield from _members(file, path)
    else:
        yield Source(path, partial(_opened, file))


def _opened(file: Path) -> io.BufferedReader:
    stream = file.open("rb")
    return _without_gzip(stream, _budget(file))


def _without_gzip(stream: "io.BufferedReader[Any]", budget: _Budget) -> io.BufferedReader:
    if stream.peek(2)[:2] != _GZIP:
        return stream
    unpacked = gzip.GzipFile(fileobj=stream)
    unpacked.myfileobj = stream  # type: ignore[assignment]  # Closed with it.
    return io.BufferedReader(_Unpacked(unpacked, budget), _BUFFER)


def _members(file: Path, path: str) -> Iterator[Source]:
    budget = _budget(file)
    try:
        with zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if _is_article(member)]
            if members and members[0].filename in _OFFICE:
                message = "an Office file or an e-book; save it as text, HTML or PDF"
                raise UnreadableError(message)
            for member in members:
                yield Source(f"{path}!{member.filename}", partial(_opened_member, archive, member, budget))
    except zipfile.BadZipFile as error:
        message = f"the zip file is cut off or damaged ({error})"
        raise UnreadableError(message) from error


def _is_article(member: zipfile.ZipInfo) -> bool:
    """Whether it is read; the same names are left out as in a folder."""
    parts = PurePosixPath(member.filename).parts
    hidden = any(part.startswith(".") and part != ".." for part in parts) or "__MACOSX" in parts
    return not (member.is_dir() or hidden or member.filename.rpartition("/")[2].upper().startswith("README"))


def _opened_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget) -> io.BufferedReader:
    reason = ""
    if ".." in PurePosixPath(member.filename.replace("\\", "/")).parts or member.filename.startswith(("/", "\\")):
        reason = "its name leads out of the zip file"
    elif member.flag_bits & _ENCRYPTED:
        reason = "locked with a password; unpack the zip file"
    if reason:
        raise UnreadableError(reason)
    try:
        stream = io.BufferedReader(_Unpacked(cast("zipfile.ZipExtFile", archive.open(member)), budget), _BUFFER)
        return _without_gzip(stream, budget)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        message = f"cannot be unpacked: {error}"
        raise UnreadableError(message) from error


def _budget(file: Path) -> _Budget:
    return _Budget(max(_NEVER_A_BOMB, _MOST_TIMES * file.stat().st_size))
