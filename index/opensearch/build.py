"""`sync` for an archive on OpenSearch: everything into a new index, or what has changed into the next edition."""

import contextlib
import functools
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import astuple, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from corpus import Article, Problem, Settings, UserError
from corpus.folder import FileState, Snapshot, read_between, same_files, take_snapshot
from index.audit import note
from index.building.chance import FEWEST_ARTICLES, HEADLINES
from index.building.cutting import Cutter
from index.building.embedding import Embedding, Progress
from index.building.encoded import forget_encoded
from index.generations.forgotten import forgotten
from index.generations.manifest import FileReport, Fingerprint, Manifest, SyncReport
from index.models.embedder import Elsewhere, Embedder, Vectors, question_vectors
from index.opensearch.documents import amended, bands_of, base_of, stored_signature
from index.opensearch.editions import building, clean, drop_other_indices, edition, file_groups, live_state
from index.opensearch.engine import Address, Engine
from index.opensearch.staging import Staging, staged, told_stories
from index.opensearch.writer import OpenSearchWriter
from index.stores.articles import StoredChunk
from index.writer import Prepared

# Chunks embedded and then written together.
_WINDOW = 1024
_EMBED, _STORE = 0.1, 0.95
_HABITS = "habits"
# Files that a report names; the counts of all are in the table of files.
_MOST_FILES = 1000

Window = list[tuple[Article, list[StoredChunk]]]


def sync_store(
    settings: Settings, embedder: Embedder, progress: Progress, *, full: bool, may_empty: bool, began: float
) -> SyncReport:
    """Update the archive that DATELINE_STORE names from the corpus folder, as `sync` does, after any other build."""
    engine = Engine(Address.parse(settings.store))
    settings.index.mkdir(parents=True, exist_ok=True)
    fingerprint = Fingerprint.of(settings, embedder)
    with building(engine, lambda: progress(0.0, "Waiting for another build to end")) as check:
        state = live_state(engine)
        before = edition(engine, state.index, state.edition) if state else None
        made = before.manifest if before else None
        language = made.fingerprint.language if made else "en"  # Articles are stored as they are read.
        fingerprint = replace(fingerprint, language=settings.language or language)
        if made and not full and (conflict := fingerprint.conflict(made.fingerprint)):
            message = (
                f"The archive “{engine.address.name}” was made with {conflict}; rebuild it with: python -m index --full"
            )
            raise UserError(message)
        left_out = forgotten(settings.index)
        whole = full or made is None or (made.fingerprint, made.forgotten) != (fingerprint, left_out)
        table = FileTable({} if whole or before is None else file_groups(engine, before))
        snapshot = take_snapshot(settings.corpus, table.snapshot)
        if (
            made
            and not whole
            and same_files(snapshot, table.snapshot)
            and made.corpus == str(settings.corpus.absolute())
        ):
            return made.report.unchanged_since(began)
        if made and made.report.articles and not snapshot and not may_empty:
            message = (
                f"The folder “{settings.corpus}” holds no articles any more; put them back, and the archive stays."
            )
            raise UserError(message)
        drop_other_indices(engine, {state.index, state.before} if state else set())
        if state and not whole:
            clean(engine, state, settings.keep)
        writer = OpenSearchWriter(engine, before, fingerprint.language, whole=whole, dimension=embedder.dimension)
        build = StoreBuild(settings, fingerprint, embedder, progress, writer, table, None if whole else made)
        report = build.run(snapshot, began, check)
    note(settings.index, "build", generation=report.generation, articles=report.articles)
    forget_encoded(settings.index)
    return report


