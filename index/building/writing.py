"""One build, step by step: read, cut, embed and put articles, verify and publish."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from corpus import Article, Settings
from corpus.languages import ENGLISH
from corpus.message import Message
from corpus.snapshot import Snapshot, read_between, take_snapshot
from index.building.chance import nearness_by_chance
from index.building.cutting import Cutter
from index.building.embedding import Embedding, Progress
from index.building.reading import Reading
from index.generations.generation import Generation
from index.generations.manifest import Fingerprint, Manifest, SyncReport
from index.generations.origin import refuse_to_empty
from index.models.embedder import Embedder, InParts, Vectors
from index.stores.chunks import StoredChunk
from index.writer import Prepared, Writer

# Chunks embedded, for each worker, and then written together; more are better sorted by length, fewer are in memory.
_WINDOW = 2048
# Where each step after reading begins on the progress bar, from 0 to 1; embedding takes nearly all of the time.
_CUT, _EMBED, _STORE = 0.05, 0.1, 0.95
# Of all chunks.
_MUCH_NEW = 0.1

Window = list[tuple[Article, str, list[StoredChunk]]]


class Build:
    """Publishes all that a folder holds; each step reads what the steps before it wrote."""

    def __init__(
        self,
        settings: Settings,
        fingerprint: Fingerprint,
        embedder: Embedder,
        writer: Writer,
        known: Generation | None,
        made: Manifest | None,
        progress: Progress,
        *,
        may_empty: bool,
    ) -> None:
        """Take over what is `known`, and go on from what was `made`; unless `may_empty`, no archive is emptied."""
        self._settings, self._fingerprint, self._embedder = settings, fingerprint, embedder
        self._writer, self._store = writer, writer.store
        self._made, self._progress, self._may_empty = made, progress, may_empty
        self._cutter = Cutter(settings, fingerprint, embedder, known)
        self._reading = Reading(settings, self._store, self._cutter.taken_over, self._tell_reading)
        self._embedding = Embedding(embedder, settings.index, known, self._cutter.text, made.probe if made else ())
        self._habits: dict[str, list[str]] = {}

    def run(self, snapshot: Snapshot, began: float) -> SyncReport:
        """Publish what the folder holds, of which `snapshot` was just taken; `began` is a time of `time.monotonic`."""
        with contextlib.closing(self._embedding), self._writer:
            self._read(snapshot)
            usual = next(iter(self._reading.remarks.languages), ENGLISH)
            self._fingerprint = replace(self._fingerprint, language=self._fingerprint.language or usual)
            snapshot = read_between(snapshot, take_snapshot(self._settings.corpus, snapshot))
            self._cut()
            self._embed_and_put()
            self._progress(_STORE, Message("Verifying the index"))
            self._writer.verify(self._tell_embedding)
            report = self._report(began)
            manifest = Manifest(
                name=self._writer.name,
                corpus=str(self._settings.corpus.absolute()),
                index=str(self._settings.index.absolute()),
                forgotten=self._writer.forgotten,
                snapshot=snapshot,
                fingerprint=self._fingerprint,
                built=datetime.now(UTC),
                report=report,
                nearness_by_chance=self._made.nearness_by_chance if self._made else None,
                probe=self._embedding.probe,
                habits=self._habits,
            )
            if self._is_measured(report):
                with self._writer.archive(manifest) as archive:
                    manifest = replace(manifest, nearness_by_chance=nearness_by_chance(archive, self._embedder))
            self._progress(1.0, Message("Done"))
            self._writer.publish(manifest)
        return report

    def _read(self, _: Snapshot) -> None:
        self._reading.read(self._writer.forgotten)
        self._habits = self._reading.settle()
        self._reading.tie()

    def _cut(self) -> None:
        articles, _ = self._store.counts()
        for position, article in enumerate(self._store.articles()):
            chunks = self._cutter.cut(article, self._fingerprint.language, self._embedding.knows)
            self._store.add_chunks(position, chunks)
            if position % 100 == 0:
                self._progress(_CUT + (_EMBED - _CUT) * position / articles, Message("Cutting into passages"))

    def _embed_and_put(self) -> None:
        self._writer.begin(self._embedding.dimension, self._fingerprint.language)
        self._embedding.expect(self._store.embedded())
        for window in self._windows():
            chunks = [(article, chunk) for article, _, cut in window for chunk in cut]
            self._writer.put(self._prepared(window, self._embedding.vectors(chunks, self._tell_embedding)))

    def _windows(self) -> Iterator[Window]:
        """All articles with their stories and chunks, so many at a time as are embedded together."""
        window: Window = []
        size, most = 0, _WINDOW * (self._embedder.workers if isinstance(self._embedder, InParts) else 1)
        for position, (article, story) in enumerate(zip(self._store.articles(), self._store.stories(), strict=True)):
            window.append((article, story, self._store.chunks_at(position)))
            size += len(window[-1][2])
            if size >= most:
                yield window
                window, size = [], 0
        if window:
            yield window

    def _prepared(self, window: Window, vectors: Vectors) -> Iterator[Prepared]:
        first = 0
        for article, story, chunks in window:
            last = first + len(chunks)
            spans = tuple((chunk.start, chunk.end) for chunk in chunks)
            yield Prepared(article, story, spans, vectors[first:last])
            first = last

    def _tell_reading(self, done: int, size: int) -> None:
        self._progress(_CUT * done / max(size, 1), Message("Reading"))

    def _tell_embedding(self) -> None:
        share, words = self._embedding.share, self._embedding.words() or Message("Writing the index")
        self._progress(_EMBED + (_STORE - _EMBED) * share, words)

    def _is_measured(self, report: SyncReport) -> bool:
        """Whether nearness by chance is measured: again only where much is new, as it hardly changes else."""
        known = self._made and (self._made.nearness_by_chance is not None or not report.embedded)
        return not known or report.embedded > _MUCH_NEW * report.chunks

    def _report(self, began: float) -> SyncReport:
        articles, chunks = self._writer.counts()
        before, remarks = self._writer.articles_before, self._reading.remarks
        if not articles and not self._may_empty:
            refuse_to_empty(self._settings, before)
        new = dict(self._store.places().keys())
        old = self._writer.digests(new)
        added, updated = len(new) - len(old), sum(digest != new[article] for article, digest in old.items())
        return SyncReport(
            generation=self._writer.name,
            articles=articles,
            chunks=chunks,
            added=added,
            updated=updated,
            removed=before + added - articles,
            unchanged=articles - added - updated,
            failed=tuple(self._reading.problems),
            embedded=self._embedding.newly_encoded,
            seconds=round(time.monotonic() - began, 3),
            notices=remarks.words(self._fingerprint.language, self._fingerprint.model),
            languages=remarks.languages,
            files=remarks.files(),
        )
