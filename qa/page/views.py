"""The parts of the page: each a template of `templates/`, filled."""

from collections.abc import Sequence
from dataclasses import replace
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from corpus import Article
from qa.answer import Answer
from qa.page import languages, markup
from qa.page.languages import say_number
from qa.search.quotation import Passage

Reply = dict[str, Any]
_MOST_RELATED = 3  # next reports, and headlines to ask about

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    finalize=lambda words: markup.escape(languages.translated(words)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_OF_WORDS = (languages.day, languages.known, languages.number, languages.period)
_OF_TEXTS = (markup.foreign, markup.host, markup.own_marks, markup.quotation, markup.quoted)
_TEMPLATES.filters |= {one.__name__: one for one in (*_OF_WORDS, *_OF_TEXTS)} | {"mail_date": format_datetime}
_TEMPLATES.globals |= {
    "_": languages.say_in_html,
    "ngettext": languages.say_number,
    "replace": replace,
    "languages": languages.LANGUAGES,
    "spoken": languages.spoken,
    "archive": "",
    "archives": (),  # where one is served
}
_TEMPLATES.globals["parts"] = _TEMPLATES.get_template("parts.html").module


def filled(template: str, **values: object) -> str:
    """A part of the page: the template of that name with the values that it asks for."""
    return _TEMPLATES.get_template(f"{template}.html").render(values)


def reply(said: str = "", kind: str = "unseen", **parts: str) -> Reply:
    """Parts of the page, and what is said below the question box; "unseen" is for screen readers alone."""
    return {"said": languages.translated(said), "kind": kind, **parts}


def found(answer: Answer) -> str:
    """What was found, in a sentence."""
    number = len(answer.passages)
    if answer.answered:
        return say_number("Answered with %(num)s passage.", "Answered with %(num)s passages.", number)
    return say_number(
        "Not in this archive. Closest: %(num)s passage.", "Not in this archive. Closest: %(num)s passages.", number
    )


def related(article: Article, others: Sequence[Article]) -> str:
    """Headlines near to an article: the next reports after it, earliest first, and others to ask about; "" for none."""
    dated = [one for one in others if article.published and one.published and one.published > article.published]
    later = sorted(dated, key=lambda one: str(one.published))[:_MOST_RELATED]
    asked = [one for one in others if one not in later][:_MOST_RELATED]
    return filled("related", later=later, asked=asked) if others else ""


def viewer(answer: Answer, turn: int, position: int) -> str:
    """The article of the answer's passage at a position, from 0; `turn` is the answer's own in the conversation."""
    place = {"turn": turn, "position": position, "total": len(answer.passages), "archive": answer.archive}
    return filled("viewer", passage=answer.passages[position], **place)


def article(found: Article, quote: str = "", archive: str = "") -> str:
    """A whole article of an archive on its own, with the first place of a quotation in it marked."""
    start = found.text.find(quote) if quote else -1
    span = (start, start + len(quote)) if start >= 0 else (0, 0)
    passage = Passage(found, *span, 0.0, {}, (span,) if start >= 0 else ())
    return filled("viewer", passage=passage, turn=0, position=0, total=0, archive=archive)
