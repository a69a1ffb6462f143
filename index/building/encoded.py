"""Vectors on disk as soon as they are made, so that a build that is stopped or killed does not make them twice."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.models.embedder import Vectors

_DIGEST_BYTES = 16
_LENGTH_OFF = 0.01


class EncodedTexts:
    """The vectors of one model by the digest of their text, in a file of the index folder that only grows.

    What a build that was killed left unfinished at the end of the file is cut off. One builder at a time uses it.
    """

    def __init__(self, index: Path, model: str, dimension: int) -> None:
        """Open what earlier builds with this model have left, or begin anew."""
        self._record = np.dtype([("digest", f"V{_DIGEST_BYTES}"), ("vector", "<f4", (dimension,))])
        name = hashlib.sha256(f"{model} {dimension}".encode()).hexdigest()[:12]
        self._file = index / f"encoded-{name}.bin"
        self._stream = self._file.open("a+b")
        self._count = os.fstat(self._stream.fileno()).st_size // self._record.itemsize
        self._stream.truncate(self._count * self._record.itemsize)
        self._stream.seek(0)
        records = np.fromfile(self._stream, self._record, self._count)
        # A failing disk may have left anything; every vector that was written has length 1.
        whole = np.flatnonzero(np.abs(np.linalg.norm(records["vector"], axis=1) - 1) < _LENGTH_OFF)
        self._places = {records["digest"][place].tobytes(): int(place) for place in whole}

    def __contains__(self, digest: bytes) -> bool:
        """Whether the text of that digest has a vector here."""
        return digest in self._places

    def add(self, digests: Sequence[bytes], vectors: Vectors) -> None:
        """Keep vectors, shape (number of digests, dimension); they are on the disk when this returns."""
        records = np.zeros(len(digests), self._record)
        records["digest"] = np.array(digests, f"V{_DIGEST_BYTES}")
        records["vector"] = vectors
        self._stream.write(records.tobytes())
        self._stream.flush()
        os.fsync(self._stream.fileno())
        for digest in digests:
            self._places[digest] = self._count
            self._count += 1

    def vector(self, digest: bytes) -> Vectors:
        """The vector of the text of that digest; KeyError when there is none."""
        self._stream.seek(self._places[digest] * self._record.itemsize)
        vector: Vectors = np.fromfile(self._stream, self._record, 1)["vector"][0]
        return vector

    def close(self) -> None:
        """Let go of the file; an empty one goes."""
        self._stream.close()
        if not self._count:
            self._file.unlink(missing_ok=True)


def forget_encoded(index: Path) -> None:
    """Delete what builds have left: the generation that was published holds it."""
    for file in index.glob("encoded-*.bin"):
        file.unlink()
