"""What the page's scripts send and get back."""

from typing import Annotated, Any

from pydantic import Base64Bytes, BaseModel, Field

from qa.page.languages import translated
from qa.web.inquiry import LONGEST_QUERY
from qa.web.limits import Words

MOST_KEPT = 50  # questions of a conversation that are shown
Reply = dict[str, Any]
_Query = Annotated[str, Field(max_length=LONGEST_QUERY)]
_Position = Annotated[int, Field(gt=-(10**9), lt=10**9)]


class Sent(BaseModel):
    """What the browser sends: what was typed or clicked, the conversation's `queries`, an `archive` ("" for all)."""

    question: Words = ""
    archive: _Query = ""
    limits: _Query = ""
    query: _Query = ""
    queries: Annotated[tuple[_Query, ...], Field(max_length=MOST_KEPT)] = ()
    turn: _Position = 0
    passage: _Position = 0
    page: _Position = 0
    article: str = ""
    quote: _Query = ""
    form: str = ""
    does: str = ""
    name: str = ""
    title: str = ""
    source: str = ""
    published: str = ""
    text: str = ""
    content: Base64Bytes = b""
    files: tuple[tuple[str, Base64Bytes], ...] = ()  # each its name and content
    writable: bool = False


def reply(said: str = "", kind: str = "unseen", **parts: str) -> Reply:
    """Parts of the page, and what is said below the question box; "unseen" is for screen readers alone."""
    return {"said": translated(said), "kind": kind, **parts}
