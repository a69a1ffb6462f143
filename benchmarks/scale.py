"""Measure archives of 2,000 to 1,000,000 chunks: their builds, and questions to them.

    python -m benchmarks.scale --index DIR --questions FILE --work DIR [--sizes 2000 20000 200000] [--plot]

Recombines the texts of the archive at `--index` into larger archives below `--work`. Each is built and asked in a
process of its own, which adds a row to `benchmarks/scale.jsonl`; `--plot` draws the rows as `benchmarks/scale.png` and
prints them. Reading, cleaning, cutting and storing are real. Vectors are those of the real passages with noise, so that
a build needs no model; questions are encoded by the real model. Before an archive is opened, its files are dropped from
the page cache. Linux only.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.scale_archive import NearRealVectors, real_passages, write_archive
from corpus.settings import BUNDLED_MODEL
from index import sync
from index.generations.generation import Generation
from index.models.embedder import SentenceTransformerEmbedder
from qa.evaluation.known import KnownQuestion, read_questions
from qa.retriever import Retriever

RESULTS = Path(__file__).with_name("scale.jsonl")
_SIZES = (2_000, 20_000, 200_000)
_MEGABYTE = 1_000_000
_K, _WARM, _STARTS = 10, 50, 3
# A year of ten, and the largest outlet, which has more than half of all articles.
_YEAR: dict[str, Any] = {"since": date(2016, 1, 1), "until": date(2016, 12, 31)}
_OUTLET: dict[str, Any] = {"sources": ["USA Today"]}
_WAYS: dict[str, dict[str, Any]] = {"plain": {}, "year": _YEAR, "outlet": _OUTLET, "year and outlet": _YEAR | _OUTLET}


def build(source: Path, work: Path, chunks: int) -> dict[str, float]:
    """Make the archive and its index; seconds and peak memory of the index alone."""
    with closing(Generation.open(source)) as generation:
        shutil.rmtree(work / f"{chunks}", ignore_errors=True)
        passages = list(real_passages(generation))
        write_archive(work / f"{chunks}" / "corpus", generation, passages, chunks)
        vectors = NearRealVectors(np.array(generation.vectors), passages)
    index = work / f"{chunks}" / "index"
    report = sync(work / f"{chunks}" / "corpus", index, embedder=vectors)
    return {
        "articles": report.articles,
        "chunks": report.chunks,
        "build_seconds": report.seconds,
        "chunks_a_second": report.chunks / report.seconds,
        "build_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MEGABYTE,
        "disk_mb": sum(file.stat().st_size for file in index.rglob("*") if file.is_file()) / _MEGABYTE,
    }


def ask(index: Path, questions: Sequence[KnownQuestion]) -> dict[str, float]:
    """Open the index cold, then ask it every question in every way, in turns with a bare encoding and Chroma query."""
    embedder = _loaded_model()
    _forget_pages(index)
    numbers = {"model_mb": _resident_mb()}
    began = time.perf_counter()
    with Retriever.open(index, embedder=embedder) as retriever:
        retriever.ask(questions[0].text, k=_K)
        numbers["cold_seconds"] = time.perf_counter() - began
        ways: dict[str, Callable[[str], object]] = {
            name: partial(retriever.ask, k=_K, **limits) for name, limits in _WAYS.items()
        }
        for question in questions[:_WARM]:
            for work in ways.values():
                work(question.text)
        numbers["resident_mb"] = _resident_mb()
        with closing(Generation.open(index)) as generation:
            store = generation.vector_store
            ways["bare"] = lambda text: store.nearest(embedder.encode([text])[0], _K)
            numbers |= _percentiles(ways, [question.text for question in questions])
            numbers["recall"] = _recall(generation, embedder.encode([question.text for question in questions]))
    return numbers


def load() -> dict[str, float]:
    """Seconds to load the model, in a process that has just begun."""
    began = time.perf_counter()
    _loaded_model()
    return {"seconds": time.perf_counter() - began}


def begin(index: Path, question: str) -> dict[str, float]:
    """Seconds to load the model and give a first answer from cold files, in a process that has just begun."""
    _forget_pages(index)
    began = time.perf_counter()
    with Retriever.open(index) as retriever:
        retriever.ask(question, k=_K)
        return {"seconds": time.perf_counter() - began}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each size in processes of its own, then draw."""
    parser = argparse.ArgumentParser("python -m benchmarks.scale", description="Measure how Dateline grows.")
    parser.add_argument("step", nargs="?", choices=("all", "build", "ask", "load", "begin"), default="all")
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="*", default=_SIZES)
    parser.add_argument("--plot", action="store_true")
    options = parser.parse_args(arguments)
    if options.step != "all":
        index, questions = options.work / str(options.sizes[0]) / "index", read_questions(options.questions)
        steps: dict[str, Callable[[], dict[str, float]]] = {
            "build": lambda: build(options.index, options.work, options.sizes[0]),
            "ask": lambda: ask(index, questions),
            "load": load,
            "begin": lambda: begin(index, questions[0].text),
        }
        print(json.dumps(steps[options.step]()))
        return
    for size in options.sizes:
        row = {"size": size, **_step("build", options, size), **_step("ask", options, size)}
        row["beyond_model_seconds"] = _beyond_model(options, size)
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps({name: round(number, 4) for name, number in row.items()}) + "\n")
    if options.plot:
        from benchmarks.scale_plot import draw

        print("\n".join(draw(RESULTS)))


