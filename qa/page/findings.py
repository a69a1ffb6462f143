"""What an archive tells beside passages: figures that disagree, a timeline, and where a quotation stands."""

from qa.answer import Answer
from qa.findings.figures import Disagreement
from qa.findings.quotes import QuoteCheck
from qa.findings.timeline import Timeline
from qa.findings.wording import Change
from qa.page.markup import count, dateline, day, escape, headline, quote, source_link
from qa.search.quotation import Quotation

# The panel that takes a quotation; what `quote_check` makes of it goes into `.checked`.
QUOTING = (
    "<p>Does the archive hold a sentence, word for word? Case, punctuation and quotation marks do not count;"
    " “…” stands for words left out.</p>"
    '<label>Quotation <textarea data-quote rows="3" maxlength="2000" dir="auto"></textarea></label>'
    '<button type="button" data-check>Check the quotation</button><div class="checked" aria-live="polite"></div>'
)
_TIMELINE_FORMS = (("markdown", "Markdown"), ("csv", "CSV"), ("json", "JSON"))


def disagreements(answer: Answer) -> str:
    """Each thing with its figures, newest first, in their sentences; empty where none disagree."""
    return "".join(map(_disagreement, answer.disagreements))


def timeline(found: Timeline | None) -> str:
    """The reports from the first to the latest, with controls that save them; empty where there is none."""
    if found is None or not found.entries:
        return ""
    entries = "".join(_entry(found, place) for place in range(len(found.entries)))
    undated = f'<p class="undated">{count(found.undated, "undated report")} left out.</p>' if found.undated else ""
    saving = "".join(
        f'<button type="button" data-export="timeline-{form}" data-does="save">{words}</button>'
        for form, words in _TIMELINE_FORMS
    )
    return (
        f'<section class="timeline" aria-label="Timeline"><h3>What was reported when</h3><ol>{entries}</ol>{undated}'
        f'<p class="along" role="group" aria-label="Save the timeline">{saving}</p></section>'
    )


def quote_check(check: QuoteCheck) -> str:
    """The verdict in words, the differences word by word, and every place."""
    stories = count(check.stories, "story") if check.stories == 1 else f"{check.stories:,} stories"
    first = f", first on {day(check.first.published)}" if check.first and check.first.published else ""
    verdict = {
        "verbatim": f"Word for word in {stories}{first}.",
        "altered": f"Altered. The archive has it in {stories}{first}, in these words:",
        "not_in_corpus": f"Not in this archive.{' The nearest wording:' if check.nearest else ''}",
    }[check.verdict]
    diff = "".join(map(_change, check.diff)) if check.verdict == "altered" else ""
    places = "".join(f"<li>{_place(quotation)}</li>" for quotation in check.shown)
    compared = f'<p class="diff" dir="auto">{diff}</p>' if diff else ""
    return f'<p class="verdict {check.verdict}">{verdict}</p>{compared}<ol>{places}</ol>'


def quote_refused(words: str) -> str:
    """Why a quotation cannot be checked."""
    return f'<p class="trouble" role="alert">{escape(words)}</p>'


def _disagreement(found: Disagreement) -> str:
    rows = "".join(
        f"<li><strong>{escape(figure.words)}</strong> {quote(figure.quotation.text)}"
        f" {dateline(figure.quotation.article)}</li>"
        for figure in found.figures
    )
    return f'<section class="differing"><h3>The figures differ: {escape(found.thing)}</h3><ul>{rows}</ul></section>'


def _entry(found: Timeline, place: int) -> str:
    entry, mark = found.entries[place], found.mark(place)
    marked = f'<span class="report">{mark}</span>' if mark else ""
    signature = f'<p class="signature">{dateline(entry.article)}{marked}</p>'
    return f"<li>{signature}{_quoted(entry)} {source_link(entry.article)}</li>"


def _place(quotation: Quotation) -> str:
    article = quotation.article
    return f"{_quoted(quotation)} {dateline(article)} {source_link(article)}"


def _quoted(quotation: Quotation) -> str:
    where = ' <span class="where">in the headline</span>' if quotation.headline else ""
    title = f'<span class="headline" dir="auto">{headline(quotation.article)}</span>'
    return f"{quote(quotation.text)} {title}{where}"


def _change(change: Change) -> str:
    """The words as quoted, struck out where they differ, before those of the archive."""
    if not change.differs:
        return f"{escape(change.archived or change.quoted)} "
    quoted = f"<del>{escape(change.quoted)}</del> " if change.quoted else ""
    archived = f"<ins>{escape(change.archived)}</ins> " if change.archived else ""
    return quoted + archived
