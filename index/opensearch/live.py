"""The live edition of an archive on OpenSearch, for readers that stay."""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

from corpus import Settings, UserError
from index.audit import note
from index.generations.manifest import Fingerprint, Manifest
from index.models.embedder import Elsewhere, Embedder
from index.opensearch.archive import OpenSearchArchive
from index.opensearch.editions import Edition, file_groups, live_edition, roll_back
from index.opensearch.engine import Address, Engine
from index.opensearch.files import FileTable

# How old an edition may be before it is asked whether there is a newer one.
_SECONDS_BETWEEN_LOOKS = 2.0
# Whoever asks is told after so long that the engine does not answer.
_PATIENCE = 10.0


class LiveStore:
    """Lends the archive to many threads; each use is of an edition that was live two seconds before at the earliest."""

    def __init__(self, settings: Settings, fingerprint: Fingerprint | None) -> None:
        """Open the archive; UserError where there is none, or one that was made with another model."""
        self.notice = ""
        self._engine = Engine(Address.parse(settings.store), _PATIENCE)
        self._fingerprint = fingerprint
        self._archive = OpenSearchArchive(self._engine, self._checked(live_edition(self._engine)))
        self._looked = time.monotonic()
        self._looking = threading.Lock()
        self._closed = False

    @contextlib.contextmanager
    def use(self) -> Iterator[OpenSearchArchive]:
        """The archive as it is now; ValueError when closed."""
        if self._closed:
            message = "the retriever is closed"
            raise ValueError(message)
        if time.monotonic() - self._looked > _SECONDS_BETWEEN_LOOKS and self._looking.acquire(blocking=False):
            try:
                self._follow()
                self._looked = time.monotonic()
            finally:
                self._looking.release()
        yield self._archive

    def check_model(self, embedder: Embedder) -> None:
        """UserError where the embedder's model runs on a server and is another than that of the vectors."""
        probe = self._archive.edition.manifest.probe
        if isinstance(embedder, Elsewhere) and probe:
            embedder.check(probe)

    def open_vectors(self) -> None:
        """Ask for the sample of vectors before the first question needs it."""
        with self.use() as archive:
            _ = archive.sample

    def close(self) -> None:
        """Let go of the archive."""
        self._closed = True

    def _follow(self) -> None:
        known = self._archive.edition
        newer = live_edition(self._engine, known)
        if newer is known:
            return
        try:
            self._archive, self.notice = OpenSearchArchive(self._engine, self._checked(newer)), ""
        except UserError as error:
            self.notice = str(error)

    def _checked(self, edition: Edition) -> Edition:
        made = edition.manifest.fingerprint
        if self._fingerprint and (conflict := self._fingerprint.conflict(made)):
            name = self._engine.address.name
            message = f"The archive “{name}” was made with {conflict}; rebuild it with: python -m index --full"
            raise UserError(message)
        return edition


def published_manifest(settings: Settings) -> Manifest:
    """What the live edition was made of, its files included; NoIndexError where there is none."""
    engine = Engine(Address.parse(settings.store), _PATIENCE)
    live = live_edition(engine)
    return replace(live.manifest, snapshot=FileTable(file_groups(engine, live)).snapshot)


def go_back_on_cluster(settings: Settings) -> Manifest:
    """Show readers the edition before the live one again; what it was made of."""
    manifest = roll_back(Engine(Address.parse(settings.store), _PATIENCE)).manifest
    note(settings.index, "rollback", generation=manifest.name)
    return manifest
