"""The road through this room: `sync` updates an index from its corpus folder."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from corpus import Settings, UserError
from corpus.snapshot import take_snapshot
from index.building.embedding import Progress, forget_encoded
from index.building.local_writer import LocalWriter
from index.building.publishing import building, remove_old, unpublished
from index.building.writing import Build
from index.generations.forgotten import forgotten
from index.generations.generation import DamagedError, Generation, NoIndexError
from index.generations.manifest import Fingerprint, SyncReport
from index.models.choice import embedder_of
from index.models.embedder import Embedder
from index.opensearch.build import sync_store


def sync(
    corpus: str | Path,
    index: str | Path,
    *,
    full: bool = False,
    progress: Progress | None = None,
    embedder: Embedder | None = None,
    fields: str | None = None,
    may_empty: bool = True,
    keep: int | None = None,
) -> SyncReport:
    """Update the index from the corpus folder, and report what changed.

    Nothing is written if no file changed and the live generation is sound. Otherwise a new generation is written beside
    it, with the vectors of unchanged texts taken over, and made live at once when it is complete and verified.

    `full` takes nothing over from the last one. `progress` gets the share done, from 0 to 1, and words; an exception
    that it raises stops the build and reaches the caller: the live generation stays, and finished vectors are kept for
    the next build. `embedder` replaces the model, `fields` ("title=hl1,text=blob") and `keep` (generations before the
    live one that stay) the settings. Without `may_empty` an index with articles is not emptied.

    Raises UserError for a missing corpus folder, an index made with other settings (unless `full`), another build in
    progress, an index folder that cannot be written, and a corpus without articles unless `may_empty`.
    """
    began = time.monotonic()
    settings = Settings.from_environment(corpus, index, fields, keep)
    embedder = embedder or embedder_of(settings.model)
    tell = progress or (lambda _share, _words: None)
    if settings.store:
        return sync_store(settings, embedder, tell, full=full, may_empty=may_empty, began=began)
    if settings.index.absolute() == settings.corpus.absolute():
        message = f"The index “{settings.index}” cannot be the corpus folder itself; name another with --index."
        raise UserError(message)
    fingerprint = Fingerprint.of(settings, embedder)
    with _previous(settings.index, None if full else fingerprint) as previous:
        known = None if full else previous
        made = known.manifest if known else None
        fingerprint = fingerprint.speaking(made.fingerprint) if made else fingerprint
        snapshot = take_snapshot(settings.corpus, made.snapshot if made else None)
        unchanged = made and made.describes(settings, fingerprint, snapshot, forgotten(settings.index))
        same = made.report.unchanged_since(began) if made and unchanged else None
        if same and keep is None:
            return same
        with building(settings.index):
            report = same
            if not report:
                with unpublished(settings.index) as folder:
                    writer = LocalWriter(folder, previous.articles if previous else None, forgotten(settings.index))
                    build = Build(settings, fingerprint, embedder, writer, known, made, tell, may_empty=may_empty)
                    report = build.run(snapshot, began)
                forget_encoded(settings.index)
            if previous:
                previous.close()  # What is open is not deleted.
            remove_old(settings.index, settings.keep)
    return report


@contextmanager
def _previous(index: Path, fingerprint: Fingerprint | None) -> Iterator[Generation | None]:
    """The live generation, None if there is none that is sound; without a fingerprint, whatever it was made with."""
    try:
        generation = Generation.open(index, fingerprint)
    except UserError as error:
        if fingerprint and not isinstance(error, NoIndexError | DamagedError):
            raise
        yield None
    else:
        with closing(generation):
            yield generation
