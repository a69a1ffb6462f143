"""Archives of any size for `benchmarks.scale`: real texts recombined, and vectors near real ones."""

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from corpus.settings import BUNDLED_MODEL
from index.embedder import Vectors
from index.generation import Generation
from index.model_files import model_fingerprint

_FILE_ARTICLES = 1000
_PARAGRAPHS = 8
_FIRST_DAY, _DAYS = date(2013, 1, 1), 3652
# Of each vector's length, before it is made 1 again: the cosine to the real vector is about 0.89.
_NOISE = 0.5


class NearRealVectors:
    """An Embedder that gives every text some real vector with noise, always the same; it needs no model.

    What is near then says nothing of the text, but distances, neighbours and sizes are those of a real archive.
    """

    def __init__(self, real: Vectors) -> None:
        """Take vectors of shape (n, dimension), rows of length 1."""
        self._real = real
        self.dimension = int(real.shape[1])
        self.name = model_fingerprint(BUNDLED_MODEL)  # which will encode the questions

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32, shape (number of texts, dimension), rows of length 1."""
        return np.array([self._vector(text) for text in texts], np.float32).reshape(-1, self.dimension)

    def fits(self, texts: Sequence[str]) -> list[bool]:
        """All do."""
        return [True] * len(texts)

    def _vector(self, text: str) -> Vectors:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
        noise = np.random.default_rng(seed).standard_normal(self.dimension, np.float32) / np.sqrt(self.dimension)
        vector = self._real[seed % len(self._real)] + _NOISE * noise
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


def write_archive(folder: Path, generation: Generation, chunks: int) -> None:
    """JSON Lines files of articles, until they hold about so many chunks.

    Each has the headline and outlet of a real article, eight passages of any articles, and a day of ten years.
    """
    folder.mkdir(parents=True)
    pieces = list(_passages(generation))
    titles = [(article.title, article.source) for article in generation.articles.articles()]
    choice = random.Random(0)
    count = max(1, round(chunks / _PARAGRAPHS))
    for first in range(0, count, _FILE_ARTICLES):
        with (folder / f"articles-{first:07}.jsonl").open("w", encoding="utf-8") as file:
            for number in range(first, min(first + _FILE_ARTICLES, count)):
                title, source = choice.choice(titles)
                day = _FIRST_DAY + timedelta(days=choice.randrange(_DAYS))
                row = {
                    "id": str(number),
                    "title": title,
                    "text": "\n\n".join(choice.choices(pieces, k=_PARAGRAPHS)),
                    "source": source,
                    "published": day.isoformat(),
                }
                file.write(json.dumps(row) + "\n")


def _passages(generation: Generation) -> Iterator[str]:
    """The text of every chunk."""
    table = generation.table
    firsts = np.searchsorted(table.article, np.arange(len(table.numbers) + 1))
    for number, first, last in zip(table.numbers.tolist(), firsts[:-1], firsts[1:], strict=True):
        [article] = generation.articles.articles_at([number])
        for row in range(first, last):
            yield article.text[table.start[row] : table.end[row]]
