"""What stands between the network and the page: which requests are served at all, and how much of them."""

import asyncio
import json
import logging
import re
import threading
from collections.abc import Iterable
from http import HTTPStatus
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.access import COOKIE, Access, netloc
from qa.web.responses import Careful
from qa.web.throttle import Throttle

log = logging.getLogger(__name__)
_LONGEST_URL = 48_000
_LONGEST_BODY = 64_000
_LONGEST_BODY_OF_KEEPERS = 30_000_000  # 20 MB of files, in base64
_SECONDS_FOR_A_BODY = 20.0
# All that the page and programs ask for. Whatever else Gradio offers (uploads, files, proxies, tokens) is closed.
_SERVED = re.compile(
    r"/(?:|config/?|theme\.css|favicon\.ico|robots\.txt|manifest\.json|pwa_icon(?:/\d+)?|(?:assets|static)/.*"
    r"|login/?|logout/?|unlock|feed/[a-z0-9-]{1,60}\.xml|gradio_api/(?:info/?|openapi\.json|app_id/?|startup-events|theme\.css|login_check/?"
    r"|user/?|(?:run|api)/\w+/?|call/(?:v2/)?\w+(?:/\w+)?/?|queue/(?:join|data|status)/?|component_server/?))"
)
_METHODS = ("GET", "HEAD", "POST", "OPTIONS")


