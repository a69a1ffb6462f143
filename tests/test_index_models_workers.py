"""Vectors from the workers of a true Ray on this machine."""

import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
from archives import write

from corpus import UserError
from index import sync
from index.generations.generation import Generation
from index.models import workers as module
from index.models.choice import embedder_of
from index.models.workers import WorkersEmbedder

if not importlib.util.find_spec("ray"):
    pytest.skip("Ray, an extra, is not installed", allow_module_level=True)
TEXTS = [f"{word} memo on the {number}th orbit" for number in range(300) for word in ("Juno", "Zika", "Hague")]


@pytest.fixture(scope="module")
def workers(tiny_model: str) -> Iterator[WorkersEmbedder]:
    """Two workers, whose files lie where the longest name of a socket is short enough."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(dir="/tmp") as folder:
        for name in ("AUTH_MODE", "AUTH_TOKEN", "USAGE_STATS_ENABLED", "IGNORE_UNHANDLED_ERRORS"):
            patch.setenv(f"RAY_{name}", "0")  # To be set by what is tested, and taken back afterwards.
        patch.setenv("RAY_TMPDIR", folder)
        patch.setenv("RAY_CLIENT_INITIAL_CONNECTION_TIMEOUT_S", "300")  # However busy the machine is.
        embedder = WorkersEmbedder(tiny_model, "2")
        yield embedder
        embedder._ray.shutdown()


def encoded(embedder: WorkersEmbedder) -> np.ndarray:
    found = list(embedder.batches(TEXTS))
    rows = np.full((len(TEXTS), embedder.dimension), np.nan, np.float32)
    for part, vectors in found:
        rows[part] = vectors
    assert len(found) == 4
    return rows


def test_workers_give_the_vectors_of_one_machine(workers: WorkersEmbedder, tiny_model: str) -> None:
    own = embedder_of(tiny_model)

    assert (workers.name, workers.dimension, workers.workers) == (own.name, 16, 2)
    assert (encoded(workers) * own.encode(TEXTS)).sum(axis=1).min() > 0.9999
    assert list(workers.batches([])) == []


def test_a_build_is_that_of_one_machine(
    workers: WorkersEmbedder, tiny_model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write(tmp_path / "corpus")
    monkeypatch.setenv("DATELINE_MODEL", tiny_model)
    folders = [tmp_path / "one", tmp_path / "two"]
    reports = [sync(corpus, folder, embedder=one) for folder, one in zip(folders, (None, workers), strict=True)]
    one, two = (Generation.open(folder) for folder in folders)

    assert reports[0].embedded == reports[1].embedded > 0
    assert one.manifest.fingerprint == two.manifest.fingerprint
    assert (np.asarray(one.vectors) * np.asarray(two.vectors)).sum(axis=1).min() > 0.9999
    one.close()
    two.close()


def test_a_worker_with_another_model(workers: WorkersEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "name", "tiny@0123")
    with pytest.raises(UserError, match=r"a worker has tiny@\w+ in place of tiny@0123.*this version of Dateline"):
        encoded(workers)


def test_another_worker_does_what_a_dead_one_had(
    workers: WorkersEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    died = tmp_path / "died"

    def dies_once(_model: str, _name: str, texts: list[str]) -> np.ndarray:
        if not died.exists():
            died.touch()
            os._exit(1)
        return np.array([[len(text)] * 16 for text in texts], np.float32)  # A new worker would import torch for more.

    monkeypatch.setattr(module, "_encoded", dies_once)

    assert encoded(workers).tolist() == [[len(text)] * 16 for text in TEXTS]
    assert died.exists()


def test_workers_that_die_every_time(workers: WorkersEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LIVES", 1)
    monkeypatch.setattr(module, "_encoded", lambda *_: os._exit(1))
    with pytest.raises(UserError, match=r"workers at “2” cannot go on \(WorkerCrashedError\).*run the same command"):
        encoded(workers)


@pytest.mark.parametrize("kind", [ConnectionError, Exception])  # A start that takes too long is a plain one.
def test_where_no_workers_are(kind: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ray.init", refuses := Mock(side_effect=kind("ray client connection timeout")))
    with pytest.raises(UserError, match=r"no workers at “ray://host:9”; start Ray there.*\(ray client connection"):
        WorkersEmbedder("news", "ray://host:9")

    assert refuses.call_args.kwargs["address"] == "ray://host:9"


def test_a_model_on_a_server_needs_none() -> None:
    with pytest.raises(UserError, match=r"runs on a server already; leave out --workers"):
        WorkersEmbedder("http://127.0.0.1:9/v1#bge", "2")


def test_without_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UserError, match=r"needs Ray; run: pip install 'dateline-qa\[ray\]'"):
        WorkersEmbedder("news", "2")