class FileTable:
    """What is known of the corpus files: state, problems, and counts of what their articles lack."""

    def __init__(self, groups: Mapping[str, Any]) -> None:
        """Read the groups of an edition; the outlets' boilerplate is one of them."""
        self.habits: dict[str, list[str]] | None = groups.get(_HABITS)
        self.entries = {
            path: entry for name, group in groups.items() if name != _HABITS for path, entry in group.items()
        }
        self.snapshot: Snapshot = {path: FileState(*entry["state"]) for path, entry in self.entries.items()}

    def changed(self, snapshot: Snapshot) -> tuple[set[str], set[str]]:
        """The paths of new and changed files, and of those that are gone."""
        old = self.snapshot
        changed = {path for path, state in snapshot.items() if path not in old or old[path].digest != state.digest}
        return changed, old.keys() - snapshot.keys()

    def update(self, snapshot: Snapshot, staging: Staging) -> dict[str, Any]:
        """Take note of what was read, and return the groups that are other than before."""
        changed, gone = self.changed(snapshot)
        counts = {report.path: astuple(report)[1:] for report in staging.counts.reports()}
        touched = {path for path, state in snapshot.items() if state != self.snapshot.get(path)} | gone
        for path in gone:
            del self.entries[path]
        for path in touched - gone:
            entry = self.entries.setdefault(path, {})
            entry["state"] = astuple(snapshot[path])
            if path in changed:
                entry["problems"] = [astuple(problem) for problem in staging.problems.get(path, [])]
                entry["counts"] = counts.get(path)
        names = {_group(path) for path in touched}
        groups: dict[str, Any] = {name: {} for name in names}
        for path, entry in self.entries.items():
            if (name := _group(path)) in names:
                groups[name][path] = entry
        return groups

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The files and records that could not be read."""
        return tuple(Problem(*problem) for path in sorted(self.entries) for problem in self.entries[path]["problems"])

    @property
    def reports(self) -> tuple[FileReport, ...]:
        """What each file gave, those with the most articles first; after a thousand the rest in one."""
        found = [FileReport(path, *entry["counts"]) for path, entry in self.entries.items() if entry["counts"]]
        found.sort(key=lambda report: (-report.articles, report.path))
        rest = [astuple(report)[1:] for report in found[_MOST_FILES:]]
        others = [FileReport("other files", *map(sum, zip(*rest, strict=True)))] if rest else []
        return (*found[:_MOST_FILES], *others)


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
        """Change what was `made`; None begins anew."""
        self._settings, self._fingerprint, self._embedder = settings, fingerprint, embedder
        self._progress, self._writer, self._table, self._made = progress, writer, table, made
        self._held: dict[str, dict[str, Any]] = {}
        self._embedded = 0
        self._probe = made.probe if made else ()
        if isinstance(embedder, Elsewhere) and self._probe:
            embedder.check(self._probe)

    def run(self, snapshot: Snapshot, began: float, check: Callable[[], None]) -> SyncReport:
        """Publish what the folder holds, of which a snapshot was just taken, after a last `check`."""
        with contextlib.ExitStack() as files:
            staging = self._read(files, *self._table.changed(snapshot))
            snapshot = read_between(snapshot, take_snapshot(self._settings.corpus, snapshot))
            digests = dict(staging.articles.places().keys())
            fresh = {name for name, digest in digests.items() if self._held.get(name, {}).get("digest") != digest}
            withdrawn = self._held.keys() - (digests.keys() - fresh)
            stories = self._stories(staging, fresh, withdrawn)
            self._writer.withdraw(withdrawn)
            self._embed_and_put(staging, fresh, stories)
            groups = self._table.update(snapshot, staging)
            if self._made is None:
                groups[_HABITS] = staging.boilerplate.habits
            self._writer.put_groups(groups)
            self._progress(_STORE, "Verifying the archive")
            self._writer.verify()
            updated = len(fresh & self._held.keys())
            changes = (len(fresh) - updated, updated, len(withdrawn) - updated)
            report = self._report(staging, changes, began)
            by_chance = self._made.nearness_by_chance if self._made else self._nearness_by_chance(staging)
        manifest = Manifest(
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
        self._progress(1.0, "Done")
        check()
        self._writer.publish(manifest)
        return report

    def _read(self, files: contextlib.ExitStack, changed: set[str], gone: set[str]) -> Staging:
        """Read what has changed, and what shares an id with it; note which published articles that concerns."""
        folder, habits = self._settings.index / "staging", self._table.habits
        staging = files.enter_context(staged(folder, habits))
        staging.read(self._settings, changed if self._made else None, (), self._progress)
        if self._made is None:
            return staging
        bases = {*staging.files} | {found["base"] for found in self._writer.held("files", changed | gone)}
        self._held = {found["article"]: found for found in self._writer.held("base", bases)}
        others = {file for found in self._held.values() for file in found["files"]} - changed - gone
        if others:
            files.close()
            staging = files.enter_context(staged(folder, habits))
            staging.read(self._settings, changed | others, bases, self._progress)
        return staging

    def _stories(self, staging: Staging, fresh: set[str], withdrawn: set[str]) -> dict[str, str]:
        """The story of each article to be put; published ones that tell another story now, or moved, are amended.

        Only articles that share a band of words with a fresh one, or a story with a withdrawn one, can be concerned.
        """
        if self._made is None:
            return told_stories(staging.signatures)
        bands = {band for name in fresh for band in bands_of(staging.signatures[name])}
        bases = {base_of(name) for name in fresh}
        names = {found["story"] for found in self._writer.held("bands", bands)}
        names |= {found["story"] for name, found in self._held.items() if name in withdrawn or found["base"] in bases}
        related = {found["article"]: found for found in self._writer.held("story", names, whole=True)}
        moved = {
            article.id: (sorted(staging.files[base_of(article.id)]), article.path)
            for article in staging.articles.articles()
            if article.id not in fresh
        }
        elsewhere = [
            name for name, (files, path) in moved.items()
            if (files, path) != (self._held[name]["files"], self._held[name]["stored"]["path"])
        ]  # fmt: skip
        related |= {found["article"]: found for found in self._writer.held("article", elsewhere, whole=True)}
        kept = {name: found for name, found in related.items() if name not in withdrawn}
        signatures = {name: staging.signatures[name] for name in fresh}
        signatures |= {name: stored_signature(found) for name, found in kept.items() if found["story"] in names}
        stories = told_stories(signatures)
        amended_ones = []
        for name, found in kept.items():
            before = found["story"], found["files"], found["stored"]["path"]
            now = stories.get(name, found["story"]), *moved.get(name, before[1:])
            amended_ones += [amended(found, *now)] if now != before else []
        self._writer.amend(amended_ones)
        return stories

    def _embed_and_put(self, staging: Staging, fresh: set[str], stories: Mapping[str, str]) -> None:
        cutter = Cutter(self._settings, self._fingerprint, self._embedder, None)
        done = 0
        with closing(Embedding(self._embedder, self._settings.index, None, cutter.text)) as embedding:
            articles = (article for article in staging.articles.articles() if article.id in fresh)
            cut = ((article, cutter.cut(article, self._fingerprint.language, embedding.knows)) for article in articles)
            for window in _windows(cut):
                share = _EMBED + (_STORE - _EMBED) * done / len(fresh)
                words = f"Embedding and storing, {done:,} of {len(fresh):,} articles"
                pairs = [(article, chunk) for article, chunks in window for chunk in chunks]
                vectors = embedding.vectors(pairs, functools.partial(self._tell, share, words))
                self._writer.put(self._prepared(window, vectors, staging, stories))
                done += len(window)
            self._embedded, self._probe = embedding.newly_encoded, embedding.probe or self._probe

    def _tell(self, share: float, words: str, *_: object) -> None:
        self._progress(share, words)

    def _prepared(
        self, window: Window, vectors: Vectors, staging: Staging, stories: Mapping[str, str]
    ) -> Iterator[Prepared]:
        first = 0
        for article, chunks in window:
            spans = tuple((chunk.start, chunk.end) for chunk in chunks)
            last = first + len(spans)
            files = tuple(sorted(staging.files[base_of(article.id)]))
            found = staging.signatures[article.id]
            yield Prepared(article, stories[article.id], spans, vectors[first:last], found, files)
            first = last

    def _nearness_by_chance(self, staging: Staging) -> float | None:
        """As `index.building.chance` measures it, over the new index."""
        names = [name for name, _ in staging.articles.places()]
        if len(names) < FEWEST_ARTICLES:
            return None
        chosen = staging.articles
        asked = [
            article
            for place in range(HEADLINES)
            if (article := chosen.article(names[place * len(names) // HEADLINES])) and article.title
        ]
        if not asked:
            return None
        vectors = question_vectors(self._embedder, [article.title for article in asked])
        best = self._writer.nearest_to_others(vectors, [article.id for article in asked])
        return round(float(np.quantile(best, 0.25)), 4)

    def _report(self, staging: Staging, changes: tuple[int, int, int], began: float) -> SyncReport:
        articles, chunks, _ = self._writer.counts()
        added, updated, removed = changes
        notices = (
            self._made.report.notices
            if self._made
            else staging.remarks.words(self._fingerprint.language, self._fingerprint.model)
        )
        return SyncReport(
            generation=self._writer.name,
            articles=articles,
            chunks=chunks,
            added=added,
            updated=updated,
            removed=removed,
            unchanged=articles - added - updated,
            failed=self._table.problems,
            embedded=self._embedded,
            seconds=round(time.monotonic() - began, 3),
            notices=notices,
            files=self._table.reports,
        )


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


def _group(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()[:2]
