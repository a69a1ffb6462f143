"""The files of a generation: whether they are as they were written, and who keeps them from being deleted."""

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus import UserError

try:
    import fcntl
except ImportError:  # Windows refuses to delete a file in use, so there nobody needs a lock.
    fcntl = None  # type: ignore[assignment]

MANIFEST = "manifest.json"
# A larger file is read only when the whole index is checked, so that opening stays quick.
_SMALL_BYTES = 8_000_000


@contextlib.contextmanager
def held(generation: Path) -> Iterator[None]:
    """Keep a generation from being deleted; FileNotFoundError if it was deleted before the lock was obtained."""
    with (generation / MANIFEST).open("rb") as stream:
        if fcntl:
            fcntl.flock(stream, fcntl.LOCK_SH)
            (generation / MANIFEST).stat()
        yield


@contextlib.contextmanager
def readable(store: Path, written: str = "") -> Iterator[Path]:
    """A temporary folder with links to the files of a store, and a copy of the file its library writes to on reading.

    So any number of processes can read a store, also where nothing may be written, and it stays as it was published.
    Where links cannot be made (Windows reserves them for some users), the store itself.

    Raises UserError if there is no room for temporary files.
    """
    with contextlib.ExitStack() as files:
        try:
            # After a kill the links are left to the system, which empties its temporary folder.
            name = tempfile.TemporaryDirectory(prefix="dateline-", ignore_cleanup_errors=True)
            # Once more: a library that was just opened may write its lock while the folder is deleted.
            files.callback(shutil.rmtree, name.name, ignore_errors=True)
            folder = Path(files.enter_context(name))
            if written:
                shutil.copyfile(store / written, folder / written)
        except OSError as error:
            if error.filename and Path(error.filename).is_relative_to(store):
                raise
            message = f"Temporary files cannot be written ({error.strerror}); set TMPDIR to a folder with free space."
            raise UserError(message) from error
        try:
            for path in store.resolve().iterdir():
                if path.name != written and not path.name.endswith(".lock"):
                    (folder / path.name).symlink_to(path)
        except OSError:
            folder = store
        yield folder


def delete_unless_held(generation: Path) -> None:
    """Delete a generation that nobody reads, its manifest first, so that nobody opens it meanwhile."""
    manifest = generation / MANIFEST
    if fcntl and manifest.exists():  # An unfinished one has no readers.
        with manifest.open("rb") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            manifest.unlink()
    shutil.rmtree(generation, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class FileSum:
    """A file's size in bytes, and the sha256 of its bytes."""

    size: int
    sum: str


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
        if size != expected.size or (read and _sum(folder / name) != expected.sum):
            message = f"{name} is not as it was written"
            raise ValueError(message)


def _sum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
