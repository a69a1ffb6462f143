"""Attacks on a running page, replayed: what strangers, other sites and hostile calls may do to it.

    python -m benchmarks.attack http://127.0.0.1:7860 [--calls 200] [--pid PID] [--login USER:PASSWORD] [--nginx]

Only pages on this machine are attacked. A reader asks a question all the while; the longest wait is told, and with
--pid how much the server's memory has grown. With --login everybody has logged in, after a look at what is served to
those who have not; with --nginx all of it goes through a plain proxy. Exit status 1 where an attack succeeded.
"""

import argparse
import contextlib
import itertools
import json
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

Sent = dict[str, Any]
QUESTION = "Why is Obama wary of intervention?"
ASKED = {"data": [QUESTION, 5, None, None, None, None, None, None]}
LONGEST_WAIT = 2.0  # seconds a reader may wait meanwhile
MOST_GROWTH = 300  # MB
STRANGERS: list[dict[str, str]] = [
    {},
    {"x-forwarded-for": "127.0.0.1"},
    {"x-real-ip": "127.0.0.1"},
    {"cf-connecting-ip": "127.0.0.1"},
    {"forwarded": "for=127.0.0.1;host=localhost"},
    {"origin": "http://127.0.0.1:1"},
    {"origin": "null"},
    {"origin": "https://evil.example"},
    {"sec-fetch-site": "cross-site"},
    {"host": "evil.example"},
    {"cookie": "dateline-key="},
    {"cookie": "dateline-key-7860=guess"},
    {"authorization": "Bearer guess"},
]
CLOSED = ("upload", "file=/etc/passwd", "proxy=http://127.0.0.1/", "token", "stream/a/1/2/playlist.m3u8", "vibe-code")
WRONG: list[Any] = [
    None, True, -1, 10**30, 1.5, "", "x" * 3_000, "\u0301" * 2_000, "\ud800", "\x00", [], [[]], ["x" * 300], {},
    {"a": []},
]  # fmt: skip
VERBS = {"ask": 8, "search": 7, "article": 1, "status": 0, "quote": 1}


class Reader(threading.Thread):
    """Asks a question again and again, and notes the longest wait."""

    def __init__(self, address: str, login: str) -> None:
        super().__init__(daemon=True)
        self.address, self.login, self.waits, self.done = address, login, [0.0], threading.Event()

    def run(self) -> None:
        """Ask until `done`."""
        with client_of(self.address, self.login) as client:
            while not self.done.wait(0.2):
                began = time.monotonic()
                client.post("/gradio_api/run/ask", json=ASKED).raise_for_status()
                self.waits.append(time.monotonic() - began)


@contextlib.contextmanager
def client_of(address: str, login: str) -> Iterator[httpx.Client]:
    """A client of the page, logged in where there is a login."""
    with httpx.Client(base_url=address, timeout=120) as client:
        if login:
            user, _, password = login.partition(":")
            client.post("/login", data={"username": user, "password": password}).raise_for_status()
        yield client


