"""What every response says to a browser, and errors in the page's own words."""

import base64
import hashlib
import json
import re
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

# Gradio makes functions of its own scripts (`js_on_load`), for which browsers ask 'unsafe-eval'. Inline scripts run
# only where the policy has their sum: those of the page as served, never one that came with an article later.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'{}; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self';"
    " frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY.format(""),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_BROKEN = "The request failed because of an error in Dateline; its log has the details."


class Careful:
    """Sends a response on with security headers, and errors as {"error": "..."}; `origin` may read it, if any."""

    def __init__(self, send: Send, origin: str = "") -> None:
        self.started = False
        self._send = send
        self._origin = origin
        self._kept: Message | None = None  # the start of a page or an error, until its body is complete
        self._body = b""

    async def __call__(self, message: Message) -> None:
        """Send a message, or keep it until the response is complete."""
        if message["type"] == "http.response.start":
            self.started = True
            failed = message["status"] >= HTTPStatus.INTERNAL_SERVER_ERROR
            if self._dressed(message).get("content-type", "")[:9] == "text/html" or failed:
                self._kept = message
                return
        elif self._kept:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_kept(self._kept)
            return
        await self._send(message)

    def _dressed(self, start: Message) -> MutableHeaders:
        start["headers"] = [pair for pair in start["headers"] if not pair[0].startswith(b"access-control-")]
        headers = MutableHeaders(raw=start["headers"])
        headers.update(_HEADERS)
        if self._origin:
            allowed = {"access-control-allow-origin": self._origin, "access-control-allow-credentials": "true"}
            headers.update({**allowed, "access-control-allow-headers": "content-type", "vary": "Origin"})
            headers["cross-origin-resource-policy"] = "cross-origin"
        return headers

    async def _send_kept(self, start: Message) -> None:
        headers = MutableHeaders(raw=start["headers"])
        if start["status"] >= HTTPStatus.INTERNAL_SERVER_ERROR:
            sentence = _sentence_of(self._body)
            start["status"] = HTTPStatus.BAD_REQUEST if sentence else HTTPStatus.INTERNAL_SERVER_ERROR
            self._body = json.dumps({"error": sentence or _BROKEN}).encode()
            headers["content-type"] = "application/json"
            del headers["content-encoding"]
        else:
            sums = (base64.b64encode(hashlib.sha256(one).digest()) for one in _INLINE_SCRIPT.findall(self._body))
            headers["content-security-policy"] = _POLICY.format("".join(f" 'sha256-{one.decode()}'" for one in sums))
        headers["content-length"] = str(len(self._body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": self._body})


def _sentence_of(body: bytes) -> str:
    """The sentence of an error that the caller can mend, as Gradio sends it; "" for a bug."""
    try:
        error = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        return ""
    return error if isinstance(error, str) else ""
