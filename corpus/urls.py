"""One name for one web address, however it was shared."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

_MOBILE_HOST = re.compile(r"^(?:www\d?|m|mobile|amp)\.")
_TRACKING = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|ref|ref_src|cmp|cmpid|ocid|smid|ncid|amp)$", re.I
)


def canonical_url(url: str) -> str:
    """The address without scheme, `www.`, `m.` or `amp.`, default port, fragment, tracking and trailing slash.

    Host in lower case, query sorted: "https://www.BBC.com/news/1/?utm_source=x#top" gives "bbc.com/news/1". Words that
    are no address come back stripped, and an empty string empty.
    """
    words = url.strip()
    try:
        parts = urlsplit(words if "//" in words else f"//{words}")
        host = _MOBILE_HOST.sub("", (parts.hostname or "").lower())
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return words
    if not host:
        return words
    path = re.sub(r"(?:/amp)?/*$", "", parts.path)
    query = urlencode(sorted((key, value) for key, value in parse_qsl(parts.query) if not _TRACKING.match(key)))
    return f"{host}{port}{path}" + (f"?{query}" if query else "")
