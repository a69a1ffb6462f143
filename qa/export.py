"""An answer to take along, as Markdown, CSV or JSON: quotations word for word, with all that is needed to cite them."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from itertools import chain
from typing import NamedTuple

from qa.answer import Answer, Passage

_MARKS = re.compile(r"[\\`*_\[\]<>#|~&]|^\s*[-+=](?=\s|[-=])|(?<=\d)[.)](?=\s)", re.MULTILINE)
_ADDRESS = re.compile(r"https?://[^\s<>\\]+")
_COLUMNS = (
    "number", "quotation", "quotation_start", "quotation_end", "title", "source", "published", "authors", "url", "path",
    "passage", "passage_start", "passage_end",
)  # fmt: skip


class Export(NamedTuple):
    """A file: its name, its media type and what it holds."""

    name: str
    kind: str
    content: str


def export(answer: Answer, form: str) -> Export:
    """The answer as a file of the form "markdown", "csv" or "json"; ValueError for another one."""
    if form not in _FORMS:
        message = f"{form!r} is none of {', '.join(_FORMS)}"
        raise ValueError(message)
    ending, kind, write = _FORMS[form]
    name = "-".join(re.findall(r"[a-z0-9]+", answer.question.lower()))[:60].strip("-") or "answer"
    return Export(f"{name}.{ending}", kind, write(answer))


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
    sheet = io.StringIO(newline="")
    rows = csv.DictWriter(sheet, _COLUMNS)
    rows.writeheader()
    for number, passage in enumerate(answer.passages, start=1):
        cells = {**_row(passage), "number": str(number)}
        rows.writerow({name: f"'{cell}" if cell[:1] in tuple("=+-@\t\r") else cell for name, cell in cells.items()})
    return sheet.getvalue()


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


def _row(passage: Passage) -> dict[str, str]:
    article, (start, end) = passage.article, passage.quoted
    return {
        "quotation": passage.quotation,
        "quotation_start": str(start),
        "quotation_end": str(end),
        "title": article.title,
        "source": article.source,
        "published": article.published.isoformat() if article.published else "",
        "authors": "; ".join(article.authors),
        "url": article.url,
        "path": article.path,
        "passage": passage.text,
        "passage_start": str(passage.start),
        "passage_end": str(passage.end),
    }


def _cited(number: int, passage: Passage) -> str:
    article, (start, end) = passage.article, passage.quoted
    before, after = article.text[passage.start : start], article.text[end : passage.end]
    quoted = f"{_inert(before)}**{_inert(passage.quotation)}**{_inert(after)}"
    published = article.published.isoformat() if article.published else "undated"
    address = f"<{article.url}>" if _ADDRESS.fullmatch(article.url) else _inert(article.url or article.path)
    cited = [_inert(article.source), published, _inert(", ".join(article.authors)), address]
    return "\n\n".join(
        [
            f"## {number}. {_inert(article.title) or 'Without a headline'}",
            "> " + "\n> ".join(quoted.splitlines()),
            f"{', '.join(part for part in cited if part)}, characters {start} to {end}",
        ]
    )


def _inert(words: str) -> str:
    return _MARKS.sub(lambda found: found.group()[:-1] + "\\" + found.group()[-1], words)
