"""`sync` for an archive on OpenSearch: everything into a new index, or what has changed into the next edition."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from corpus import Article, Settings, UserError
from corpus.folder import Snapshot, read_between, same_files, take_snapshot
from index.audit import note
from index.building.chance import FEWEST_ARTICLES, HEADLINES
from index.building.cutting import Cutter
from index.building.embedding import Embedding, Progress, forget_encoded
from index.generations.forgotten import forgotten
from index.generations.manifest import Fingerprint, Manifest, SyncReport
from index.generations.origin import refuse_to_empty
from index.models.embedder import Elsewhere, Embedder, Vectors, question_vectors
from index.opensearch.documents import amended, bands_of, base_of, stored_signature
from index.opensearch.editions import building, clean, drop_other_indices, edition, file_groups, live_state
from index.opensearch.engine import Address, Engine
from index.opensearch.files import HABITS, FileTable
from index.opensearch.staging import Staging, staged, told_stories
from index.opensearch.writer import OpenSearchWriter
from index.stores.articles import StoredChunk
from index.writer import Prepared

# Chunks embedded and then written together.
_WINDOW = 1024
_EMBED, _STORE = 0.1, 0.95
_ENGLISH = "en"

Window = list[tuple[Article, list[StoredChunk]]]
Found = dict[str, Any]


def sync_store(
    settings: Settings, embedder: Embedder, progress: Progress, *, full: bool, may_empty: bool, began: float
) -> SyncReport:
    """Update the archive that DATELINE_STORE names from the corpus folder, as `sync` does, after any other build."""
    engine = Engine(Address.parse(settings.store))
    settings.index.mkdir(parents=True, exist_ok=True)
    fingerprint, left_out = Fingerprint.of(settings, embedder), forgotten(settings.index)
    with building(engine, lambda: progress(0.0, "Waiting for another build to end")) as check:
        state = live_state(engine)
        before = edition(engine, state.index, state.edition) if state else None
        made = before.manifest if before else None
        if made and not full:
            fingerprint = replace(fingerprint, language=settings.language or made.fingerprint.language)
        if made and not full and (conflict := fingerprint.conflict(made.fingerprint)):
            message = f"“{engine.address.name}” was made with {conflict}; rebuild it with: python -m index --full"
            raise UserError(message)
        whole = full or made is None or (made.fingerprint, made.forgotten) != (fingerprint, left_out)
        table = FileTable({} if whole or before is None else file_groups(engine, before))
        snapshot = take_snapshot(settings.corpus, table.snapshot)
        same = made is not None and made.corpus == str(settings.corpus.absolute())
        if made and same and not whole and same_files(snapshot, table.snapshot):
            return made.report.unchanged_since(began)
        if made and not snapshot and not may_empty:
            refuse_to_empty(settings, made.report.articles)
        drop_other_indices(engine, {state.index, state.before} if state else set())
        if state and not whole:
            clean(engine, state, settings.keep)
        writer = OpenSearchWriter(engine, before, whole=whole, dimension=embedder.dimension)
        build = StoreBuild(settings, fingerprint, embedder, progress, writer, table, None if whole else made)
        report = build.run(snapshot, began, check)
    note(settings.index, "build", generation=report.generation, articles=report.articles)
    forget_encoded(settings.index)
    return report


class StoreBuild:
    """One build: read, compare, withdraw, embed and put, verify, publish."""

    def __init__(
        self,
        settings: Settings,
        fingerprint: Fingerprint,
        embedder: Embedder,
        progress: Progress,
        writer: OpenSearchWriter,
        table: FileTable,
        made: Manifest | None,
    ) -> None:
        """Change what was `made`; None begins anew. UserError where its model runs on a server, and is another now."""
        self._settings, self._fingerprint, self._embedder = settings, fingerprint, embedder
        self._progress, self._writer, self._table, self._made = progress, writer, table, made
        self._probe = made.probe if made else ()
        if isinstance(embedder, Elsewhere) and self._probe:
            embedder.check(self._probe)

    def run(self, snapshot: Snapshot, began: float, check: Callable[[], None]) -> SyncReport:
        """Publish what the folder holds, of which a snapshot was just taken, after a last `check`."""
        with ExitStack() as files:
            staging, held = self._read(files, *self._table.changed(snapshot))
            snapshot = read_between(snapshot, take_snapshot(self._settings.corpus, snapshot))
            language = self._fingerprint.language or staging.remarks.language or _ENGLISH
            self._fingerprint = replace(self._fingerprint, language=language)
            self._writer.language = language
            digests = dict(staging.articles.places().keys())
            fresh = {name for name in digests if held.get(name, {}).get("digest") != digests[name]}
            withdrawn = held.keys() - (digests.keys() - fresh)
            stories = self._stories(staging, held, fresh, withdrawn) if self._made else told_stories(staging.signatures)
            self._writer.withdraw(withdrawn)
            embedded = self._embed_and_put(staging, fresh, stories)
            groups = self._table.update(snapshot, staging.problems, staging.remarks.files())
            self._writer.put_groups(groups if self._made else {**groups, HABITS: staging.boilerplate.habits})
            self._progress(_STORE, "Verifying the archive")
            self._writer.verify()
            made = self._made
            notices = made.report.notices if made else staging.remarks.words(language, self._fingerprint.model)
            by_chance = made.nearness_by_chance if made else self._nearness_by_chance(staging)
        articles, chunks, _ = self._writer.counts()
        updated = len(fresh & held.keys())
        report = SyncReport(
            generation=self._writer.name,
            articles=articles,
            chunks=chunks,
            added=len(fresh) - updated,
            updated=updated,
            removed=len(withdrawn) - updated,
            unchanged=articles - len(fresh),
            failed=self._table.problems,
            embedded=embedded,
            seconds=round(time.monotonic() - began, 3),
            notices=notices,
            files=self._table.reports,
        )
        self._progress(1.0, "Done")
        check()
        self._writer.publish(self._manifest(report, by_chance))
        return report

    def _manifest(self, report: SyncReport, by_chance: float | None) -> Manifest:
        return Manifest(
            name=self._writer.name,
            corpus=str(self._settings.corpus.absolute()),
            snapshot={},
            fingerprint=self._fingerprint,
            built=datetime.now(UTC),
            report=report,
            files={},
            nearness_by_chance=by_chance,
            probe=self._probe,
            index=str(self._settings.index.absolute()),
            forgotten=forgotten(self._settings.index),
        )

    def _read(self, files: ExitStack, changed: set[str], gone: set[str]) -> tuple[Staging, dict[str, Found]]:
        """What has changed and what shares an id with it, read; and the published articles that it concerns, by id."""
        folder, habits = self._settings.index / "staging", self._table.habits
        staging = files.enter_context(staged(folder, habits))
        staging.read(self._settings, changed if self._made else None, (), self._progress)
        bases = {*staging.files} | {found["base"] for found in self._writer.held("files", changed | gone)}
        held = {found["article"]: found for found in self._writer.held("base", bases)}
        others = {file for found in held.values() for file in found["files"]} - changed - gone
        if others:
            files.close()
            staging = files.enter_context(staged(folder, habits))
            staging.read(self._settings, changed | others, bases, self._progress)
        return staging, held

    def _stories(
        self, staging: Staging, held: Mapping[str, Found], fresh: set[str], withdrawn: set[str]
    ) -> dict[str, str]:
        """The story of each fresh article; published ones that tell another story now, or moved, are amended.

        Only articles that share a band of words with a fresh one, or a story with a withdrawn one, can be concerned.
        """
        bands = {band for name in fresh for band in bands_of(staging.signatures[name])}
        bases = {base_of(name) for name in fresh}
        names = {found["story"] for found in self._writer.held("bands", bands)}
        names |= {found["story"] for name, found in held.items() if name in withdrawn or found["base"] in bases}
        told = {found["article"]: found for found in self._writer.held("story", names, whole=True)}
        places = {
            article.id: (sorted(staging.files[base_of(article.id)]), article.path)
            for article in staging.articles.articles()
            if article.id not in fresh
        }
        moved = [name for name, place in places.items() if place != _place(held[name])]
        concerned = told | {found["article"]: found for found in self._writer.held("article", moved, whole=True)}
        signatures = {name: stored_signature(found) for name, found in told.items() if name not in withdrawn}
        stories = told_stories(signatures | {name: staging.signatures[name] for name in fresh})
        changes = (
            (found, (stories.get(name, found["story"]), *places.get(name, _place(found))))
            for name, found in concerned.items()
            if name not in withdrawn
        )
        self._writer.amend([amended(found, *now) for found, now in changes if now != (found["story"], *_place(found))])
        return stories

    def _embed_and_put(self, staging: Staging, fresh: set[str], stories: Mapping[str, str]) -> int:
        """Store the fresh articles, while the next ones are embedded; how many texts were embedded."""
        cutter = Cutter(self._settings, self._fingerprint, self._embedder, None)
        done = 0
        made = Embedding(self._embedder, self._settings.index, None, cutter.text)
        with closing(made) as embedding, ThreadPoolExecutor(1) as thread:
            storing = thread.submit(self._writer.put, [])
            articles = (article for article in staging.articles.articles() if article.id in fresh)
            cut = ((article, cutter.cut(article, self._fingerprint.language, embedding.knows)) for article in articles)
            for window in _windows(cut):
                share = _EMBED + (_STORE - _EMBED) * done / len(fresh)
                words = f"Embedding and storing, {done:,} of {len(fresh):,} articles"
                self._progress(share, words)
                pairs = [(article, chunk) for article, chunks in window for chunk in chunks]
                vectors = embedding.vectors(pairs, lambda *_, now=(share, words): self._progress(*now))
                storing.result()
                storing = thread.submit(self._writer.put, [*_prepared(window, vectors, staging, stories)])
                done += len(window)
            storing.result()
            self._probe = embedding.probe or self._probe
            return embedding.newly_encoded

    def _nearness_by_chance(self, staging: Staging) -> float | None:
        """As `index.building.chance` measures it, over the new index."""
        names = [name for name, _ in staging.articles.places()]
        chosen = [names[place * len(names) // HEADLINES] for place in range(HEADLINES)] if names else []
        asked = [article for article in map(staging.articles.article, chosen) if article and article.title]
        if len(names) < FEWEST_ARTICLES or not asked:
            return None
        vectors = question_vectors(self._embedder, [article.title for article in asked])
        best = self._writer.nearest_to_others(vectors, [article.id for article in asked])
        return round(float(np.quantile(best, 0.25)), 4)


def _place(found: Found) -> tuple[list[str], str]:
    return found["files"], found["stored"]["path"]


def _windows(cut: Iterator[tuple[Article, list[StoredChunk]]]) -> Iterator[Window]:
    window: Window = []
    size = 0
    for article, chunks in cut:
        window.append((article, chunks))
        size += len(chunks)
        if size >= _WINDOW:
            yield window
            window, size = [], 0
    if window:
        yield window


def _prepared(window: Window, vectors: Vectors, staging: Staging, stories: Mapping[str, str]) -> Iterator[Prepared]:
    first = 0
    for article, chunks in window:
        spans = tuple((chunk.start, chunk.end) for chunk in chunks)
        files = tuple(sorted(staging.files[base_of(article.id)]))
        rows = vectors[first : first + len(spans)]
        yield Prepared(article, stories[article.id], spans, rows, staging.signatures[article.id], files)
        first += len(spans)
