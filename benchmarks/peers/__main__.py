"""Compare Dateline with other tools in one run; `make bench-peers` calls this.

    python -m benchmarks.peers --articles FILE --questions FILE --work DIR [--peers NAME...]

Makes an environment for each tool below `--work`, builds an archive, builds again with nothing and with one article
changed, asks every question in every way, judges the passages as `qa.evaluate` does, and prints Markdown. Results are
kept in `--work`/results.json tool by tool, so that a run can be continued; `--again` starts over.

Building is timed on the first 100 articles, with nothing shared. For the questions all articles are built with vectors
shared between tools by text, which changes no vector. Every step is a process of its own, and its seconds include
imports and loading the model.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.measure import PEERS
from benchmarks.peers.peer import read_articles
from benchmarks.peers.report import Judge, tables
from qa.evaluation.known import KnownQuestion, read_questions

_REQUIREMENTS = Path(__file__).with_name("requirements")
_REPOSITORY = Path(__file__).parents[2]
_SUBSET = 100
_MEGABYTE = 1_000_000

Numbers = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each peer that was not measured yet, and print the tables of all."""
    parser = argparse.ArgumentParser("python -m benchmarks.peers", description="Measure Dateline beside its peers.")
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--again", action="store_true")
    options = parser.parse_args(arguments)
    options.work.mkdir(parents=True, exist_ok=True)
    file = options.work / "results.json"
    results: dict[str, Numbers] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    questions = [question for question in read_questions(options.questions) if question.answerable]
    plain = options.work / "questions.jsonl"
    plain.write_text("".join(_row(question) for question in questions), "utf-8")
    for peer in options.peers:
        if peer not in results or options.again:
            results[peer] = _Measuring(peer, options.articles, plain, options.work).all()
            file.write_text(json.dumps(results), "utf-8")
    judge = Judge(questions, read_articles(options.articles, 0))
    print("\n".join(tables({peer: results[peer] for peer in PEERS if peer in results}, judge)))


class _Measuring:
    """The steps of one peer, each in a process of the peer's own environment."""

    def __init__(self, peer: str, articles: Path, questions: Path, work: Path) -> None:
        self._peer, self._articles, self._questions, self._work = peer, articles, questions, work
        self._environment = work / "environments" / peer

    def all(self) -> Numbers:
        """Everything that is measured of it."""
        numbers: Numbers = {"install": self._installed()}
        subset = self._fresh(self._work / "subset" / self._peer)
        few = ("--limit", str(_SUBSET))
        numbers["build"] = self._step("build", subset, *few)
        numbers["again"] = self._step("build", subset, *few)
        numbers["edited"] = self._step("build", subset, *few, "--edit")
        whole = self._fresh(self._work / "whole" / self._peer)
        numbers["whole"] = self._step("build", whole, "--cache", str(self._work / "vectors.db"))
        numbers["disk_mb"] = _size_mb(whole, without="corpus")
        try:
            numbers["ask"] = self._step("ask", whole)
        except subprocess.CalledProcessError as error:
            print(f"{self._peer}: with eight clients it ended with {error.returncode}", file=sys.stderr)
            numbers["ask"] = self._step("ask", whole, "--clients", "1") | {"ended": error.returncode}
        return numbers

    def _installed(self) -> Numbers:
        """Make the environment if it is not there; its seconds, size, and the versions that matter."""
        note = self._environment / "installed.json"
        if not note.exists():
            began = time.perf_counter()
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(self._environment)], check=True)
            wanted = ["-r", str(_REQUIREMENTS / f"{self._peer}.txt")]
            if self._peer == "dateline":
                wanted = ["-c", str(_REPOSITORY / "constraints.txt"), str(_REPOSITORY)]
            self._python("-m", "pip", "install", "--quiet", *wanted)
            numbers = {"seconds": time.perf_counter() - began, "mb": _size_mb(self._environment)}
            note.write_text(json.dumps(numbers), "utf-8")
        installed: Numbers = json.loads(note.read_text("utf-8"))
        listed = json.loads(self._python("-m", "pip", "list", "--format", "json").stdout)
        return installed | {"versions": {row["name"].lower(): row["version"] for row in listed}}

    def _step(self, step: str, folder: Path, *more: str) -> Numbers:
        files = ("--articles", str(self._articles), "--questions", str(self._questions), "--folder", str(folder))
        began = time.perf_counter()
        ended = self._python("-m", "benchmarks.peers.measure", self._peer, step, *files, *more)
        numbers: Numbers = json.loads(ended.stdout.splitlines()[-1])
        return numbers | {"seconds": time.perf_counter() - began}

    def _python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        binary = next(self._environment.glob("[bS]*/python*"))
        return subprocess.run(
            [str(binary), *arguments], check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=_REPOSITORY
        )

    def _fresh(self, folder: Path) -> Path:
        shutil.rmtree(folder, ignore_errors=True)
        return folder


def _size_mb(folder: Path, without: str = "") -> float:
    files = (file for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
    return sum(file.stat().st_size for file in files if without not in file.parts) / _MEGABYTE


def _row(question: KnownQuestion) -> str:
    asked = question.asked.isoformat() if question.asked else None
    return json.dumps({"question": question.text, "asked": asked}) + "\n"


if __name__ == "__main__":
    main()
