"""What reaches the page at all: hosts, origins, routes, lengths, logins; and what every response says."""

import asyncio
import base64
import hashlib
import json
import logging
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from qa.web.access import Access
from qa.web.guard import Guard, bound

Result = TypeVar("Result")
OURS = "http://127.0.0.1:7860"
HTML = b"<script>ours()</script><script src='x.js'></script><img onerror='theirs()'>"


class Page:
    """Stands in for the page: it notes what reaches it, and answers as Gradio does."""

    def __init__(self, status: int = 200, kind: str = "application/json", body: bytes = b"{}") -> None:
        self.served: list[tuple[str, bytes]] = []
        self.reply = status, kind, body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, kind, body = self.reply
        self.served.append((scope["path"], (await receive())["body"]))
        headers = {
            "content-type": kind,
            "access-control-allow-origin": "https://evil.example",
            "set-cookie": "a=b; SameSite=none",
        }
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})


def in_a_loop(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """What it returns, from a thread of its own: the browser's tests leave an event loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def call(
    page: Page, method: str = "GET", path: str = "/config", access: Access | None = None, **options: Any
) -> httpx.Response:
    async def called() -> httpx.Response:
        transport = httpx.ASGITransport(Guard(page, access or Access(), ["news.local"]))
        async with httpx.AsyncClient(transport=transport, base_url=OURS) as client:
            return await client.request(method, path, **options)

    return in_a_loop(called())


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:7860", 200), ("localhost", 200), ("[::1]:7860", 200), ("192.168.1.7:80", 200), ("NEWS.local", 200),
        ("evil.example", 403), ("localhost.evil.example", 403), ("127.0.0.1.evil.example", 403), ("", 403),
    ],
)  # fmt: skip
def test_only_known_hosts_are_served(host: str, status: int) -> None:
    page = Page()
    assert call(page, headers={"host": host}).status_code == status
    assert len(page.served) == (status == 200)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": OURS}, 200),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, 200),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://127.0.0.1:7861"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
    ],
    ids=str,
)
def test_pages_of_other_sites_are_refused(headers: dict[str, str], status: int) -> None:
    reply = call(Page(), headers=headers)
    assert reply.status_code == status
    assert "access-control-allow-origin" not in reply.headers


def test_named_origins_may_call() -> None:
    access = Access(origins=frozenset({"https://news.example.org"}))
    headers = {"origin": "https://news.example.org", "sec-fetch-site": "cross-site"}
    for method in ("GET", "OPTIONS"):
        reply = call(Page(), method, access=access, headers=headers)
        assert reply.headers["access-control-allow-origin"] == "https://news.example.org"
    assert call(Page(), access=access, headers={"host": "news.example.org"}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload", "/upload", "/gradio_api/file=/etc/passwd", "/gradio_api/proxy=http://a.example/", "/docs",
        "/gradio_api/token", "/gradio_api/stream/a", "/gradio_api/run-history/buckets", "/monitoring",
        "/gradio_api/vibe-code",
        "/assets/../../x/%2e%2e/config/", "/gradio_api/deep_link", "/gradio_api/heartbeat/a", "/gradio_api/queue/joint",
    ],
)  # fmt: skip
def test_other_routes_are_closed(path: str) -> None:
    page = Page()
    if "/assets/" not in path:  # which Gradio serves from its own folder, and from there alone
        assert call(page, "POST", path).status_code == 404
        assert page.served == []
    assert call(page, "DELETE", "/config").status_code == 404


def test_feeds_are_served_to_programs_and_to_no_other_site() -> None:
    page = Page()
    feeds = ["/feed/who-left-2.xml", "/feed/My archive/who-left-2.xml"]
    assert [call(page, path=path).status_code for path in feeds] == [200, 200]
    assert call(page, path="/feed/who-left-2.xml", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    for path in ("/feed/", "/feed/a/b.html", "/feed/a.html", "/feed/..xml"):
        assert call(page, path=path).status_code == 404
    assert [path for path, _ in page.served] == feeds


def test_bodies_and_addresses_are_bounded_before_any_work() -> None:
    page, access = Page(), Access()
    long = b"x" * 64_001
    assert call(page, "POST", "/gradio_api/run/ask", content=long).status_code == 413
    assert call(page, "POST", "/gradio_api/run/ask", content=b"").status_code == 200

    async def chunked() -> Any:
        for _ in range(7):
            yield b"x" * 10_000

    assert call(page, "POST", "/gradio_api/run/ask", content=chunked()).status_code == 413
    assert call(page, "POST", "/gradio_api/run/ask", headers={"content-length": "1e9"}, content=b"x").status_code == 413
    assert call(page, path="/?q=" + "x" * 50_000).status_code == 414
    assert [body for _, body in page.served] == [b""]
    keeper = {"cookie": f"dateline-key={access.key}"}
    assert call(page, "POST", "/gradio_api/run/ask", access, content=long, headers=keeper).status_code == 200
    assert page.served[-1] == ("/gradio_api/run/ask", long)


def test_the_key_in_the_link_becomes_a_cookie() -> None:
    access = Access()
    reply = call(Page(), path=f"/?key={access.key}", access=access)
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith(f"dateline-key-7860={access.key}; ")
    assert {"HttpOnly", "SameSite=strict"} <= set(cookie.split("; "))
    assert "set-cookie" not in call(Page(), path="/?key=wrong", access=access).headers


def test_the_admin_token_becomes_a_cookie_and_guesses_are_slowed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("qa.web.guard._FIRST_DELAY", 0.02)
    monkeypatch.setattr("qa.web.guard._LONGEST_DELAY", 0.05)
    access = Access("sésame")
    guard = Guard(Page(), access)

    async def tried(tokens: list[Any]) -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(guard), base_url=OURS) as client:
            return [await client.post("/unlock", json=token) for token in tokens]

    wrong = [{"token": "x"}, {"token": None}, {"token": 7}, {}, [], None, "sésame", {"token": ""}]
    began = time.monotonic()
    tokens = [*wrong, {"token": "sésame"}, {"token": "x"}, {"token": "x"}, {"token": "sésame"}]
    replies = in_a_loop(tried(tokens))
    assert [reply.status_code for reply in replies] == [403] * 8 + [204, 403, 403, 429]
    assert time.monotonic() - began > 0.3
    assert "set-cookie" in replies[8].headers
    assert len(caplog.messages) == 10
    assert "sésame" not in caplog.text


def test_failed_logins_are_slowed_and_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr("qa.web.guard._FIRST_DELAY", 0.1)
    began = time.monotonic()
    assert call(Page(400), "POST", "/login", content=b"x").status_code == 400
    assert time.monotonic() - began > 0.1
    assert re.search("login failed at /login from 127.0.0.1", caplog.text)
    assert call(Page(), "POST", "/login", content=b"x").headers["set-cookie"] == "a=b; SameSite=lax"


def test_guesses_at_once_are_counted_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.web.guard._FIRST_DELAY", 0.0)

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.01)  # as feeds and Gradio do in threads
        await Page(401)(scope, receive, send)

    async def guessed(number: int) -> list[httpx.Response]:
        transport = httpx.ASGITransport(Guard(checked, Access()))
        async with httpx.AsyncClient(transport=transport, base_url=OURS) as client:
            headers = {"authorization": "Basic x"}
            return await asyncio.gather(*(client.get("/feed/a.xml", headers=headers) for _ in range(number)))

    statuses = Counter(reply.status_code for reply in in_a_loop(guessed(30)))
    assert statuses == {401: 10, 429: 20}


def test_every_response_closes_what_browsers_allow() -> None:
    for reply in (call(Page()), call(Page(), path="/nowhere"), call(Page(kind="text/html", body=HTML), path="/")):
        assert reply.headers["x-content-type-options"] == "nosniff"
        policy = reply.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        scripts = re.search("script-src ([^;]*)", policy)
        assert scripts
        assert "'unsafe-inline'" not in scripts[1]


def test_only_the_inline_scripts_of_the_page_itself_may_run() -> None:
    policy = call(Page(kind="text/html", body=HTML), path="/").headers["content-security-policy"]
    assert re.findall("'sha256-([^']+)'", policy) == [base64.b64encode(hashlib.sha256(b"ours()").digest()).decode()]


def test_errors_that_the_caller_can_mend_are_his(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    mended = call(Page(500, body=json.dumps({"error": "No date.", "visible": True}).encode()))
    assert (mended.status_code, mended.json()) == (400, {"error": "No date."})
    for body in (b'{"error": null}', b"Internal Server Error", b"[]"):
        bug = call(Page(500, "text/plain", body))
        assert bug.status_code == 500
        assert "log has the details" in bug.json()["error"]


def test_idle_connections_are_closed_and_slow_answers_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.web.guard._SECONDS_IDLE", 0.2)

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await asyncio.sleep(0.8)
            await Page(body=b"late")(scope, receive, send)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(slow, port=port, log_level="error", lifespan="off"))
    server.install_signal_handlers = lambda: None  # type: ignore[method-assign]
    server.config.load()
    bound(server.config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        for sent in (b"", b"GET / HTTP/1.1\r\nHost: a"):
            with socket.create_connection(("127.0.0.1", port), 5) as idle:
                idle.sendall(sent)
                began = time.monotonic()
                assert idle.recv(100) == b""
                assert time.monotonic() - began < 3
        assert httpx.get(f"http://127.0.0.1:{port}/").text == "late"
    finally:
        server.should_exit = True
        thread.join()
