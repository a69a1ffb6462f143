"""The page in its readers' languages: texts, one file each with the English text as key; days and numbers."""

import contextlib
import functools
import io
import re
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import date
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import Markup

from corpus.languages import ENGLISH
from corpus.message import Message

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

# As each calls itself, and as babel calls its usual variety.
LANGUAGES = {
    ENGLISH: "English", "de": "Deutsch", "es": "Español", "fr": "Français", "it": "Italiano", "pt": "Português",
}  # fmt: skip
_VARIETIES = {ENGLISH: "en_GB"}
# How the first of a month is written, where babel has a plain 1.
_FIRST = {"fr": "1er", "pt": "1º"}
# The fewest letters, without its values, of a form that is known again, as "no text" is.
_LETTERS = 6
_VALUE = re.compile(r"%\((\w+)\)s")
_SPOKEN = ContextVar("the language of the page", default=ENGLISH)


@contextlib.contextmanager
def speaking(code: str) -> Iterator[None]:
    """Within this the page is in the language of that code; in English where there are no texts in it."""
    token = _SPOKEN.set(code if code in LANGUAGES else ENGLISH)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken() -> str:
    """The code of the page's language."""
    return _SPOKEN.get()


def catalogue(code: str) -> "Catalog":
    """All texts in the language of that code, as babel has them."""
    from babel.messages.pofile import read_po

    with files(__name__).joinpath(f"{code}.po").open("rb") as file:
        return read_po(file, code)


@functools.cache
def _texts(code: str) -> NullTranslations:
    from babel.messages.mofile import write_mo

    if code == ENGLISH:
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(code))
    compiled.seek(0)
    return GNUTranslations(compiled)


def say(form: str, /, **values: object) -> str:
    """A text of the page as plain text, filled with the values, which are written as the language writes them."""
    return _filled(_texts(spoken()).gettext(form), values)


def say_in_html(form: str, /, **values: object) -> Markup:
    """The same for HTML: what is in the text is markup, what is in the values is not."""
    return Markup(_texts(spoken()).gettext(form)) % _shown(values)  # noqa: S704 (ours, from the files)


def say_number(one: str, more: str, number: int, /, **values: object) -> Markup:
    """The text that goes with a number, for HTML; its `num` is the number."""
    form = _texts(spoken()).ngettext(one, more, number)
    return Markup(form) % _shown({"num": number, **values})  # noqa: S704 (as before)


def translated(text: str) -> str:
    """A text of ours that was made in English, where the page has it; any other text as it is."""
    if isinstance(text, Message):
        return _filled(_texts(spoken()).gettext(text.form), text.values)
    return text


def known(text: str) -> str:
    """A sentence of ours that the index kept in English, as `translated` has it; any other text as it is."""
    if spoken() != ENGLISH:
        for form, pattern in _sentences(spoken()):
            if found := pattern.fullmatch(text):
                return _filled(_texts(spoken()).gettext(form), found.groupdict())
    return text


@functools.cache
def _sentences(code: str) -> list[tuple[str, re.Pattern[str]]]:
    """The forms of sentences, the longest first, each with what knows it again when it is filled."""

    def told(value: re.Match[str]) -> str:
        again = value[0] in value.string[: value.start()]
        return f"(?P={value[1]})" if again else f"(?P<{value[1]}>.+)"

    forms = [text.id for text in catalogue(code) if isinstance(text.id, str)]
    telling = [form for form in forms if len(re.findall(r"\w", _VALUE.sub("", form))) >= _LETTERS]
    patterns = {form: re.sub(r"%\\\((\w+)\\\)s", told, re.escape(form)) for form in telling}
    return [(form, re.compile(patterns[form])) for form in sorted(telling, key=len, reverse=True)]


def day(value: date) -> str:
    """The day as a newspaper writes it: 17 June 2016."""
    from babel.dates import format_date

    return _first(value, format_date(value, "long", _variety()))


def period(days: tuple[date | None, date | None]) -> str:
    """Two inclusive days in words: "13 to 19 June 2016", "since 2 May 2016"; "at any time" where both are open."""
    from babel.dates import format_skeleton

    since, until = days
    if since and until:
        if since == until:
            return day(since)
        if (since.year, since.month) == (until.year, until.month):
            return say("%(day)s to %(last)s", day=_first(since, str(since.day)), last=until)
        if since.year == until.year:
            first = _first(since, format_skeleton("MMMMd", since, locale=_variety()))
            return say("%(first)s to %(last)s", first=first, last=until)
        return say("%(first)s to %(last)s", first=since, last=until)
    if since:
        return say("since %(day)s", day=since)
    return say("until %(day)s", day=until) if until else say("at any time")


def number(value: float, form: str | None = None) -> str:
    """A number as it is written: "2,739"; `form` is one of CLDR, "0.00" for two decimals."""
    from babel.numbers import format_decimal

    return str(format_decimal(value, form, _variety()))


def _first(value: date, words: str) -> str:
    return _FIRST.get(spoken(), "1") + words[1:] if value.day == 1 else words


def _variety() -> str:
    return _VARIETIES.get(spoken(), spoken())


def _filled(form: str, values: dict[str, object]) -> str:
    return form % _shown(values) if values else form


def _shown(values: dict[str, object]) -> dict[str, object]:
    return {name: _as_shown(value) for name, value in values.items()}


def _as_shown(value: object) -> object:
    if isinstance(value, tuple):
        return ", ".join(str(_as_shown(one)) for one in value)
    if isinstance(value, Message):
        return translated(value)
    if isinstance(value, int | float):
        return number(value)
    return day(value) if isinstance(value, date) else value
