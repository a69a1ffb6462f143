"""The parts of the page: each a template of `templates/`, filled."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from corpus import Article
from index import SyncReport
from qa.answer import Answer, ArchiveStatus
from qa.page import markup
from qa.page.exchange import Exchange, chips
from qa.search.quotation import Passage

_OUTLETS_LISTED = 12
_MANY_OUTLETS = 10  # more than these get a box to find one in
_MOST_FAILED = 100
_MOST_RELATED = 3  # next reports, and headlines to ask about

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    finalize=markup.escape,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters |= {
    "article_body": markup.article_body,
    "chips": chips,
    "count": markup.count,
    "day": markup.day,
    "host": markup.host,
    "number": markup.number,
    "own_marks": markup.own_marks,
    "period": markup.period,
    "quotation": markup.quotation,
    "quoted": markup.quoted,
}
_TEMPLATES.globals["parts"] = _TEMPLATES.get_template("parts.html").module


def filled(template: str, **values: object) -> str:
    """A part of the page: the template of that name with the values that it asks for."""
    return _TEMPLATES.get_template(f"{template}.html").render(values)


def _outlets(status: ArchiveStatus) -> list[tuple[str, int]]:
    return [(name, number) for name, number in status.sources.items() if name]


def masthead(status: ArchiveStatus, trouble: str = "", *, writable: bool = False) -> str:
    """The name of the paper and the facts of the archive, with what a reader should know of its state.

    `trouble` is why the last update of the index failed, empty where it did not. Where it is not `writable`, the style
    sheet hides what only those who may write can use.
    """
    failed = (f"The last update of the index failed: {trouble}",) if trouble else ()
    notices = (*status.notices, *failed)
    return filled("masthead", status=status, outlets=len(_outlets(status)), notices=notices, writable=writable)


def rail(status: ArchiveStatus) -> str:
    """The outlets with their numbers of articles, largest first, each a button that filters; empty without outlets."""
    return filled("rail", outlets=_outlets(status), listed=_OUTLETS_LISTED)


def front_page(
    status: ArchiveStatus, examples: Sequence[str], corpus: Path | None = None, *, unusable: bool = False
) -> str:
    """What is shown before the first question: questions to start with.

    In an empty archive, how to fill it, and where the index is `unusable`, how to update it: for those who may write,
    who are given the folder `corpus`.
    """
    return filled("front", empty=not status.articles, corpus=corpus, examples=examples, unusable=unusable)


def tools(status: ArchiveStatus, *, saved: bool = False) -> str:
    """The line below the question box, and its panels; `saved` has what is new for saved questions looked up."""
    return filled("tools", status=status, outlets=_outlets(status), many_outlets=_MANY_OUTLETS, saved=saved)


def message(words: str = "", kind: Literal["unseen", "done", "trouble"] = "unseen") -> str:
    """The line below the question box: what was done or went wrong; or, for screen readers alone, what was found."""
    return filled("message", words=words, kind=kind)


def found(answer: Answer) -> str:
    """What was found, in a sentence."""
    passages = markup.count(len(answer.passages), "passage")
    return f"Answered with {passages}." if answer.answered else f"Not in this archive. Closest: {passages}."


def conversation(exchanges: Sequence[Exchange], shown: int, *, composes: bool = False) -> str:
    """All turns, newest first: number `shown` in full, the others as their question and best quotation."""
    return filled("conversation", exchanges=exchanges, shown=shown, composes=composes)


def related(article: Article, others: Sequence[Article]) -> str:
    """Headlines near to an article: the next reports after it, earliest first, and others to ask about; "" for none."""
    dated = [one for one in others if article.published and one.published and one.published > article.published]
    later = sorted(dated, key=lambda one: str(one.published))[:_MOST_RELATED]
    asked = [one for one in others if one not in later][:_MOST_RELATED]
    return filled("related", later=later, asked=asked) if others else ""


def viewer(answer: Answer, turn: int, position: int) -> str:
    """The article of the answer's passage at a position, from 0; `turn` is the answer's own in the conversation."""
    passage = answer.passages[position]
    values = {"turn": turn, "position": position, "total": len(answer.passages)}
    return filled("viewer", passage=passage, article=passage.article, **values)


def article(found: Article, quote: str = "") -> str:
    """A whole article on its own, with the first place of a quotation in it marked."""
    start = found.text.find(quote) if quote else -1
    span = (start, start + len(quote)) if start >= 0 else (0, 0)
    passage = Passage(found, *span, 0.0, {}, (span,) if quote and start >= 0 else ())
    return filled("viewer", passage=passage, article=found, turn=0, position=0, total=0)


def build_report(report: SyncReport, corpus: Path | None = None) -> str:
    """What the last build made of the folder; with its path, also what could not be read."""
    failed = report.failed if corpus else ()
    return filled("build_report", report=report, corpus=corpus, failed=failed, most_failed=_MOST_FAILED)
