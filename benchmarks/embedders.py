"""Time a full build with each embedder, one after another, and see that a killed one embeds nothing twice.

    python -m benchmarks.embedders --corpus DIR [--articles 1000] MODEL [MODEL ...]

MODEL is what DATELINE_MODEL may be, "" for the default. Each build is a process of its own, `python -m index`, over the
first articles of the corpus; it is killed (SIGKILL) once a third of the chunks is embedded, and run again to its end.
Time is that of both runs, with loading the model twice.
"""

import argparse
import itertools
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus import Article, read_folder


def first_articles(corpus: Path, number: int, folder: Path) -> None:
    """Write the first articles of a corpus into a folder, one a line of a file."""
    articles = itertools.islice((one for one in read_folder(corpus) if isinstance(one, Article)), number)
    with (folder / "articles.jsonl").open("w", encoding="utf-8") as file:
        for one in articles:
            row = {"title": one.title, "text": one.text, "source": one.source, "published": str(one.published or "")}
            file.write(json.dumps(row) + "\n")


def embedded(index: Path) -> int:
    """How many texts a stopped or running build has embedded and kept."""
    for file in index.glob("encoded-*.db"):
        try:
            with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
                # Without the vector by which a model on a server is known again.
                return int(database.execute("SELECT COUNT(*) FROM vectors WHERE digest != x'70726f6265'").fetchone()[0])
        except sqlite3.OperationalError:  # just being made
            return 0
    return 0


def timed(model: str, corpus: Path, index: Path, chunks: int) -> dict[str, Any]:
    """A build that is killed at a third of its chunks, where their number is known, and its end: report and seconds."""
    command = [sys.executable, "-m", "index", "--corpus", str(corpus), "--index", str(index), "--json"]
    environment = os.environ | {"DATELINE_MODEL": model}
    began, kept = time.monotonic(), 0
    if chunks:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and embedded(index) < chunks / 3:
            time.sleep(0.05)
        process.kill()
        process.wait()
        kept = embedded(index)
    ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    report: dict[str, Any] = json.loads(ended.stdout)
    return report | {"kept": kept, "took": time.monotonic() - began}


def main(argv: Sequence[str] | None = None) -> None:
    """Print a row for each model."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.embedders", description=__doc__.partition("\n")[0])
    parser.add_argument("--corpus", required=True, type=Path)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("models", nargs="+")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as place:
        corpus = Path(place, "corpus")
        corpus.mkdir()
        first_articles(options.corpus, options.articles, corpus)
        chunks = timed("fast", corpus, Path(place, "first"), 0)["chunks"]
        print(f"{options.articles} articles, about {chunks} chunks; killed at a third of them")
        for number, model in enumerate(options.models):
            found = timed(model, corpus, Path(place, str(number)), chunks)
            rate = found["chunks"] / found["took"]
            print(
                f"{model or 'default':60} {found['took']:7.1f} s  {rate:6.1f} chunks a second  kept {found['kept']},"
                f" embedded after the kill {found['embedded']}, together {found['kept'] + found['embedded']}"
                f" of {found['chunks']}",
                flush=True,
            )


if __name__ == "__main__":
    main()
