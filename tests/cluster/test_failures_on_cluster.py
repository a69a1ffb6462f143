"""Nodes that are lost while questions are asked and an archive is built, and what stands before a cluster."""

import base64
import contextlib
import logging
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from asking import built
from hashing_embedder import HashingEmbedder
from nodes import REQUIRED, Cluster
from page_server import free_port
from test_index_local import EMBEDDER, QUESTIONS, found, rows_file

from corpus import Settings, UserError
from index import sync
from index.archive import Filter
from index.generations.manifest import Fingerprint
from index.opensearch import live
from index.opensearch.editions import live_edition
from index.opensearch.engine import Address, Engine
from index.opensearch.live import LiveStore

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
ASKING = 8


@pytest.fixture(autouse=True)
def _whole_again(cluster: Cluster) -> Iterator[None]:
    """Whatever a test ended runs again after it."""
    yield
    cluster.start()


@pytest.fixture
def nodes_to_lose(cluster: Cluster) -> Cluster:
    """Before all that takes time: a cluster that goes on with a node less."""
    if len(cluster.ports) < 3:
        pytest.skip("one node cannot lose one")
    return cluster


@pytest.fixture
def reader(new_store: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LiveStore:
    address = new_store()
    index = built(tmp_path, {"rows.jsonl": rows_file()}, EMBEDDER, DATELINE_STORE=address)
    monkeypatch.setenv("DATELINE_STORE", address)
    settings = Settings.from_environment(tmp_path / "corpus", index)
    return LiveStore(settings, Fingerprint.of(settings, EMBEDDER))


def answers(reader: LiveStore) -> list[list[tuple[str, int]]]:
    with reader.use() as archive:
        return [[(piece.article, piece.start) for piece in found(archive, text, Filter())] for text in QUESTIONS]


def test_a_node_lost_while_eight_ask(nodes_to_lose: Cluster, reader: LiveStore) -> None:
    before, killed = answers(reader), threading.Event()

    def ask(_: int) -> list[list[list[tuple[str, int]]]]:
        first = [answers(reader) for _ in range(2)]
        killed.wait()
        return [*first, *(answers(reader) for _ in range(3))]

    with ThreadPoolExecutor(ASKING) as threads:
        asked = threads.map(ask, range(ASKING))
        time.sleep(1)
        nodes_to_lose.kill(1)
        killed.set()
        assert [each for asker in asked for each in asker if each != before] == []


def test_a_node_lost_while_building(
    nodes_to_lose: Cluster, corpus: Path, index: Path, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.building.writing._WINDOW", 100)
    monkeypatch.setattr("index.opensearch.build.Engine", partial(Engine, patience=45.0))
    (corpus / "rows.jsonl").write_text(rows_file())
    lost, told = [], []

    def lose(_share: float, words: str) -> None:
        told.append(words)
        if "300 of" in words and not lost:
            [held, *_] = engine.ask("GET", f"/_cat/shards/{engine.address.name}.2*", format="json", h="node")["found"]
            nodes_to_lose.kill(int(held["node"].removeprefix("node")))
            lost.append(words)

    engine = Engine(Address.parse(store))
    report = sync(corpus, index, embedder=EMBEDDER, progress=lose)

    live_now = live_edition(engine)
    assert (len(lost), report.articles, report.chunks, live_now.manifest.report.chunks) == (1, 700, 700, 700)
    assert "A machine of the cluster was lost; writing everything again, with copies" in told
    assert {*engine.ask("GET", f"/{engine.address.name}.2*")} == {live_now.index}


def test_all_nodes_killed_at_once_lose_nothing(
    reader: LiveStore, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_SECONDS_BETWEEN_LOOKS", 0.0)
    before = answers(reader)
    for node in list(cluster.processes):
        cluster.kill(node)
    with pytest.raises(UserError, match="does not answer; start it"):
        answers(reader)
    cluster.start()
    end = time.monotonic() + 600
    after: list[list[tuple[str, int]]] = []
    while after != before and time.monotonic() < end:
        with contextlib.suppress(UserError):  # Not every part is there at once.
            after = answers(reader)

    assert after == before


@pytest.fixture
def guarded(cluster: Cluster, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A node behind TLS and a password, "ann" and "hushed": host and port, and its certificate."""
    openssl = shutil.which("openssl")
    if NGINX is None or openssl is None:
        if REQUIRED:
            pytest.fail("nginx or openssl is not installed, and DATELINE_REQUIRE_CLUSTER is set")
        pytest.skip("nginx or openssl is not installed, so nothing stands in front of the cluster")
    key, certificate, port = tmp_path / "key.pem", tmp_path / "certificate.pem", free_port()
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    expected = base64.b64encode(b"ann:hushed").decode()
    temporary = "".join(
        f"{name}_temp_path {tmp_path}/{name}; " for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}\n"
        f"http {{ access_log off; client_max_body_size 100m; {temporary}\n"
        f"server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};\n"
        f'if ($http_authorization != "Basic {expected}") {{ return 401; }}\n'
        f"location / {{ proxy_pass http://127.0.0.1:{cluster.ports[0]}; }} }} }}"
    )
    with subprocess.Popen([NGINX, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]) as process:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield f"localhost:{port}", certificate
        process.terminate()


def test_a_password_and_a_certificate(
    guarded: tuple[str, Path], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    host, certificate = guarded
    address = f"opensearchs://ann:hushed@{host}/guarded-{free_port()}"
    with pytest.raises(UserError, match=r"certificate of .* name its authority in DATELINE_STORE_CA"):
        Engine(Address.parse(address))
    monkeypatch.setenv("DATELINE_STORE_CA", str(certificate))
    with pytest.raises(UserError, match="refuses these credentials") as refused:
        Engine(Address.parse(address.replace("hushed", "guessed")))
    index = built(tmp_path, {"a.txt": "Memo\n\nOfficials signed."}, HashingEmbedder(), DATELINE_STORE=address,
                  DATELINE_STORE_CA=str(certificate))  # fmt: skip

    kept = "".join(file.read_text("utf-8", "replace") for file in index.rglob("*") if file.is_file())
    assert live_edition(Engine(Address.parse(address))).manifest.report.chunks == 1
    for told in (caplog.text, kept, str(refused.value)):
        assert "hushed" not in told
        assert "guessed" not in told
