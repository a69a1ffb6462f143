"""The `Writer` of an index on this machine: a new generation, written whole beside the live one."""

import contextlib
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from itertools import compress, takewhile
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from index.audit import note
from index.building.publishing import publish, roll_back
from index.generations.manifest import Manifest
from index.generations.sums import file_sums
from index.stores.articles import ArticleStore, chunk_id
from index.stores.keywords import write_keywords
from index.stores.vectors import vector_writer
from index.verify import verify_stores
from index.writer import Prepared

_SECONDS_BETWEEN_LOOKS = 0.2


class LocalWriter:
    """Writes one generation; all of its articles are put, in order of id.

    Their texts, versions, stories and chunks are settled in `store` before.
    """

    def __init__(self, folder: Path, previous: ArticleStore | None, waiting: Callable[[], object]) -> None:
        """Make the store in the generation's folder; `waiting` is called again and again while `put` waits."""
        self.store = ArticleStore.create(folder / "articles.db")
        self._folder, self._language = folder, ""
        self._previous = previous
        self._waiting = waiting
        self._stopped = threading.Event()
        self._files = contextlib.ExitStack()
        self._row = 0
        self._unreached: tuple[int, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close all files; after an error the threads end early."""
        self._stopped.set()
        with contextlib.closing(self.store):
            self._files.__exit__(kind, error, traceback)

    def digests(self, ids: Iterable[str]) -> dict[str, str]:
        """As `Writer` says; of the generation before."""
        before = dict(self._previous.places().keys()) if self._previous else {}
        return {article_id: before[article_id] for article_id in ids if article_id in before}

    def begin(self, dimension: int, language: str) -> None:
        """Open the stores of chunks, of which all are in `store` by now; one thread begins to write the keywords."""
        self._language = language
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
        """As `Writer` says; a thread adds the vectors to Chroma, while those of the next articles are made."""
        batch = list(articles)
        digested = ((one, one.article.digest) for one in batch)
        ids = [chunk_id(one.article.id, digest, *span) for one, digest in digested for span in one.spans]
        together = np.concatenate([one.vectors for one in batch])
        self._vectors.write(np.ascontiguousarray(together, "<f4").tobytes())
        first = np.array([row in self._first_rows for row in range(self._row, self._row + len(ids))])
        self._row += len(ids)
        self._wait(self._adding)
        self._adding = [self._threads.submit(self._add, list(compress(ids, first)), together[first])]

    def withdraw(self, ids: Iterable[str]) -> None:
        """As `Writer` says: a generation is written whole, so what is not put is not in it."""

    def verify(self) -> None:
        self._wait([*self._adding, self._keywords])
        self._files.close()
        self._unreached = verify_stores(self._folder, self.store, self._language)

    def publish(self, manifest: Manifest) -> str:
        self.store.close()
        replace(manifest, files=file_sums(self._folder), unreached=self._unreached).write(self._folder)
        index, report = self._folder.parent.parent, manifest.report
        replaced = publish(index, self._folder.name)
        changes = {name: getattr(report, name) for name in ("added", "updated", "removed", "articles")}
        note(index, "build", generation=self._folder.name, replaced=replaced, **changes)
        return self._folder.name

    def roll_back(self) -> str:
        return roll_back(self._folder.parent.parent).name

    def _write_keywords(self) -> None:
        with contextlib.closing(ArticleStore.open(self._folder / "articles.db")) as store:
            chunks = takewhile(lambda _: not self._stopped.is_set(), store.chunked())
            entries = ((chunk.row, article, chunk.start, chunk.end) for article, chunk in chunks)
            write_keywords(self._folder / "keywords", self._language, entries)

    def _wait(self, tasks: list[Future[None]]) -> None:
        """Until some tasks are done; an error of theirs, or of the keywords, is raised as soon as it is known."""
        while True:
            self._waiting()
            unfinished = wait(tasks, _SECONDS_BETWEEN_LOOKS).not_done
            for task in (*tasks, self._keywords):
                if task.done():
                    task.result()
            if not unfinished:
                break
