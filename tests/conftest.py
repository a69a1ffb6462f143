"""Fixtures of all rooms: an empty corpus and index, the stand-in for the model, a tiny real model on disk."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from archives import write
from hashing_embedder import HashingEmbedder
from hypothesis import HealthCheck, settings
from running import REPOSITORY, Command

from corpus import Article, Problem
from corpus.apart import Apart
from corpus.fields import Reading
from index import sync

if TYPE_CHECKING:
    from page_server import Addresses
    from xdist.remote import Producer
    from xdist.scheduler import LoadFileScheduling

# Builds wait for the disk, some four fifths of their time; tests lose nothing with a computer that goes down.
_MEMORY, _ENOUGH = Path("/dev/shm"), 2 << 30
if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH:
    for name in ("PYTEST_DEBUG_TEMPROOT", "TMPDIR"):  # TMPDIR is for the processes that tests start.
        os.environ.setdefault(name, str(_MEMORY))
    tempfile.tempdir = None  # Looked for anew.

if "PYTEST_XDIST_WORKER" in os.environ:
    # Each worker has a core; torch and others would start threads for all of them.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# No test is timed: a busy machine must not fail it.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


# What shares something that takes seconds to start: a browser and the pages it opens, torch.
_TOGETHER = {
    "pages": ("browser", "test_app", "test_container", "test_deploying"),
    "models": (
        "test_benchmarks_reader", "test_commands", "test_index_keeping", "test_index_models_embedder",
        "test_index_models_fast_model", "test_index_models_multilingual", "test_index_models_workers",
        "test_index_sync", "test_qa_adapters", "test_qa_evaluate", "test_qa_mcp", "test_qa_reading_reader",
        "test_qa_sample", "test_readme", "test_small_model",
    ),
}  # fmt: skip
_UNITS = {name: unit for unit, names in _TOGETHER.items() for name in names}
# What is open for the tests of a unit.
_SHARED = contextlib.ExitStack()


def _unit(nodeid: str) -> str:
    module = Path(nodeid.partition("::")[0])
    name = module.stem if module.parent.name == "tests" else module.parent.name
    return _UNITS.get(name, name)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "LoadFileScheduling":
    """With `-n 2` the tests of a module share a worker, and so do those of a folder, and of each unit above.

    The groups of pytest-xdist 3.8 do nothing with pytest 9.2, which no longer takes a test's id from where they write.
    """
    from xdist.scheduler import LoadFileScheduling

    class ByModule(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _unit(nodeid)

    config.option.loadscopereorder = False
    return ByModule(config, log)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """What a unit shares ends with its last test: the pages alone would take most of a core while nobody asks them."""
    if nextitem is None or _unit(nextitem.nodeid) != _unit(item.nodeid):
        _SHARED.close()


@pytest.fixture(scope="session")
def shared() -> contextlib.ExitStack:
    """Closed after the last test of a unit."""
    return _SHARED


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    """Nor a short patience: however busy the machine is, the next query after a sync sees what it brought."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("DATELINE_")]:
            patch.delenv(name)
        patch.setattr("index.opening._SECONDS_TO_WAIT", 30.0)
        yield


class _Lasting(Apart):
    """It outlives the test that began it, so it may be in another folder than the build that it reads for."""

    def read(self, file: Path, path: str, folder: Path, reading: Reading) -> Iterator[Article | Problem]:
        return super().read(file.absolute(), path, folder.absolute(), reading)


@pytest.fixture(scope="session", autouse=True)
def _one_reading_process() -> Iterator[None]:
    """All builds share the process that reads their files, since starting it takes as long as a small build."""

    @contextlib.contextmanager
    def shared() -> Iterator[Apart]:
        with contextlib.ExitStack() as stopped:
            stopped.push(apart)  # It ends with a build that was stopped, whose articles nobody wants any more.
            yield apart
            stopped.pop_all()

    with _Lasting() as apart, pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.building.reading.Apart", shared)
        yield


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """An empty corpus folder."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Where an index may be made; nothing is there yet."""
    return tmp_path / "index"


@pytest.fixture
def embedder() -> HashingEmbedder:
    """A stand-in for the model."""
    return HashingEmbedder()


@pytest.fixture(scope="session")
def small_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small corpus and its index, to copy from."""
    folder = tmp_path_factory.mktemp("small")
    sync(write(folder / "corpus"), folder / "index", embedder=HashingEmbedder())
    return folder


@pytest.fixture
def built(small_archive: Path, tmp_path: Path) -> Path:
    """An index of the small corpus, which lies in `corpus` beside it; both may be changed."""
    return Path(shutil.copytree(small_archive, tmp_path, dirs_exist_ok=True)) / "index"


_PAGES: list["Addresses"] = []


@pytest.fixture(scope="module")
def addresses(shared: contextlib.ExitStack) -> "Addresses":
    """The addresses of pages over the archives of page_server.py, all in one process."""
    from page_server import served

    if not _PAGES:
        _PAGES.append(shared.enter_context(served()))
        shared.callback(_PAGES.clear)
    return _PAGES[0]


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a real Sentence Transformers model of a dozen words, which loads at once."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    words = ["[UNK]", "britain", "diplomats", "games", "hague", "juno", "jupiter", "leave", "memo", "orbit", "zika"]
    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    weights = np.random.default_rng(0).normal(size=(len(words), 16)).astype(np.float32)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)]).save(str(folder))
    return str(folder)


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Run Python with some arguments in an empty folder, the tests' helpers and the repository importable."""

    def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")}
        environment |= {"PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'tests'}", **settings}
        return subprocess.run(
            [sys.executable, *arguments],
            check=False,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=environment,
            timeout=600,
        )

    return run
