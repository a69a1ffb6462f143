"""A larger archive made of a smaller one, to measure what only size shows.

    python -m benchmarks.enlarged INDEX FOLDER [--times 8]

FOLDER gets corpus/ (in files of a hundred articles) and index/. Each article comes again and again with half of its
text, in runs of whole sentences, from other articles, and on other days. Nothing is embedded: a passage gets the mean
of the vectors of the passages that its sentences come from, and a little noise.
"""

import argparse
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from corpus import Article
from corpus.console import ConsoleProgress
from index import sync
from index.generations.generation import Generation
from index.models.embedder import Vectors, of_length_one

_A_FILE = 100
# Sentences that stay together, and the days by which an article may move.
_RUN, _DAYS = 5, 180
_NOISE = 0.01
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int, default=8)
    options = parser.parse_args()
    corpus = options.folder / "corpus"
    with closing(Generation.open(options.index)) as generation:
        rows = _varied(list(generation.articles.articles()), options.times)
        corpus.mkdir(parents=True)
        for number in range(len(generation.table.article)):
            if not (part := list(islice(rows, _A_FILE))):
                break
            lines = (json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in part)
            (corpus / f"{number:05}.jsonl").write_text("".join(lines), "utf-8")
        with ConsoleProgress() as progress:
            report = sync(corpus, options.folder / "index", embedder=Borrowed(generation), progress=progress)
    print(json.dumps({name: getattr(report, name) for name in ("articles", "chunks", "seconds")}))


class Borrowed:
    """Vectors of another index in place of those of its model, whose name they bear."""

    def __init__(self, generation: Generation) -> None:
        self.name = generation.manifest.fingerprint.model
        self._vectors = np.asarray(generation.vectors)
        self.dimension = int(self._vectors.shape[1])
        self._rows = {
            sentence: chunk.row
            for article, chunk in generation.articles.chunked()
            for sentence in _SENTENCE_END.split(article.text[chunk.start : chunk.end])
        }

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The mean of the vectors of the passages that hold a text's sentences, with noise."""
        chance = np.random.default_rng(len(texts[0]))
        noise = chance.normal(scale=_NOISE, size=(len(texts), self.dimension)).astype(np.float32)
        return of_length_one(np.stack([self._mean(text) for text in texts]) + noise)

    def fits(self, texts: Sequence[str]) -> list[bool]:
        """Any text does."""
        return [True] * len(texts)

    def _mean(self, text: str) -> Vectors:
        rows = [self._rows[one] for one in _SENTENCE_END.split(text) if one in self._rows]
        mean: Vectors = self._vectors[rows or [zlib.crc32(text.encode()) % len(self._vectors)]].mean(axis=0)
        return mean


def _varied(articles: Sequence[Article], times: int) -> Iterator[dict[str, Any]]:
    """The articles as they are, then the others, as records of a file."""
    chance = np.random.default_rng(1)
    texts = [_runs(article.text) for article in articles]
    for again in range(times):
        for article, runs in zip(articles, texts, strict=True):
            row = {name: value for name, value in asdict(article).items() if name != "path"}
            if again:
                others = (texts[number] for number in chance.integers(len(texts), size=len(runs)))
                mixed = [
                    other[chance.integers(len(other))] if chance.random() < 0.5 else own
                    for own, other in zip(runs, others, strict=True)
                ]
                moved = timedelta(days=int(chance.integers(-_DAYS, _DAYS)))
                row |= {"id": f"{article.id}-{again}", "text": "\n\n".join(mixed), "url": ""}
                row |= {"published": article.published and article.published + moved}
            yield row


def _runs(text: str) -> list[str]:
    sentences = _SENTENCE_END.split(text)
    return [" ".join(sentences[first : first + _RUN]) for first in range(0, len(sentences), _RUN)]


if __name__ == "__main__":
    main()