class Gate:
    """ASGI middleware inside Gradio's app: until `ready` is set it refuses all but what Gradio asks at its own start.

    Gradio begins to serve before the guard can be put around it.
    """

    def __init__(self, app: ASGIApp, ready: threading.Event) -> None:
        self.app, self._ready = app, ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or ask to try again."""
        own = scope["type"] == "lifespan" or scope.get("method") == "HEAD" or scope["path"].endswith("/startup-events")
        if own or self._ready.is_set():
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await _sentence(503, "Dateline is starting; try again in a moment.")(scope, receive, send)


class Guard:
    """ASGI middleware around the whole program: refuses what no page of ours sends, before any work on it.

    `hosts` are names it is served under, beside localhost, addresses, and those of origins.
    """

    def __init__(self, app: ASGIApp, access: Access, hosts: Iterable[str] = ()) -> None:
        self.app = app
        self.access = access
        self._hosts = {"localhost", *(host.lower() for host in hosts), *(_host(netloc(one)) for one in access.origins)}
        self._throttle = Throttle()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; web sockets are none of ours."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        careful = Careful(send, origin if origin in self.access.origins else "")
        refusal = self._refusal(scope, headers) or self._entrance(scope, headers)
        try:
            await (refusal(scope, receive, careful) if refusal else self._serve(scope, headers, receive, careful))
        except Exception:
            log.exception("%s could not be served", scope["path"])
            if not careful.started:
                await Response(status_code=HTTPStatus.INTERNAL_SERVER_ERROR)(scope, receive, careful)

    async def _serve(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        body = await _body(receive, headers, _LONGEST_BODY_OF_KEEPERS if self.access.admits(headers) else _LONGEST_BODY)
        if isinstance(body, Response):
            await body(scope, receive, send)
        elif _logs_in(scope, headers):
            await self._log_in(scope, headers, body, receive, send)
        else:
            if scope["path"] == "/":  # whose scripts are looked for in the plain page
                scope = {**scope, "headers": [one for one in scope["headers"] if one[0] != b"accept-encoding"]}
            await self.app(scope, _replayed(body, receive), send)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        visit = scope["method"] in ("GET", "HEAD") and headers.get("sec-fetch-mode") == "navigate"
        if not self._known_host(headers.get("host", "")):
            return _sentence(403, "This host name is not allowed; list its origin in DATELINE_ORIGINS.")
        if not visit and not self.access.of_our_page(headers):
            return _sentence(403, "Pages of other sites may not use Dateline; list their origin in DATELINE_ORIGINS.")
        if scope["method"] not in _METHODS or not _SERVED.fullmatch(scope["path"]):
            return _sentence(404, "There is nothing here.")
        if len(scope["path"]) + len(scope["query_string"]) > _LONGEST_URL:
            return _sentence(414, "This address is too long.")
        return Response(status_code=HTTPStatus.NO_CONTENT) if scope["method"] == "OPTIONS" else None

    def _known_host(self, given: str) -> bool:
        """Whether a Host header names this program: no name that anybody could point here (DNS rebinding)."""
        host = _host(given.lower())
        try:
            return host in self._hosts or bool(ip_address(host.strip("[]")))
        except ValueError:
            return False

    def _entrance(self, scope: Scope, headers: Headers) -> Response | None:
        """After the link of the terminal: the cookie, and the page without the key in its address."""
        found = re.fullmatch(rb"key=([\w-]+)", scope["query_string"])
        if scope["path"] != "/" or not found:
            return None
        response = RedirectResponse(scope.get("root_path") or "/", HTTPStatus.SEE_OTHER)
        return _with_cookie(response, headers, self.access.cookie_for(found[1].decode()))

    async def _log_in(self, scope: Scope, headers: Headers, body: bytes, receive: Receive, send: Send) -> None:
        """A login, or the admin token: failures are slowed and logged, and after some the client has to wait."""
        client = _client(scope, headers)
        if self._throttle.closed(client):
            await _sentence(429, "Too many failed attempts; wait a minute.")(scope, receive, send)
            return
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        if scope["path"] == "/unlock":
            await self._unlocked(headers, body)(scope, receive, keep)
        else:
            await self.app(scope, _replayed(body, receive), keep)
        if messages[0]["status"] >= HTTPStatus.BAD_REQUEST:
            log.warning("A login failed at %s from %s", scope["path"], client)
            await asyncio.sleep(self._throttle.failed(client))
        # Gradio lets other sites' pages send one of its cookies along.
        messages[0]["headers"] = [
            (name, value.replace(b"SameSite=none", b"SameSite=lax")) for name, value in messages[0]["headers"]
        ]
        for message in messages:
            await send(message)

    def _unlocked(self, headers: Headers, body: bytes) -> Response:
        try:
            cookie = self.access.cookie_for(json.loads(body)["token"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            cookie = ""
        if not cookie:
            return _sentence(403, "This is not the admin token.")
        return _with_cookie(Response(status_code=HTTPStatus.NO_CONTENT), headers, cookie)


def _logs_in(scope: Scope, headers: Headers) -> bool:
    """Whether a request shows a password: on the page, or to fetch a feed."""
    if scope["path"].startswith("/feed/"):
        return "authorization" in headers
    return scope["method"] == "POST" and scope["path"].rstrip("/") in ("/login", "/unlock")


async def _body(receive: Receive, headers: Headers, longest: int) -> bytes | Response:
    too_long = _sentence(413, "This request is too long.")
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length[:12]) > longest:
        return too_long
    body, more = bytearray(), True
    try:
        async with asyncio.timeout(_SECONDS_FOR_A_BODY):
            while more:
                message = await receive()
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > longest:
                    return too_long
    except TimeoutError:
        return _sentence(408, "This request took too long.")
    return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """What gives the body at once, and after it what the connection says."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _sentence(status: int, words: str) -> Response:
    return JSONResponse({"error": words}, status)


def _with_cookie(response: Response, headers: Headers, value: str) -> Response:
    """The response with the cookie that lets its browser write; browsers share cookies between ports, names tell."""
    if value:
        port = headers.get("host", "").rpartition(":")[2]
        name = f"{COOKIE}-{port}" if port.isdecimal() else COOKIE
        response.set_cookie(name, value, httponly=True, samesite="strict")
    return response


def _host(address: str) -> str:
    return re.sub(r":\d*$", "", address)


def _client(scope: Scope, headers: Headers) -> str:
    """Who is behind a request, to count failures by: through a proxy of this machine, whom that names last."""
    client = (scope.get("client") or ("unknown",))[0]
    forwarded = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()[:64]
    return f"{client} for {forwarded!r}" if forwarded and client in ("127.0.0.1", "::1") else str(client)
