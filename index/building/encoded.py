"""Vectors on disk as soon as they are made, so that a build that is stopped or killed does not make them twice."""

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.models.embedder import Vectors


class EncodedTexts:
    """The vectors of one model by the digest of their text, in a file of the index folder. One builder at a time."""

    def __init__(self, index: Path, model: str, dimension: int) -> None:
        """Open what earlier builds with this model have left; a damaged file is begun anew."""
        name = hashlib.sha256(f"{model} {dimension}".encode()).hexdigest()[:12]
        self._file = index / f"encoded-{name}.db"
        try:
            self._database = self._opened()
        except sqlite3.DatabaseError:
            self._file.unlink()
            self._database = self._opened()

    def __contains__(self, digest: bytes) -> bool:
        """Whether the text of that digest has a vector here."""
        return self._found(digest) is not None

    def add(self, digests: Sequence[bytes], vectors: Vectors) -> None:
        """Keep vectors, shape (number of digests, dimension); they are on the disk when this returns."""
        rows = zip(digests, (vector.tobytes() for vector in np.asarray(vectors, "<f4")), strict=True)
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    def vector(self, digest: bytes) -> Vectors:
        """The vector of the text of that digest; KeyError if there is none."""
        found = self._found(digest)
        if found is None:
            raise KeyError(digest)
        return np.frombuffer(found, "<f4")

    def clear(self) -> None:
        """Forget all vectors."""
        with self._database:
            self._database.execute("DELETE FROM vectors")

    def close(self) -> None:
        """Close the file; an empty one is deleted."""
        empty = not self._database.execute("SELECT COUNT(*) FROM vectors").fetchone()[0]
        self._database.close()
        if empty:
            self._file.unlink()

    def _opened(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._file)
        database.execute("CREATE TABLE IF NOT EXISTS vectors (digest BLOB PRIMARY KEY, vector BLOB NOT NULL)")
        return database

    def _found(self, digest: bytes) -> bytes | None:
        row = self._database.execute("SELECT vector FROM vectors WHERE digest = ?", (digest,)).fetchone()
        return row[0] if row else None


def forget_encoded(index: Path) -> None:
    """Delete what builds have left: the generation that was published holds it."""
    for file in index.glob("encoded-*"):
        file.unlink()
