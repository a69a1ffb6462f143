"""Sums of the files of a generation, taken when it is complete, so that damage is found before any library opens it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from index.generations.holding import MANIFEST

# A larger file is read only when the whole index is checked, so that opening stays quick.
_SMALL_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class FileSum:
    """A file's size in bytes, and the sha256 of its bytes.

    Earlier manifests have that of a large file as `whole`, and as `sum` that of parts of it.
    """

    size: int
    sum: str
    whole: str = ""


def file_sums(folder: Path) -> dict[str, FileSum]:
    """The sums of a generation's files by their posix path, without its manifest and locks."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {
        name: FileSum(file.stat().st_size, _sum(file))
        for name, file in files.items()
        if name != MANIFEST and not name.endswith(".lock")
    }


def check_files(folder: Path, sums: dict[str, FileSum], *, whole: bool = False) -> None:
    """Raise ValueError if a file differs from its sum, OSError if it is missing; of a large one only `whole` reads it.

    The size of every file is compared: a library that opens a file cut short may take the whole process with it.
    """
    for name, expected in sums.items():
        size = (folder / name).stat().st_size
        read = whole or size <= _SMALL_BYTES
        if size != expected.size or (read and _sum(folder / name) != (expected.whole or expected.sum)):
            message = f"{name} is not as it was written"
            raise ValueError(message)


def _sum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
