"""The vectors of a generation: in Chroma, which is imported only here, and as an array."""

import contextlib
import errno
import functools
import math
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus import UserError
from index.models.embedder import Vectors

_COLLECTION = "chunks"
# The defaults lose all ten neighbours of 3 % of queries at 200,000 vectors; these found all of them for 150 there, and
# 98.8 % of the 200 nearest, in 3.0 ms of the processor; an `ef_search` of 200 found 96.9 %, 2.3 ms (docs/scaling.md).
_HNSW = {"space": "cosine", "max_neighbors": 32, "ef_construction": 100, "ef_search": 600}
# Rows.
_BATCH = 1000
# At most so many rows wait in a log, which Chroma reads with every batch, before they are written into the graph.
_MOST_IN_LOG = 20_000
DATABASE = "chroma.sqlite3"
# Chromadb counts the clients of a folder in tables of its own, without a lock.
_OPENING = threading.Lock()


class VectorStore:
    """The nearest chunks to a vector."""

    def __init__(self, folder: Path) -> None:
        """Open the store that `vector_writer` made in the folder; OSError or ValueError if missing or damaged."""
        errors = _chromadb().errors
        (folder / DATABASE).stat()
        with contextlib.ExitStack() as files:
            try:
                self._client = _client(folder)
                files.callback(self.close)
                self._chunks = self._client.get_collection(_COLLECTION, embedding_function=None)
            except errors.ChromaError as error:
                raise ValueError(str(error)) from error
            files.pop_all()

    @property
    def count(self) -> int:
        """How many chunks the store says it holds; no proof that a search reaches them."""
        return int(self._chunks.count())

    def nearest(self, vector: Vectors, count: int) -> list[str]:
        """The ids of the `count` chunks, or all, that are nearest to a vector of shape (dimension,), nearest first."""
        found = self._chunks.query(query_embeddings=[vector], n_results=max(1, count), include=[])
        return list(found["ids"][0])

    def close(self) -> None:
        """Close the files."""
        _close(self._client)


@contextlib.contextmanager
def vector_writer(folder: Path, count: int) -> Iterator[Callable[[Sequence[str], Vectors], None]]:
    """Make a store of `count` chunks in an empty folder; what it yields adds some: ids, and a row of vectors for each.

    OSError where the folder cannot be written.
    """
    # In equal parts, since what is left over would be read from the log at every opening.
    part = max(1, count // max(1, math.ceil(count / _MOST_IN_LOG)))
    settings = {**_HNSW, "sync_threshold": part, "batch_size": min(_BATCH, part)}
    added = 0
    try:
        client = _client(folder)
        try:
            chunks = client.create_collection(_COLLECTION, embedding_function=None, configuration={"hnsw": settings})

            def add(ids: Sequence[str], vectors: Vectors) -> None:
                nonlocal added
                first = 0
                while first < len(ids):
                    batch = slice(first, first + min(_BATCH, part - added % part))
                    chunks.add(ids=list(ids[batch]), embeddings=np.asarray(vectors[batch]))
                    added += len(ids[batch])
                    first = batch.stop

            yield add
        finally:
            _close(client)
        # The emptied log is nine tenths of the file.
        with contextlib.closing(sqlite3.connect(folder / DATABASE)) as database:
            database.execute("PRAGMA temp_store = MEMORY")
            database.execute("VACUUM")
    except _chromadb().errors.ChromaError as error:
        raise OSError(errno.EIO, str(error), str(folder)) from error


def mapped_vectors(generation: Path, count: int) -> Vectors:
    """The vectors.npy of a generation, with that many rows, memory-mapped; an empty array cannot be."""
    vectors: Vectors = np.load(generation / "vectors.npy", mmap_mode="r" if count else None)
    return vectors


def _client(folder: Path) -> Any:
    with _OPENING:
        return _chromadb().PersistentClient(str(folder), settings=_settings().model_copy())


@functools.cache
def _settings() -> Any:
    """Chromadb's, which take it a tenth of a second; it would read a `.env` of the working directory for them."""
    return _chromadb().Settings(_env_file=None, anonymized_telemetry=False, is_persistent=True)


def _close(client: Any) -> None:
    with _OPENING:
        client.close()


def _chromadb() -> Any:
    try:
        import chromadb
    except ValueError as error:
        message = "The file “.env” in this folder keeps chromadb from starting; run Dateline from another folder."
        raise UserError(message) from error
    return chromadb
