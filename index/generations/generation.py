"""The generations of an index on disk: which one is live, and opening it.

<index>/CURRENT                  the name of the live generation
<index>/generations/<name>/      chroma/, vectors.npy, keywords/, articles.db, manifest.json
"""

import contextlib
import shlex
import sqlite3
import threading
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from corpus import UserError
from corpus.message import Message
from index.generations.forgotten import forgotten
from index.generations.holding import MANIFEST, check_files, held, readable
from index.generations.manifest import FORMAT, Fingerprint, Manifest
from index.stores.articles import ArticleStore
from index.stores.keywords import KeywordIndex
from index.stores.vectors import DATABASE, VectorStore, mapped_vectors

if TYPE_CHECKING:
    from index.models.embedder import Vectors

CURRENT = "CURRENT"
_DAMAGE = (OSError, EOFError, ValueError, sqlite3.Error)


class NoIndexError(UserError):
    """There is no generation at all."""


class DamagedError(UserError):
    """The files of a generation have changed since it was published; the message names the command that rebuilds it."""


class Generation:
    """A generation opened for reading; while it is open, no builder deletes it."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        """Open the stores; OSError, EOFError, ValueError or sqlite3's errors if a file is missing or damaged.

        UserError if there is no room for temporary files.
        """
        self.folder = folder
        self.manifest = manifest
        self._opening = threading.Lock()
        with contextlib.ExitStack() as files:
            files.enter_context(held(folder))
            check_files(folder, manifest.files)
            self.articles = files.enter_context(contextlib.closing(ArticleStore.open(folder / "articles.db")))
            self.table = self.articles.table()
            self.vectors: Vectors = mapped_vectors(folder, len(self.table.article))
            self._files = files.pop_all()

    @classmethod
    def open(cls, index: Path, fingerprint: Fingerprint | None = None, name: str = "") -> Self:
        """Open the generation of that name, by default the live one.

        Raises UserError if there is none, or if it was made by a version with another format or, given a fingerprint,
        with another model, encoding or chunk size; DamagedError if it is damaged.
        """
        manifest = live_manifest(index, name)
        if name and manifest.forgotten != forgotten(index):
            raise damaged(index, ValueError("it holds articles that were taken down"), manifest.corpus)
        made_with = fingerprint.conflict(manifest.fingerprint) if fingerprint else ""
        if manifest.format != FORMAT:
            made_with = f"another version of Dateline (format {manifest.format})"
        if made_with:
            command = sync_command(index, manifest.corpus, full=True)
            form = "The index in “%(index)s” was made with %(conflict)s; rebuild it with: %(command)s"
            raise UserError(Message(form, index=str(index), conflict=made_with, command=command))
        try:
            return cls(generation_folder(index, manifest.name), manifest)
        except _DAMAGE as error:
            if not name and current(index) != manifest.name:  # Replaced, and deleted while it was being opened.
                return cls.open(index, fingerprint)
            raise damaged(index, error, manifest.corpus) from error

    @property
    def keywords(self) -> KeywordIndex:
        """The keywords in tantivy, opened on first use; DamagedError if damaged."""
        with self._first_use():
            return self._keywords

    @property
    def vector_store(self) -> VectorStore:
        """The same for the vectors in Chroma, which keyword answers do not need."""
        with self._first_use():
            return self._vector_store

    def close(self) -> None:
        """Close all files."""
        self._files.close()

    @contextlib.contextmanager
    def _first_use(self) -> Iterator[None]:
        with self._opening:
            try:
                yield
            except (OSError, ValueError) as error:
                raise damaged(self.folder.parent.parent, error, self.manifest.corpus) from error

    @cached_property
    def _keywords(self) -> KeywordIndex:
        folder = self._files.enter_context(readable(self.folder / "keywords"))
        return KeywordIndex(folder, self.manifest.fingerprint.language)

    @cached_property
    def _vector_store(self) -> VectorStore:
        folder = self._files.enter_context(readable(self.folder / "chroma", DATABASE))
        return self._files.enter_context(contextlib.closing(VectorStore(folder)))


def live_manifest(index: Path, name: str = "") -> Manifest:
    """The manifest of a generation, by default the live one; NoIndexError if there is none, DamagedError if damaged."""
    wanted = name or current(index)
    if not wanted and not complete_generations(index):
        message = f"There is no index in “{index}”; make one with: {sync_command(index)}"
        raise NoIndexError(message)
    try:
        return Manifest.read(generation_folder(index, wanted))
    except (OSError, ValueError) as error:
        if not name and current(index) != wanted:  # Replaced, and deleted while it was being read.
            return live_manifest(index)
        raise damaged(index, error) from error


def damaged(index: Path, error: Exception, corpus: str = "") -> DamagedError:
    """The error for an index that is damaged in that way, with the command that rebuilds it."""
    command = sync_command(index, corpus, full=True)
    form = "The index in “%(index)s” is damaged (%(why)s); rebuild it with: %(command)s"
    return DamagedError(Message(form, index=str(index), why=str(error), command=command))


def sync_command(index: Path, corpus: str = "", *, full: bool = False, action: str = "") -> str:
    """The command that updates an index from its corpus, which is named if known; `full` builds it anew."""
    words = ["python", "-m", "index", *([action] if action else []), *(["--full"] if full else [])]
    return shlex.join([*words, *(["--corpus", corpus] if corpus else []), "--index", str(index)])


def complete_generations(index: Path) -> list[str]:
    """The names of all generations that were written completely, the newest first."""
    return sorted((file.parent.name for file in (index / "generations").glob(f"*/{MANIFEST}")), reverse=True)


def earlier_generations(index: Path) -> list[str]:
    """The names of those that were live before the live one, the last first; without any that was gone back from."""
    history = [current(index)]
    for name in complete_generations(index):
        if name < history[-1] and name <= _replaced_by(index, history[-1]):
            history.append(name)
    return history[1:]


def _replaced_by(index: Path, name: str) -> str:
    """The name of the generation that this one replaced; its own where that is not known."""
    try:
        return Manifest.read(generation_folder(index, name)).replaced or name
    except (OSError, ValueError):
        return name


def current(index: Path) -> str:
    """The name of the live generation; empty if there is none. UserError if the folder may not be read."""
    try:
        return (index / CURRENT).read_text("utf-8", errors="replace").strip()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return ""
    except PermissionError as error:
        message = (
            f"The index folder “{index}” cannot be read (permission denied); fix its permissions, or name another"
            " with --index."
        )
        raise UserError(message) from error


def generation_folder(index: Path, name: str) -> Path:
    """The folder of the generation of that name."""
    return index / "generations" / name
