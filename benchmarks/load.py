"""Let fifty people ask at once, through the page's own endpoints.

    python -m benchmarks.load --index DIR --questions FILE [--people 50] [--minutes 5] [--think 5]

Starts `app.py` on 127.0.0.1 over a copy of the index, because the page updates its index. Each person asks, reads for
`--think` seconds on average, and asks again: plain questions, questions limited to dates or an outlet, searches and
follow-ups. Prints Markdown: questions, errors, percentiles in seconds, and the server's resident memory for each
minute. Linux only, because of the memory.
"""

import argparse
import http.client
import json
import os
import random
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from index.generations.generation import live_manifest
from qa.evaluation.known import KnownQuestion, read_questions

_HOST = "127.0.0.1"
_SECONDS_TO_START, _SECONDS_TO_ANSWER = 180, 120
_MEGABYTE = 1_000_000
_LIMITS: list[dict[str, Any]] = [{}, {}, {"since": "2022-01-01", "until": "2022-12-31"}, {"sources": ["CNN"]}]


@dataclass
class Tally:
    """What all people saw: seconds of each answer, and the errors."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Person(threading.Thread):
    """Someone who asks until the end."""

    def __init__(self, port: int, questions: Sequence[KnownQuestion], tally: Tally, end: float, think: float) -> None:
        """Ask on the port until `time.monotonic()` is `end`; `think` is the mean of seconds between two questions."""
        super().__init__(daemon=True)
        self._port, self._questions, self._tally, self._end, self._think = port, questions, tally, end, think
        self._chance = random.Random(self.name)

    def run(self) -> None:
        """Ask, note how long it took, think."""
        time.sleep(self._chance.uniform(0, min(self._think, 5)))
        while time.monotonic() < self._end:
            began = time.monotonic()
            try:
                self._ask()
            except (OSError, ValueError, http.client.HTTPException) as error:
                self._tally.errors.append(repr(error))
            else:
                self._tally.seconds.append(time.monotonic() - began)
            time.sleep(self._chance.expovariate(1 / self._think) if self._think else 0)

    def _ask(self) -> None:
        """One question by one of the doors; ValueError where it is not answered."""
        known = self._chance.choice(self._questions)
        limits = self._chance.choice(_LIMITS)
        doors: list[tuple[str, list[Any]]] = [("ask", [[]]), ("ask", [["Who won the election?"]]), ("search", [])]
        door, more = self._chance.choice(doors)
        day = known.asked.isoformat() if known.asked else None
        sent = [known.text, 5, day, limits.get("since"), limits.get("until"), limits.get("sources", []), [], *more]
        # One session a person, as one tab of a browser has; without its name every question would begin another.
        body = json.dumps({"data": sent, "session_hash": self.name})
        event = json.loads(self._request("POST", f"/gradio_api/call/{door}", body))["event_id"]
        reply = self._request("GET", f"/gradio_api/call/{door}/{event}")
        if "event: complete" not in reply:
            raise ValueError(reply[:200])

    def _request(self, method: str, path: str, body: str | None = None) -> str:
        connection = http.client.HTTPConnection(_HOST, self._port, timeout=_SECONDS_TO_ANSWER)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read().decode("utf-8")
        finally:
            connection.close()
        if answer.status != http.client.OK:
            raise ValueError(content[:200])
        return content


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve, let people ask, and print what they saw."""
    parser = argparse.ArgumentParser("python -m benchmarks.load", description="Let many people ask at once.")
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--think", type=float, default=5)
    options = parser.parse_args(arguments)
    questions, tally = read_questions(options.questions), Tally()
    with _served(options.index) as (process, port):
        end = time.monotonic() + 60 * options.minutes
        people = [Person(port, questions, tally, end, options.think) for _ in range(options.people)]
        for person in people:
            person.start()
        memory = list(_memory(process, end))
        for person in people:
            person.join()
    for line in _report(options, tally, memory):
        print(line)


@contextmanager
def _served(index: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The page's process and port, once it answers with its model loaded."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
    settings = os.environ | {"GRADIO_SERVER_NAME": _HOST, "GRADIO_SERVER_PORT": str(port)}
    copy = Path(tempfile.mkdtemp()) / "index"
    shutil.copytree(index, copy)
    command = [sys.executable, "app.py", "--index", str(copy), "--corpus", live_manifest(index).corpus]
    process = subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL)
    try:
        first = Person(port, [KnownQuestion("What happened?")], Tally(), 0, 0)
        until = time.monotonic() + _SECONDS_TO_START
        while not _answers(first):
            if time.monotonic() > until or process.poll() is not None:
                message = "the page did not start"
                raise RuntimeError(message)
            time.sleep(1)
        time.sleep(20)  # The model loads in the background; nothing over the wire waits for it.
        yield process, port
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(copy.parent)


def _answers(person: Person) -> bool:
    try:
        person._ask()  # noqa: SLF001
    except (OSError, ValueError):
        return False
    return True


def _memory(process: subprocess.Popen[Any], end: float) -> Iterator[float]:
    """The resident megabytes of the process at the end of every minute, and at the end."""
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(60, left))
        pages = int(Path(f"/proc/{process.pid}/statm").read_text("ascii").split()[1])
        yield pages * resource.getpagesize() / _MEGABYTE


def _report(options: argparse.Namespace, tally: Tally, memory: Sequence[float]) -> Iterator[str]:
    p50, p95, p99 = np.percentile(tally.seconds or [0.0], (50, 95, 99))
    rate = len(tally.seconds) / (60 * options.minutes)
    yield "| people | minutes | questions | a second | errors | p50 / p95 / p99, s | MB by the minute | growth |"
    yield "|---|---|---|---|---|---|---|---|"
    megabytes = ", ".join(f"{resident:.0f}" for resident in memory)
    yield (
        f"| {options.people} | {options.minutes:g} | {len(tally.seconds)} | {rate:.1f} | {len(tally.errors)} |"
        f" {p50:.2f} / {p95:.2f} / {p99:.2f} | {megabytes} | {100 * (memory[-1] / memory[0] - 1):+.1f} % |"
    )
    for error in sorted(set(tally.errors))[:5]:
        yield f"\n{error}"


if __name__ == "__main__":
    main()
