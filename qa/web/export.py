"""An answer to take along, as Markdown, CSV, JSON, RIS or CSL-JSON: quotations with their citations."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from corpus import Article, UserError
from qa.answer import Answer
from qa.findings.timeline import Timeline
from qa.search.quotation import Quotation

# What Markdown would read as marks; a cell that a spreadsheet would take for a formula begins with an apostrophe.
_MARKS = re.compile(r"[\\`*_\[\]<>#|~&]|^\s*[-+=](?=\s|[-=])|(?<=\d)[.)](?=\s)", re.MULTILINE)
_ADDRESS = re.compile(r"https?://[^\s<>\\]+")
Row = dict[str, object]
# What every form says of a quotation, in this order.
FIELDS = (
    "quotation", "quotation_start", "quotation_end", "title", "source", "published", "authors", "url", "path",
)  # fmt: skip


class Export(NamedTuple):
    """A file: its name, its media type and what it holds."""

    name: str
    kind: str
    content: str


def export(answer: Answer, form: str) -> Export:
    """The answer, with its timeline where it has one, as a file of one of the `FORMS`; UserError for another."""
    if form not in _WRITTEN:
        message = f"An answer cannot be saved as “{form}”; take one of {', '.join(FORMS)}."
        raise UserError(message)
    ending, kind, write = _WRITTEN[form]
    name = "-".join(re.findall(r"[a-z0-9]+", answer.question.lower()))[:60].strip("-") or "answer"
    return Export(f"{name}.{ending}", kind, write(answer))


def cells(quotation: Quotation) -> Row:
    """What every form says of a quotation, by the names in `FIELDS`."""
    article, place = quotation.article, (quotation.text, quotation.start, quotation.end)
    told = (article.title, article.source, article.published or "", "; ".join(article.authors))
    return dict(zip(FIELDS, (*place, *told, article.url, article.path), strict=True))


def sheet(rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """The lines of a CSV, each as soon as its row is there; without rows the names of what is said of a quotation."""
    columns: Iterable[str] | None = None
    for row in rows:
        if columns is None:
            columns = row
            yield _line(row)
        yield _line(str(row[name]) for name in columns)
    if columns is None:
        yield _line(FIELDS)


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """The rows as JSON, one a line."""
    return (json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows)


def _as_markdown(answer: Answer) -> str:
    searched = f" Searched as “{_inert(answer.searched)}”." if answer.searched != answer.question else ""
    verdict = "Passages that answer it" if answer.answered else "Not in this archive; the closest passages"
    archive = f" Archive: {_inert(answer.archive)}." if answer.archive else ""
    told = [f"# {_inert(answer.question)}", f"Asked as of {answer.now}.{searched}{archive} {verdict}:"]
    if answer.premise:
        told.append(f"{_inert(answer.premise.sentence)} {_quoted(answer.premise.quotation)}")
    if answer.composed and answer.composed.text:
        told.append(f"Composed by {_inert(answer.composed.model)}: {_inert(answer.composed.text)}")
    told += [f"- {_inert(reason)}" for reason in (() if answer.answered else answer.reasons)]
    timeline = answer.timeline or Timeline(())
    for position, entry in enumerate(timeline.entries):
        mark = f" ({timeline.mark(position)})" if timeline.mark(position) else ""
        told.append(f"- **{entry.published}**{mark}: {_quoted(entry, f'{_inert(entry.article.title)}. ')}")
    for number, passage in enumerate(answer.passages, start=1):
        article, (start, end) = passage.article, passage.quoted
        before, after = article.text[passage.start : start], article.text[end : passage.end]
        marked = f"{_inert(before)}**{_inert(passage.quotation)}**{_inert(after)}"
        told.append(f"## {number}. {_inert(article.title) or 'No headline'}")
        told += ["> " + "\n> ".join(marked.splitlines()), _source(passage.cited)]
    return "\n\n".join(told) + "\n"


def _as_csv(answer: Answer) -> str:
    rows = []
    for number, passage in enumerate(answer.passages, start=1):
        place = {"passage": passage.text, "passage_start": passage.start, "passage_end": passage.end}
        rows.append({"number": number, **cells(passage.cited), **place})
    return "".join(sheet({**row, "archive": answer.archive} if answer.archive else row for row in rows))


def _as_json(answer: Answer) -> str:
    content = answer.as_json()
    for passage, row in zip(answer.passages, content["passages"], strict=True):
        row |= {"quotation": passage.quotation, "quotation_span": list(passage.quoted)}
    return _json(content)


def _as_ris(answer: Answer) -> str:
    told = ""
    for article, quotations in _articles(answer):
        day = article.published
        fields = [
            ("TY", "NEWS"), ("TI", article.title), *(("AU", author) for author in article.authors),
            ("T2", article.source), ("PY", day and day.year), ("DA", day and f"{day:%Y/%m/%d}"), ("UR", article.url),
            ("DB", answer.archive), ("ID", article.id), *(("N1", f"“{quotation}”") for quotation in quotations),
        ]  # fmt: skip
        told += "".join(f"{tag}  - {' '.join(str(value).split())}\r\n" for tag, value in fields if value) + "ER  - \r\n"
    return told


def _as_csl(answer: Answer) -> str:
    items = []
    for article, quotations in _articles(answer):
        day = article.published
        item = {
            "id": article.id, "type": "article-newspaper", "title": article.title,
            "author": [{"literal": author} for author in article.authors], "container-title": article.source,
            "issued": day and {"date-parts": [[day.year, day.month, day.day]]}, "URL": article.url,
            "archive": answer.archive, "note": "\n".join(f"“{quotation}”" for quotation in quotations),
        }  # fmt: skip
        items.append({name: value for name, value in item.items() if value})
    return _json(items)


_WRITTEN: Mapping[str, tuple[str, str, Callable[[Answer], str]]] = {
    "markdown": ("md", "text/markdown", _as_markdown),
    "csv": ("csv", "text/csv", _as_csv),
    "json": ("json", "application/json", _as_json),
    "ris": ("ris", "application/x-research-info-systems", _as_ris),
    "csl": ("csl.json", "application/vnd.citationstyles.csl+json", _as_csl),
}
FORMS = tuple(_WRITTEN)


def _articles(answer: Answer) -> list[tuple[Article, list[str]]]:
    """The articles in the order of their passages, each with what is quoted of it."""
    found: dict[str, tuple[Article, list[str]]] = {}
    for passage in answer.passages:
        found.setdefault(passage.article.id, (passage.article, []))[1].append(passage.quotation)
    return list(found.values())


def _line(values: Iterable[str]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(f"'{cell}" if cell[:1] in tuple("=+-@\t\r") else cell for cell in values)
    return line.getvalue()


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _quoted(quotation: Quotation, headline: str = "") -> str:
    return f"“{' '.join(_inert(quotation.text).split())}” {headline}{_source(quotation)}"


def _source(quotation: Quotation) -> str:
    article = quotation.article
    address = f"<{article.url}>" if _ADDRESS.fullmatch(article.url) else _inert(article.url or article.path)
    published = str(article.published or "undated")
    cited = [_inert(article.source), published, _inert(", ".join(article.authors)), address]
    return f"{', '.join(part for part in cited if part)}, characters {quotation.start} to {quotation.end}"


def _inert(words: str) -> str:
    return _MARKS.sub(lambda found: found.group()[:-1] + "\\" + found.group()[-1], words)
