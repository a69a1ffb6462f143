"""The `Writer` of an index on this machine: a new generation, written whole beside the live one."""

import contextlib
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from itertools import compress, takewhile
from pathlib import Path

import numpy as np

from index.audit import note
from index.building.publishing import publish
from index.generations.generation import Generation, current
from index.generations.holding import file_sums
from index.generations.manifest import Manifest
from index.local import LocalArchive
from index.stores.articles import ArticleStore
from index.stores.chunks import chunk_id
from index.stores.keywords import write_keywords
from index.stores.vectors import vector_writer
from index.verify import verify_stores
from index.writer import Prepared, Writer

_SECONDS_BETWEEN_LOOKS = 0.2


class LocalWriter(Writer):
    """Writes one generation; all of its articles are put, in order of id."""

    def __init__(self, folder: Path, previous: ArticleStore | None, forgotten: tuple[str, ...]) -> None:
        self.forgotten = forgotten
        self.store = ArticleStore.create(folder / "articles.db")
        self.name = folder.name
        self.articles_before = previous.counts()[0] if previous else 0
        self._folder, self._index, self._previous = folder, folder.parent.parent, previous
        self._stopped = threading.Event()
        self._files = contextlib.ExitStack()
        self._row = 0

    def __exit__(self, *error: object) -> None:
        """Close all files; after an error the thread ends early."""
        self._stopped.set()
        with contextlib.closing(self.store):
            self._files.close()

    def digests(self, ids: Collection[str]) -> dict[str, str]:
        before = dict(self._previous.places().keys()) if self._previous else {}
        return {article: before[article] for article in ids if article in before}

    def begin(self, dimension: int, language: str) -> None:
        """A thread begins to write the keywords."""
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
        self._keywords = self._files.enter_context(ThreadPoolExecutor(1)).submit(self._write_keywords)

    def put(self, articles: Iterable[Prepared]) -> None:
        batch = list(articles)
        digested = ((one, one.article.digest) for one in batch)
        ids = [chunk_id(one.article.id, digest, *span) for one, digest in digested for span in one.spans]
        together = np.concatenate([one.vectors for one in batch])
        self._vectors.write(np.ascontiguousarray(together, "<f4").tobytes())
        first = np.array([row in self._first_rows for row in range(self._row, self._row + len(ids))])
        self._row += len(ids)
        self._add(list(compress(ids, first)), together[first])
        if self._keywords.done():
            self._keywords.result()

    def verify(self, waiting: Callable[[], object]) -> None:
        while wait([self._keywords], _SECONDS_BETWEEN_LOOKS).not_done:
            waiting()
        self._keywords.result()
        self._files.close()
        self._unreached = verify_stores(self._folder, self.store, self._language)
        self._sums = file_sums(self._folder)

    def counts(self) -> tuple[int, int]:
        return self.store.counts()

    @contextlib.contextmanager
    def archive(self, manifest: Manifest) -> Iterator[LocalArchive]:
        made = self._written(manifest)
        with contextlib.closing(Generation(self._folder, made)) as generation:
            yield LocalArchive(generation)

    def publish(self, manifest: Manifest) -> None:
        self.store.close()
        replaced = self._written(manifest).replaced
        publish(self._index, self.name)
        changes = {name: getattr(manifest.report, name) for name in ("added", "updated", "removed", "articles")}
        note(self._index, "build", generation=self.name, replaced=replaced, **changes)

    def _written(self, manifest: Manifest) -> Manifest:
        made = replace(manifest, files=self._sums, unreached=self._unreached, replaced=current(self._index))
        made.write(self._folder)
        return made

    def _write_keywords(self) -> None:
        with contextlib.closing(ArticleStore.open(self._folder / "articles.db")) as store:
            chunks = takewhile(lambda _: not self._stopped.is_set(), store.chunked())
            entries = ((chunk.row, article, chunk.start, chunk.end) for article, chunk in chunks)
            write_keywords(self._folder / "keywords", self._language, entries)
