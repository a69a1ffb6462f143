"""The address of an archive on OpenSearch, and what is made of the engine's answers; a stand-in answers."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from corpus import UserError
from index.archive import Filter
from index.opensearch import engine as module
from index.opensearch.archive import OpenSearchArchive
from index.opensearch.engine import Address, Engine, EngineError

if not find_spec("opensearchpy"):
    pytest.skip("opensearch-py, an extra, is not installed", allow_module_level=True)
VERSION = {"version": {"distribution": "opensearch", "number": "2.19.6"}}
Answer = tuple[int, dict[str, Any]]


@contextmanager
def answering(*answers: Answer) -> Iterator[tuple[str, list[str]]]:
    """The address of a server that gives these answers in turn, the last one again and again; and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            status, content = answers[min(len(asked), len(answers) - 1)]
            asked.append(f"{self.command} {self.path} {self.rfile.read(length).decode()}".strip())
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    try:
        yield f"opensearch://127.0.0.1:{server.server_port}/news", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SECONDS_BETWEEN_TRIES", (0.0, 0.01, 0.01, 0.01))


@pytest.mark.parametrize(
    ("text", "hosts", "shown"),
    [
        ("opensearch://db/news", ("db:9200",), "opensearch://db:9200/news"),
        ("opensearch://a:1,b:2/my-news_2", ("a:1", "b:2"), "opensearch://a:1,b:2/my-news_2"),
        ("opensearchs://ann:p%40ss@db/news?shards=6", ("db:9200",), "opensearchs://db:9200/news"),
        ("opensearch://[::1]:9201/news", ("[::1]:9201",), "opensearch://[::1]:9201/news"),
    ],
)
def test_addresses(text: str, hosts: tuple[str, ...], shown: str) -> None:
    address = Address.parse(text)

    assert (address.hosts, address.shown) == (hosts, shown)
    assert "p@ss" not in repr(address)


def test_more_neighbours_are_looked_at_than_come_back() -> None:
    """Lucene looks at no more than are asked for, and its graph hides a few of these."""
    asked: list[dict[str, Any]] = []

    def search(_: str, *bodies: dict[str, Any], **__: object) -> list[list[dict[str, Any]]]:
        asked.extend(bodies)
        return [[] for _ in bodies]

    made = SimpleNamespace(summary=SimpleNamespace(language="en"), report=SimpleNamespace(chunks=9))
    edition = SimpleNamespace(manifest=made, mean_length={}, index="news.1", number=1)
    archive = OpenSearchArchive(SimpleNamespace(search=search), edition)  # type: ignore[arg-type]
    for pool in (200, 9000):
        assert archive.candidates([], np.ones(4, np.float32), Filter(), pool) == []
    near = [body for body in asked if "knn" in body["query"]]
    assert [(body["query"]["knn"]["vector"]["k"], body["size"]) for body in near] == [(600, 200), (10_000, 9000)]


def test_credentials_and_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    in_address = Address.parse("opensearchs://ann:p%40ss@db/news?shards=6")
    assert (in_address.user, in_address.password, in_address.tls, in_address.shards) == ("ann", "p@ss", True, 6)
    monkeypatch.setenv("DATELINE_STORE_USER", "bob")
    monkeypatch.setenv("DATELINE_STORE_PASSWORD", "secret")
    in_variables = Address.parse("opensearchs://db/news")
    assert (in_variables.user, in_variables.password, in_variables.shards) == ("bob", "secret", 3)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("http://db:9200/news", "opensearch://host:9200/NAME"),
        ("opensearch://db:9200", "opensearch://host:9200/NAME"),
        ("opensearch:///news", "opensearch://host:9200/NAME"),
        ("opensearch://db/News", "in small letters"),
        ("opensearch://db/a.b", "opensearch://host:9200/NAME"),
        ("opensearch://db/-news", "opensearch://host:9200/NAME"),
        ("opensearch://db/news?shards=0", "from 1 to 1,000"),
        ("opensearch://db/news?replicas=2", "shards=N only"),
        ("opensearch://ann:hushed@db/news", "unencrypted; begin the address with opensearchs://"),
    ],
)
def test_addresses_that_are_none(text: str, complaint: str) -> None:
    with pytest.raises(UserError, match=complaint) as error:
        Address.parse(text)
    assert "hushed" not in str(error.value)


@pytest.mark.parametrize(
    ("version", "refused"),
    [
        ({"distribution": "opensearch", "number": "2.11.0"}, True),
        ({"number": "8.15.0"}, True),
        ({"distribution": "opensearch", "number": "3.1.0"}, False),
    ],
)
def test_versions(version: dict[str, str], refused: bool) -> None:
    with answering((200, {"version": version})) as (address, _):
        if refused:
            with pytest.raises(UserError, match=f"not OpenSearch 2.19 or newer .{version['number']}.; upgrade it"):
                Engine(Address.parse(address))
        else:
            Engine(Address.parse(address))


