"""The generations of an index on disk: which one is live, and opening it.

<index>/CURRENT                  the name of the live generation
<index>/generations/<name>/      chroma/, vectors.npy, keywords/, articles.db, manifest.json
"""

import contextlib
import os
import shlex
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from corpus import UserError
from index.articles import ArticleStore
from index.keywords import KeywordIndex
from index.manifest import Fingerprint, Manifest, OtherFormatError
from index.vectors import VectorStore

if TYPE_CHECKING:
    from index.embedder import Vectors

try:
    import fcntl
except ImportError:  # Windows refuses to delete a file in use, so there readers need no lock.
    fcntl = None  # type: ignore[assignment]

CURRENT = "CURRENT"


class Generation:
    """A generation opened for reading; while it is open, no builder deletes it."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        """Open the stores; OSError, EOFError, ValueError or sqlite3's errors where a file is missing or damaged."""
        self.folder = folder
        self.manifest = manifest
        with contextlib.ExitStack() as files:
            files.enter_context(_held(folder))
            self.articles = files.enter_context(contextlib.closing(ArticleStore.open(folder / "articles.db")))
            self.table = self.articles.table()
            self.vectors: Vectors = np.load(folder / "vectors.npy", mmap_mode="r")
            self.keywords = KeywordIndex(folder / "keywords", manifest.fingerprint.language)
            _agree("articles", len(self.table.days), manifest.report.articles)
            for count in (len(self.table.article), len(self.vectors), self.keywords.count):
                _agree("chunks", count, manifest.report.chunks)
            self._files = files.pop_all()
        self._vector_store: VectorStore | None = None
        self._opening = threading.Lock()

    @classmethod
    def open(cls, index: Path, fingerprint: Fingerprint | None = None) -> Self:
        """Open the live generation.

        Raises UserError where there is none, or where it was made in another format or, given a fingerprint, with
        another model, encoding or chunk size.
        """
        manifest = live_manifest(index)
        if fingerprint:
            refuse_other_settings(index, manifest, fingerprint)
        folder = generation_folder(index, manifest.name)
        _refuse_read_only(index, folder)
        try:
            return cls(folder, manifest)
        except (OSError, EOFError, ValueError, sqlite3.Error) as error:
            if current(index) != manifest.name:  # Replaced, and deleted while it was being opened.
                return cls.open(index, fingerprint)
            raise damaged(index, error, manifest.corpus) from error

    @property
    def vector_store(self) -> VectorStore:
        """The vectors in Chroma, opened on first use, since keyword answers do not need it; UserError if damaged."""
        with self._opening:
            if self._vector_store is None:
                self._vector_store = self._opened_vectors()
            return self._vector_store

    @property
    def vector_store_open(self) -> bool:
        """Whether the vectors in Chroma have been used."""
        return self._vector_store is not None

    def close(self) -> None:
        """Let go of all files."""
        self._files.close()

    def _opened_vectors(self) -> VectorStore:
        try:
            with contextlib.ExitStack() as files:
                store = files.enter_context(contextlib.closing(VectorStore(self.folder / "chroma")))
                _agree("chunks", store.count, self.manifest.report.chunks)
                self._files.enter_context(files.pop_all())
        except (OSError, ValueError) as error:
            raise damaged(self.folder.parent.parent, error, self.manifest.corpus) from error
        return store


def live_manifest(index: Path) -> Manifest:
    """The manifest of the live generation; UserError where there is none, a damaged one, or one of another format."""
    name = current(index)
    if not name:
        message = f"There is no index in “{index}”; make one with: {sync_command(index)}"
        raise UserError(message)
    try:
        return Manifest.read(generation_folder(index, name))
    except OtherFormatError as error:
        message = (
            f"The index in “{index}” has another format ({error}); rebuild it with: {sync_command(index, full=True)}"
        )
        raise UserError(message) from error
    except (OSError, ValueError) as error:
        if current(index) != name:  # Replaced, and deleted while it was being read.
            return live_manifest(index)
        raise damaged(index, error) from error


def damaged(index: Path, error: Exception, corpus: str = "") -> UserError:
    """The error that says so, and how to mend it."""
    command = sync_command(index, corpus, full=True)
    return UserError(f"The index in “{index}” is damaged ({error}); mend it with: {command}")


def sync_command(index: Path, corpus: str = "", *, full: bool = False) -> str:
    """The command that brings an index to what its corpus holds, where that is known; `full` makes it anew."""
    words = ["python", "-m", "index", *(["--full"] if full else []), *(["--corpus", corpus] if corpus else [])]
    return shlex.join([*words, "--index", str(index)])


def refuse_other_settings(index: Path, manifest: Manifest, fingerprint: Fingerprint) -> None:
    """UserError where the generation's vectors cannot be used with these settings."""
    if conflict := fingerprint.conflict(manifest.fingerprint):
        command = sync_command(index, manifest.corpus, full=True)
        message = f"The index in “{index}” was made with {conflict}; rebuild it with: {command}"
        raise UserError(message)


def current(index: Path) -> str:
    """The name of the live generation; empty when there is none. UserError where one may not look."""
    try:
        return (index / CURRENT).read_text("utf-8", errors="replace").strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except PermissionError as error:
        message = (
            f"The index folder “{index}” cannot be read; give yourself the right to, or name another with --index."
        )
        raise UserError(message) from error


def generation_folder(index: Path, name: str) -> Path:
    """Where the generation of that name lies."""
    return index / "generations" / name


def _agree(what: str, count: int, expected: int) -> None:
    if count != expected:
        message = f"{count} {what} instead of {expected}"
        raise ValueError(message)


def _refuse_read_only(index: Path, folder: Path) -> None:
    """UserError where tantivy and Chroma, which keep locks beside what they read, could not."""
    if any((folder / store).is_dir() and not os.access(folder / store, os.W_OK) for store in ("keywords", "chroma")):
        message = (
            f"The index in “{index}” can be opened only by who may also write it, since its stores keep locks there;"
            " give yourself the right to, or copy it and name the copy with --index."
        )
        raise UserError(message)


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """A shared lock on the generation; FileNotFoundError where it is deleted before the lock is had."""
    with (folder / "manifest.json").open("rb") as stream:
        if fcntl:
            fcntl.flock(stream, fcntl.LOCK_SH)
            (folder / "manifest.json").stat()
        yield
