"""Opening the archive of an index: once, or to stay with it while it is rebuilt."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from corpus import Settings, UserError
from index.generations.generation import Generation, current
from index.generations.manifest import Fingerprint
from index.local import LocalArchive
from index.models.embedder import Embedder
from index.opensearch.live import LiveStore

# A use waits no longer than this for a new generation to be opened; until it is, the one before serves.
_SECONDS_TO_WAIT = 0.25
# What could not be used is tried again after so long: its files may only have been out of reach.
_SECONDS_BETWEEN_TRIES = 30.0


class LiveArchive:
    """The archive of an index that is rebuilt now and then: each use is of the newest sound generation.

    Safe from many threads. A generation that was replaced is closed when its last use has ended. `notice` says in a
    sentence why the newest generation cannot be used; empty while it can.
    """

    def __init__(self, settings: Settings, fingerprint: Fingerprint | None = None) -> None:
        """Open the index of the settings; UserError where there is none, or one of another fingerprint."""
        self._index, self._fingerprint = settings.index, fingerprint
        self._lock = threading.Lock()
        self._seen = current(self._index)
        self._live = _opened(self._index, self._fingerprint)
        self.notice = ""
        self._next_try = 0.0
        self._uses: Counter[LocalArchive] = Counter()
        self._closed = False

    @contextlib.contextmanager
    def use(self) -> Iterator[LocalArchive]:
        """The archive as it is now, until the block ends; ValueError when closed."""
        self._follow()
        with self._lock:
            if self._closed:
                message = "the retriever is closed"
                raise ValueError(message)
            archive = self._live
            self._uses[archive] += 1
        try:
            yield archive
        finally:
            with self._lock:
                self._uses[archive] -= 1
                self._close_unused(archive)

    def open_vectors(self) -> None:
        """Open the vectors before the first question needs them."""
        with self.use() as archive:
            _ = archive.generation.vector_store

    def close(self) -> None:
        """Let go of the index as soon as its last use has ended."""
        with self._lock:
            self._closed = True
            self._close_unused(self._live)

    def _close_unused(self, archive: LocalArchive) -> None:
        """Close an archive that nobody uses or will use; the caller holds the lock."""
        if not self._uses[archive]:
            del self._uses[archive]
            if self._closed or archive is not self._live:
                archive.generation.close()

    def _follow(self) -> None:
        """Open what CURRENT names now, in a thread, so that a large one keeps no question waiting for long."""
        try:
            name = current(self._index)
        except UserError as error:
            self.notice = error.message
            return
        with self._lock:
            again = self.notice and time.monotonic() > self._next_try
            if self._closed or not name or (name == self._seen and not again):
                return
            self._seen, self._next_try = name, time.monotonic() + _SECONDS_BETWEEN_TRIES
        opening = threading.Thread(target=self._open_newer, name="dateline-follow", daemon=True)
        opening.start()
        opening.join(_SECONDS_TO_WAIT)

    def _open_newer(self) -> None:
        """Open the generation that is live now, with its vectors; if it cannot be used, say why in `notice`."""
        try:
            opened = _opened(self._index, self._fingerprint, vectors=True)
        except UserError as error:
            self.notice = error.message
            return
        with self._lock:
            self._seen, self.notice = opened.generation.manifest.name, ""
            replaced, self._live = self._live, opened
            for archive in (replaced, opened):
                self._close_unused(archive)


def _opened(index: Path, fingerprint: Fingerprint | None, *, vectors: bool = False) -> LocalArchive:
    """The archive of the live generation, which is closed if that cannot be used."""
    generation = Generation.open(index, fingerprint)
    try:
        if vectors:
            _ = generation.vector_store
        return LocalArchive(generation)
    except UserError:
        generation.close()
        raise


# An archive that is rebuilt now and then, wherever it is: each use is of the newest sound state of it.
Live: TypeAlias = LiveArchive | LiveStore


def live_archive(settings: Settings, embedder: Embedder | None = None, *, any_model: bool = False) -> Live:
    """The archive of the settings, wherever it is; UserError where there is none.

    UserError as well where another model made it than that of the settings or `embedder`, unless `any_model` will do.
    """
    fingerprint = None if any_model else Fingerprint.of(settings, embedder)
    return LiveStore(settings, fingerprint) if settings.store else LiveArchive(settings, fingerprint)
