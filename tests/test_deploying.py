"""The page behind nginx, as docs/deploying.md has it and without any header: strangers read, and write nothing."""

import contextlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from page_server import Addresses, free_port
from running import REPOSITORY

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
REQUIRED = bool(os.environ.get("DATELINE_REQUIRE_NGINX"))  # Read at once: tests see no settings from outside.
[DOCUMENTED] = re.findall(r"```nginx\n(.*?)```", (REPOSITORY / "docs/deploying.md").read_text("utf-8"), re.DOTALL)
PLAIN = "server { listen 443 ssl; location / { proxy_pass http://127.0.0.1:7860; } }"
NAMED = {"host": "news.example.org", "origin": "https://news.example.org", "sec-fetch-site": "same-origin"}


@pytest.fixture(scope="module")
def keeper(addresses: Addresses) -> dict[str, str]:
    settings = {"DATELINE_ORIGINS": "https://news.example.org", "DATELINE_ADMIN_TOKEN": "sesame"}
    return addresses.begun("keeper", **settings)


@contextlib.contextmanager
def behind(configuration: str, address: str, folder: Path) -> Iterator[httpx.Client]:
    """A client of nginx, which passes on to an address."""
    if NGINX is None:
        if REQUIRED:
            pytest.fail("nginx is not installed, and DATELINE_REQUIRE_NGINX is set")
        pytest.skip("nginx is not installed, so the page is not tried behind it")
    port = free_port()
    plain = re.sub(r"ssl_\w+ [^;]+;", "", configuration).replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    plain = plain.replace("127.0.0.1:7860", urlsplit(address).netloc)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name}; " for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary}\n{plain} }}"
    )
    with subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=600) as client:
                for _ in range(600):
                    with contextlib.suppress(httpx.TransportError):
                        client.get("/robots.txt")
                        break
                    time.sleep(0.1)
                yield client
        finally:
            process.terminate()


def added(client: httpx.Client, headers: dict[str, str]) -> Any:
    """The reply to an article that is added."""
    components = client.get("/config", headers=headers).raise_for_status().json()["components"]
    [part] = [one["id"] for one in components if "archive" in one["props"].get("server_fns", [])]
    wanted = {"does": "add", "title": "Planted", "text": "Planted."}
    sent = {"data": wanted, "component_id": part, "fn_name": "archive", "session_hash": "a"}
    return client.post("/gradio_api/component_server", json=sent, headers=headers)


@pytest.mark.parametrize(
    ("configuration", "headers"), [(PLAIN, {}), (DOCUMENTED, NAMED)], ids=["without headers", "as documented"]
)
def test_through_a_proxy_strangers_only_read(
    configuration: str, headers: dict[str, str], keeper: dict[str, str], tmp_path: Path
) -> None:
    with behind(configuration, keeper["keeper"], tmp_path) as client:
        page = client.get("/", headers=headers)
        assert page.status_code == 200
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        quote = client.post("/gradio_api/run/quote", json={"data": ["a quotation"]}, headers=headers)
        assert quote.json()["data"][0]["verdict"] == "not_in_corpus"
        assert "Only allowed" in added(client, headers).json()["told"]
        evil = client.get("/config", headers={**headers, "origin": "https://evil.example"})
        assert evil.status_code == 403


def test_through_a_proxy_the_token_admits_and_the_key_does_not(keeper: dict[str, str], tmp_path: Path) -> None:
    with behind(DOCUMENTED, keeper["keeper"], tmp_path) as client:
        key = urlsplit(keeper["keeper, to write"]).query
        cookie = client.get(f"/?{key}", headers=NAMED).headers["set-cookie"].partition(";")[0]
        assert "Only allowed" in added(client, {**NAMED, "cookie": cookie}).json()["told"]
        unlocked = client.post("/unlock", json={"token": "sesame"}, headers=NAMED)
        cookie = unlocked.headers["set-cookie"].partition(";")[0]
        assert "Added as Planted.json" in added(client, {**NAMED, "cookie": cookie}).json()["told"]
