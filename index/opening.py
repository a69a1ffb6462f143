"""Opening the archive of an index: once, or to stay with it while it is rebuilt."""

import contextlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from corpus import Settings
from index.generations.generation import last_sound
from index.generations.live import LiveGeneration
from index.generations.manifest import Fingerprint
from index.local import LocalArchive
from index.models.embedder import Elsewhere, Embedder


class LiveArchive:
    """The archive of an index that is rebuilt now and then: each use is of the newest sound generation."""

    def __init__(self, settings: Settings, embedder: Embedder | None = None) -> None:
        """Open the index of the settings; UserError where there is none, or other settings made it."""
        self._live = LiveGeneration(settings.index, Fingerprint.of(settings, embedder))
        self._archive: LocalArchive | None = None

    @property
    def notice(self) -> str:
        """Why the newest generation cannot be used, in a sentence; empty while it can."""
        return self._live.notice

    @contextlib.contextmanager
    def use(self) -> Iterator[LocalArchive]:
        """The archive as it is now, until the block ends; ValueError when closed."""
        with self._live.use() as generation:
            archive = self._archive
            if archive is None or archive.generation is not generation:
                archive = self._archive = LocalArchive(generation)
            yield archive

    def check_model(self, embedder: Embedder) -> None:
        """UserError where the embedder's model runs on a server and is another than that of the vectors."""
        with self._live.use() as generation:
            if isinstance(embedder, Elsewhere) and generation.manifest.probe:
                embedder.check(generation.manifest.probe)

    def open_vectors(self) -> None:
        """Open the vectors before the first question needs them."""
        self._live.open_vectors()

    def close(self) -> None:
        """Let go of the index as soon as its last use has ended."""
        self._live.close()


@contextlib.contextmanager
def sound_archive(index: Path) -> Iterator[tuple[LocalArchive, str]]:
    """The archive of an index whatever model made it, and a notice where an older generation stands in."""
    generation, notice = last_sound(index)
    with closing(generation):
        yield LocalArchive(generation), notice
