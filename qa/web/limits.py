"""What a page or program may send: each value of the right kind, before any work on it. The guard bounds its length."""

import json
from dataclasses import dataclass
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from corpus import UserError
from qa.question.understand import Request

Form = TypeVar("Form")


@dataclass(frozen=True, slots=True)
class Asked(Request):
    """A question of a program, and the questions of the conversation before it, oldest first."""

    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """The id of an article, or a quotation."""

    text: str


def checked(form: type[Form], /, **values: object) -> Form:
    """The values in that form; UserError for one that is of another kind, or too long."""
    try:
        return TypeAdapter(form).validate_json(json.dumps(values))  # as JSON: without halves of characters
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        name, limit = fault["loc"][0] if fault["loc"] else "The request", fault.get("ctx", {}).get("max_length")
        message = f"“{name}” cannot be used: {fault['msg']}."
        if limit:
            message = f"“{name}” is too long; shorten it to {limit:,}."
        raise UserError(message) from error
