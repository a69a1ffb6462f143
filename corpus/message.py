"""Sentences that can be said in other languages: what they say in English, and what they were made of."""

import re
from typing import Any, Self

# Of absolute paths: between quotation marks, as a whole value, or up to a blank.
_FOLDERS = re.compile(r"(?:(?<=“)/[^”]*|(?<=')/[^']*|\A/.*|(?<![^\s(])/\S*)/")


class Message(str):
    """A text in English that knows its `form`, as in "{articles} articles", and the `values` that fill it.

    Whoever knows no other language takes it for the plain text. Numbers are written as "2,739", several values of one
    name with commas between them.
    """

    form: str
    values: dict[str, Any]

    def __new__(cls, form: str, /, **values: Any) -> Self:  # noqa: ANN401 (of as many types as there are values)
        """The text of a form; one without values is taken as it stands."""
        told = super().__new__(
            cls, form % {name: _written(value) for name, value in values.items()} if values else form
        )
        told.form, told.values = form, values
        return told


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_written, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def without_folders(text: str) -> str:
    """The text with "…/" in place of the folders of absolute paths: where they are concerns this machine alone."""
    if isinstance(text, Message):
        values = {name: without_folders(one) if isinstance(one, str) else one for name, one in text.values.items()}
        return Message(text.form, **values)
    return _FOLDERS.sub("…/", text)
