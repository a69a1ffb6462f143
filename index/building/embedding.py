"""The vectors of a build, by windows of its chunks: known ones are taken over, the rest comes from the model."""

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from corpus import Article
from index.building.encoded import EncodedTexts
from index.generations.generation import Generation
from index.models.embedder import Embedder, Vectors
from index.stores.articles import StoredChunk

Progress = Callable[[float, str], object]

# Texts encoded and stored at a time; a build that is killed loses one such block.
_BLOCK = 256


class Embedding:
    """Finds a vector for every chunk: in the last generation, in what stopped builds left, or by encoding it."""

    def __init__(
        self,
        embedder: Embedder,
        index: Path,
        previous: Generation | None,
        text: Callable[[Article, int, int], str],
    ) -> None:
        """`text` gives the text that is embedded for a span of an article."""
        self.newly_encoded = 0
        self.dimension = int(previous.vectors.shape[1]) if previous else embedder.dimension
        self._embedder = embedder
        self._encoded = EncodedTexts(index, embedder.name, self.dimension)
        self._rows = previous.articles.embedded() if previous else {}
        # Reading a row from a plain array takes a fifth of the time of a mapped one.
        self._known = np.asarray(previous.vectors) if previous else np.zeros((0, self.dimension), np.float32)
        self._text = text
        self._wanted = 0
        self._began = 0.0

    def knows(self, digest: bytes) -> bool:
        """Whether the text of that digest has a vector already."""
        return digest in self._rows or digest in self._encoded

    def expect(self, digests: Iterable[bytes]) -> None:
        """Count the texts that must be encoded, to estimate how long that takes."""
        self._wanted = sum(not self.knows(digest) for digest in digests)
        self._began = time.monotonic()

    def vectors(self, window: Sequence[tuple[Article, StoredChunk]], progress: Progress) -> Vectors:
        """The vectors of some chunks, shape (number of chunks, dimension), in their order.

        `progress` gets the share of the window that is done, and words.
        """
        texts = {
            chunk.embedded: self._text(article, chunk.start, chunk.end)
            for article, chunk in window
            if not self.knows(chunk.embedded)
        }
        # Texts of one length together need the least padding.
        digests = sorted(texts, key=lambda digest: len(texts[digest]), reverse=True)
        new: dict[bytes, Vectors] = {}
        for first in range(0, len(digests), _BLOCK):
            progress(first / len(digests), self.words())
            block = digests[first : first + _BLOCK]
            vectors = self._embedder.encode([texts[digest] for digest in block])
            self._encoded.add(block, vectors)
            new.update(zip(block, vectors, strict=True))
            self.newly_encoded += len(block)
        # New ones are not read back from the disk one by one.
        return np.stack(
            [new[chunk.embedded] if chunk.embedded in new else self._vector(chunk.embedded) for _, chunk in window]
        )

    def close(self) -> None:
        """Close the files."""
        self._encoded.close()

    def _vector(self, digest: bytes) -> Vectors:
        row = self._rows.get(digest)
        if row is None:
            return self._encoded.vector(digest)
        vector: Vectors = self._known[row]
        return vector

    def words(self) -> str:
        """How many texts are done, how fast, and how long the rest takes; empty if there is nothing left to encode."""
        done, seconds = self.newly_encoded, time.monotonic() - self._began
        if done >= self._wanted:
            return ""
        words = f"Embedding, {done:,} of {self._wanted:,} texts"
        if not done:
            return words
        minutes, left = divmod(round(seconds / done * (self._wanted - done)), 60)
        return f"{words}, {done / seconds:,.0f} a second, {minutes}:{left:02} left"
