"""The `Writer` of an index on this machine: a new generation, written whole beside the live one."""

import contextlib
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from itertools import compress, takewhile
from pathlib import Path

import numpy as np

from index.audit import note
from index.building.chance import exact_nearest_to_others
from index.building.publishing import publish
from index.generations.holding import file_sums
from index.generations.manifest import Manifest
from index.models.embedder import Vectors
from index.stores.articles import ArticleStore
from index.stores.chunks import chunk_id
from index.stores.keywords import write_keywords
from index.stores.vectors import mapped_vectors, vector_writer
from index.verify import verify_stores
from index.writer import Prepared, Writer

# So many vectors show whether the model's point one way.
_SAMPLE = 2000
_SECONDS_BETWEEN_LOOKS = 0.2


class LocalWriter(Writer):
    """Writes one generation; all of its articles are put, in order of id."""

    def __init__(self, folder: Path, previous: ArticleStore | None) -> None:
        self.store = ArticleStore.create(folder / "articles.db")
        self.name = folder.name
        self.articles_before = previous.counts()[0] if previous else 0
        self._folder, self._previous = folder, previous
        self._stopped = threading.Event()
        self._files = contextlib.ExitStack()
        self._row = 0

    def __exit__(self, *error: object) -> None:
        """Close all files; after an error the threads end early."""
        self._stopped.set()
        with contextlib.closing(self.store):
            self._files.close()

    def digests(self, ids: Collection[str]) -> dict[str, str]:
        before = dict(self._previous.places().keys()) if self._previous else {}
        return {article: before[article] for article in ids if article in before}

    def begin(self, dimension: int, language: str, waiting: Callable[[], object]) -> None:
        """One thread begins to write the keywords."""
        self._language, self._waiting = language, waiting
        self.store.commit()
        for name in ("keywords", "chroma"):
            (self._folder / name).mkdir()
        # Of equal vectors Chroma gets one: more than some sixty would know nobody but each other in its graph.
        self._first_rows = {*self.store.embedded().values()}
        rows = self.store.counts()[1], dimension
        self._vectors = self._files.enter_context((self._folder / "vectors.npy").open("wb"))
        header = {"descr": "<f4", "fortran_order": False, "shape": rows}
        np.lib.format.write_array_header_1_0(self._vectors, header)
        self._add = self._files.enter_context(vector_writer(self._folder / "chroma", len(self._first_rows)))
        self._threads = self._files.enter_context(ThreadPoolExecutor(2))
        self._keywords = self._threads.submit(self._write_keywords)
        self._adding: list[Future[None]] = []

    def put(self, articles: Iterable[Prepared]) -> None:
        """A thread adds the vectors to Chroma, while those of the next articles are made."""
        batch = list(articles)
        digested = ((one, one.article.digest) for one in batch)
        ids = [chunk_id(one.article.id, digest, *span) for one, digest in digested for span in one.spans]
        together = np.concatenate([one.vectors for one in batch])
        self._vectors.write(np.ascontiguousarray(together, "<f4").tobytes())
        first = np.array([row in self._first_rows for row in range(self._row, self._row + len(ids))])
        self._row += len(ids)
        finish(self._adding, self._waiting, [self._keywords])
        self._adding = [self._threads.submit(self._add, list(compress(ids, first)), together[first])]

    def verify(self) -> None:
        finish([*self._adding, self._keywords], self._waiting)
        self._files.close()
        self._unreached = verify_stores(self._folder, self.store, self._language)

    def counts(self) -> tuple[int, int]:
        return self.store.counts()

    def sample(self) -> Vectors:
        vectors = self._written
        return np.asarray(vectors[:: max(1, len(vectors) // _SAMPLE)])

    def nearest_to_others(self, vectors: Vectors, articles: Sequence[str]) -> Sequence[float]:
        return exact_nearest_to_others(self.store, self._written, vectors, articles)

    def publish(self, manifest: Manifest) -> None:
        self.store.close()
        replace(manifest, files=file_sums(self._folder), unreached=self._unreached).write(self._folder)
        index, report = self._folder.parent.parent, manifest.report
        replaced = publish(index, self.name)
        changes = {name: getattr(report, name) for name in ("added", "updated", "removed", "articles")}
        note(index, "build", generation=self.name, replaced=replaced, **changes)

    @property
    def _written(self) -> Vectors:
        return mapped_vectors(self._folder, self._row)

    def _write_keywords(self) -> None:
        with contextlib.closing(ArticleStore.open(self._folder / "articles.db")) as store:
            chunks = takewhile(lambda _: not self._stopped.is_set(), store.chunked())
            entries = ((chunk.row, article, chunk.start, chunk.end) for article, chunk in chunks)
            write_keywords(self._folder / "keywords", self._language, entries)


def finish(tasks: Sequence[Future[None]], waiting: Callable[[], object], also: Sequence[Future[None]] = ()) -> None:
    """Wait until some tasks are done; an error of theirs, or of `also`, is raised as soon as it is known."""
    unfinished = {*tasks}
    while True:
        waiting()
        unfinished = wait(unfinished, _SECONDS_BETWEEN_LOOKS).not_done
        for task in (*tasks, *also):
            if task.done():
                task.result()
        if not unfinished:
            break
