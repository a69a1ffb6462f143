"""What was understood, as chips that can be taken away, and the articles on the subject over time, as bars."""

from dataclasses import replace
from datetime import date

from qa.answer import Answer
from qa.coverage import Bar, Coverage
from qa.inquiry import Inquiry
from qa.page.markup import count, day, escape, period
from qa.timeframe import Timeframe


def understood(answer: Answer, inquiry: Inquiry, turn: int) -> str:
    """The day, the limits and the words that were searched; each that the reader may take away bears a cross."""
    chips = [_chip(f"As of {day(answer.now)}", turn, replace(inquiry, now="") if inquiry.now else None)]
    if inquiry.since or inquiry.until:
        since, until = (date.fromisoformat(words) if words else None for words in (inquiry.since, inquiry.until))
        chips.append(_chip(f"Only {period(since, until)}", turn, replace(inquiry, since="", until="")))
    for name in inquiry.sources:
        others = tuple(other for other in inquiry.sources if other != name)
        chips.append(_chip(f"<bdi>{escape(name)}</bdi>", turn, replace(inquiry, sources=others)))
    if inquiry.order != "relevance":
        chips.append(_chip(f"{inquiry.order.capitalize()} first", turn, replace(inquiry, order="relevance")))
    if answer.timeframe:
        chips.append(_chip(_timeframe(answer.timeframe), turn, replace(inquiry, timeframe=False)))
    elif not inquiry.timeframe:
        chips.append(_chip("Words of time ignored", turn, replace(inquiry, timeframe=True)))
    if answer.searched != answer.question:
        alone = replace(inquiry, history=()) if inquiry.history else None
        chips.append(_chip(f"Searched as <q>{escape(answer.searched)}</q>", turn, alone))
    return f'<ul class="understood">{"".join(chips)}</ul>'


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
