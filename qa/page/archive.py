"""What the page says about the archive itself: the masthead, the outlets, and the page before the first question."""

import shlex
from collections.abc import Sequence

from corpus import Settings
from qa.answer import ArchiveStatus
from qa.page.markup import count, day, escape, period

OUTLETS_LISTED = 12


def masthead(status: ArchiveStatus, changes: int | None = None, trouble: str = "") -> str:
    """The name of the paper and the facts of the archive, with what a reader should know of its state.

    `changes` is how many files have changed since the last build, None where that is unknown; `trouble` is why the last
    build failed, if it did.
    """
    stale = (f"The index was not brought up to date: {trouble}",) if trouble else ()
    lines = "".join(f"<li>{escape(notice)}</li>" for notice in (*status.notices, *stale))
    return (
        '<header class="masthead"><h1>Dateline</h1>'
        f'<ul class="facts">{"".join(f"<li>{fact}</li>" for fact in _facts(status, changes))}</ul>'
        f'<div class="state" role="status">{f"<ul>{lines}</ul>" if lines else ""}</div></header>'
    )


def _facts(status: ArchiveStatus, changes: int | None) -> list[str]:
    if not status.articles:
        return ["No articles yet"]
    built = f'<time datetime="{status.built.isoformat()}">{day(status.built.date())}, {status.built:%H:%M}</time>'
    facts = [count(status.articles, "article"), count(len(status.sources), "outlet")]
    facts.append(period(status.oldest, status.newest) if status.oldest or status.newest else "undated")
    facts.append(f"Indexed {built} UTC")
    if status.failed:
        facts.append(f"{status.failed:,} unreadable")
    if changes:
        facts.append(f'<button type="button" data-unfold="archive">{count(changes, "file")} changed since</button>')
    return facts


def rail(status: ArchiveStatus) -> str:
    """The outlets with their numbers of articles, largest first, each a button that filters; empty without outlets."""
    outlets = [(name, number) for name, number in status.sources.items() if name]
    if not outlets:
        return ""
    rows = "".join(
        f'<li><button type="button" data-outlet="{escape(name)}"><bdi>{escape(name)}</bdi></button>'
        f" <span>{number:,}</span></li>"
        for name, number in outlets[:OUTLETS_LISTED]
    )
    others = len(outlets) - OUTLETS_LISTED
    rest = f'<p class="rest">and {count(others, "other outlet")}</p>' if others > 0 else ""
    return f'<aside class="outlets" aria-label="Outlets"><h2>In this archive</h2><ul>{rows}</ul>{rest}</aside>'


def front_page(examples: Sequence[str]) -> str:
    """What stands there before the first question: what this is, and questions to begin with."""
    questions = "".join(
        f'<li><button type="button" data-send="ask" data-question="{escape(question)}" dir="auto">{escape(question)}'
        "</button></li>"
        for question in examples
    )
    begin = f'<h3>Headlines to begin with</h3><ul class="examples">{questions}</ul>' if questions else ""
    return (
        '<section class="front"><h2 class="motto">Ask the archive.<br>It answers in its own words.</h2>'
        '<p class="standfirst">Every answer is a passage quoted word for word, with its outlet and its date, and the '
        f"whole article one click away.</p>{begin}</section>"
    )


def empty_page(settings: Settings) -> str:
    """What stands there while the archive holds no article: where to put some, and the command that indexes them."""
    return (
        '<section class="front"><h2 class="motto">This archive is still empty.</h2>'
        f'<p class="standfirst">Put articles into the folder <code>{escape(str(settings.corpus))}</code> and run '
        f"<code>{escape(_index_command(settings))}</code>. This page notices by itself.</p></section>"
    )


def _index_command(settings: Settings) -> str:
    usual = Settings()
    words = ["python", "-m", "index"]
    words += ["--corpus", str(settings.corpus)] if settings.corpus != usual.corpus else []
    words += ["--index", str(settings.index)] if settings.index != usual.index else []
    return shlex.join(words)
