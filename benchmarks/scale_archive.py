"""Archives of any size for `benchmarks.scale`: real texts recombined, with vectors near the real ones."""

import hashlib
import itertools
import json
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from corpus.settings import BUNDLED_MODEL
from index.generations.generation import Generation
from index.models.embedder import Vectors
from index.models.model_files import model_fingerprint

_FILE_ARTICLES = 1000
_PARAGRAPHS = 8
_FIRST_DAY, _DAYS = date(2013, 1, 1), 3652
# Of each vector's length, before it is made 1 again: the cosine to the real vector is about 0.89.
_NOISE = 0.5


class NearRealVectors:
    """An Embedder that gives every text the vector of the real passage it comes from, with noise, and needs no model.

    What it holds of a passage is told by its longest line; where that is in none, some passage stands for it.
    """

    def __init__(self, real: Vectors, passages: Sequence[str]) -> None:
        """Take vectors of shape (n, dimension), rows of length 1, and the n passages that they are of."""
        self._real = real
        self._rows = {line: row for row, passage in enumerate(passages) for line in passage.split("\n")}
        self.dimension = int(real.shape[1])
        self.name = model_fingerprint(BUNDLED_MODEL)  # which will encode the questions

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32, shape (number of texts, dimension), rows of length 1, always the same for a text."""
        return np.array([self._vector(text) for text in texts], np.float32).reshape(-1, self.dimension)

    def fits(self, texts: Sequence[str]) -> list[bool]:
        """All do."""
        return [True] * len(texts)

    def _vector(self, text: str) -> Vectors:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
        noise = np.random.default_rng(seed).standard_normal(self.dimension, np.float32) / np.sqrt(self.dimension)
        known = [line for line in text.split("\n") if line in self._rows]
        row = self._rows[max(known, key=len)] if known else seed % len(self._real)
        vector = self._real[row] + _NOISE * noise
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


def write_archive(folder: Path, generation: Generation, passages: Sequence[str], chunks: int) -> None:
    """JSON Lines files of articles, until they hold about so many chunks.

    Each has the headline and outlet of a real article, eight passages of any articles, each passage as often as the
    others, and a day of ten years.
    """
    folder.mkdir(parents=True)
    titles = [(article.title, article.source) for article in generation.articles.articles()]
    choice = random.Random(0)
    pieces = _shuffled(passages, choice)
    count = max(1, round(chunks / _PARAGRAPHS))
    for first in range(0, count, _FILE_ARTICLES):
        with (folder / f"articles-{first:07}.jsonl").open("w", encoding="utf-8") as file:
            for number in range(first, min(first + _FILE_ARTICLES, count)):
                title, source = choice.choice(titles)
                day = _FIRST_DAY + timedelta(days=choice.randrange(_DAYS))
                row = {
                    "id": str(number),
                    "title": title,
                    "text": "\n\n".join(itertools.islice(pieces, _PARAGRAPHS)),
                    "source": source,
                    "published": day.isoformat(),
                }
                file.write(json.dumps(row) + "\n")


def _shuffled(passages: Sequence[str], choice: random.Random) -> Iterator[str]:
    """All of them in some order, again and again."""
    while True:
        yield from choice.sample(passages, len(passages))


def real_passages(generation: Generation) -> Iterator[str]:
    """The text of every chunk, in the order of the vectors."""
    for article, chunk in generation.articles.chunked():
        yield article.text[chunk.start : chunk.end]