BUSY: Answer = (429, {"error": {"type": "circuit_breaking_exception"}, "status": 429})
PARTIAL: Answer = (200, {"responses": [{"_shards": {"failed": 1}, "hits": {"hits": []}}]})
LATE: Answer = (200, {"responses": [{"timed_out": True, "hits": {"hits": []}}]})
LOST: Answer = (200, {"responses": [{"status": 500, "error": {"reason": "all shards failed"}}]})
WHOLE: Answer = (200, {"responses": [{"timed_out": False, "_shards": {"failed": 0}, "hits": {"hits": []}}]})


@pytest.mark.parametrize("trouble", [BUSY, PARTIAL, LATE, LOST], ids=["busy", "partial", "late", "lost"])
def test_what_passes_is_waited_for(trouble: Answer) -> None:
    with answering((200, VERSION), trouble, trouble, WHOLE) as (address, asked):
        [hits] = Engine(Address.parse(address)).search("news", {"size": 1})

    assert hits == []
    assert len(asked) == 4


@pytest.mark.parametrize(
    ("trouble", "complaint"),
    [
        (BUSY, "too busy or lacks a part of the archive; look after the cluster"),
        (PARTIAL, "A part of “news” does not answer; mend the cluster"),
        (LATE, "A part of “news” does not answer; mend the cluster"),
        (LOST, "A part of “news” does not answer .all shards failed.; mend the cluster"),
        ((401, {}), "refuses these credentials; correct DATELINE_STORE_USER"),
        ((400, {"error": {"type": "parsing_exception"}}), "refuses a request .400, parsing_exception"),
        ((200, {"responses": [{"error": {"type": "no_index"}, "status": 404}]}), "refuses a request .404, no_index"),
    ],
    ids=["busy", "partial", "late", "lost", "credentials", "request", "one of several"],
)
def test_what_does_not_pass_is_told(trouble: Answer, complaint: str) -> None:
    with answering((200, VERSION), trouble) as (address, _):
        engine = Engine(Address.parse(address), patience=0.05)
        with pytest.raises(EngineError, match=complaint):
            engine.search("news", {"size": 1})


def test_documents_that_found_no_room_are_sent_again() -> None:
    first = {"items": [{"index": {"status": 201}}, {"index": {"status": 429, "error": {"reason": "full"}}}]}
    with answering((200, VERSION), (200, first), (200, {"items": 2 * [{"index": {"status": 201}}]})) as (
        address,
        asked,
    ):
        Engine(Address.parse(address)).write("news", [{"_id": "a", "n": 1}, {"_id": "b", "n": 2}])

    assert asked[1] == asked[2]
    assert asked[1].count("_id") == 2


def test_many_documents_are_sent_in_several_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_BYTES", 50)
    with answering((200, VERSION), (200, {"items": [{"index": {"status": 201}}]})) as (address, asked):
        Engine(Address.parse(address)).write("news", ({"_id": str(number), "n": number} for number in range(10)))

    assert sum(line.count("_id") for line in asked) == 10
    assert len(asked) == 1 + 5


@pytest.mark.parametrize(
    ("status", "complaint"),
    [(400, "refuses a request .400, parsing_exception"), (429, "does not answer .the disk is full.; mend the cluster")],
)
def test_a_document_that_is_refused_is_told(status: int, complaint: str) -> None:
    error = {"type": "parsing_exception", "reason": "the disk is full"}
    refused = {"items": [{"index": {"status": 201}}, {"index": {"status": status, "error": error}}]}
    with answering((200, VERSION), (200, refused)) as (address, _):
        engine = Engine(Address.parse(address), patience=0.05)
        with pytest.raises(EngineError, match=complaint):
            engine.write("news", [{"_id": "a"}, {"_id": "b"}])


def test_an_engine_that_is_gone_takes_one_sentence_and_no_secret(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], unused: Callable[[], int]
) -> None:
    caplog.set_level(logging.DEBUG)
    address = Address.parse(f"opensearch://ann:hushed@127.0.0.1:{unused()}/news")
    with pytest.raises(EngineError, match=r"opensearch://127.0.0.1:\d+/news does not answer; start it") as error:
        Engine(address, patience=0.05)

    told = f"{error.value} {caplog.text} {capfd.readouterr()}"
    assert "hushed" not in told
    assert "ann" not in told


@pytest.fixture
def unused() -> Callable[[], int]:
    """A port that nobody listens on."""

    def found() -> int:
        server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
        server.server_close()
        return server.server_port

    return found
