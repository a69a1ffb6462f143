"""Publishing generations: one builder at a time, a new one live at once, and old ones deleted."""

import contextlib
import errno
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from corpus import UserError
from corpus.message import Message
from index.audit import note
from index.generations.generation import CURRENT, Generation, current, earlier_generations, generation_folder
from index.generations.holding import delete_unless_held
from index.generations.manifest import Manifest

_FULL = (errno.ENOSPC, errno.EDQUOT)
# Where a write has failed and fewer bytes are left than this, the disk is full, whatever the library says.
_FULL_BYTES = 1_000_000


@contextlib.contextmanager
def building(index: Path) -> Iterator[None]:
    """Reserve the index for one builder; UserError if another builder has it, or if the folder cannot be written."""
    import filelock

    try:
        index.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(index / "build.lock", timeout=0):
            yield
    except filelock.Timeout as error:
        form = "Another build of “%(index)s” is running; wait until it ends."
        raise UserError(Message(form, index=str(index))) from error
    except sqlite3.OperationalError as error:
        raise cannot_be_written(index, error) from error
    except OSError as error:
        inside = isinstance(error.filename, str) and Path(error.filename).is_relative_to(index)
        if not inside and error.errno not in _FULL:
            raise
        raise cannot_be_written(index, error) from error


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


def publish(index: Path, name: str) -> None:
    """Make a complete generation the live one, once its files are on the disk."""
    folder = generation_folder(index, name)
    for path in (*sorted(folder.rglob("*")), folder, folder.parent):
        _flush(path)
    _make_live(index, name)


def roll_back(index: Path) -> Manifest:
    """Make the last sound generation before the live one live, and return its manifest; UserError if there is none."""
    with building(index):
        live = current(index)
        for name in earlier_generations(index):
            with contextlib.suppress(UserError), contextlib.closing(Generation.open(index, name=name)) as sound:
                _make_live(index, name)
                note(index, "rollback", generation=name, replaced=live)
                return sound.manifest
    message = f"There is no generation in “{index}” to go back to. The next build keeps the one that it replaces."
    raise UserError(message)


def remove_old(index: Path, keep: int) -> None:
    """Delete all generations but the live one, the last `keep` before it, and those that a reader has open."""
    kept = {current(index), *earlier_generations(index)[:keep]}
    for folder in sorted((index / "generations").iterdir()):
        if folder.name not in kept:
            delete_unless_held(folder)


def _make_live(index: Path, name: str) -> None:
    temporary = index / f"{CURRENT}.new"
    temporary.write_text(f"{name}\n", "utf-8")
    _flush(temporary)
    with contextlib.suppress(OSError):
        (index / CURRENT).rmdir()  # An empty folder of that name is in the way.
    temporary.replace(index / CURRENT)
    _flush(index)


def cannot_be_written(index: Path, error: Exception) -> UserError:
    """The error for an index folder that cannot be written, with what to do."""
    full = getattr(error, "errno", None) in _FULL or "disk is full" in str(error)
    full = full or (index.is_dir() and shutil.disk_usage(index).free < _FULL_BYTES)
    why = Message("the disk is full") if full else getattr(error, "strerror", None) or error
    form = (
        "The index folder “%(index)s” cannot be written (%(why)s); free disk space or fix its permissions, or name"
        " another with --index."
    )
    return UserError(Message(form, index=str(index), why=str(why)))


def _flush(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders, and flushes only what it may write.
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
