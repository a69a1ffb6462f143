"""Time questions one by one with the model loaded, beside a plain MiniLM encoding and Chroma query.

    python -m benchmarks.latency --index DIR [--questions FILE] [--count 200]

Prints Markdown: wall-clock milliseconds of `Retriever.ask` as a whole, of each of its stages, and of the plain way
(encode the question, ask Chroma for ten chunks), in turns. Every other question is asked as a whole and the rest stage
by stage, because corrected words are cached. Without a file, questions are made from the archive.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from index.generations.generation import Generation
from index.local import LocalArchive
from index.models.embedder import Embedder
from qa.evaluation.known import KnownQuestion, read_questions, selfmade_questions
from qa.finding import POOL
from qa.question.request import Request
from qa.question.understand import understand
from qa.reading.close import READ, read_closely
from qa.retriever import Retriever
from qa.search.passages import best_passages
from qa.search.ranking import rank

_WARM_UP = KnownQuestion("Why is Obama wary of intervention?")
_PASSAGES = 10
_BARE, _WHOLE = "bare: encode + Chroma", "ours: `ask` as a whole"
Result = TypeVar("Result")


class Stopwatch:
    """Collects how long each named stage took, in milliseconds."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.times: dict[str, list[float]] = {}

    def of(self, stage: str, work: Callable[[], Result]) -> Result:
        """What the work returns; its time is kept under the stage."""
        began = time.perf_counter()
        result = work()
        self.times.setdefault(stage, []).append((time.perf_counter() - began) * 1000)
        return result


def measure(watch: Stopwatch, archive: LocalArchive, retriever: Retriever, questions: Sequence[KnownQuestion]) -> None:
    """Time each question on the bare road, then on ours, in turns as a whole and stage by stage."""
    for place, known in enumerate(questions):
        watch.of(_BARE, partial(_bare, archive, retriever.models.embedder, known))
        if place % 2:
            _stages(watch, archive, retriever, known)
        else:
            watch.of(_WHOLE, partial(retriever.ask, known.text, k=_PASSAGES, now=known.asked))


def table(times: dict[str, list[float]]) -> list[str]:
    bare = np.percentile(times[_BARE], 50)
    lines = ["| stage | p50 ms | p95 ms | p99 ms | p50 to bare |", "|---|---|---|---|---|"]
    for stage, values in times.items():
        p50, p95, p99 = np.percentile(values, (50, 95, 99))
        lines.append(f"| {stage} | {p50:.1f} | {p95:.1f} | {p99:.1f} | {p50 / bare:.2f} |")
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser("python -m benchmarks.latency", description="Time one question after another.")
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--count", type=int, default=200)
    options = parser.parse_args(arguments)
    with Retriever.open(options.index) as retriever, closing(Generation.open(options.index)) as generation:
        archive = LocalArchive(generation)
        made = read_questions(options.questions) if options.questions else selfmade_questions(archive)
        measure(Stopwatch(), archive, retriever, [_WARM_UP] * 10)
        watch = Stopwatch()
        measure(watch, archive, retriever, made[: options.count])
        chunks = archive.statistics.chunks
    count = len(watch.times.get(_BARE, ()))
    sys.stdout.write("\n".join([*table(watch.times), "", f"{count} questions, {chunks:,} chunks."]) + "\n")


def _bare(archive: LocalArchive, embedder: Embedder, known: KnownQuestion) -> list[str]:
    return archive.generation.vector_store.nearest(embedder.encode([known.text])[0], _PASSAGES)


def _stages(watch: Stopwatch, archive: LocalArchive, retriever: Retriever, known: KnownQuestion) -> None:
    search = watch.of("understanding", lambda: understand(archive, Request(known.text, now=known.asked)))
    question = search.question
    vector = watch.of("encoding", lambda: retriever.models.embedder.encode([question.text])[0])
    pieces = watch.of("candidates", lambda: archive.candidates(question.terms.terms, vector, search.where, POOL))
    ranked = watch.of("ranking", lambda: rank(archive, question, pieces, search.clock))
    passages = watch.of("passages", lambda: best_passages(archive, ranked, _PASSAGES))
    if reader := retriever.models.reader:
        watch.of("reading", lambda: read_closely(reader, question, passages[:READ], archive))


if __name__ == "__main__":
    main()