@contextlib.contextmanager
def behind_nginx(address: str) -> Iterator[str]:
    """The address of an nginx that passes everything on to the page, and adds nothing of its own."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        sys.exit("nginx is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # for nginx's workers, who are somebody else where it is started by root
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        Path(folder, "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ access_log off;"
            f" {' '.join(f'{kind}_temp_path {folder}/{kind};' for kind in kinds)} proxy_read_timeout 300s;"
            f" server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass {address}; }} }} }}"
        )
        with subprocess.Popen([nginx, "-p", folder, "-c", f"{folder}/nginx.conf"]) as process:
            time.sleep(1)
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()


def calls(number: int) -> Iterator[tuple[str, Any]]:
    """Calls of the endpoints with values of every wrong kind, some of no shape at all."""
    chance = random.Random(22)
    shapes: list[Any] = [None, [], {}, {"data": None}, {"data": 7}, {"data": {}}, "x"]
    for turn in range(number):
        verb = chance.choice(sorted(VERBS))
        values: list[Any] = [QUESTION if verb != "article" else "a"] * min(1, VERBS[verb])
        values += [None] * (VERBS[verb] - len(values))
        for position in chance.sample(range(len(values)), min(len(values), 2)):
            values[position] = chance.choice(WRONG)
        yield f"/gradio_api/run/{verb}", shapes[turn % 70] if turn % 70 < len(shapes) else {"data": values}


def planted(client: httpx.Client, config: Sent) -> list[str]:
    """The ways by which a stranger wrote."""
    parts = [part["id"] for part in config["components"] if "archive" in part["props"].get("server_fns", [])]
    wants: list[Sent] = [{"does": "rebuild"}, {"does": "add", "title": "Planted", "text": "Planted."}]
    succeeded = []
    for headers, want, part in itertools.product(STRANGERS, wants, parts):
        sent = {"data": want, "component_id": part, "fn_name": "archive", "session_hash": "attack"}
        reply = client.post("/gradio_api/component_server", json=sent, headers=headers)
        if reply.is_success and (reply.json().get("done") or "Added as" in reply.text):
            succeeded.append(f"{want['does']} with {headers}")
    return succeeded


def opened(client: httpx.Client) -> list[str]:
    """Routes, origins and bodies that should have been refused."""
    found = [route for route in CLOSED if client.post(f"/gradio_api/{route}").status_code != httpx.codes.NOT_FOUND]
    for origin in ("https://evil.example", "http://127.0.0.1:1", "null"):
        reply = client.get("/config", headers={"origin": origin})
        if reply.is_success or "access-control-allow-origin" in reply.headers:
            found.append(f"origin {origin}")
    for length in (70_000, 4_000_000):
        reply = client.post("/gradio_api/run/ask", content=json.dumps({"data": ["\u0301" * length]}))
        # A proxy that still sends when the page hangs up says that it has a bad gateway.
        if reply.status_code not in (httpx.codes.REQUEST_ENTITY_TOO_LARGE, httpx.codes.BAD_GATEWAY):
            found.append(f"a body of {length:,} combining marks: {reply.status_code}")
    if client.get("/?q=" + "9" * 60_000).status_code != httpx.codes.REQUEST_URI_TOO_LONG:
        found.append("an address of 60,000 digits")
    return found


def served_without_login(address: str) -> list[str]:
    """What somebody gets who has not logged in."""
    with httpx.Client(base_url=address, timeout=120) as client:
        asked = client.post("/gradio_api/run/ask", json=ASKED)
        found = ["an answer"] if asked.is_success else []
        return found + [path for path in ("/config", "/gradio_api/info") if client.get(path).is_success]


def unmended(client: httpx.Client, number: int) -> list[str]:
    """Calls that were answered by neither a result nor a sentence."""
    found = []
    for path, sent in calls(number):
        reply = client.post(path, content=json.dumps(sent), headers={"content-type": "application/json"})
        sentence = reply.status_code < httpx.codes.INTERNAL_SERVER_ERROR and "Traceback" not in reply.text
        if not reply.is_success and not (sentence and (reply.json().get("error") or reply.json().get("detail"))):
            found.append(f"{path} {json.dumps(sent)[:200]}: {reply.status_code} {reply.text[:200]}")
    return found


def guesses(client: httpx.Client, seconds: float) -> float:
    """Guesses of the admin token that are answered in a second."""
    began, number = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        client.post("/unlock", json={"token": f"guess {number}"})
        number += client.post("/unlock", json={"token": "guess"}).status_code == httpx.codes.FORBIDDEN
    return number / seconds


def idle(host: str, port: int, number: int) -> list[socket.socket]:
    """Connections that say nothing, or half a request."""
    connections = [socket.create_connection((host, port), 5) for _ in range(number)]
    for connection in connections[::2]:
        connection.sendall(b"POST /login HTTP/1.1\r\nHost: localhost\r\n")
    return connections


def memory(pid: int | None) -> float:
    """The resident memory of a process in MB; 0 where it is not told."""
    if not pid:
        return 0.0
    pages = int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1])
    return pages * 4096 / 1e6


def attacked(address: str, number: int, pid: int | None, login: str) -> dict[str, list[str]]:
    """By attack, what succeeded."""
    parts = urlsplit(address)
    open_to_all = served_without_login(address) if login else []
    with client_of(address, login) as client:
        config = client.get("/config").raise_for_status().json()
        client.post("/gradio_api/run/ask", json=ASKED).raise_for_status()
        before = memory(pid)
        reader = Reader(address, login)
        reader.start()
        silent = idle(parts.hostname or "", parts.port or 80, 200)
        found = {
            "what is served without a login": open_to_all,
            "writes by strangers": planted(client, config),
            "what should be closed": opened(client),
            f"{number} hostile calls": unmended(client, number),
        }
        rate = guesses(client, 5.0)
        found["guesses of the token"] = [f"{rate:.1f} a second"] if rate > 5 else []
        for connection in silent:
            connection.close()
        reader.done.set()
        reader.join()
        found["a reader meanwhile"] = [f"waited {max(reader.waits):.1f} s"] if max(reader.waits) > LONGEST_WAIT else []
        grown = memory(pid) - before
        found["memory"] = [f"grew by {grown:.0f} MB"] if grown > MOST_GROWTH else []
        print(f"a reader asked {len(reader.waits) - 1} times and waited {max(reader.waits):.2f} s at most; ", end="")
        print(f"memory grew by {grown:.0f} MB; {rate:.1f} guesses a second were answered")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.attack", description=__doc__)
    parser.add_argument("address", help="a page on this machine")
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--pid", type=int, help="the process of the page, whose memory is looked at")
    parser.add_argument("--login", default="", metavar="USER:PASSWORD")
    parser.add_argument("--nginx", action="store_true", help="attack through a plain proxy")
    given = parser.parse_args()
    if urlsplit(given.address).hostname not in ("127.0.0.1", "localhost", "::1"):
        parser.error("only pages on this machine are attacked")
    address = given.address.rstrip("/")
    with behind_nginx(address) if given.nginx else contextlib.nullcontext(address) as attackable:
        found = attacked(attackable, given.calls, given.pid, given.login)
    for attack, succeeded in found.items():
        print(f"{'FAILED' if succeeded else 'held':7} {attack}")
        for one in succeeded[:10]:
            print(f"        {one}")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main())
