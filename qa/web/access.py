"""Who may write from the page: who sits at the machine that it runs on, or has the token."""

import hmac
import ipaddress
import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from corpus import UserError

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def refuse_strangers(client: str, headers: Mapping[str, str], token: str = "") -> None:
    """UserError for who may not write: not at this machine, and without the token in DATELINE_ADMIN_TOKEN.

    Whoever comes through a proxy or a tunnel, under another host's name, or from another site's page, is not at this
    machine.
    """
    expected = os.environ.get("DATELINE_ADMIN_TOKEN", "")
    if expected and hmac.compare_digest(token.encode(), expected.encode()):
        return
    names = [
        _host(f"//{headers.get('host', '')}"),
        *(_host(words) for name, words in headers.items() if name == "origin"),
    ]
    forwarded = any(name.startswith(("x-forwarded", "forwarded", "x-real-ip", "via")) for name in headers)
    if not _is_loopback(client) or forwarded or not all(name in _LOOPBACK for name in names):
        message = (
            "This is for who sits at the machine that Dateline runs on; from elsewhere, write its "
            "DATELINE_ADMIN_TOKEN into the field under Archive."
        )
        raise UserError(message)


def _is_loopback(client: str) -> bool:
    try:
        return ipaddress.ip_address(client).is_loopback
    except ValueError:
        return False


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
