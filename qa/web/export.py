"""An answer or a timeline to take along, as Markdown, CSV or JSON: quotations word for word, with their citations."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from qa.answer import Answer, Passage
from qa.findings.timeline import Timeline
from qa.search.quotation import Quotation

_MARKS = re.compile(r"[\\`*_\[\]<>#|~&]|^\s*[-+=](?=\s|[-=])|(?<=\d)[.)](?=\s)", re.MULTILINE)
_TIMELINE = "timeline-"
_ADDRESS = re.compile(r"https?://[^\s<>\\]+")
_QUOTED = (
    "quotation", "quotation_start", "quotation_end", "title", "source", "published", "authors", "url", "path",
)  # fmt: skip
_COLUMNS = ("number", *_QUOTED, "passage", "passage_start", "passage_end")


class Export(NamedTuple):
    """A file: its name, its media type and what it holds."""

    name: str
    kind: str
    content: str


def export(answer: Answer, form: str) -> Export:
    """The answer as a file of the form "markdown", "csv" or "json", its timeline as "timeline-csv"; else ValueError."""
    if form.startswith(_TIMELINE):
        return export_timeline(answer.timeline or Timeline(()), answer.question, form.removeprefix(_TIMELINE))
    ending, kind, write = _form(form)
    return Export(f"{_name(answer.question)}.{ending}", kind, write(answer))


def export_timeline(timeline: Timeline, question: str, form: str) -> Export:
    """The timeline that answers a question as a file of the form "markdown", "csv" or "json"; ValueError for others."""
    ending, kind, _ = _form(form)
    return Export(f"{_name(question)}-timeline.{ending}", kind, _TIMELINE_FORMS[form](timeline, question))


def as_markdown(answer: Answer) -> str:
    """Question, verdict and passages with their evidence in bold; what looks like Markdown in them is inert."""
    searched = f" Searched as “{_inert(answer.searched)}”." if answer.searched != answer.question else ""
    verdict = "Passages that answer it" if answer.answered else "Not in this archive; the nearest passages"
    lines = [f"# {_inert(answer.question)}", f"Asked as of {answer.now}.{searched} {verdict}:"]
    lines += [f"- {_inert(reason)}" for reason in (() if answer.answered else answer.reasons)]
    passages = (_cited(number, passage) for number, passage in enumerate(answer.passages, start=1))
    return "\n\n".join(chain(lines, passages)) + "\n"


def as_csv(answer: Answer) -> str:
    """One row a passage. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    numbered = enumerate(answer.passages, start=1)
    return _sheet(_COLUMNS, [{"number": str(number), **_row(passage)} for number, passage in numbered])


def as_json(answer: Answer) -> str:
    """The answer as `python -m qa --json` prints it, each passage with its quotation."""
    content = answer.as_json()
    for passage, row in zip(answer.passages, content["passages"], strict=True):
        row |= {"quotation": passage.quotation, "quotation_span": list(passage.quoted)}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


_FORMS: Mapping[str, tuple[str, str, Callable[[Answer], str]]] = {
    "markdown": ("md", "text/markdown", as_markdown),
    "csv": ("csv", "text/csv", as_csv),
    "json": ("json", "application/json", as_json),
}


def timeline_as_markdown(timeline: Timeline, question: str) -> str:
    """One line a report, from the first to the latest; what looks like Markdown in them is inert."""
    lines = [f"# Timeline: {_inert(question)}", *(_entry(timeline, place) for place in range(len(timeline.entries)))]
    return "\n\n".join(lines) + "\n"


def timeline_as_csv(timeline: Timeline) -> str:
    """One row a report, as the rows of an answer."""
    marked = enumerate(timeline.entries)
    return _sheet(("mark", *_QUOTED), [{"mark": timeline.mark(place), **_cells(entry)} for place, entry in marked])


def timeline_as_json(timeline: Timeline, question: str) -> str:
    """The question, and the timeline as every JSON output of Dateline shows it."""
    return json.dumps({"question": question, **timeline.as_json()}, ensure_ascii=False, indent=1) + "\n"


_TIMELINE_FORMS: Mapping[str, Callable[[Timeline, str], str]] = {
    "markdown": timeline_as_markdown,
    "csv": lambda timeline, _: timeline_as_csv(timeline),
    "json": timeline_as_json,
}


def _form(form: str) -> tuple[str, str, Callable[[Answer], str]]:
    """Ending, media type and writer; ValueError for a form that is none."""
    if form not in _FORMS:
        message = f"{form!r} is none of {', '.join(_FORMS)}"
        raise ValueError(message)
    return _FORMS[form]


def _name(question: str) -> str:
    """A file name made of the question, without ending."""
    return "-".join(re.findall(r"[a-z0-9]+", question.lower()))[:60].strip("-") or "answer"


def _sheet(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    sheet = io.StringIO(newline="")
    writer = csv.DictWriter(sheet, columns)
    writer.writeheader()
    for cells in rows:
        writer.writerow({name: f"'{cell}" if cell[:1] in tuple("=+-@\t\r") else cell for name, cell in cells.items()})
    return sheet.getvalue()


def _row(passage: Passage) -> dict[str, str]:
    return {
        **_cells(passage.cited),
        "passage": passage.text,
        "passage_start": str(passage.start),
        "passage_end": str(passage.end),
    }


def _cells(quotation: Quotation) -> dict[str, str]:
    article = quotation.article
    return {
        "quotation": quotation.text,
        "quotation_start": str(quotation.start),
        "quotation_end": str(quotation.end),
        "title": article.title,
        "source": article.source,
        "published": article.published.isoformat() if article.published else "",
        "authors": "; ".join(article.authors),
        "url": article.url,
        "path": article.path,
    }


def _entry(timeline: Timeline, place: int) -> str:
    entry, mark = timeline.entries[place], timeline.mark(place)
    marked = f" ({mark})" if mark else ""
    quoted = " ".join(_inert(entry.text).split())
    return f"- **{entry.published}**{marked}: “{quoted}” {_inert(entry.article.title)}. {_source(entry)}"


def _source(quotation: Quotation) -> str:
    article = quotation.article
    published = article.published.isoformat() if article.published else "undated"
    address = f"<{article.url}>" if _ADDRESS.fullmatch(article.url) else _inert(article.url or article.path)
    cited = [_inert(article.source), published, _inert(", ".join(article.authors)), address]
    return f"{', '.join(part for part in cited if part)}, characters {quotation.start} to {quotation.end}"


def _cited(number: int, passage: Passage) -> str:
    article, (start, end) = passage.article, passage.quoted
    before, after = article.text[passage.start : start], article.text[end : passage.end]
    quoted = f"{_inert(before)}**{_inert(passage.quotation)}**{_inert(after)}"
    return "\n\n".join(
        [
            f"## {number}. {_inert(article.title) or 'Without a headline'}",
            "> " + "\n> ".join(quoted.splitlines()),
            _source(passage.cited),
        ]
    )


def _inert(words: str) -> str:
    return _MARKS.sub(lambda found: found.group()[:-1] + "\\" + found.group()[-1], words)
