"""Many questions or quotations at once: a CSV in, and for each of its rows one with verdict, quotation and citation."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from corpus import UserError
from corpus.message import Message, without_folders
from qa.answer import Answer
from qa.findings.quotes import QuoteCheck
from qa.question.request import Request
from qa.retriever import Retriever
from qa.search.quotation import Quotation
from qa.web.export import FIELDS, Export, Row, cells, sheet

Given = Mapping[str, str]
Told = tuple[Row, Quotation | None]  # what is said of a row, and what is quoted
# What a column holds, by its name in any case.
_KINDS = {"question": "question", "quote": "quote", "quotation": "quote"}
_MOST_ROWS = 100  # from the page, whose readers share one machine
_OURS = frozenset(("verdict", "confidence", "similarity", "stories", "note", "archive", *FIELDS))


def read_rows(content: bytes, *kinds: str) -> tuple[str, list[dict[str, str]]]:
    """What a CSV in UTF-8 asks, the first of the `kinds` that has a column ("question", "quote"); its rows, with that.

    Cells are separated by commas, semicolons or tabs. UserError where there is no such column, or a row is too long.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(Message("The file is not in UTF-8; save it as “CSV UTF-8”.")) from error
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        table = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if row]
    except csv.Error as error:
        message = Message("The file could not be read as CSV (%(why)s); save it as CSV again.", why=str(error))
        raise UserError(message) from error
    named = [_KINDS.get(name.strip().casefold()) for name in table[0]] if table else []
    kind = next((kind for kind in kinds if kind in named), "")
    if not kind or len(table) == 1:
        form = "The file needs a first row that names a column “%(kind)s”, and a row for each %(kind)s below it."
        raise UserError(Message(form, kind=kind or kinds[0]))
    columns = _columns(table[0], kind, named.index(kind))
    for number, row in enumerate(table, start=1):
        if len(row) > len(columns):
            form = "Row %(number)s has more cells than the first row; put a cell with a comma between double quotes."
            raise UserError(Message(form, number=str(number)))
    return kind, [dict(zip_longest(columns, row, fillvalue="")) for row in table[1:]]


def _columns(names: Sequence[str], kind: str, position: int) -> list[str]:
    """A name for each column: `kind` for the one at the position, and for the others none that is taken."""
    columns: list[str] = []
    for name in names:
        if len(columns) == position:
            columns.append(kind)
            continue
        column = name
        while column in (kind, *_OURS, *columns):
            column = f"given_{column}"
        columns.append(column)
    return columns


def completed(content: bytes, asked: Mapping[str, Retriever]) -> Export:
    """The rows of a small CSV, answered or checked by each archive (named, if several). May raise UserError."""
    kind, rows = read_rows(content, "question", "quote")
    if len(rows) > _MOST_ROWS:
        option = "--batch" if kind == "question" else "--quotes"
        form = "The file has %(rows)s rows; send %(most)s at most, or use python -m qa %(option)s."
        raise UserError(Message(form, rows=len(rows), most=_MOST_ROWS, option=option))
    done: list[Row] = []
    for name, archive in asked.items():
        each = checked(rows, archive.check_quote) if kind == "quote" else answered(rows, Request(""), archive.answer)
        named = {"archive": name} if name else {}
        done += [{**row, **named} for row in each]
    return Export(f"{kind}s-checked.csv", "text/csv", "".join(sheet(done)))


def answered(rows: Iterable[Given], limits: Request, answer: Callable[[Request], Answer]) -> Iterator[Row]:
    """For each row its cells, the verdict, and the first quotation or a `note`; its own days go before the `limits`."""

    def asked(row: Given) -> Told:
        own: dict[str, Any] = {name: row[name] for name in ("now", "since", "until") if row.get(name)}
        found = answer(replace(limits, question=row["question"], **own))
        notes = [found.premise.sentence] if found.premise else []
        notes += [] if found.answered else found.reasons
        told: Row = {"verdict": found.verdict, "confidence": round(found.confidence, 4), "note": " ".join(notes)}
        return told, found.passages[0].cited if found.answered and found.passages else None

    return _each(rows, asked, ("verdict", "confidence", "note"))


def checked(rows: Iterable[Given], check: Callable[[str], QuoteCheck]) -> Iterator[Row]:
    """For each row its cells, the verdict, and where the quotation stands, or the nearest wording."""

    def asked(row: Given) -> Told:
        found = check(row["quote"])
        told: Row = {"verdict": found.verdict, "similarity": round(found.similarity, 4), "stories": found.stories}
        return {**told, "note": ""}, found.nearest

    return _each(rows, asked, ("verdict", "similarity", "stories", "note"))


def _each(rows: Iterable[Given], asked: Callable[[Given], Told], columns: Iterable[str]) -> Iterator[Row]:
    for row in rows:
        try:
            told, quotation = asked(row)
        except UserError as error:
            told, quotation = {**dict.fromkeys(columns, ""), "note": without_folders(str(error))}, None
        yield {**row, **told, **(cells(quotation) if quotation else dict.fromkeys(FIELDS, ""))}
