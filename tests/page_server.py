"""The page over hand-written archives, in a process of its own: Gradio's own warnings are no errors there."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from fake_archive import FakeRetriever, hostile_articles

from qa import Answer, ArchiveStatus

ROOT = Path(__file__).parents[1]


@dataclass
class WakingRetriever(FakeRetriever):
    """A retriever whose model is loaded when it is asked for its status the third time."""

    looks: int = 0

    def status(self) -> ArchiveStatus:
        self.looks += 1
        self.model_ready = self.looks > 2
        return super().status()


class BrokenRetriever(FakeRetriever):
    """A retriever with a bug."""

    def answer(self, *_: object, **__: object) -> Answer:
        message = "a bug"
        raise RuntimeError(message)


ARCHIVES = {
    "plain": FakeRetriever(notices=("A notice.",)),
    "hostile": FakeRetriever(hostile_articles()),
    "empty": FakeRetriever(()),
    "broken": BrokenRetriever(),
    "waking": WakingRetriever(),
}


@contextlib.contextmanager
def served(*names: str) -> Iterator[dict[str, str]]:
    """The addresses, by name, of pages over the archives of these names."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("GRADIO_", "PYTHONWARNINGS"))},
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, __file__, *names]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        line = process.stdout.readline()
        assert line, "the pages did not start"
        yield json.loads(line)
        process.stdin.close()  # which ends it


def free_port() -> int:
    """A port that nobody listens on; Gradio does not tell which one it got for port 0."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def serve(names: list[str]) -> None:
    """Serve until standard input ends."""
    import app
    from corpus import Settings

    addresses = {}
    for name in names:
        blocks = app.build_page(ARCHIVES[name], replace(Settings(), corpus=Path("my <news>")))
        _, addresses[name], _ = blocks.launch(**app.LAUNCH, server_name="127.0.0.1", server_port=free_port())
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    serve(sys.argv[1:])
