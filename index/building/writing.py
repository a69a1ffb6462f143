"""The making of one generation: articles, chunks, vectors and keywords into its folder, verified, the manifest last."""

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from corpus import Problem, Settings, UserError
from corpus.folder import Snapshot, read_between, take_snapshot
from index.building.chance import nearness_by_chance
from index.building.cutting import Cutter
from index.building.embedding import Embedding, Progress
from index.building.reading import read_articles
from index.building.remarks import Remarks
from index.generations.forgotten import forgotten
from index.generations.generation import Generation, sync_command
from index.generations.manifest import Fingerprint, Manifest, SyncReport
from index.generations.sums import file_sums
from index.generations.verifying import verify
from index.models.embedder import Embedder, Vectors
from index.stores.articles import ArticleStore
from index.stores.keywords import write_keywords
from index.stores.vectors import mapped_vectors, vector_writer

# Chunks embedded and then written together; more of them are better sorted by length, fewer are in memory.
_WINDOW = 2048
# Where each step after reading begins on the bar from 0 to 1; embedding takes nearly all of the time.
_CUT, _EMBED, _STORE = 0.05, 0.1, 0.95
_SECONDS_BETWEEN_LOOKS = 0.2


class Build:
    """The making of one generation in its folder; each step reads what the steps before it wrote."""

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
        """`previous` is compared with and, unless `anew`, taken from; without `may_empty` it is not emptied."""
        self._settings = settings
        self._folder = folder
        self._fingerprint = fingerprint
        self._progress = progress
        self._versions = previous.articles.places() if previous else {}
        self._previous = None if anew else previous
        self._embedder = embedder
        self._cutter = Cutter(settings, fingerprint, embedder, self._previous)
        self._embedding = Embedding(embedder, settings.index, self._previous, self._cutter.text)
        self._stopped = threading.Event()
        self._may_empty = may_empty
        self._forgotten = forgotten(settings.index)

    def run(self, snapshot: Snapshot, began: float) -> SyncReport:
        """Write all files of the generation, the manifest last."""
        with (
            contextlib.closing(self._embedding),
            contextlib.closing(ArticleStore.create(self._folder / "articles.db")) as store,
        ):
            remarks = Remarks()
            problems, counts = read_articles(
                self._settings, store, self._cutter.taken_over, remarks, self._reading, frozenset(self._forgotten)
            )
            snapshot = read_between(snapshot, take_snapshot(self._settings.corpus, snapshot))
            self._refuse_to_empty(store)
            self._cut(store)
            self._embed_and_write(store)
            self._progress(_STORE, "Verifying the index")
            unreached = verify(self._folder, store, self._fingerprint.language)
            by_chance = self._nearness_by_chance(store)
            notices = remarks.words(self._fingerprint.language, self._fingerprint.model)
            report = replace(self._report(store, problems, notices, began), files=counts.reports())
        manifest = Manifest(
            name=self._folder.name,
            corpus=str(self._settings.corpus.absolute()),
            index=str(self._settings.index.absolute()),
            forgotten=self._forgotten,
            snapshot=snapshot,
            fingerprint=self._fingerprint,
            built=datetime.now(UTC),
            report=report,
            files=file_sums(self._folder),
            nearness_by_chance=by_chance,
            unreached=unreached,
        )
        manifest.write(self._folder)
        self._progress(1.0, "Done")
        return report

    def _refuse_to_empty(self, store: ArticleStore) -> None:
        if self._may_empty or not self._versions or store.counts()[0]:
            return
        corpus = self._settings.corpus
        message = (
            f"The folder “{corpus}” holds no articles any more, so the index keeps its {len(self._versions):,}; put"
            f" them back, or empty the index with: {sync_command(self._settings.index, str(corpus))}"
        )
        raise UserError(message)

    def _reading(self, done: int, size: int) -> None:
        self._progress(_CUT * done / max(size, 1), "Reading")

    def _cut(self, store: ArticleStore) -> None:
        articles, _ = store.counts()
        for place, article in enumerate(store.articles()):
            store.add_chunks(place, self._cutter.cut(article, self._embedding.knows))
            if place % 100 == 0:
                self._progress(_CUT + (_EMBED - _CUT) * place / articles, "Cutting into chunks")
        store.commit()

    def _embed_and_write(self, store: ArticleStore) -> None:
        """Embed window by window; meanwhile one thread adds the last window to Chroma, another writes the keywords."""
        for name in ("keywords", "chroma"):
            (self._folder / name).mkdir()
        _, count = store.counts()
        first_rows = store.embedded()
        with (
            _vector_file(self._folder / "vectors.npy", count, self._embedding.dimension) as write,
            vector_writer(self._folder / "chroma", len(first_rows)) as add,
            ThreadPoolExecutor(2) as threads,
            self._stopping(),
        ):
            keywords, adding = threads.submit(self._write_keywords), threads.submit(_nothing)
            self._embedding.expect(first_rows)
            chunks, row = store.chunked(), 0
            while window := list(itertools.islice(chunks, _WINDOW)):
                vectors = self._embedding.vectors(window, self._part(row / count, len(window) / count))
                write(vectors)
                row += len(window)
                self._wait([adding], keywords, row / count)
                # Of equal vectors Chroma gets one: more than some sixty would know nobody but each other in its graph.
                first = [chunk.row == first_rows[chunk.embedded] for _, chunk in window]
                ids = [chunk.id for _, chunk in itertools.compress(window, first)]
                adding = threads.submit(add, ids, vectors[first])
            self._wait([adding, keywords], keywords, 1.0)

    def _write_keywords(self) -> None:
        with contextlib.closing(ArticleStore.open(self._folder / "articles.db")) as store:
            chunks = itertools.takewhile(lambda _: not self._stopped.is_set(), store.chunked())
            entries = ((chunk.row, article, article.text[chunk.start : chunk.end]) for article, chunk in chunks)
            write_keywords(self._folder / "keywords", self._fingerprint.language, entries)

    @contextlib.contextmanager
    def _stopping(self) -> Iterator[None]:
        """Let the threads end early when the block fails."""
        try:
            yield
        except BaseException:
            self._stopped.set()
            raise

    def _part(self, share: float, size: float) -> Progress:
        """Progress on a part of the embedding, which begins at a share of it and has a size."""
        return lambda done, words: self._progress(_EMBED + (_STORE - _EMBED) * (share + size * done), words)

    def _wait(self, tasks: list[Future[None]], watched: Future[None], share: float) -> None:
        """Until some tasks are done; the error of the one that is watched is raised as soon as it is known."""
        while True:
            self._part(share, 0.0)(0.0, self._embedding.words() or "Writing the index")
            unfinished = wait(tasks, _SECONDS_BETWEEN_LOOKS).not_done
            for task in (*tasks, watched):
                if task.done():
                    task.result()
            if not unfinished:
                break

    def _nearness_by_chance(self, store: ArticleStore) -> float | None:
        """Measured anew where the model was needed anyhow; it hardly changes with what needs none."""
        if self._previous and not self._embedding.newly_encoded:
            return self._previous.manifest.nearness_by_chance
        _, count = store.counts()
        return nearness_by_chance(store, mapped_vectors(self._folder, count), self._embedder)

    def _report(
        self, store: ArticleStore, problems: list[Problem], notices: tuple[str, ...], began: float
    ) -> SyncReport:
        articles, count = store.counts()
        old, new = dict(self._versions.keys()), dict(store.places().keys())
        kept = [article_id for article_id in new if article_id in old]
        unchanged = sum(old[article_id] == new[article_id] for article_id in kept)
        return SyncReport(
            generation=self._folder.name,
            articles=articles,
            chunks=count,
            added=len(new) - len(kept),
            updated=len(kept) - unchanged,
            removed=len(old) - len(kept),
            unchanged=unchanged,
            failed=tuple(problems),
            embedded=self._embedding.newly_encoded,
            seconds=round(time.monotonic() - began, 3),
            notices=notices,
        )


@contextlib.contextmanager
def _vector_file(file: Path, count: int, dimension: int) -> Iterator[Callable[[Vectors], object]]:
    """A float32 array of that shape as a file; what it yields writes the next rows."""
    with file.open("wb") as stream:
        header = {"descr": "<f4", "fortran_order": False, "shape": (count, dimension)}
        np.lib.format.write_array_header_1_0(stream, header)
        yield lambda vectors: stream.write(np.ascontiguousarray(vectors, "<f4").tobytes())


def _nothing() -> None:
    pass
