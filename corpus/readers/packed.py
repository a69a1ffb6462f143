"""Files as they lie in the folder, unpacked as they are read: gzip, bzip2, xz, zip and tar; knows no articles."""

import bz2
import contextlib
import gzip
import io
import lzma
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from corpus.readers.record import Source, UnreadableError

ZIP = b"PK\x03\x04"
# How packed files begin, and what unpacks them.
_UNPACKED_BY: dict[bytes, Callable[[IO[bytes]], Any]] = {
    b"\x1f\x8b": lambda stream: gzip.GzipFile(fileobj=stream),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
# Where a tar file says that it is one.
_TAR = slice(257, 262), b"ustar"
# Text packs to a tenth of its size, the same line over and over to a hundredth; a bomb to a thousandth.
_MOST_TIMES = 200
_NEVER_A_BOMB = 64 << 20
_BUFFER = 1 << 16
_ENCRYPTED, _UTF_8_NAME = 0x1, 0x800
# What Office files and e-books, which are zip files too, hold.
_DOCUMENTS = frozenset(("[Content_Types].xml", "mimetype", "META-INF/manifest.xml"))
# Web archives as one zip file hold, beside the pages, lists and indexes of them.
_WACZ, _WACZ_PAGES = "datapackage.json", "archive/"


class _Budget:
    """How many bytes a file may still unpack to, whatever it holds."""

    def __init__(self, file: Path) -> None:
        self._left = max(_NEVER_A_BOMB, _MOST_TIMES * file.stat().st_size)

    def spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            message = f"unpacks to more than {_MOST_TIMES} times its size"
            raise UnreadableError(message)


class _Unpacked(io.RawIOBase):
    """A packed stream that keeps to a budget, and closes what it reads from."""

    def __init__(self, stream: Any, budget: _Budget, *packed: IO[bytes]) -> None:  # noqa: ANN401 (no common type)
        self._streams = (stream, *packed)
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        content = self._streams[0].read1(len(buffer))
        self._budget.spend(len(content))
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        for stream in self._streams:
            stream.close()
        super().close()


def sources(file: Path, path: str) -> Iterator[Source]:
    """What a file is to be read as: itself, unpacked where it is packed, or each member of a zip or tar file.

    A member is known as `<path>!<member>`. Raises OSError, UnreadableError and what the libraries raise for damage; a
    member that cannot be read says so when it is opened.
    """
    budget = _Budget(file)
    with _opened(file, budget) as stream:
        head = stream.peek(_BUFFER)
    place, mark = _TAR
    if head[place] == mark:
        yield from _tar_members(file, path, budget)
        return
    if head.startswith(ZIP):
        with zipfile.ZipFile(file) as archive:
            if _DOCUMENTS.isdisjoint(archive.namelist()):
                yield from _zip_members(archive, path, budget)
                return
    yield Source(path, lambda: _opened(file, _Budget(file)))


def _opened(file: Path, budget: _Budget, member: str = "") -> io.BufferedReader:
    _stay_inside(member)
    return _plain(file.open("rb"), budget)


def _plain(stream: "io.BufferedReader[Any]", budget: _Budget) -> io.BufferedReader:
    head = stream.peek(6)
    for begins, unpacked in _UNPACKED_BY.items():
        if head.startswith(begins):
            return io.BufferedReader(_Unpacked(unpacked(stream), budget, stream), _BUFFER)
    return stream


def _zip_members(archive: zipfile.ZipFile, path: str, budget: _Budget) -> Iterator[Source]:
    members = [member for member in archive.infolist() if not member.is_dir() and _is_article(member.filename)]
    if any(member.filename == _WACZ for member in members):
        members = [member for member in members if member.filename.startswith(_WACZ_PAGES)]
    for member in members:
        yield Source(f"{path}!{_name(member)}", partial(_opened_member, archive, member, budget))


def _name(member: zipfile.ZipInfo) -> str:
    """The member's name; names in UTF-8 that are not marked as such were read as those of DOS."""
    with contextlib.suppress(UnicodeError):
        return member.filename if member.flag_bits & _UTF_8_NAME else member.filename.encode("cp437").decode()
    return member.filename


def _opened_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget) -> io.BufferedReader:
    _stay_inside(member.filename)
    if member.flag_bits & _ENCRYPTED:
        message = "locked with a password; unpack the zip file"
        raise UnreadableError(message)
    return _plain(io.BufferedReader(_Unpacked(archive.open(member), budget), _BUFFER), budget)


def _tar_members(file: Path, path: str, budget: _Budget) -> Iterator[Source]:
    """Each member, copied out one at a time: to go back in a packed stream is to begin anew."""
    with (
        _opened(file, budget) as stream,
        tarfile.open(fileobj=stream, mode="r|") as archive,
        tempfile.TemporaryDirectory() as folder,
    ):
        for member in archive:
            if member.isreg() and _is_article(member.name):
                copied = Path(folder) / "member"
                with cast("IO[bytes]", archive.extractfile(member)) as content, copied.open("wb") as copy:
                    budget.spend(member.size if member.issparse() else 0)
                    shutil.copyfileobj(content, copy)
                yield Source(f"{path}!{member.name}", partial(_opened, copied, budget, member.name))


def _is_article(name: str) -> bool:
    """Whether a member is read; the same names are left out as in a folder."""
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith(".") and part not in ("..", ".") for part in parts) or "__MACOSX" in parts
    return not (hidden or name.rpartition("/")[2].upper().startswith("README"))


def _stay_inside(name: str) -> None:
    if ".." in PurePosixPath(name.replace("\\", "/")).parts or name.startswith(("/", "\\")):
        message = "its name leads out of the packed file"
        raise UnreadableError(message)
