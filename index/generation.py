"""The generations of an index on disk: which one is live, opening it, making room for the next.

<index>/CURRENT                  the name of the live generation
<index>/generations/<name>/      chroma/, vectors.npy, keywords/, articles.db, manifest.json
"""

import contextlib
import os
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

import filelock
import numpy as np

from corpus import UserError
from index.articles import ArticleStore
from index.keywords import KeywordIndex
from index.manifest import FORMAT, Fingerprint, Manifest
from index.vectors import VectorStore

if TYPE_CHECKING:
    from index.embedder import Vectors

try:
    import fcntl
except ImportError:  # Windows refuses to delete a file in use, so there readers need no lock.
    fcntl = None  # type: ignore[assignment]

CURRENT = "CURRENT"
# The live generation and the one before it, which `rollback` goes back to.
_KEPT = 2


class Generation:
    """A generation opened for reading; while it is open, no builder deletes it."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        """Open the stores; OSError, ValueError or sqlite3's errors where a file is missing or damaged."""
        self.folder = folder
        self.manifest = manifest
        self._in_use = _hold(folder)
        self.articles = ArticleStore.open(folder / "articles.db")
        self.table = self.articles.table()
        self.vectors: Vectors = np.load(folder / "vectors.npy", mmap_mode="r")
        self.keywords = KeywordIndex(folder / "keywords", manifest.fingerprint.language)
        self._vector_store: VectorStore | None = None
        self._opening = threading.Lock()

    @classmethod
    def open(cls, index: Path, fingerprint: Fingerprint | None = None) -> Self:
        """Open the live generation.

        Raises UserError where there is none, or where it was made in another format or, given a fingerprint, with
        another model, encoding or chunk size.
        """
        manifest = live_manifest(index)
        refuse_other_settings(index, manifest, fingerprint)
        try:
            return cls(generation_folder(index, manifest.name), manifest)
        except (OSError, ValueError, sqlite3.Error) as error:
            raise damaged(index, error) from error

    @property
    def vector_store(self) -> VectorStore:
        """The vectors in Chroma, opened on first use, since keyword answers do not need it."""
        with self._opening:
            if self._vector_store is None:
                self._vector_store = VectorStore(self.folder / "chroma")
            return self._vector_store

    def close(self) -> None:
        """Let go of all files."""
        if self._vector_store:
            self._vector_store.close()
        self.articles.close()
        if self._in_use:
            self._in_use.close()


def live_manifest(index: Path) -> Manifest:
    """The manifest of the live generation; UserError where there is none, or a damaged one."""
    name = current(index)
    if not name:
        message = f"There is no index in “{index}”; make one with: python -m index --index {index}"
        raise UserError(message)
    try:
        return Manifest.read(generation_folder(index, name))
    except (OSError, ValueError) as error:
        raise damaged(index, error) from error


def damaged(index: Path, error: Exception) -> UserError:
    """The error that says so, and how to mend it."""
    return UserError(f"The index in “{index}” is damaged ({error}); mend it with: {rebuild_command(index)}")


def rebuild_command(index: Path) -> str:
    """The command that makes an index anew."""
    return f"python -m index --full --index {index}"


def refuse_other_settings(index: Path, manifest: Manifest, fingerprint: Fingerprint | None) -> None:
    """UserError where the generation is in another format, or its vectors cannot be used with these settings."""
    if manifest.format != FORMAT:
        message = f"The index in “{index}” has another format ({manifest.format}); rebuild it: {rebuild_command(index)}"
        raise UserError(message)
    if fingerprint and (conflict := fingerprint.conflict(manifest.fingerprint)):
        message = f"The index in “{index}” was made with {conflict}; rebuild it with: {rebuild_command(index)}"
        raise UserError(message)


def current(index: Path) -> str:
    """The name of the live generation; empty when there is none."""
    try:
        return (index / CURRENT).read_text("utf-8").strip()
    except FileNotFoundError:
        return ""


def generation_folder(index: Path, name: str) -> Path:
    """Where the generation of that name lies."""
    return index / "generations" / name


@contextlib.contextmanager
def building(index: Path) -> Iterator[None]:
    """Hold the index for one builder. The kernel lets go when the process ends, however it ends.

    Raises UserError where another builder has it, or where the folder cannot be written.
    """
    try:
        index.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(index / "build.lock", timeout=0)
        with lock:
            yield
    except filelock.Timeout as error:
        message = f"Another build of “{index}” is running; wait until it has ended."
        raise UserError(message) from error
    except PermissionError as error:
        message = (
            f"The index folder “{index}” cannot be written; give yourself the right to, or name another with --index."
        )
        raise UserError(message) from error


@contextlib.contextmanager
def unpublished(index: Path) -> Iterator[Path]:
    """The folder of a new generation; removed again when the block fails."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    folder = generation_folder(index, name)
    folder.mkdir(parents=True)
    try:
        yield folder
    except BaseException:
        if current(index) != name:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def publish(index: Path, name: str) -> None:
    """Make a complete generation the live one: its files reach the disk first, then CURRENT is replaced at once."""
    folder = generation_folder(index, name)
    for file in sorted(folder.rglob("*")):
        _flush(file)
    _flush(folder)
    temporary = index / f"{CURRENT}.new"
    temporary.write_text(f"{name}\n", "utf-8")
    _flush(temporary)
    temporary.replace(index / CURRENT)
    _flush(index)


def remove_old(index: Path) -> None:
    """Delete all but the live generation and the newest complete one before it, save what a reader has open."""
    live = current(index)
    folders = sorted((index / "generations").iterdir(), reverse=True)
    complete = [folder for folder in folders if folder.name != live and (folder / "manifest.json").exists()]
    kept = {live, *(folder.name for folder in complete[: _KEPT - 1])}
    for folder in folders:
        if folder.name not in kept and not _in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _flush(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _hold(folder: Path) -> IO[bytes] | None:
    """A shared lock on the generation, held until the file is closed."""
    if fcntl is None:
        return None
    stream = (folder / "manifest.json").open("rb")
    fcntl.flock(stream, fcntl.LOCK_SH)
    return stream


def _in_use(folder: Path) -> bool:
    """Whether a reader holds the generation; an unfinished one has no readers, nor has one on Windows to be asked."""
    if fcntl is None or not (folder / "manifest.json").exists():
        return False
    with (folder / "manifest.json").open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
