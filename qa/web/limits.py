"""What a page or program may send: each value of the right kind and of a bounded length, before any work on it."""

from collections.abc import Sequence
from typing import Any

from corpus import UserError
from qa.question.understand import Request

LONGEST_QUESTION = 2_000
_LONGEST_NAME = 200
_MOST_NAMES = 50


def text(value: object, name: str, longest: int = LONGEST_QUESTION) -> str:
    """The value; UserError where it is no text, or too long."""
    if not isinstance(value, str):
        message = f"“{name}” must be text."
        raise UserError(message)
    if len(value) > longest:
        message = f"“{name}” has {len(value):,} characters; shorten it to {longest:,} at most."
        raise UserError(message)
    if any("\ud800" <= character <= "\udfff" for character in value):
        message = f"“{name}” holds half a character; send it as UTF-8."
        raise UserError(message)
    return value


def texts(values: object, name: str, longest: int = LONGEST_QUESTION, most: int = _MOST_NAMES) -> tuple[str, ...]:
    """The values, none for None; UserError where they are no list of texts, too many, or too long."""
    if values is None:
        return ()
    if not isinstance(values, Sequence) or isinstance(values, str) or len(values) > most:
        message = f"“{name}” must be a list of at most {most} texts."
        raise UserError(message)
    return tuple(text(value, name, longest) for value in values)


def whole(value: object, name: str) -> int:
    """The value as a whole number, also from its digits; UserError for what is none, or has over nine digits."""
    if isinstance(value, str) and len(value) < 10 and value.isascii() and value.isdecimal():  # noqa: PLR2004
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 10**9:
        message = f"“{name}” must be a whole number."
        raise UserError(message)
    return value


def request(
    question: object, k: object, now: object, since: object, until: object, sources: object, authors: object
) -> Request:
    """The request of a program; UserError for a value of another kind. Whoever answers refuses days that are none."""
    days = {"now": now, "since": since, "until": until}
    read: dict[str, Any] = {name: text(day, name, _LONGEST_NAME) for name, day in days.items() if day is not None}
    return Request(
        text(question, "question"),
        **read,
        sources=texts(sources, "sources", _LONGEST_NAME),
        authors=texts(authors, "authors", _LONGEST_NAME),
        k=whole(k, "k"),
    )
