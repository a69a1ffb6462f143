"""Sums of the files of a generation, taken when it is complete: a damaged one is known before any library opens it."""

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
    """A file's size in bytes, and the sha256 of its bytes; of a large one, of 64 evenly spread parts."""

    size: int
    sum: str


def file_sums(folder: Path) -> dict[str, FileSum]:
    """The sums of a generation's files by their posix path, without its manifest and locks."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: _sum(file) for name, file in files.items() if name != MANIFEST and not name.endswith(".lock")}


def check_files(folder: Path, sums: dict[str, FileSum]) -> None:
    """Raise ValueError where a file is not as its sum says, OSError where it is missing."""
    for name, expected in sums.items():
        if (folder / name).stat().st_size != expected.size or _sum(folder / name) != expected:
            message = f"{name} is not as it was written"
            raise ValueError(message)


def _sum(file: Path) -> FileSum:
    size = file.stat().st_size
    total = hashlib.sha256()
    with file.open("rb") as stream:
        for part in _parts(stream, size):
            total.update(part)
    return FileSum(size, total.hexdigest())


def _parts(stream: BinaryIO, size: int) -> Iterator[bytes]:
    if size <= _WHOLE_BYTES:
        yield stream.read()
        return
    for place in range(_SAMPLES):
        stream.seek((size - _SAMPLE_BYTES) * place // (_SAMPLES - 1))
        yield stream.read(_SAMPLE_BYTES)
