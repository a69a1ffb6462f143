"""The live generation of an index, for readers that stay: opened once, and again whenever another one is published."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from corpus import UserError
from index.generation import Generation, current
from index.manifest import Fingerprint


class LiveGeneration:
    """Lends the live generation to many threads, and closes a replaced one when its last query has ended."""

    def __init__(self, index: Path, fingerprint: Fingerprint) -> None:
        """Open the live generation; UserError where there is none that fits."""
        self._index = index
        self._fingerprint = fingerprint
        self._lock = threading.Lock()
        self._users: dict[Generation, int] = {}
        self._live = Generation.open(index, fingerprint)
        self._seen = self._live.manifest.name
        # Why a newer generation cannot be used, in a sentence; empty while there is none such.
        self.notice = ""

    @contextlib.contextmanager
    def use(self) -> Iterator[Generation]:
        """The live generation, kept open until the block ends."""
        generation = self._take()
        try:
            yield generation
        finally:
            self._give_back(generation)

    def close(self) -> None:
        """Close the generation as soon as the last query on it has ended."""
        with self._lock:
            if not self._users.get(self._live):
                self._live.close()
            self._seen = ""

    def _take(self) -> Generation:
        with self._lock:
            if self._seen == "":
                message = "the retriever is closed"
                raise ValueError(message)
            self._follow()
            self._users[self._live] = self._users.get(self._live, 0) + 1
            return self._live

    def _give_back(self, generation: Generation) -> None:
        with self._lock:
            self._users[generation] -= 1
            if not self._users[generation]:
                del self._users[generation]
                if generation is not self._live or self._seen == "":
                    generation.close()

    def _follow(self) -> None:
        """Open what CURRENT names now; one that cannot be used leaves the last one in place, with a notice."""
        try:
            name = current(self._index)
            if name in ("", self._seen):
                return
            self._seen = name
            opened = self._opened()
        except UserError as error:
            self.notice = str(error)
            return
        self.notice = ""
        self._seen = opened.manifest.name
        if not self._users.get(self._live):
            self._live.close()
        self._live = opened

    def _opened(self) -> Generation:
        """The generation that is live now, its vectors too where they are in use."""
        opened = Generation.open(self._index, self._fingerprint)
        if self._live.vector_store_open:
            try:
                _ = opened.vector_store
            except UserError:
                opened.close()
                raise
        return opened
