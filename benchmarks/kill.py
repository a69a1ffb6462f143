"""Kill builds with SIGKILL while they write, then check that the index answers and the next sync repairs it.

    python -m benchmarks.kill [--kills 200] [--articles 600] [--seed 0]

Counts only kills that hit a build between its first write and its end: first, incremental and full builds in turns. The
embedder is a bag of words, since this is a test of the stores.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from corpus import UserError
from index import sync
from index.generations.generation import Generation, current
from index.models.embedder import Vectors
from qa import Retriever

_KINDS = ("first", "incremental", "full")
_QUESTIONS = 50
_TOWNS = ("Geneva", "Vienna", "Damascus", "Moscow", "Paris", "Lagos", "Lima", "Oslo", "Quito", "Seoul")


class BagOfWords:
    """Vectors that are near one another where texts share words."""

    name = "bag of words"
    dimension = 64

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Each word adds 1 to one of the places, and the row is made of length 1."""
        vectors = np.full((len(texts), self.dimension), 0.01, np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, zlib.crc32(word.encode()) % self.dimension] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    def fits(self, texts: Sequence[str]) -> list[bool]:
        """It sees everything."""
        return [True] * len(texts)


class Trial:
    """One corpus that changes from build to build, its index, and what was seen."""

    def __init__(self, folder: Path, articles: int, seed: int) -> None:
        """Write the corpus into a folder, where the indexes will be too."""
        self.random = random.Random(seed)
        self.folder = folder
        self.corpus = folder / "corpus"
        self.corpus.mkdir()
        self.articles = articles
        self.duration = 1.0
        self.hits: Counter[str] = Counter()
        self.problems: list[str] = []
        for number in range(articles):
            self.write(number)

    def write(self, number: int) -> None:
        """Write an article, another one each time."""
        towns = self.random.choices(_TOWNS, k=4)
        said = " ".join(f"Delegates met in {town} on day {self.random.randrange(400)}." for town in towns)
        row = {"title": f"Report {number} from {towns[0]}", "text": said, "published": "2016-06-17"}
        (self.corpus / f"{number}.json").write_text(json.dumps(row), "utf-8")

    def kill(self, kind: str) -> bool:
        """Kill one build; whether it was hit while it wrote. Then look at the index, and sync it."""
        index = Path(tempfile.mkdtemp(dir=self.folder)) if kind == "first" else self.folder / "index"
        if kind != "first":
            self.sync(index)
            for number in self.random.sample(range(self.articles), max(1, self.articles // 20)):
                self.write(number)
        before = current(index)
        arguments = [sys.executable, "-m", "benchmarks.kill", "--build", kind, str(self.corpus), str(index)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as builder:
            assert builder.stdout is not None
            builder.stdout.readline()  # It has begun to write.
            began = time.monotonic()
            time.sleep(self.random.uniform(0, self.duration))
            builder.kill()
            ended = builder.stdout.readline() != ""
        if ended:
            self.duration = max(0.05, 0.9 * min(self.duration, time.monotonic() - began))
            return False
        self.duration *= 1.02
        self.hits[kind] += 1
        self.look(index, before, kind)
        return True

    def look(self, index: Path, before: str, kind: str) -> None:
        """A sound generation answers at once, or there is none yet; the next sync makes the index like a fresh one."""
        if before or current(index):
            with Retriever.open(index, embedder=BagOfWords()) as retriever:
                if not retriever.search("Who met in Geneva?") or retriever.status().notices:
                    self.problems.append(f"{kind}: no answer, or {retriever.status().notices}")
        self.sync(index)
        fresh = Path(tempfile.mkdtemp(dir=self.folder)) / "fresh"
        self.sync(fresh)
        self.problems += [f"{kind}: {problem}" for problem in differences(index, fresh)]

    def sync(self, index: Path) -> None:
        """Bring an index to the corpus."""
        sync(self.corpus, index, embedder=BagOfWords())


def differences(index: Path, fresh: Path) -> list[str]:
    """In what an index is unlike a fresh one, and what is left over in it."""
    with closing(Generation.open(index)) as found, closing(Generation.open(fresh)) as expected:
        chunks, wanted = (
            {chunk.id: article.text[chunk.start : chunk.end] for article, chunk in generation.articles.chunked()}
            for generation in (found, expected)
        )
        vectors = found.vectors.shape == expected.vectors.shape and np.min(
            np.sum(found.vectors * expected.vectors, axis=1), initial=1
        )
        every = set(found.vector_store.nearest(found.vectors[0], found.vector_store.count))
        problems = {
            "other chunks": chunks != wanted,
            "other vectors": vectors < 0.9999,
            "other stories": found.articles.stories() != expected.articles.stories(),
            "orphans in Chroma": bool(every - chunks.keys()),
            "a chunk out of reach": len(every) != len(found.articles.embedded()),
            "orphans in the keywords": found.keywords.chunks != len(chunks),
        }
    questions = [f"Who met in {town} on day {day}?" for day in range(5) for town in _TOWNS][:_QUESTIONS]
    with Retriever.open(index, embedder=BagOfWords()) as one, Retriever.open(fresh, embedder=BagOfWords()) as other:
        tops = [
            [[(passage.article.id, passage.start) for passage in retriever.search(question)] for question in questions]
            for retriever in (one, other)
        ]
    problems["other answers"] = tops[0] != tops[1]
    left = {path.name for path in index.iterdir()} - {"audit.jsonl", "reading.log"}
    problems["rubbish"] = left != {"CURRENT", "build.lock", "generations"}
    return [name for name, seen in problems.items() if seen]


def build(kind: str, corpus: str, index: str) -> None:
    """What is killed: a sync that says when it begins to write, and when it has ended."""
    said: list[None] = []

    def progress(_share: float, _words: str) -> None:
        if not said:
            said.append(print("writing", flush=True))

    sync(corpus, index, full=kind == "full", embedder=BagOfWords(), progress=progress)
    print("ended", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.kill")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--build", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.build:
        build(*options.build)
        return
    began, missed = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder), options.articles, options.seed)
        while (hits := sum(trial.hits.values())) < options.kills:
            try:
                missed += not trial.kill(_KINDS[hits % len(_KINDS)])
            except UserError as error:
                trial.problems.append(str(error))
            print(
                f"{sum(trial.hits.values())} kills, {missed} missed, problems: {trial.problems or 'none'}", flush=True
            )
    print(f"{hits} kills that hit {dict(trial.hits)}, {missed} that missed, in {time.monotonic() - began:.0f} s")
    print(f"problems: {trial.problems or 'none'}")
    raise SystemExit(bool(trial.problems))


if __name__ == "__main__":
    main()
