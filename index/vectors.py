"""The vectors of a generation in Chroma; its only import. Knows chunk ids and vectors, nothing else."""

import contextlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus import UserError
from index.embedder import Vectors

_COLLECTION = "chunks"
# The defaults lose all ten neighbours of 3 % of queries at 200,000 vectors; these keep recall@10 at 0.9995 at 50,000.
_HNSW = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 200}
_BATCH = 1000
# Chromadb counts the clients of a folder in tables of its own, without a lock.
_OPENING = threading.Lock()


class VectorStore:
    """The nearest chunks to a vector."""

    def __init__(self, folder: Path) -> None:
        """Open the store that `write_vectors` made in the folder; OSError or ValueError if missing or damaged."""
        errors = _chromadb().errors
        (folder / "chroma.sqlite3").stat()
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
        """The ids of the `count` nearest chunks to a vector of shape (dimension,), nearest first.

        Fewer when the store holds fewer. Chroma's distances are left behind: callers take cosines from vectors.npy.
        """
        found = self._chunks.query(query_embeddings=[vector], n_results=max(1, count), include=[])
        return list(found["ids"][0])

    def close(self) -> None:
        """Let go of the files."""
        _close(self._client)


def write_vectors(
    folder: Path, ids: Sequence[str], vectors: Vectors, progress: Callable[[float], None] | None = None
) -> None:
    """Make a store in an empty folder: one id, and one row of `vectors`, a chunk. `progress` gets the share done."""
    client = _client(folder)
    try:
        chunks = client.create_collection(_COLLECTION, embedding_function=None, configuration={"hnsw": _HNSW})
        for first in range(0, len(ids), _BATCH):
            last = first + _BATCH
            chunks.add(ids=list(ids[first:last]), embeddings=np.asarray(vectors[first:last]))
            if progress:
                progress(min(1.0, last / len(ids)))
    finally:
        _close(client)


def _client(folder: Path) -> Any:
    chromadb = _chromadb()
    # Chromadb would read a `.env` of the working directory: whatever stands there is not meant for this store.
    settings = chromadb.Settings(_env_file=None, anonymized_telemetry=False, is_persistent=True)
    with _OPENING:
        return chromadb.PersistentClient(str(folder), settings=settings)


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
