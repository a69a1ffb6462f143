"""What stands between the network and the page: which requests are served at all, and how much of them."""

import asyncio
import contextlib
import json
import logging
import re
import time
from collections.abc import AsyncIterator, Collection
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.remembered import Remembered
from qa.web.access import COOKIE, Access
from qa.web.responses import Careful

if TYPE_CHECKING:
    from uvicorn import Config

log = logging.getLogger(__name__)
_LONGEST_URL = 48_000
_LONGEST_BODY = 64_000
_LONGEST_BODY_OF_KEEPERS = 30_000_000  # 20 MB of files, in base64
_SECONDS_FOR_A_BODY = 20.0
_SECONDS_IDLE = 15.0  # until the request of a connection is complete, and between two requests
_MOST_CONNECTIONS = 400
# Failed logins of one client in a minute: each is answered later than the last, and after some it has to wait.
_MOST_FAILURES, _MOST_CLIENTS = 10, 10_000
_FIRST_DELAY, _LONGEST_DELAY, _MINUTE = 0.25, 4.0, 60.0
# All that the page and programs ask for. Whatever else Gradio offers (uploads, files, proxies, tokens) is closed.
_SERVED = re.compile(
    r"/(?:|config/?|theme\.css|favicon\.ico|robots\.txt|manifest\.json|pwa_icon(?:/\d+)?|(?:assets|static)/.*"
    r"|login/?|logout/?|unlock|feed/(?:.{1,300}/)?[a-z0-9-]{1,60}\.xml|gradio_api/(?:info/?|openapi\.json|app_id/?|startup-events|theme\.css|login_check/?"
    r"|user/?|(?:run|api)/\w+/?|call/(?:v2/)?\w+(?:/\w+)?/?|queue/(?:join|data|status)/?|component_server/?))"
)


