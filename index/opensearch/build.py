"""`sync` for an archive on OpenSearch: everything into a new index, or what has changed into the next edition."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from corpus import Problem, Settings, UserError
from corpus.snapshot import Snapshot, take_snapshot
from index.audit import note
from index.building import publishing
from index.building.embedding import Progress, forget_encoded
from index.building.reading import Reading, told_stories
from index.building.writing import Build
from index.generations.forgotten import forgotten
from index.generations.generation import NoIndexError
from index.generations.manifest import FileReport, Fingerprint, Manifest, SyncReport
from index.models.embedder import Embedder
from index.opensearch.beside import building, forget
from index.opensearch.documents import amended, bands_of, stored_signature
from index.opensearch.editions import clean, drop_indices, live_edition
from index.opensearch.engine import Address, Engine
from index.opensearch.writer import LostError, OpenSearchWriter
from index.stores.articles import ArticleStore
from index.stores.chunks import base_of, file_of

Found = Mapping[str, Any]
_Told = TypeVar("_Told", Problem, FileReport)


def sync_store(
    settings: Settings, embedder: Embedder, progress: Progress, *, full: bool, may_empty: bool, began: float
) -> SyncReport:
    """Update the archive that DATELINE_STORE names from the corpus folder, as `sync` does, after any other build."""
    engine = Engine(Address.parse(settings.store))
    fingerprint, live = Fingerprint.of(settings, embedder), None
    waiting = building(engine, lambda: progress(0.0, "Waiting for another build to end"))
    with waiting as check, publishing.building(settings.index):  # The folder may be that of another store as well.
        with contextlib.suppress(NoIndexError):
            live = live_edition(engine)
        made = live.manifest if live and not full else None
        if made:
            fingerprint = fingerprint.speaking(made.fingerprint)
            refuse_other_model(engine, fingerprint, made)
        snapshot = take_snapshot(settings.corpus, made.snapshot if made else None)
        taken_down = forget(engine, forgotten(settings.index))
        if made and made.describes(settings, fingerprint, snapshot, taken_down):
            return made.report.unchanged_since(began)
        if made and (made.fingerprint != fingerprint or {*made.forgotten} - {*taken_down}):
            made = None
        kept = {live.index, live.before} if live else set()
        if live and made:
            clean(engine, live, settings.keep)
        else:
            drop_indices(engine, kept)
        kind = ChangeBuild if made else Build

        def run(*, copied: bool) -> SyncReport:
            with _staging(settings.index) as store:
                writer = OpenSearchWriter(engine, live, store, check, whole=made is None, copied=copied)
                build = kind(settings, fingerprint, embedder, writer, None, made, progress, may_empty=may_empty)
                return build.run(snapshot, began)

        try:
            report = run(copied=made is not None)
        except LostError:
            progress(0.0, "A machine of the cluster was lost; writing everything again, with copies")
            drop_indices(engine, kept)
            report = run(copied=True)
        if not settings.keep:
            clean(engine, live_edition(engine), 0)
        note(settings.index, "build", generation=report.generation, articles=report.articles)
        forget_encoded(settings.index)
    return report


@contextlib.contextmanager
def _staging(index: Path) -> Iterator[ArticleStore]:
    """What is read, cut and settled before it is put; deleted also where an earlier build left it."""
    file = index / "staging.db"
    file.unlink(missing_ok=True)
    with contextlib.closing(ArticleStore.create(file)) as store:
        yield store
    file.unlink()


def refuse_other_model(engine: Engine, fingerprint: Fingerprint, made: Manifest) -> None:
    """UserError where an archive was made with another model, encoding or chunk size."""
    if conflict := fingerprint.conflict(made.fingerprint):
        message = f"“{engine.address.name}” was made with {conflict}; rebuild it with: python -m index --full"
        raise UserError(message)


class ChangeBuild(Build):
    """Publishes what has changed since an edition was made: only that is read, embedded and written."""

    _made: Manifest
    _writer: OpenSearchWriter

    def _read(self, snapshot: Snapshot) -> None:
        """Leave only what must be put in the store; withdraw what it replaces, and what is gone."""
        before, writer, store = self._made.snapshot, self._writer, self._store
        changed = {
            path for path, state in snapshot.items() if path not in before or before[path].digest != state.digest
        }
        self._touched = changed | (before.keys() - snapshot.keys())
        self._read_files(changed, None)
        taken_down = {*writer.forgotten} - {*self._made.forgotten}
        bases = {base_of(article) for article, _ in store.places()} | taken_down
        in_files = writer.held("files", self._touched | {*map(file_of, taken_down)})
        bases |= {found["base"] for found in in_files.values()}
        held = writer.held("base", bases)
        others = {file for found in held.values() for file in found["files"]} - self._touched
        if others:  # They hold records of the same ids, of which one is the latest.
            store.drop([article for article, _ in store.places()])
            self._read_files(changed | others, bases)
        self._habits = self._reading.settle()
        same = {article for article, digest in store.places() if held.get(article, {}).get("digest") == digest}
        self._tie(held, same)
        store.drop(same)
        writer.withdraw(held.keys() - same)

    def _read_files(self, only: set[str], ids: set[str] | None) -> None:
        self._reading = Reading(self._settings, self._store, None, self._tell_reading, self._made.habits)
        self._reading.read(self._writer.forgotten, only, ids)

    def _tie(self, held: Mapping[str, Found], same: set[str]) -> None:
        """Tell the stories of what is put; published articles that tell another one now, or moved, are amended.

        Only articles that share a band of words with one that is put, or a story with one that is withdrawn, can be
        concerned.
        """
        store, writer = self._store, self._writer
        fresh = {article: signed for article, signed in store.signatures() if article not in same}
        withdrawn = held.keys() - same
        bases = {base_of(article) for article in fresh}
        near = writer.held("bands", {band for signed in fresh.values() for band in bands_of(signed)})
        stories = {found["story"] for found in near.values()}
        stories |= {found["story"] for name, found in held.items() if name in withdrawn or found["base"] in bases}
        told = writer.held("story", stories, whole=True)
        signed = fresh | {name: stored_signature(found) for name, found in told.items() if name not in withdrawn}
        now = told_stories(sorted(signed.items()))
        store.tie({article: now[article] for article in fresh})
        places = {one.id: (list(store.files_of(one)), one.path) for one in store.articles() if one.id in same}
        moved = [name for name, place in places.items() if place != _place(held[name])]
        told |= writer.held("article", moved, whole=True)
        amends = (
            (found, (now.get(name, found["story"]), *places.get(name, _place(found))))
            for name, found in told.items()
            if name not in withdrawn
        )
        writer.amend(
            [amended(found, *is_now) for found, is_now in amends if is_now != (found["story"], *_place(found))]
        )

    def _is_measured(self, _: SyncReport) -> bool:
        return False

    def _report(self, began: float) -> SyncReport:
        """As of a whole build; what it says of files is that of the files read now, and of the others as it was."""
        report, before = super()._report(began), self._made.report
        files = sorted(self._merged(before.files, report.files), key=lambda file: -file.articles)
        failed = self._merged(before.failed, report.failed)
        notices, languages = before.notices, before.languages
        return replace(report, failed=failed, notices=notices, languages=languages, files=tuple(files))

    def _merged(self, before: Iterable[_Told], now: Iterable[_Told]) -> tuple[_Told, ...]:
        """What was told of files that nobody touched, and what is told now of the others; in order of path."""
        found = [one for one in before if file_of(one.path) not in self._touched]
        found += [one for one in now if file_of(one.path) in self._touched]
        return tuple(sorted(found, key=lambda one: one.path))


def _place(found: Found) -> tuple[list[str], str]:
    return found["files"], found["stored"]["path"]
