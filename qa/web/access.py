"""Who may change the archive: whoever opened the link printed at the start, or gave the admin token. Nobody else."""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from typing import Self
from urllib.parse import urlsplit

from corpus import UserError
from corpus.message import Message

COOKIE = "dateline-key"
KEEPERS_ONLY = Message(
    "Only allowed for whoever opened the link that Dateline printed in its terminal; elsewhere, enter its admin token"
    " under Archive."
)
# Headers that proxies and tunnels add: what came through one was not opened on this machine.
_OF_PROXIES = (
    "cdn-loop", "cf-", "client-ip", "fastly-", "fly-", "forwarded", "true-client-ip", "via", "x-amz-cf-", "x-client-ip",
    "x-cluster-client-ip", "x-envoy-", "x-forwarded", "x-original-", "x-real-ip",
)  # fmt: skip


class Access:
    """Tells who may write by what their browser was given, never by an address.

    Whoever shows the key of this start, or the admin token, gets a cookie; `origins` are allowed beside the page's own.
    """

    def __init__(self, token: str = "", origins: frozenset[str] = frozenset()) -> None:
        self.key = secrets.token_urlsafe(32)
        self._token = token
        self._of_token = hmac.new(self.key.encode(), _bytes(token), hashlib.sha256).hexdigest() if token else ""
        self.origins = origins

    @classmethod
    def from_environment(cls) -> Self:
        """With DATELINE_ADMIN_TOKEN, and the sites in DATELINE_ORIGINS; UserError for what is no origin."""
        origins = [one.strip().lower() for one in os.environ.get("DATELINE_ORIGINS", "").split(",") if one.strip()]
        for origin in origins:
            if not re.fullmatch(r"https?://[^/?#]+", origin) or not netloc(origin):
                message = f"“{origin}” in DATELINE_ORIGINS is no origin; write it like https://news.example.org."
                raise UserError(message)
        return cls(os.environ.get("DATELINE_ADMIN_TOKEN", ""), frozenset(origins))

    def cookie_for(self, key: str) -> str:
        """The value of the cookie that a key or token earns; "" where it is neither."""
        if _same(key, self.key):
            return self.key
        return self._of_token if _same(key, self._token) else ""

    def admits(self, headers: Mapping[str, str]) -> bool:
        """Whether a request may write: with a cookie, from our page. That of the key counts on this machine only."""
        cookies = [part.strip().partition("=")[::2] for part in headers.get("cookie", "").split(";")]
        given = [value for name, value in cookies if name.startswith(COOKIE)]
        through_proxy = any(name.lower().startswith(_OF_PROXIES) for name in headers)
        by_key = not through_proxy and any(_same(value, self.key) for value in given)
        return (by_key or any(_same(value, self._of_token) for value in given)) and self.of_our_page(headers)

    def of_our_page(self, headers: Mapping[str, str]) -> bool:
        """Whether a request comes from the page's own origin, from one allowed, or from no browser's page at all."""
        origin = headers.get("origin")
        if origin in self.origins:
            return True
        if origin is not None and (not origin or netloc(origin) != headers.get("host", "").lower()):
            return False
        return headers.get("sec-fetch-site", "none") in ("none", "same-origin")


def admit(*, writable: bool) -> None:
    """UserError for who may not write."""
    if not writable:
        raise UserError(KEEPERS_ONLY)


def credentials() -> list[tuple[str, str]] | None:
    """The users and passwords that DATELINE_AUTH names; None where it is not set, UserError if it is malformed."""
    given = os.environ.get("DATELINE_AUTH", "")
    users = [(user.strip(), password) for user, _, password in (words.partition(":") for words in given.split(","))]
    if given and not all(user and password for user, password in users):
        message = "DATELINE_AUTH is not of the form user:password; write it so, or unset it to let everybody in."
        raise UserError(message)
    return users if given else None


def netloc(origin: str) -> str:
    """Host and port of an origin, as a Host header names them; "" for what is none."""
    try:
        parts = urlsplit(origin.lower())
        standard = {"http": 80, "https": 443}.get(parts.scheme) == parts.port
    except ValueError:
        return ""
    return parts.netloc.rpartition(":")[0] if parts.port and standard else parts.netloc


def _same(given: str, expected: str) -> bool:
    """Whether they are the same and not empty, in a time that tells nothing of either."""
    return bool(expected) and hmac.compare_digest(_bytes(given), _bytes(expected))


def _bytes(words: str) -> bytes:
    return words.encode("utf-8", "surrogatepass")  # JSON may hold halves of characters
