"""The vectors of a build, by windows of its chunks: known ones are taken over, the rest comes from the model."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from corpus import Article
from index.building.encoded import EncodedTexts
from index.generations.generation import Generation
from index.models.embedder import Elsewhere, Embedder, Vectors
from index.stores.articles import StoredChunk

_log = logging.getLogger(__name__)

Progress = Callable[[float, str], object]

# Texts encoded and stored at a time; a build that is killed loses one such block.
_BLOCK = 256
# In place of a text's digest: by its vector a model on a server is known again.
_PROBE = b"probe"


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
        self._before = previous.manifest.probe if previous else ()
        if isinstance(embedder, Elsewhere) and _PROBE in self._encoded:
            if embedder.same(self._encoded.vector(_PROBE).tolist()):
                self._before = tuple(self._encoded.vector(_PROBE).tolist())
            else:
                _log.warning("The server has another model now than when the last build stopped; beginning anew.")
                self._encoded.clear()
        self._wanted = 0
        self._began = 0.0

    def knows(self, digest: bytes) -> bool:
        """Whether the text of that digest has a vector already."""
        return digest in self._rows or digest in self._encoded

    def expect(self, digests: Iterable[bytes]) -> None:
        """Count the texts that must be encoded, to estimate how long that takes."""
        self._wanted = sum(not self.knows(digest) for digest in digests)
        self._began = time.monotonic()

    @property
    def probe(self) -> tuple[float, ...]:
        """By what the model is known again, where it runs on a server."""
        return self._before

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
        progress(0.0, self.words())
        for block, vectors in self._blocks(digests, texts):
            self._encoded.add(block, vectors)
            new.update(zip(block, vectors, strict=True))
            self.newly_encoded += len(block)
            progress(len(new) / len(digests), self.words())
        # New ones are not read back from the disk one by one.
        return np.stack(
            [new[chunk.embedded] if chunk.embedded in new else self._vector(chunk.embedded) for _, chunk in window]
        )

    def _blocks(
        self, digests: Sequence[bytes], texts: Mapping[bytes, str]
    ) -> Iterator[tuple[Sequence[bytes], Vectors]]:
        """The digests of some texts with their vectors, block by block."""
        if digests and isinstance(self._embedder, Elsewhere):
            self._know_again(self._embedder)
            for part, vectors in self._embedder.batches([texts[digest] for digest in digests]):
                yield digests[part], vectors
            return
        for first in range(0, len(digests), _BLOCK):
            block = digests[first : first + _BLOCK]
            yield block, self._embedder.encode([texts[digest] for digest in block])

    def close(self) -> None:
        """Close the files."""
        self._encoded.close()

    def _know_again(self, embedder: Elsewhere) -> None:
        """UserError if the model on a server is another than that of the vectors which are there."""
        if self._before:
            embedder.check(self._before)
        else:
            self._before = tuple(embedder.probe().tolist())
        self._encoded.add([_PROBE], np.array([self._before]))

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