class _Logins:
    """The logins of one client: one at a time, by the `lock`, and when those of the last minute `failed`."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.failed: list[float] = []


class Guard:
    """ASGI middleware that refuses what no page of ours sends; hosts are localhost, addresses, and `hosts`."""

    def __init__(self, app: ASGIApp, access: Access, hosts: Collection[str | None] = ()) -> None:
        self.app = app
        self.access = access
        self.hosts = hosts
        self._logins = Remembered[str, _Logins](_MOST_CLIENTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; web sockets are none of ours."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        origin = request.headers.get("origin", "")
        careful = Careful(send, origin if origin in self.access.origins else "")
        try:
            await self._serve(request, careful)
        except HTTPException as refused:
            await JSONResponse({"error": refused.detail}, refused.status_code)(scope, receive, careful)
        except ClientDisconnect:
            return
        except Exception:
            log.exception("%s could not be served", scope["path"])
            if not careful.started:
                await Response(status_code=HTTPStatus.INTERNAL_SERVER_ERROR)(scope, receive, careful)

    async def _serve(self, request: Request, send: Send) -> None:
        """Serve a request; HTTPException with a sentence where it is refused."""
        self._check(request)
        scope, receive, path = request.scope, request.receive, request.scope["path"]
        key = re.fullmatch(rb"key=([\w-]+)", scope["query_string"])
        if request.method == "OPTIONS":
            await Response(status_code=HTTPStatus.NO_CONTENT)(scope, receive, send)
        elif path == "/" and key:  # the link of the terminal: the cookie, and the page without the key in its address
            page = RedirectResponse(scope.get("root_path") or "/", HTTPStatus.SEE_OTHER)
            await self._with_cookie(page, request, key[1].decode())(scope, receive, send)
        else:
            keeper = self.access.admits(request.headers)
            body = await _body(request, _LONGEST_BODY_OF_KEEPERS if keeper else _LONGEST_BODY)
            if path == "/":  # whose scripts are looked for in the plain page
                scope = {**scope, "headers": [one for one in scope["headers"] if one[0] != b"accept-encoding"]}
            app = self._unlocked(request, body) if path == "/unlock" else self.app
            async with self._slowed(request, send) as sending:
                await app(scope, _replayed(body, receive), sending)

    def _check(self, request: Request) -> None:
        scope, headers = request.scope, request.headers
        visit = request.method in ("GET", "HEAD") and headers.get("sec-fetch-mode") == "navigate"
        if not self._known_host(headers.get("host", "")):
            raise HTTPException(403, "This host name is not allowed; list its origin in DATELINE_ORIGINS.")
        if not visit and not self.access.of_our_page(headers):
            raise HTTPException(403, "Other sites may not use Dateline; list their origin in DATELINE_ORIGINS.")
        if request.method not in ("GET", "HEAD", "POST", "OPTIONS") or not _SERVED.fullmatch(scope["path"]):
            raise HTTPException(404, "There is nothing here.")
        if len(scope["path"]) + len(scope["query_string"]) > _LONGEST_URL:
            raise HTTPException(414, "This address is too long.")

    def _known_host(self, given: str) -> bool:
        """Whether a Host header names this program: no name that anybody could point here (DNS rebinding)."""
        try:
            host = urlsplit(f"//{given}").hostname or ""
            ours = {"localhost", *self.hosts, *(urlsplit(origin).hostname for origin in self.access.origins)}
            return host in ours or bool(ip_address(host))
        except ValueError:
            return False

    @contextlib.asynccontextmanager
    async def _slowed(self, request: Request, send: Send) -> AsyncIterator[Send]:
        """What sends the answer: to a login, or to the admin token, only after those before it of the same client.

        Failed ones are answered later and later; HTTPException for a client that failed too often.
        """
        if not _logs_in(request):
            yield send
            return
        client = request.client.host[:64] if request.client else "unknown"
        logins = self._logins.get(client) or _Logins()
        self._logins.put(client, logins)

        async def slowed(message: Message) -> None:
            if message.get("status", HTTPStatus.OK) >= HTTPStatus.BAD_REQUEST:
                log.warning("A login failed at %s from %s", request.scope["path"], client)
                logins.failed.append(time.monotonic())
                await asyncio.sleep(min(_FIRST_DELAY * 2 ** (len(logins.failed) - 1), _LONGEST_DELAY))
            # Gradio lets other sites' pages send one of its cookies along.
            pairs = message.get("headers", ())
            headers = [(name, value.replace(b"SameSite=none", b"SameSite=lax")) for name, value in pairs]
            await send({**message, "headers": headers} if headers else message)

        async with logins.lock:
            logins.failed = [moment for moment in logins.failed if moment > time.monotonic() - _MINUTE]
            if len(logins.failed) >= _MOST_FAILURES:
                raise HTTPException(429, "Too many failed attempts; wait a minute.")
            yield slowed

    def _unlocked(self, request: Request, body: bytes) -> Response:
        try:
            token = json.loads(body)["token"]
        except (ValueError, KeyError, TypeError, RecursionError):
            token = None
        if not isinstance(token, str) or not self.access.cookie_for(token):
            return JSONResponse({"error": "This is not the admin token."}, HTTPStatus.FORBIDDEN)
        return self._with_cookie(Response(status_code=HTTPStatus.NO_CONTENT), request, token)

    def _with_cookie(self, response: Response, request: Request, key: str) -> Response:
        """The response with the cookie that a key earns; browsers share cookies between ports, so its name tells."""
        port = request.headers.get("host", "").rpartition(":")[2]
        if cookie := self.access.cookie_for(key):
            name = f"{COOKIE}-{port}" if port.isdecimal() else COOKIE
            response.set_cookie(name, cookie, httponly=True, samesite="strict")
        return response


def bound(config: "Config") -> None:
    """Have a running server close idle connections, and refuse more than 400 at a time with status 503."""
    protocol: Any = config.http_protocol_class  # uvicorn has two, without a common type

    class Impatient(protocol):  # type: ignore[misc]
        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self._look_again()

        def _look_again(self) -> None:
            self._waiting = self.loop.call_later(_SECONDS_IDLE, self._close_idle, self.cycle)

        def _close_idle(self, before: object) -> None:
            if self.transport.is_closing():
                return
            busy = self.cycle is not None and not self.cycle.response_complete
            if busy or self.cycle is not before:
                self._look_again()
            else:
                self.transport.close()

    config.limit_concurrency = _MOST_CONNECTIONS
    config.http_protocol_class = Impatient


def _logs_in(request: Request) -> bool:
    """Whether a request shows a password: on the page, or to fetch a feed."""
    path = request.scope["path"].rstrip("/")
    fetches = path.startswith("/feed/") and "authorization" in request.headers
    return fetches or (request.method == "POST" and path in ("/login", "/unlock"))


async def _body(request: Request, longest: int) -> bytes:
    length = request.headers.get("content-length", "0")
    too_long = HTTPException(413, "This request is too long.")
    if not length.isdecimal() or int(length[:12]) > longest:
        raise too_long
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS_FOR_A_BODY):
            async for part in request.stream():
                body += part
                if len(body) > longest:
                    raise too_long
    except TimeoutError as error:
        raise HTTPException(408, "This request took too long.") from error
    return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """What gives the body at once, and after it what the connection says."""
    read: list[Message] = [{"type": "http.request", "body": body}]

    async def replay() -> Message:
        return read.pop() if read else await receive()

    return replay
