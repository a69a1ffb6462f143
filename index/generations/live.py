"""The live generation of an index, for readers that stay: opened once, and again whenever another one is published."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from corpus import UserError
from index.generations.generation import Generation, current, last_sound
from index.generations.manifest import Fingerprint

# A query waits no longer than this for a new generation to be opened; until it is, the one before serves.
_SECONDS_TO_WAIT = 0.25


class LiveGeneration:
    """Lends the live generation to many threads, and closes a replaced one when its last query has ended."""

    def __init__(self, index: Path, fingerprint: Fingerprint) -> None:
        """Open the live generation, or the newest that is not damaged; UserError if there is none that fits."""
        self._index = index
        self._fingerprint = fingerprint
        self._lock = threading.Lock()
        self._users: dict[Generation, int] = {}
        self._seen = current(index)
        # Why the newest generation cannot be used, in a sentence; empty if it can.
        self._live, self.notice = last_sound(index, fingerprint)
        self._closed = False

    @contextlib.contextmanager
    def use(self) -> Iterator[Generation]:
        """The live generation, kept open until the block ends."""
        self._follow()
        with self._lock:
            if self._closed:
                message = "the retriever is closed"
                raise ValueError(message)
            generation = self._live
            self._users[generation] = self._users.get(generation, 0) + 1
        try:
            yield generation
        finally:
            self._give_back(generation)

    def open_vectors(self) -> None:
        """Open the vectors in Chroma before the first query needs them."""
        with self.use() as generation:
            _ = generation.vector_store

    def close(self) -> None:
        """Close the generation as soon as the last query on it has ended."""
        with self._lock:
            if not self._closed and not self._users.get(self._live):
                self._live.close()
            self._closed = True

    def _give_back(self, generation: Generation) -> None:
        with self._lock:
            self._users[generation] -= 1
            if not self._users[generation]:
                del self._users[generation]
                if generation is not self._live or self._closed:
                    generation.close()

    def _follow(self) -> None:
        """Open what CURRENT names now, in a thread, so that a large one keeps no query waiting for long."""
        try:
            name = current(self._index)
        except UserError as error:
            self.notice = str(error)
            return
        with self._lock:
            if self._closed or name in ("", self._seen):
                return
            self._seen = name
        opening = threading.Thread(target=self._open_newer, name="dateline-follow", daemon=True)
        opening.start()
        opening.join(_SECONDS_TO_WAIT)

    def _open_newer(self) -> None:
        """Open the generation that is live now, its vectors too if they are in use; if it cannot be used, say why."""
        with contextlib.ExitStack() as files:
            try:
                opened = files.enter_context(contextlib.closing(Generation.open(self._index, self._fingerprint)))
                if self._live.vector_store_open:
                    _ = opened.vector_store
            except UserError as error:
                self.notice = str(error)
                return
            files.pop_all()
        with self._lock:
            self._seen, self.notice = opened.manifest.name, ""
            replaced, self._live = self._live, opened
            unused = opened if self._closed else replaced
            if not self._users.get(unused):
                unused.close()
