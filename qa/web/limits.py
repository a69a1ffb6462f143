"""What a page or program may send: each value of the right kind and of a bounded length, before any work on it."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, ValidationError

from corpus import UserError
from qa.question.understand import Request

Words = Annotated[str, Field(max_length=2_000)]
Whole = Annotated[int, Field(gt=-(10**9), lt=10**9)]
Name = Annotated[str, Field(max_length=200)]
Form = TypeVar("Form", bound=BaseModel)


class Text(BaseModel):
    """The id of an article, or words."""

    article_id: Words = ""
    text: Words = ""


class Asked(BaseModel):
    """A question of a program, with its limits. Whoever answers refuses days that are none."""

    question: Words
    k: Whole = 5
    now: Name | None = None
    since: Name | None = None
    until: Name | None = None
    sources: Annotated[list[Name], Field(max_length=50)] | None = None
    authors: Annotated[list[Name], Field(max_length=50)] | None = None
    history: Annotated[list[Words], Field(max_length=50)] | None = None

    @property
    def request(self) -> Request:
        """It as a retriever takes it."""
        return Request(**self.model_dump(exclude={"history"}, exclude_none=True))


def checked(form: type[Form], /, **values: object) -> Form:
    """The values in that form; UserError for one that is of another kind, or too long."""
    try:
        return form.model_validate(values)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        name = fault["loc"][0]
        message = f"“{name}” cannot be used: {fault['msg']}."
        if fault["type"] in ("string_too_long", "too_long"):
            unit = "characters" if fault["type"] == "string_too_long" else "entries"
            message = f"“{name}” is too long; shorten it to {fault['ctx']['max_length']:,} {unit} at most."
        raise UserError(message) from error
