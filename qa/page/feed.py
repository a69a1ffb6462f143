"""What is new for a saved question as an RSS feed, `/feed/NAME.xml`, of several archives `/feed/ARCHIVE/NAME.xml`."""

import base64
import hmac
import re
from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from corpus import UserError
from corpus.message import without_folders
from qa.page.views import filled
from qa.web.archives import Archives
from qa.web.watched import Watched

_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def route(archives: Archives, users: list[tuple[str, str]] | None, logged_in: Callable[[Request], bool]) -> Route:
    """Where programs fetch the feeds; where there are `users`, with a name and password, or logged in on the page."""

    def feed(request: Request) -> Response:
        if users and not (logged_in(request) or _allowed(request, users)):
            return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"www-authenticate": 'Basic realm="Dateline"'})
        archive, _, name = request.path_params["path"].rpartition("/")
        asked = [one for one in archives if one.name == archive]
        try:
            found = next((watched for one in asked for watched in one.watchlist.look() if watched.name == name), None)
        except UserError as error:
            return PlainTextResponse(without_folders(str(error)), HTTPStatus.SERVICE_UNAVAILABLE)
        if found is None:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        return Response(as_rss(found, str(request.base_url)), media_type="application/rss+xml")

    return Route("/feed/{path:path}.xml", feed)


def as_rss(watched: Watched, page: str) -> str:
    """The news of a question as RSS 2.0, newest first; `page` is the address of the page, with a slash at its end."""
    return _NOT_IN_XML.sub("", filled("feed", watched=watched, page=page))


def _allowed(request: Request, users: list[tuple[str, str]]) -> bool:
    """Whether a request names a user with the right password, by Basic authentication (RFC 7617)."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    right = (base64.b64encode(f"{user}:{password}".encode()) for user, password in users)
    return scheme.lower() == "basic" and any(hmac.compare_digest(given.strip().encode(), one) for one in right)
