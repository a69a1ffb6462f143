"""What a page or program may send: each value of the right kind and not too long, before any work on it."""

import json
from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import Base64Bytes, BaseModel, Field, TypeAdapter, ValidationError

from corpus import UserError
from corpus.message import Message
from qa.question.request import Request
from qa.web.inquiry import LONGEST_QUERY

Form = TypeVar("Form")
MOST_KEPT = 50  # questions of a conversation that are shown
Words = Annotated[str, Field(max_length=2_000)]  # of a question, or what is as long as one
_Names = Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=50)]
_Query = Annotated[str, Field(max_length=LONGEST_QUERY)]
_Position = Annotated[int, Field(gt=-(10**9), lt=10**9)]


@dataclass(frozen=True, slots=True)
class Asked(Request):
    """A request as a program may put it."""

    question: Words
    sources: _Names = ()
    authors: _Names = ()
    history: Annotated[tuple[Words, ...], Field(max_length=50)] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """The id of an article, or a quotation."""

    text: Words


class Sent(BaseModel):
    """What the browser sends: what was typed or clicked, the conversation's `queries`, an `archive` ("" for all).

    Whether it may write, `writable`, is not the browser's own word.
    """

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


def checked(form: type[Form], /, **values: object) -> Form:
    """The values in that form; UserError for one that is of another kind, or too long."""
    try:
        return TypeAdapter(form).validate_json(json.dumps(values))  # as JSON: without halves of characters
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        name, limit = fault["loc"][0] if fault["loc"] else "The request", fault.get("ctx", {}).get("max_length")
        message = Message("“%(name)s” cannot be used: %(why)s.", name=str(name), why=fault["msg"])
        if limit and fault["type"] == "string_too_long":
            too_long = "“%(name)s” is too long; shorten it to %(most)s characters."
            message = Message(too_long, name=str(name), most=limit)
        elif limit:
            message = Message("“%(name)s” is too long; shorten it to %(most)s.", name=str(name), most=limit)
        raise UserError(message) from error
