"""Rebuild an index again and again while it is asked; count errors, mixed answers and slow queries.

    python -m benchmarks.soak [--rebuilds 10] [--articles 2000]

Every text names its edition, and every rebuild is a new edition. Eight threads of this process and two other processes
ask. An answer with passages of two editions is mixed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from benchmarks.kill import BagOfWords
from index import sync
from qa import Retriever

_THREADS, _PROCESSES = 8, 2
_MOST_SECONDS = 1.0


class Asking:
    """What the queries of one process came to."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.seconds: list[float] = []
        self.editions: set[str] = set()
        self.problems: list[str] = []

    def ask(self, retriever: Retriever, stop: threading.Event) -> None:
        """Ask until told to stop."""
        number = 0
        while not stop.is_set():
            number += 1
            began = time.perf_counter()
            try:
                passages = retriever.search(f"Which report tells of item {number % 50}?", k=10)
            except Exception as error:  # noqa: BLE001 (whatever it is, it is counted)
                self.problems.append(repr(error))
                continue
            self.seconds.append(time.perf_counter() - began)
            editions = {passage.article.text.split()[1] for passage in passages}
            self.editions |= editions
            if len(editions) != 1 or any(passage.text not in passage.article.text for passage in passages):
                self.problems.append(f"a mixture of {editions}")

    def as_json(self) -> str:
        """For the process that counts."""
        content = {"seconds": self.seconds, "editions": sorted(self.editions), "problems": self.problems}
        return json.dumps(content)


def ask_until_told(index: str, threads: int, stop: threading.Event) -> Asking:
    """Ask from some threads at once."""
    asking = Asking()
    with Retriever.open(index, embedder=BagOfWords()) as retriever:
        retriever.search("warm")
        workers = [threading.Thread(target=asking.ask, args=(retriever, stop)) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    return asking


def write_edition(corpus: Path, edition: int, articles: int) -> None:
    for number in range(articles):
        text = f"Edition {edition} of the report on item {number % 50}: number {number} said so. " * 3
        (corpus / f"{number}.json").write_text(json.dumps({"title": f"Report {number}", "text": text}), "utf-8")


def process(index: str) -> None:
    """A process beside: asks until its input ends, and tells what that came to."""
    stop = threading.Event()

    def listen() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=listen, daemon=True).start()
    print(ask_until_told(index, 1, stop).as_json())


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.soak")
    parser.add_argument("--rebuilds", type=int, default=10)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--process", metavar="INDEX", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.process:
        process(options.process)
        return
    with tempfile.TemporaryDirectory() as folder:
        corpus, index = Path(folder, "corpus"), Path(folder, "index")
        corpus.mkdir()
        write_edition(corpus, 0, options.articles)
        sync(corpus, index, embedder=BagOfWords())
        arguments = [sys.executable, "-m", "benchmarks.soak", "--process", str(index)]
        beside = [
            subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(_PROCESSES)
        ]
        stop, found = threading.Event(), []
        here = threading.Thread(target=lambda: found.append(ask_until_told(str(index), _THREADS, stop)))
        here.start()
        builder = f"""
import sys
from benchmarks.kill import BagOfWords
from benchmarks.soak import Path, sync, write_edition
for edition in range(1, {options.rebuilds + 1}):
    write_edition(Path({str(corpus)!r}), edition, {options.articles})
    sync({str(corpus)!r}, {str(index)!r}, embedder=BagOfWords())
"""
        subprocess.run([sys.executable, "-c", builder], check=True)
        time.sleep(2)
        stop.set()
        here.join()
        counted = [json.loads(asking.as_json()) for asking in found]
        counted += [json.loads(asked.communicate()[0]) for asked in beside]
        left = sorted(path.name for path in (index / "generations").iterdir())
    seconds = np.array([value for asking in counted for value in asking["seconds"]])
    problems = [problem for asking in counted for problem in asking["problems"]]
    slow = int(np.sum(seconds > _MOST_SECONDS))
    p50, p99 = np.percentile(seconds, [50, 99]) * 1000
    print(
        f"{options.rebuilds} rebuilds of {options.articles} articles; editions seen by each process:"
        f" {[len(asking['editions']) for asking in counted]}; {len(left)} generations left"
    )
    print(
        f"{len(seconds)} queries: p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest {seconds.max() * 1000:.0f} ms,"
        f" {slow} over {_MOST_SECONDS:.0f} s"
    )
    print(f"problems: {problems[:5] or 'none'}")
    raise SystemExit(bool(problems or slow))


if __name__ == "__main__":
    main()
