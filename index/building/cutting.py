"""Articles into the chunks of a generation: unchanged articles keep theirs, the others are cut to fit the model."""

import hashlib
import itertools
from collections.abc import Callable

from corpus import Article, Chunk, Settings
from corpus.chunking import chunks, embedded_text, halves, header, token_counter
from index.generations.generation import Generation
from index.generations.manifest import Fingerprint
from index.models.embedder import Embedder
from index.stores.chunks import StoredChunk, chunk_id


class Cutter:
    """Cuts one article after the other, in order of id, and numbers the chunks."""

    def __init__(
        self, settings: Settings, fingerprint: Fingerprint, embedder: Embedder, previous: Generation | None
    ) -> None:
        self._settings = settings
        self._counter = token_counter(settings.encoding)
        self._embedder = embedder
        self._rows = itertools.count()
        # Articles that were read with another language or version are cut again.
        self.taken_over = previous.articles if previous and previous.manifest.fingerprint == fingerprint else None
        """The articles that were read and cut in the same way, if there are any."""
        self._places = self.taken_over.places() if self.taken_over else {}

    def cut(self, article: Article, language: str, embedded_before: Callable[[bytes], bool]) -> list[StoredChunk]:
        """The chunks of an article; texts that were `embedded_before`, by their digests, are known to fit the model."""
        version = article.digest
        place = self._places.get((article.id, version))
        if place is not None and self.taken_over:
            spans = [(chunk.start, chunk.end, chunk.embedded) for chunk in self.taken_over.chunks_at(place)]
        else:
            found = chunks(article, self._counter, self._settings.chunk_size, language)
            spans = self._fitting(article, found, language, embedded_before)
        return [
            StoredChunk(next(self._rows), chunk_id(article.id, version, start, end), start, end, digest)
            for start, end, digest in spans
        ]

    def text(self, article: Article, start: int, end: int) -> str:
        """The text that is embedded for a span of an article: its headline and the span."""
        return embedded_text(header(article, self._counter, self._settings.chunk_size), article.text[start:end])

    def _fitting(
        self, article: Article, found: list[Chunk], language: str, embedded_before: Callable[[bytes], bool]
    ) -> list[tuple[int, int, bytes]]:
        """The chunks, with those divided that are longer than the model takes; a single character is never divided."""
        texts = [self.text(article, chunk.start, chunk.end) for chunk in found]
        digests = [hashlib.sha256(text.encode()).digest()[:16] for text in texts]
        new = [text for text, digest in zip(texts, digests, strict=True) if not embedded_before(digest)]
        fits = dict(zip(new, self._embedder.fits(new), strict=True)) if new else {}
        spans: list[tuple[int, int, bytes]] = []
        for chunk, text, digest in zip(found, texts, digests, strict=True):
            if fits.get(text, True) or chunk.end - chunk.start == 1:
                spans.append((chunk.start, chunk.end, digest))
            else:
                parts = list(halves(article, chunk, language))
                spans += self._fitting(article, parts, language, embedded_before)
        return spans
