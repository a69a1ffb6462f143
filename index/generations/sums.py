"""Sums of the files of a generation, taken when it is complete, so that damage is found before any library opens it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from index.generations.holding import MANIFEST

# A file of more bytes than this is sampled, so that opening a large index stays quick.
_WHOLE_BYTES = 8_000_000
_SAMPLES, _SAMPLE_BYTES = 64, 65_536


@dataclass(frozen=True, slots=True)
class FileSum:
    """A file's size in bytes, and the sha256 of its bytes; of a large one, of 64 parts, and in full as `whole`."""

    size: int
    sum: str
    whole: str = ""


def file_sums(folder: Path) -> dict[str, FileSum]:
    """The sums of a generation's files by their posix path, without its manifest and locks."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {
        name: FileSum(size := file.stat().st_size, _sum(file), _whole(file) if size > _WHOLE_BYTES else "")
        for name, file in files.items()
        if name != MANIFEST and not name.endswith(".lock")
    }


def check_files(folder: Path, sums: dict[str, FileSum], *, whole: bool = False) -> None:
    """Raise ValueError if a file differs from its sum, OSError if it is missing; `whole` reads large files in full."""
    for name, expected in sums.items():
        file = folder / name
        same = file.stat().st_size == expected.size and _sum(file) == expected.sum
        if not same or (whole and expected.whole not in ("", _whole(file))):
            message = f"{name} is not as it was written"
            raise ValueError(message)


def _sum(file: Path) -> str:
    size = file.stat().st_size
    total = hashlib.sha256()
    with file.open("rb") as stream:
        for part in _parts(stream, size):
            total.update(part)
    return total.hexdigest()


def _whole(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _parts(stream: BinaryIO, size: int) -> Iterator[bytes]:
    if size <= _WHOLE_BYTES:
        yield stream.read()
        return
    for place in range(_SAMPLES):
        stream.seek((size - _SAMPLE_BYTES) * place // (_SAMPLES - 1))
        yield stream.read(_SAMPLE_BYTES)
