"""The vectors of a build, by windows of its chunks: known ones are taken over, the rest comes from the model."""

import hashlib
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from corpus import Article
from corpus.message import Message
from index.generations.generation import Generation
from index.models.embedder import Elsewhere, Embedder, InParts, Vectors, check_same
from index.stores.chunks import StoredChunk

_log = logging.getLogger(__name__)

Progress = Callable[[float, str], object]

# Texts encoded and stored at a time; a build that is killed loses one such block.
_BLOCK = 256
# In place of a text's digest: by its vector a model on a server is known again.
_PROBE = b"probe"


class EncodedTexts:
    """The vectors of one model by the digest of their text, in a file of the index folder. One builder at a time."""

    def __init__(self, index: Path, model: str, dimension: int) -> None:
        """Open what earlier builds with this model have left; a damaged file is begun anew."""
        name = hashlib.sha256(f"{model} {dimension}".encode()).hexdigest()[:12]
        self._file = index / f"encoded-{name}.db"
        try:
            self._database = self._opened()
        except sqlite3.OperationalError:  # It may be sound, but cannot be read or written now.
            raise
        except sqlite3.DatabaseError:
            self._file.unlink()
            self._database = self._opened()

    def add(self, digests: Sequence[bytes], vectors: Vectors) -> None:
        """Keep vectors, shape (number of digests, dimension); they are on the disk when this returns."""
        rows = zip(digests, (vector.tobytes() for vector in np.asarray(vectors, "<f4")), strict=True)
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    def vector(self, digest: bytes) -> Vectors | None:
        """The vector of the text of that digest, None if there is none."""
        row = self._database.execute("SELECT vector FROM vectors WHERE digest = ?", (digest,)).fetchone()
        return np.frombuffer(row[0], "<f4") if row else None

    def clear(self) -> None:
        """Forget all vectors."""
        with self._database:
            self._database.execute("DELETE FROM vectors")

    def close(self) -> None:
        """Close the file; an empty one is deleted."""
        [[count]] = self._database.execute("SELECT COUNT(*) FROM vectors")
        self._database.close()
        if not count:
            self._file.unlink()

    def _opened(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._file)
        [[state]] = database.execute("PRAGMA quick_check(1)")
        if state != "ok":
            raise sqlite3.DatabaseError(state)
        database.execute("CREATE TABLE IF NOT EXISTS vectors (digest BLOB PRIMARY KEY, vector BLOB NOT NULL)")
        return database


def forget_encoded(index: Path) -> None:
    """Delete what builds have left: the generation that was published holds it."""
    for file in index.glob("encoded-*"):
        file.unlink()


class Embedding:
    """Finds a vector for every chunk: in the last generation, in what stopped builds left, or by encoding it."""

    def __init__(
        self,
        embedder: Embedder,
        index: Path,
        previous: Generation | None,
        text: Callable[[Article, int, int], str],
        probe: tuple[float, ...] = (),
    ) -> None:
        """`text` gives the text that is embedded for a span of an article; `probe` is that of the archive so far."""
        self.newly_encoded = 0
        self.dimension = int(previous.vectors.shape[1]) if previous else embedder.dimension
        self._embedder = embedder
        self._encoded = EncodedTexts(index, embedder.name, self.dimension)
        self._rows = previous.articles.embedded() if previous else {}
        # Reading a row from a plain array takes a fifth of the time of a mapped one.
        self._known = np.asarray(previous.vectors) if previous else np.zeros((0, self.dimension), np.float32)
        self._text = text
        self.probe = probe
        """By what the model is known again, where it runs on a server."""
        left = self._encoded.vector(_PROBE)
        if isinstance(embedder, Elsewhere) and left is not None:
            if embedder.same(left.tolist()):
                self.probe = tuple(left.tolist())
            else:
                _log.warning("The server has another model now than when the last build stopped; beginning anew.")
                self._encoded.clear()
        self._wanted = 0
        self._began = 0.0

    def knows(self, digest: bytes) -> bool:
        """Whether the text of that digest has a vector already."""
        return self._vector(digest) is not None

    def expect(self, digests: Iterable[bytes]) -> None:
        """Count the texts that must be encoded, to estimate how long that takes."""
        self._wanted = sum(not self.knows(digest) for digest in digests)
        self._began = time.monotonic()

    def vectors(self, window: Sequence[tuple[Article, StoredChunk]], tell: Callable[[], object]) -> Vectors:
        """The vectors of some chunks, shape (number of chunks, dimension), in their order.

        `tell` is called whenever `share` and `words` have changed.
        """
        wanted = {chunk.embedded: (article, chunk) for article, chunk in window}
        found = {digest: vector for digest in wanted if (vector := self._vector(digest)) is not None}
        texts = {
            digest: self._text(article, chunk.start, chunk.end)
            for digest, (article, chunk) in wanted.items()
            if digest not in found
        }
        # Texts of one length together need the least padding.
        digests = sorted(texts, key=lambda digest: len(texts[digest]), reverse=True)
        tell()
        for block, vectors in self._blocks(digests, texts):
            self._encoded.add(block, vectors)
            found.update(zip(block, vectors, strict=True))
            self.newly_encoded += len(block)
            tell()
        return np.stack([found[chunk.embedded] for _, chunk in window])

    def _blocks(
        self, digests: Sequence[bytes], texts: Mapping[bytes, str]
    ) -> Iterator[tuple[Sequence[bytes], Vectors]]:
        """The digests of some texts with their vectors, block by block."""
        if digests and isinstance(self._embedder, Elsewhere):
            check_same(self._embedder, self.probe)
            self.probe = self.probe or tuple(self._embedder.probe().tolist())
            self._encoded.add([_PROBE], np.array([self.probe]))
        if isinstance(self._embedder, InParts):
            for part, vectors in self._embedder.batches([texts[digest] for digest in digests]):
                yield digests[part], vectors
            return
        for first in range(0, len(digests), _BLOCK):
            block = digests[first : first + _BLOCK]
            yield block, self._embedder.encode([texts[digest] for digest in block])

    def close(self) -> None:
        """Close the files."""
        self._encoded.close()

    def _vector(self, digest: bytes) -> Vectors | None:
        row = self._rows.get(digest)
        vector: Vectors | None = self._encoded.vector(digest) if row is None else self._known[row]
        return vector

    @property
    def share(self) -> float:
        """How much of what is expected is encoded, from 0 to 1."""
        return self.newly_encoded / self._wanted if self._wanted else 1.0

    def words(self) -> str:
        """How many texts are done, how fast, and how long the rest takes; empty if there is nothing left to encode."""
        done, seconds = self.newly_encoded, time.monotonic() - self._began
        if done >= self._wanted:
            return ""
        if not done:
            return Message("Embedding, %(done)s of %(all)s texts", done=done, all=self._wanted)
        minutes, left = divmod(round(seconds / done * (self._wanted - done)), 60)
        form = "Embedding, %(done)s of %(all)s texts, %(speed)s a second, %(time)s left"
        time_left = f"{minutes}:{left:02}"
        return Message(form, done=done, all=self._wanted, speed=round(done / seconds), time=time_left)
