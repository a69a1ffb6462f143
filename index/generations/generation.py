"""The generations of an index on disk: which one is live, and opening it.

<index>/CURRENT                  the name of the live generation
<index>/generations/<name>/      chroma/, vectors.npy, keywords/, articles.db, manifest.json
"""

import contextlib
import shlex
import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

from corpus import UserError
from index.generations.holding import MANIFEST, held, left_alone
from index.generations.manifest import Fingerprint, Manifest, OtherFormatError
from index.generations.sums import check_files
from index.generations.verifying import lost_share
from index.stores.articles import ArticleStore
from index.stores.keywords import KeywordIndex
from index.stores.vectors import DATABASE, VectorStore, mapped_vectors

if TYPE_CHECKING:
    from index.models.embedder import Vectors

CURRENT = "CURRENT"
_SAMPLES_AT_OPENING = 5
_MOST_LOST_AT_OPENING = 0.4
_DAMAGE = (OSError, EOFError, ValueError, sqlite3.Error)


class NoIndexError(UserError):
    """There is no generation at all."""


class DamagedError(UserError):
    """A generation whose files are not what they were when it was published, with the command that mends it."""


class Generation:
    """A generation opened for reading; while it is open, no builder deletes it."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        """Open the stores; OSError, EOFError, ValueError or sqlite3's errors where a file is missing or damaged."""
        self.folder = folder
        self.manifest = manifest
        with contextlib.ExitStack() as files:
            files.enter_context(held(folder))
            # A library that opens a file cut short may take the whole process with it.
            check_files(folder, manifest.files)
            self.articles = files.enter_context(contextlib.closing(ArticleStore.open(folder / "articles.db")))
            self.table = self.articles.table()
            self.vectors: Vectors = mapped_vectors(folder, len(self.table.article))
            keywords = files.enter_context(left_alone(folder / "keywords"))
            self.keywords = KeywordIndex(keywords, manifest.fingerprint.language)
            _agree("articles", len(self.table.days), manifest.report.articles)
            for count in (len(self.table.article), len(self.vectors), self.keywords.count):
                _agree("chunks", count, manifest.report.chunks)
            self._files = files.pop_all()
        self._vector_store: VectorStore | None = None
        self._opening = threading.Lock()

    @classmethod
    def open(cls, index: Path, fingerprint: Fingerprint | None = None, name: str = "") -> Self:
        """Open the generation of that name, by default the live one.

        Raises UserError where there is none, or where it was made in another format or, given a fingerprint, with
        another model, encoding or chunk size; DamagedError where it is damaged.
        """
        manifest = _manifest(index, name) if name else live_manifest(index)
        if fingerprint:
            refuse_other_settings(index, manifest, fingerprint)
        folder = generation_folder(index, manifest.name)
        try:
            return cls(folder, manifest)
        except _DAMAGE as error:
            if not name and current(index) != manifest.name:  # Replaced, and deleted while it was being opened.
                return cls.open(index, fingerprint)
            raise _damaged(index, error, manifest.corpus) from error

    @property
    def vector_store(self) -> VectorStore:
        """The vectors in Chroma, opened on first use, since keyword answers do not need it; DamagedError if damaged."""
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
                folder = files.enter_context(left_alone(self.folder / "chroma", DATABASE))
                store = files.enter_context(contextlib.closing(VectorStore(folder)))
                _agree("vectors", store.count, self.articles.distinct())
                unreached = self.manifest.unreached
                lost = lost_share(store, self.articles, self.vectors, _SAMPLES_AT_OPENING, unreached)
                if lost > _MOST_LOST_AT_OPENING:
                    message = "vectors are not found"
                    raise ValueError(message)
                self._files.enter_context(files.pop_all())
        except (OSError, ValueError) as error:
            raise _damaged(self.folder.parent.parent, error, self.manifest.corpus) from error
        return store


def last_sound(index: Path, fingerprint: Fingerprint | None = None) -> tuple[Generation, str]:
    """The live generation; where it is damaged, the newest other one, and a notice that says so.

    Raises UserError as `Generation.open`; DamagedError where no generation is sound.
    """
    try:
        return Generation.open(index, fingerprint), ""
    except DamagedError as error:
        return older_sound(index, fingerprint, error)


def older_sound(
    index: Path, fingerprint: Fingerprint | None, error: DamagedError, damaged: str = ""
) -> tuple[Generation, str]:
    """The newest generation that is sound, in the place of a damaged one, and a notice; the error where none is."""
    for name in complete_generations(index):
        with contextlib.suppress(UserError):
            if name != damaged:
                older = Generation.open(index, fingerprint, name)
                return older, f"{error} Until then the state of {older.manifest.built:%Y-%m-%d %H:%M} UTC serves."
    raise error


def sound_manifest(index: Path, fingerprint: Fingerprint) -> Manifest | None:
    """The manifest of the live generation; None where there is none, or a file of it is damaged.

    UserError where it was made in another format, or with another model, encoding or chunk size.
    """
    try:
        manifest = live_manifest(index)
    except (NoIndexError, DamagedError):
        return None
    refuse_other_settings(index, manifest, fingerprint)
    return None if damage(generation_folder(index, manifest.name)) else manifest


def damage(generation: Path) -> str:
    """What is wrong with the files of a complete generation, empty where they are as they were written."""
    try:
        check_files(generation, Manifest.read(generation).files)
    except _DAMAGE as error:
        return str(error)
    return ""


def live_manifest(index: Path) -> Manifest:
    """The manifest of the live generation; NoIndexError where there is none, UserError where it has another format.

    DamagedError where it, or the name of the live generation, cannot be read.
    """
    name = current(index)
    if not name and not complete_generations(index):
        message = f"There is no index in “{index}”; make one with: {sync_command(index)}"
        raise NoIndexError(message)
    return _manifest(index, name)


def _manifest(index: Path, name: str) -> Manifest:
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
        raise _damaged(index, error) from error


def _damaged(index: Path, error: Exception, corpus: str = "") -> DamagedError:
    command = sync_command(index, corpus, full=True)
    return DamagedError(f"The index in “{index}” is damaged ({error}); mend it with: {command}")


def complete_generations(index: Path) -> list[str]:
    """The names of all generations that were written to their end, the newest first."""
    return sorted((file.parent.name for file in (index / "generations").glob(f"*/{MANIFEST}")), reverse=True)


def sync_command(index: Path, corpus: str = "", *, full: bool = False, action: str = "") -> str:
    """The command that brings an index to what its corpus holds, where that is known; `full` makes it anew."""
    words = ["python", "-m", "index", *([action] if action else []), *(["--full"] if full else [])]
    return shlex.join([*words, *(["--corpus", corpus] if corpus else []), "--index", str(index)])


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
