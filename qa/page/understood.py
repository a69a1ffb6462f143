"""What was understood, as chips that can be taken away, and the articles on the subject over time, as bars."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from qa.answer import Answer
from qa.findings.coverage import Bar, Coverage
from qa.page.markup import count, day, escape, period
from qa.question.timeframe import Timeframe
from qa.web.inquiry import Inquiry

_Chip = tuple[str, Inquiry | None]


def understood(answer: Answer, inquiry: Inquiry, turn: int) -> str:
    """The day, the limits and the words that were searched; each that the reader may take away bears a cross."""
    chips = [_chip(words, turn, without) for words, without in (*_chosen(answer, inquiry), *_read(answer, inquiry))]
    return f'<ul class="understood">{"".join(chips)}</ul>'


def _chosen(answer: Answer, inquiry: Inquiry) -> Iterator[_Chip]:
    """What the reader chose beside the question."""
    yield f"As of {day(answer.now)}", replace(inquiry, now="") if inquiry.now else None
    if inquiry.since or inquiry.until:
        since, until = (date.fromisoformat(words) if words else None for words in (inquiry.since, inquiry.until))
        yield f"Only {period(since, until)}", replace(inquiry, since="", until="")
    for name in inquiry.sources:
        others = tuple(other for other in inquiry.sources if other != name)
        yield f"<bdi>{escape(name)}</bdi>", replace(inquiry, sources=others)
    if inquiry.order != "relevance":
        yield f"{inquiry.order.capitalize()} first", replace(inquiry, order="relevance")


def _read(answer: Answer, inquiry: Inquiry) -> Iterator[_Chip]:
    """What was read in the question's words, or is not to be."""
    if answer.timeframe:
        yield _timeframe(answer.timeframe), replace(inquiry, timeframe=False)
    elif not inquiry.timeframe:
        yield "Words of time ignored", replace(inquiry, timeframe=True)
    for correction in answer.corrections:
        yield escape(correction), replace(inquiry, spelling=False)
    if not inquiry.spelling:
        yield "Spelling left as it is", replace(inquiry, spelling=True)
    if answer.searched != answer.question and (inquiry.history or not answer.corrections):
        alone = replace(inquiry, history=()) if inquiry.history else None
        yield f"Searched as <q>{escape(answer.searched)}</q>", alone


def _chip(html: str, turn: int, without: Inquiry | None) -> str:
    """A chip; its cross asks `without` it."""
    if without is None:
        return f"<li>{html}</li>"
    cross = f'{refining(turn, without)} class="cross"><span class="unseen">Search without this</span></button>'
    return f'<li class="chip">{html} <button type="button" {cross}</li>'


def refining(turn: int, inquiry: Inquiry) -> str:
    """The attributes of a control that asks the question of a turn otherwise."""
    return f'data-send="refine" data-turn="{turn}" data-query="{escape(inquiry.query)}"'


def _timeframe(timeframe: Timeframe) -> str:
    words = f"{timeframe.order} first" if timeframe.order else period(timeframe.since, timeframe.until)
    limit = "Only" if timeframe.kind == "window" else "Preferably"
    return f"{limit} {words} (<q>{escape(timeframe.phrase)}</q>)"


def over_time(coverage: Coverage | None, inquiry: Inquiry, turn: int) -> str:
    """The bars, each a button that narrows the dates to its days; empty where there is only one, or none."""
    if coverage is None or len(coverage.bars) < 2:  # noqa: PLR2004 (one bar compares nothing)
        return ""
    first, last = coverage.bars[0].days.first, coverage.bars[-1].days.last
    outside = f", {count(coverage.outside, 'other')} before or after" if coverage.outside else ""
    bars = "".join(_bar(bar, coverage.most, inquiry, turn) for bar in coverage.bars)
    return (
        f'<figure class="over-time"><figcaption>{count(coverage.articles, "article")} on this, by {coverage.unit}'
        f'{outside}</figcaption><div class="bars" role="group" aria-label="Articles over time">{bars}</div>'
        f'<p class="ends" aria-hidden="true"><span>{day(first)}</span><span>{day(last)}</span></p></figure>'
    )


def _bar(bar: Bar, most: int, inquiry: Inquiry, turn: int) -> str:
    if not bar.articles:
        return "<span></span>"
    narrowed = replace(inquiry, since=bar.days.first.isoformat(), until=bar.days.last.isoformat())
    words = f"{period(*bar.days)}: {count(bar.articles, 'article')}"
    height = max(4, round(100 * bar.articles / most))
    return (
        f'<button type="button" {refining(turn, narrowed)} title="{words}" aria-label="{words}">'
        f'<i style="height: {height}%"></i></button>'
    )
