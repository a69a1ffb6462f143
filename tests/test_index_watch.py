"""Watching: the index follows the folder by itself, when it is at rest, and tells each error once."""

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import FILES, watch, write
from hashing_embedder import HashingEmbedder

from corpus import UserError
from index import SyncReport
from index import watch as watching
from index.building.publishing import building


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_SECONDS_BETWEEN_LOOKS", 0.02)
    monkeypatch.setattr(watching, "_REST", 0.1)


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    """Set after half a minute at the latest, so that no test waits for ever."""
    event = threading.Event()
    timer = threading.Timer(30, event.set)
    timer.start()
    yield event
    timer.cancel()


def updated(found: SyncReport | UserError) -> tuple[int, int, int]:
    assert isinstance(found, SyncReport)
    return found.added, found.updated, found.removed


def test_every_change_is_followed_with_one_model(
    corpus: Path, index: Path, embedder: HashingEmbedder, stop: threading.Event
) -> None:
    found = watch(write(corpus), index, stop, embedder=embedder)
    assert updated(next(found)) == (6, 0, 0)
    write(corpus, {"juno.txt": FILES["juno.txt"].replace("entered", "left")})
    assert updated(next(found)) == (0, 1, 0)
    (corpus / "brexit.txt").unlink()
    assert updated(next(found)) == (0, 0, 1)
    assert len(embedder.encoded) == 6
    stop.set()
    assert list(found) == []


def test_a_changing_folder_is_left_alone(
    corpus: Path, index: Path, embedder: HashingEmbedder, stop: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An article a look arrives, until four are there; they are indexed together."""
    real = watching.take_snapshot
    looks: list[int] = []

    def look(folder: Path, before: dict[str, object]) -> dict[str, object]:
        if len(looks) < 4:
            write(corpus, {f"new{len(looks)}.txt": f"New {len(looks)}\n\nSomething new."})
        looks.append(len(looks))
        return real(folder, before)

    found = watch(write(corpus), index, stop, embedder=embedder)
    next(found)
    monkeypatch.setattr(watching, "take_snapshot", look)
    assert updated(next(found)) == (4, 0, 0)
    assert len(looks) == 5


def test_slow_builds_run_less_often(
    corpus: Path, index: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(threading.Event):
        waits: list[float] = []  # noqa: RUF012

        def wait(self, timeout: float | None = None) -> bool:
            self.waits.append(timeout or 0)
            return True

    monkeypatch.setattr(watching, "_REST", 5)
    stop, began = Clock(), time.monotonic()
    [report] = watch(write(corpus), index, stop, embedder=embedder)
    assert isinstance(report, SyncReport)
    [waited] = stop.waits
    assert 5 * report.seconds <= waited <= 5 * (time.monotonic() - began)


def test_errors_are_reported_once_and_the_build_is_repeated(
    corpus: Path, index: Path, embedder: HashingEmbedder, stop: threading.Event
) -> None:
    with building(index):
        found = watch(write(corpus), index, stop, embedder=embedder)
        assert "Another build" in str(next(found))
    assert updated(next(found)) == (6, 0, 0)
    shutil.move(corpus, corpus.parent / "elsewhere")
    assert "There is no corpus folder" in str(next(found))
    shutil.move(corpus.parent / "elsewhere", corpus)
    write(corpus, {"juno.txt": FILES["juno.txt"].replace("entered", "left")})
    assert updated(next(found)) == (0, 1, 0)
