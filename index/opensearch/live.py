"""The live edition of an archive on OpenSearch, for readers that stay."""

import contextlib
import time
from collections.abc import Iterator

from corpus import Settings, UserError
from index.generations.manifest import Fingerprint
from index.opensearch.archive import OpenSearchArchive
from index.opensearch.build import refuse_other_model
from index.opensearch.editions import Edition, live_edition
from index.opensearch.engine import Address, Engine

# How old an edition may be before it is asked whether there is a newer one.
_SECONDS_BETWEEN_LOOKS = 2.0
# Whoever asks is told after so long that the engine does not answer.
_PATIENCE = 10.0


class LiveStore:
    """Lends the archive to many threads; each use is of an edition that was live two seconds before at the earliest."""

    def __init__(self, settings: Settings, fingerprint: Fingerprint | None) -> None:
        """Open the archive; UserError where there is none, or one that was made with another model."""
        self.notice = ""
        self._engine, self._fingerprint, self._closed = engine_of(settings), fingerprint, False
        self._next_look = time.monotonic() + _SECONDS_BETWEEN_LOOKS
        self._archive = self._opened(live_edition(self._engine))

    @contextlib.contextmanager
    def use(self) -> Iterator[OpenSearchArchive]:
        """The archive as it is now; ValueError when closed."""
        if self._closed:
            message = "the retriever is closed"
            raise ValueError(message)
        if time.monotonic() > self._next_look:
            self._next_look = time.monotonic() + _SECONDS_BETWEEN_LOOKS
            self._follow(live_edition(self._engine, self._archive.edition))
        yield self._archive

    def open_vectors(self) -> None:
        """Ask for the sample of vectors before the first question needs it."""
        with self.use() as archive:
            _ = archive.sample

    def close(self) -> None:
        """Let go of the archive."""
        self._closed = True

    def _follow(self, edition: Edition) -> None:
        try:
            if edition is not self._archive.edition:
                self._archive, self.notice = self._opened(edition), ""
        except UserError as error:
            self.notice = str(error)

    def _opened(self, edition: Edition) -> OpenSearchArchive:
        if self._fingerprint:
            refuse_other_model(self._engine, self._fingerprint, edition.manifest)
        return OpenSearchArchive(self._engine, edition)


def engine_of(settings: Settings) -> Engine:
    """The engine that holds an archive, for whoever waits for an answer."""
    return Engine(Address.parse(settings.store), _PATIENCE)
