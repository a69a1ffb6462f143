"""One build, step by step: read, cut, embed and put articles, verify and publish."""

import contextlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from corpus import Article, Problem, Settings
from corpus.folder import Snapshot, read_between, take_snapshot
from index.building.chance import nearness_by_chance
from index.building.cutting import Cutter
from index.building.embedding import Embedding, Progress
from index.building.local_writer import LocalWriter
from index.building.reading import read_articles
from index.building.remarks import Remarks
from index.generations.forgotten import forgotten
from index.generations.generation import Generation
from index.generations.manifest import Fingerprint, Manifest, SyncReport
from index.generations.origin import refuse_to_empty
from index.models.embedder import Embedder, Vectors
from index.stores.articles import StoredChunk
from index.stores.vectors import mapped_vectors
from index.writer import Prepared

# Chunks embedded and then written together; more of them are better sorted by length, fewer are in memory.
_WINDOW = 2048
# Where each step after reading begins on the progress bar, from 0 to 1; embedding takes nearly all of the time.
_CUT, _EMBED, _STORE = 0.05, 0.1, 0.95

# Where the articles do not tell.
_ENGLISH = "en"

Window = list[tuple[Article, str, list[StoredChunk]]]


class Build:
    """Makes one generation in its folder and publishes it; each step reads what the steps before it wrote."""

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        fingerprint: Fingerprint,
        embedder: Embedder,
        previous: Generation | None,
        progress: Progress,
        *,
        anew: bool,
        may_empty: bool,
    ) -> None:
        """Compare with `previous` and, unless `anew`, take over from it; unless `may_empty` it is not emptied."""
        self._settings = settings
        self._folder = folder
        self._fingerprint = fingerprint
        self._progress = progress
        self._articles_before = previous.articles.counts()[0] if previous else 0
        self._previous = None if anew else previous
        self._embedder = embedder
        self._cutter = Cutter(settings, fingerprint, embedder, self._previous)
        self._embedding = Embedding(embedder, settings.index, self._previous, self._cutter.text)
        self._may_empty = may_empty
        self._forgotten = forgotten(settings.index)
        self._writer = LocalWriter(folder, previous.articles if previous else None, self._tell_embedding)
        self._store = self._writer.store

    def run(self, snapshot: Snapshot, began: float) -> SyncReport:
        """Read the folder, of which `snapshot` was just taken, and publish what it holds."""
        with contextlib.closing(self._embedding), self._writer:
            taken_over, left_out = self._cutter.taken_over, frozenset(self._forgotten)
            problems, remarks = read_articles(self._settings, self._store, taken_over, self._tell_reading, left_out)
            language = self._fingerprint.language or remarks.language or _ENGLISH
            self._fingerprint = replace(self._fingerprint, language=language)
            snapshot = read_between(snapshot, take_snapshot(self._settings.corpus, snapshot))
            if not self._may_empty and not self._store.counts()[0]:
                refuse_to_empty(self._settings, self._articles_before)
            self._cut()
            self._embed_and_put()
            self._progress(_STORE, "Verifying the index")
            self._writer.verify()
            report = self._report(problems, remarks, began)
            manifest = Manifest(
                name=self._folder.name,
                corpus=str(self._settings.corpus.absolute()),
                index=str(self._settings.index.absolute()),
                forgotten=self._forgotten,
                snapshot=snapshot,
                fingerprint=self._fingerprint,
                built=datetime.now(UTC),
                report=report,
                nearness_by_chance=self._nearness_by_chance(),
                probe=self._embedding.probe,
            )
            self._progress(1.0, "Done")
            self._writer.publish(manifest)
        return report

    def _cut(self) -> None:
        articles, _ = self._store.counts()
        for position, article in enumerate(self._store.articles()):
            chunks = self._cutter.cut(article, self._fingerprint.language, self._embedding.knows)
            self._store.add_chunks(position, chunks)
            if position % 100 == 0:
                self._progress(_CUT + (_EMBED - _CUT) * position / articles, "Cutting into passages")

    def _embed_and_put(self) -> None:
        self._writer.begin(self._embedding.dimension, self._fingerprint.language)
        self._embedding.expect(self._store.embedded())
        for window in self._windows():
            chunks = [(article, chunk) for article, _, cut in window for chunk in cut]
            self._writer.put(_prepared(window, self._embedding.vectors(chunks, self._tell_embedding)))

    def _windows(self) -> Iterator[Window]:
        """All articles with their stories and chunks, so many at a time as are embedded together."""
        window: Window = []
        size = 0
        for position, (article, story) in enumerate(zip(self._store.articles(), self._store.stories(), strict=True)):
            window.append((article, story, self._store.chunks_at(position)))
            size += len(window[-1][2])
            if size >= _WINDOW:
                yield window
                window, size = [], 0
        if window:
            yield window

    def _tell_reading(self, done: int, size: int) -> None:
        self._progress(_CUT * done / max(size, 1), "Reading")

    def _tell_embedding(self) -> None:
        share, words = self._embedding.share, self._embedding.words() or "Writing the index"
        self._progress(_EMBED + (_STORE - _EMBED) * share, words)

    def _nearness_by_chance(self) -> float | None:
        """Measured again only if something was embedded; it hardly changes otherwise."""
        if self._previous and not self._embedding.newly_encoded:
            return self._previous.manifest.nearness_by_chance
        _, count = self._store.counts()
        return nearness_by_chance(self._store, mapped_vectors(self._folder, count), self._embedder)

    def _report(self, problems: Iterable[Problem], remarks: Remarks, began: float) -> SyncReport:
        articles, count = self._store.counts()
        new = dict(self._store.places().keys())
        old = self._writer.digests(new)
        unchanged = sum(digest == new[article_id] for article_id, digest in old.items())
        return SyncReport(
            generation=self._folder.name,
            articles=articles,
            chunks=count,
            added=len(new) - len(old),
            updated=len(old) - unchanged,
            removed=self._articles_before - len(old),
            unchanged=unchanged,
            failed=tuple(problems),
            embedded=self._embedding.newly_encoded,
            seconds=round(time.monotonic() - began, 3),
            notices=remarks.words(self._fingerprint.language, self._fingerprint.model),
            files=remarks.files(),
        )


def _prepared(window: Window, vectors: Vectors) -> Iterator[Prepared]:
    first = 0
    for article, story, chunks in window:
        last = first + len(chunks)
        yield Prepared(article, story, tuple((chunk.start, chunk.end) for chunk in chunks), vectors[first:last])
        first = last
