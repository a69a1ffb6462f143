"""The page over hand-written archives, in a process of its own: Gradio's own warnings are no errors there."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from archives import FILES, write
from fake_archive import ARTICLES, FRENCH, KETT, MANY, ORLANDO, SAID, FakeRetriever, hostile_articles
from hashing_embedder import HashingEmbedder
from language_server import played

from corpus import Settings
from index import SyncReport, sync
from index.build import Progress
from index.models.embedder import Embedder
from qa import Answer, ArchiveStatus, QuoteCheck, Retriever
from qa.question.request import Request
from qa.web.access import Access
from qa.web.archives import Archives, Served
from qa.web.indexer import Indexer

ROOT = Path(__file__).parents[1]


@dataclass
class WakingRetriever(FakeRetriever):
    """A retriever whose model is loaded when it is asked for its status the third time."""

    looks: int = 0

    def status(self) -> ArchiveStatus:
        self.looks += 1
        self.model_ready = self.looks > 2
        return super().status()


@dataclass
class GrowingRetriever(WakingRetriever):
    """A retriever that follows an index to another outlet, each time it is asked for its status."""

    def status(self) -> ArchiveStatus:
        status = super().status()
        return replace(status, model_ready=False, sources={f"Outlet {self.looks}": 1})


class ReadingRetriever(FakeRetriever):
    """A retriever that reads what it found once it is told to, by a quotation to check: "read", or else "wait"."""

    reads = True
    told_to_read = threading.Event()

    def answer(self, request: Request, *, closely: bool = True) -> Answer:
        if closely:
            self.told_to_read.wait(600)
        return super().answer(request)

    def check_quote(self, text: str) -> QuoteCheck:
        (self.told_to_read.set if text == "read" else self.told_to_read.clear)()
        return super().check_quote(text)


class BrokenRetriever(FakeRetriever):
    """A retriever with a bug."""

    def answer(self, *_: object, **__: object) -> Answer:
        message = "a bug"
        raise RuntimeError(message)


class DamagedRetriever(FakeRetriever):
    """A retriever whose newest generation cannot be opened; nor has its archive a corpus."""

    def status(self) -> ArchiveStatus:
        notice = "The newest generation is damaged; run: python -m index --full"
        return replace(super().status(), notices=(notice,))


ARCHIVES = {
    "plain": FakeRetriever(notices=("A notice.",)),
    "hostile": FakeRetriever(hostile_articles()),
    "empty": FakeRetriever(()),
    "broken": BrokenRetriever(),
    "waking": WakingRetriever(),
    "keeper": FakeRetriever(),
    "builder": FakeRetriever(),
    "growing": GrowingRetriever(),
    "damaged": DamagedRetriever(),
    "french": FakeRetriever(FRENCH),
    "kett": FakeRetriever(KETT),
    "corrected": FakeRetriever(ORLANDO),
    "said": FakeRetriever(SAID),
    "reading": ReadingRetriever(),
    "many": FakeRetriever(MANY),
    "composing": FakeRetriever(),
    "bare": FakeRetriever([replace(article, source="", published=None) for article in ARTICLES]),
}


def slow_sync(
    corpus: Path, index: Path, *, progress: Progress, may_empty: bool, embedder: Embedder | None
) -> SyncReport:
    """The real one without a model, slow enough to be looked at."""

    def slowly(share: float, words: str) -> None:
        progress(share, words)
        time.sleep(0.5)

    return sync(corpus, index, progress=slowly, embedder=embedder, may_empty=may_empty)


class Addresses(dict[str, str]):
    """The address of each page by its archive, by "archive, to write" with the key to write; begun when asked for."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        super().__init__()
        self.process = process

    def __missing__(self, name: str) -> str:
        self.update(self.begun(name.removesuffix(", to write")))
        return self[name]

    def begun(self, name: str, **settings: str) -> dict[str, str]:
        """The addresses of another page over the archive, begun with variables of the environment."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps([name, settings]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the page did not start"
        begun: dict[str, str] = json.loads(line)
        return begun


@contextlib.contextmanager
def served() -> Iterator[Addresses]:
    """The addresses of pages over all the archives."""
    ours = ("DATELINE_", "GRADIO_", "PYTHONWARNINGS")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(ours)},
        "PYTHONPATH": str(ROOT),
    }
    with subprocess.Popen(
        [sys.executable, __file__], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Addresses(process)
        assert process.stdin
        process.stdin.close()  # which ends it


def free_port() -> int:
    """A port that nobody listens on; Gradio does not tell which one it got for port 0."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def settings_of(name: str) -> Settings:
    """Where the archive lies: nowhere, but for those that are built, which have a small corpus and an index of it."""
    if name not in ("keeper", "builder", "whole"):
        return replace(Settings(), corpus=Path("my <news>"), index=Path(tempfile.mkdtemp()))
    folder = Path(tempfile.mkdtemp())
    corpus = write(folder / "corpus", {**FILES, "broken.json": "{", "<b>.mobi": "x"})
    sync(corpus, folder / "index", embedder=HashingEmbedder())
    return replace(Settings(), corpus=corpus, index=folder / "index")


def launched(archives: Archives, access: Access) -> str:
    """The address of the page, tried again where a busy machine takes longer than Gradio waits."""
    import app

    for last in (False, False, True):
        with contextlib.suppress(*(() if last else (OSError, ValueError))):
            blocks = app.build_page(archives, access)
            return app.launch(blocks, access, archives, server_name="127.0.0.1", server_port=free_port())
    raise AssertionError


def archives_of(names: str) -> Archives:
    """The archive of a name, or several with "+" between their names."""
    several = names.split("+")
    each = []
    for name in several:
        settings, embedder = settings_of(name), HashingEmbedder()
        indexer = Indexer(settings, slow_sync, embedder, watch=False)
        retriever = Retriever.open(settings.index, embedder=embedder) if name == "whole" else ARCHIVES[name]
        each.append(Served(retriever, indexer, name if len(several) > 1 else ""))
        if name == "damaged":
            indexer.rebuild()
    return Archives(each)


def serve() -> None:
    """Serve each archive that a line of standard input names, until there are no more."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # which tidies the files
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as tempfile.tempdir,  # Gradio's files go there, too
        played("Fifty-one officials signed it [1]. ", "Fifty-one officials of Putin signed it [1].") as script,
    ):
        for name, settings in map(json.loads, sys.stdin):
            model = {"DATELINE_LLM": script.address if name == "composing" else "", "DATELINE_LLM_MODEL": "small"}
            os.environ |= {**model, **settings}
            access = Access.from_environment()
            address = launched(archives_of(name), access)
            for variable in settings:
                del os.environ[variable]
            sys.stdout.write(json.dumps({name: address, f"{name}, to write": f"{address}?key={access.key}"}) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    serve()