def _beyond_model(options: argparse.Namespace, size: int) -> float:
    """Seconds from the start of a process to its first answer, less those to its model: medians of runs in turns."""
    runs = [[_step(step, options, size)["seconds"] for step in ("begin", "load")] for _ in range(_STARTS)]
    answered, loaded = np.median(runs, axis=0).tolist()
    return float(answered - loaded)


def _step(step: str, options: argparse.Namespace, size: int) -> dict[str, float]:
    """What one step says, run in a process of its own so that memory is its own."""
    places = ["--index", str(options.index), "--questions", str(options.questions), "--work", str(options.work)]
    command = [sys.executable, "-m", "benchmarks.scale", step, *places, "--sizes", str(size)]
    ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    numbers: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return numbers


def _percentiles(ways: Mapping[str, Callable[[str], object]], texts: Sequence[str]) -> dict[str, float]:
    """Milliseconds of a question in each way at p50, p95 and p99; in turns, so that other work hits all alike."""
    milliseconds: dict[str, list[float]] = {name: [] for name in ways}
    for text in texts:
        for name, work in ways.items():
            began = time.perf_counter()
            work(text)
            milliseconds[name].append((time.perf_counter() - began) * 1000)
    return {
        f"{name} p{share}": float(np.percentile(times, share))
        for name, times in milliseconds.items()
        for share in (50, 95, 99)
    }


def _recall(generation: Generation, vectors: NDArray[np.float32], pool: int = 200) -> float:
    """The share of the ten nearest chunks, by exact search, that are among those the vector stage gives to ranking."""
    exact = np.array(generation.vectors)
    found = []
    for vector in vectors:
        rows = generation.articles.rows_like(generation.vector_store.nearest(vector, pool))
        best = np.argpartition(-(exact @ vector), _K)[:_K]
        found.append(len(set(best.tolist()) & set(rows)) / _K)
    return float(np.mean(found))


def _loaded_model() -> SentenceTransformerEmbedder:
    embedder = SentenceTransformerEmbedder(BUNDLED_MODEL)
    embedder.encode(["warm"])
    return embedder


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / _MEGABYTE


def _forget_pages(folder: Path) -> None:
    """Drop the files from the page cache, as after a restart."""
    for file in (path for path in folder.rglob("*") if path.is_file()):
        with file.open("rb") as stream:
            os.fsync(stream.fileno())
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


if __name__ == "__main__":
    main()
