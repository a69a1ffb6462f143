"""What is new for a saved question as an RSS feed, `/feed/NAME.xml`."""

import base64
import binascii
import hmac
import re
from collections.abc import Callable
from email.utils import format_datetime
from http import HTTPStatus
from urllib.parse import quote
from xml.etree import ElementTree as ET

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from qa.web.watched import Watched, Watchlist

_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def route(watchlist: Watchlist, users: list[tuple[str, str]] | None, logged_in: Callable[[Request], bool]) -> Route:
    """Where programs fetch the feeds; where there are `users`, with a name and password, or logged in on the page."""

    def feed(request: Request) -> Response:
        if users and not (logged_in(request) or _allowed(request, users)):
            return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"www-authenticate": 'Basic realm="Dateline"'})
        name = request.path_params["name"]
        found = next((watched for watched in watchlist.look() if watched.name == name), None)
        if found is None:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        return Response(as_rss(found, str(request.base_url)), media_type="application/rss+xml")

    return Route("/feed/{name}.xml", feed)


def as_rss(watched: Watched, page: str) -> str:
    """The news of a question as RSS 2.0, newest first; `page` is the address of the page, with a slash at its end."""
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    _add(channel, "title", f"Dateline: {watched.question}")
    _add(channel, "link", f"{page}?{watched.query}")
    _add(channel, "description", f"New answers to “{watched.question}”")
    for news in watched.news:
        article, quotation = news.quotation.article, news.quotation
        item = ET.SubElement(channel, "item")
        _add(item, "title", article.title or "No headline")
        _add(item, "link", f"{page}?article={quote(article.id, safe='')}")
        place = f"{article.id}@{article.digest[:12]}:{quotation.start}-{quotation.end}"
        _add(item, "guid", place, isPermaLink="false")
        _add(item, "pubDate", format_datetime(news.seen))
        _add(item, "description", f"“{quotation.text}” {quotation.origin}")
    return ET.tostring(rss, encoding="unicode", xml_declaration=True)


def _add(parent: ET.Element, name: str, words: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = _NOT_IN_XML.sub("", words)


def _allowed(request: Request, users: list[tuple[str, str]]) -> bool:
    """Whether a request names a user with the right password, by Basic authentication (RFC 7617)."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        words = base64.b64decode(given, validate=True) if scheme.lower() == "basic" else b""
    except binascii.Error:
        return False
    return any(hmac.compare_digest(words, f"{user}:{password}".encode()) for user, password in users)
