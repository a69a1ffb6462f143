"""One name for one web address, however it was shared."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
# "www.", "m." and the like, as long as a name with a full stop is left: "m.co" is a site of its own.
_MOBILE_HOST = re.compile(r"^(?:(?:www\d?|m|mobile|amp)\.)+(?=[^.]+\.)")
_HOST = re.compile(r"[\w.-]+")
# Longer than any address that leads anywhere.
_LONGEST = 8192
_TRACKING = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|ref|ref_src|cmp|cmpid|ocid|smid|ncid|amp)$", re.IGNORECASE
)


def canonical_url(url: str) -> str:
    """The address without scheme, `www.`, `m.` or `amp.`, default port, fragment, tracking and trailing slash.

    Host in lower case, query sorted: "https://www.BBC.com/news/1/?utm_source=x#top" gives "bbc.com/news/1". Words that
    are no address come back stripped, and an empty string empty.
    """
    words = url.strip()
    if len(words) > _LONGEST:
        return words
    scheme = _SCHEME.match(words)
    try:
        parts = urlsplit(words if scheme else f"//{words}")
        host = _MOBILE_HOST.sub("", (parts.hostname or "").rstrip("."))
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
        values = parse_qsl(parts.query, keep_blank_values=True)
        query = urlencode(sorted(value for value in values if not _TRACKING.match(value[0])))
    except ValueError:
        return words
    if not _HOST.fullmatch(host) or not (scheme or "." in host):
        return words
    return host + port + _without_end(parts.path) + (f"?{query}" if query else "")


def _without_end(path: str) -> str:
    while (shorter := path.rstrip().rstrip("/").removesuffix("/amp")) != path:
        path = shorter
    return path
