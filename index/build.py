"""The road through this room: `sync` brings an index to exactly what a corpus folder holds."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from corpus import Settings, UserError
from corpus.folder import take_snapshot
from index.building.embedding import Progress
from index.building.encoded import forget_encoded
from index.building.publishing import building, publish, remove_old, unpublished
from index.building.writing import Build
from index.generations.generation import DamagedError, Generation, NoIndexError, current, last_sound, sound_manifest
from index.generations.manifest import Fingerprint, SyncReport
from index.models.embedder import Embedder, SentenceTransformerEmbedder


def sync(
    corpus: str | Path,
    index: str | Path,
    *,
    full: bool = False,
    progress: Progress | None = None,
    embedder: Embedder | None = None,
    fields: str | None = None,
    may_empty: bool = True,
) -> SyncReport:
    """Bring the index to what the corpus folder holds, and say what that took.

    Nothing is written when no file changed and the live generation is sound. Otherwise a new generation is written
    beside it, with the vectors of unchanged texts taken over, and made live at once when it is complete and verified.
    `full` takes nothing over from the last one. `progress` gets the share done, from 0 to 1, and words; an exception
    that it raises stops the build and reaches the caller: the live generation stays, and what was embedded is kept for
    the next build. `embedder` stands in for the model, `fields` for the names of fields ("title=hl1,text=blob"), in the
    settings. Without `may_empty` an index with articles is not brought to a folder without any.

    Raises UserError for a corpus folder that is not there, an index made with other settings (unless `full`), another
    build in progress, an index folder that cannot be written, and what `may_empty` refuses.
    """
    began = time.monotonic()
    settings = Settings.from_environment(corpus, index, fields)
    embedder = embedder or SentenceTransformerEmbedder(settings.model)
    fingerprint = Fingerprint.of(settings, embedder)
    before = None if full else sound_manifest(settings.index, fingerprint)
    snapshot = take_snapshot(settings.corpus, before.snapshot if before else None)
    if before and before.describes(settings, fingerprint, snapshot):
        return before.report.unchanged_since(began)
    with building(settings.index):
        with _previous(settings.index, None if full else fingerprint) as previous:
            # Another builder may just have ended.
            live = previous and not full and previous.manifest.name == current(settings.index)
            if previous and live and previous.manifest.describes(settings, fingerprint, snapshot):
                return previous.manifest.report.unchanged_since(began)
            with unpublished(settings.index) as folder:
                build = Build(
                    settings,
                    folder,
                    fingerprint,
                    embedder,
                    previous,
                    progress or _silent,
                    anew=full,
                    may_empty=may_empty,
                )
                report = build.run(snapshot, began)
                replaced = publish(settings.index, report.generation)
                forget_encoded(settings.index)
        # The one before stays too, to go back to.
        remove_old(settings.index, keep={report.generation, previous.manifest.name if previous else replaced})
    return report


@contextmanager
def _previous(index: Path, fingerprint: Fingerprint | None) -> Iterator[Generation | None]:
    """The newest sound generation, None where there is none; without a fingerprint, whatever it was made with."""
    try:
        generation = last_sound(index, fingerprint)[0]
    except UserError as error:
        if fingerprint and not isinstance(error, NoIndexError | DamagedError):
            raise
        yield None
    else:
        with closing(generation):
            yield generation


def _silent(_share: float, _words: str) -> None:
    pass
