"""Vectors from two machines that Ray joins: two nodes of it here, each with processes and ports of its own."""

import contextlib
import importlib.util
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from archives import write
from page_server import free_port

from index import sync
from index.generations.generation import Generation
from index.models import workers as module
from index.models.workers import WorkersEmbedder

if not importlib.util.find_spec("ray"):
    pytest.skip("Ray, an extra, is not installed", allow_module_level=True)
if not os.environ.get("DATELINE_RAY_MACHINES"):
    # On a busy machine Ray gives a second node up after minutes, whatever it is told to wait.
    pytest.skip("two nodes of Ray want idle cores; DATELINE_RAY_MACHINES=1 starts them", allow_module_level=True)
SECOND = "second"
# However busy the machine is.
SECONDS = 300


class Machine:
    """A node of Ray, which can be lost with all its processes; what it says is written to a file."""

    def __init__(self, out: Path, *options: str) -> None:
        memory = "--object-store-memory=80000000"  # A third of the memory would be taken else.
        ports = [f"--{name}=0" for name in ("dashboard-agent-listen-port", "metrics-export-port")]
        here = ["--node-ip-address=127.0.0.1", "--num-cpus=1", memory, *ports]
        command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", *here, *options]
        with out.open("wb") as file:
            self._process = subprocess.Popen(command, start_new_session=True, stdout=file, stderr=subprocess.STDOUT)
        while "runtime started" not in (said := out.read_text("utf-8")):
            assert self._process.poll() is None, said
            time.sleep(0.2)

    def lose(self) -> None:
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                session = int((folder / "stat").read_text().rpartition(")")[2].split()[3])
                if session == self._process.pid:
                    os.kill(int(folder.name), signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):  # It has ended meanwhile.
                continue
        self._process.wait()


@pytest.fixture(scope="module")
def machines(tiny_model: str) -> Iterator[tuple[WorkersEmbedder, Machine]]:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(dir="/tmp") as short:
        folder = Path(short)
        patch.setenv("RAY_AUTH_MODE", "token")  # Ray's ports are open to the network.
        patch.setenv("RAY_AUTH_TOKEN", secrets.token_hex(32))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_IGNORE_UNHANDLED_ERRORS", "1")
        patch.setenv("RAY_CLIENT_INITIAL_CONNECTION_TIMEOUT_S", str(SECONDS))
        patch.setenv("RAY_raylet_start_wait_time_s", str(SECONDS))
        port = free_port()
        with contextlib.ExitStack() as started:
            head = ("--head", f"--port={port}", "--include-dashboard=false")
            started.callback(Machine(folder / "first", *head, f"--temp-dir={folder / 'ray'}").lose)
            embedder = WorkersEmbedder(tiny_model, f"127.0.0.1:{port}")
            started.callback(embedder._ray.shutdown)
            second = Machine(folder / "second", f"--address=127.0.0.1:{port}", "--resources", json.dumps({SECOND: 1}))
            started.callback(second.lose)
            end = time.monotonic() + SECONDS
            while embedder.workers < 2 and time.monotonic() < end:
                time.sleep(0.2)
            yield embedder, second


def test_an_index_of_two_machines_is_that_of_one_also_where_one_is_lost(
    machines: tuple[WorkersEmbedder, Machine], tiny_model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second machine is lost with its second part of the texts; the first one waits for that."""
    embedder, second = machines
    [name] = [node["NodeID"] for node in embedder._ray.nodes() if SECOND in node["Resources"]]
    asked, embedded_by, encode = tmp_path / "asked", tmp_path / "embedded-by", module._encoded
    embedded_by.mkdir()

    def lost_with_the_second(model: str, of: str, texts: list[str]) -> Any:
        import ray

        by = ray.get_runtime_context().get_node_id()
        if by == name and (embedded_by / by).exists():
            asked.touch()
            time.sleep(SECONDS)
        while by != name and not asked.exists():
            time.sleep(0.05)
        (embedded_by / by).touch()
        return encode(model, of, texts)

    def lose() -> None:
        while not asked.exists():
            time.sleep(0.05)
        second.lose()

    monkeypatch.setattr(module, "_encoded", lost_with_the_second)
    monkeypatch.setattr(module, "MANY", 32)
    monkeypatch.setenv("DATELINE_MODEL", tiny_model)
    rows = {f"{number}.txt": f"Memo {number}\n\nJuno sent its memo on orbit {number}.\n" for number in range(1000)}
    corpus, folders = write(tmp_path / "corpus", rows), (tmp_path / "one", tmp_path / "two")
    losing = threading.Thread(target=lose, daemon=True)
    assert embedder.workers == 2
    losing.start()
    reports = [sync(corpus, folder, embedder=each) for folder, each in zip(folders, (None, embedder), strict=True)]
    losing.join(SECONDS)
    one, two = (Generation.open(folder) for folder in folders)

    assert (asked.exists(), losing.is_alive(), len(list(embedded_by.iterdir()))) == (True, False, 2)
    assert reports[0].embedded == reports[1].embedded == len(one.vectors) == 1000
    assert (np.asarray(one.vectors) * np.asarray(two.vectors)).sum(axis=1).min() > 0.9999
    one.close()
    two.close()
