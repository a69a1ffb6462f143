"""Making generations: one builder at a time, a new one whole, live at once, and old ones deleted."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path

from corpus import UserError
from index.generation import CURRENT, current, generation_folder

try:
    import fcntl
except ImportError:  # Windows refuses to delete a file in use, so there readers need no lock.
    fcntl = None  # type: ignore[assignment]


@contextlib.contextmanager
def building(index: Path) -> Iterator[None]:
    """Hold the index for one builder. The kernel lets go when the process ends, however it ends.

    Raises UserError where another builder has it, or where the folder cannot be written.
    """
    import filelock

    try:
        index.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(index / "build.lock", timeout=0):
            yield
    except filelock.Timeout as error:
        message = f"Another build of “{index}” is running; wait until it has ended."
        raise UserError(message) from error
    except OSError as error:
        if not isinstance(error.filename, str) or not Path(error.filename).is_relative_to(index):
            raise
        message = (
            f"The index folder “{index}” cannot be written ({error.strerror});"
            " give yourself the right to, or name another with --index."
        )
        raise UserError(message) from error


@contextlib.contextmanager
def unpublished(index: Path) -> Iterator[Path]:
    """The folder of a new generation; removed again when the block fails."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{secrets.token_hex(3)}"
    folder = generation_folder(index, name)
    folder.mkdir(parents=True)
    try:
        yield folder
    except BaseException:
        if current(index) != name:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def publish(index: Path, name: str) -> str:
    """Make a complete generation the live one, and return the name of the one that it replaces, empty for none.

    Its files reach the disk first, then CURRENT is replaced at once.
    """
    replaced = current(index)
    folder = generation_folder(index, name)
    for path in (*sorted(folder.rglob("*")), folder, folder.parent):
        _flush(path)
    temporary = index / f"{CURRENT}.new"
    temporary.write_text(f"{name}\n", "utf-8")
    _flush(temporary)
    temporary.replace(index / CURRENT)
    _flush(index)
    return replaced


def remove_old(index: Path, keep: Collection[str]) -> None:
    """Delete all generations but those to keep and those that a reader has open."""
    for folder in sorted((index / "generations").iterdir()):
        if folder.name not in keep:
            _delete(folder)


def _flush(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders, and flushes only what it may write.
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _delete(folder: Path) -> None:
    """Delete a generation that no reader holds, its manifest first, so that none takes hold of it meanwhile."""
    manifest = folder / "manifest.json"
    if fcntl and manifest.exists():  # An unfinished one has no readers.
        with manifest.open("rb") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            manifest.unlink()
    shutil.rmtree(folder, ignore_errors=True)
