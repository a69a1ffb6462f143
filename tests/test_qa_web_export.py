"""Exports: quotations word for word with their citations, inert where they are opened."""

import csv
import io
import json
import re
import sys
from contextlib import nullcontext
from dataclasses import replace
from datetime import date

import pytest
from fake_archive import ATTACKS, FakeRetriever, hostile_articles

from corpus import Article, UserError
from qa import Answer, Passage
from qa.__main__ import main
from qa.web.export import export

TEXT = "Before it.\n\n1. He *said* [so](x).\nAfter it."
ARTICLE = Article("a", "A_title", TEXT, "BBC", date(2016, 6, 17), ("Ann", "Bob"), "https://example.org/a", "a.txt")
PASSAGE = Passage(ARTICLE, 0, len(TEXT), 1.0, {}, ((12, 33),))


def answer(*passages: Passage) -> Answer:
    return replace(FakeRetriever().ask("Why is Obama wary of intervention?"), passages=passages)


def test_the_command_keeps_the_line_ends_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    windows = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\r\n")
    monkeypatch.setattr(sys, "stdout", windows)
    monkeypatch.setattr("qa.__main__.Retriever.open", lambda _: nullcontext(FakeRetriever()))
    assert main(["Why is Obama wary of intervention?", "--export", "csv"]) == 0
    written = windows.detach().getvalue()
    assert b"\r\n" in written
    assert b"\r\r\n" not in written


def test_markdown_cites_everything_and_marks_the_evidence() -> None:
    assert export(answer(PASSAGE), "markdown").content == (
        "# Why is Obama wary of intervention?\n\nAsked as of 2016-07-05. Passages that answer it:\n\n"
        "## 1. A\\_title\n\n"
        "> Before it.\n> \n> **1\\. He \\*said\\* \\[so\\](x).**\n> After it.\n\n"
        "BBC, 2016-06-17, Ann, Bob, <https://example.org/a>, characters 12 to 33\n"
    )


def test_a_refusal_says_so_and_why() -> None:
    refused = export(FakeRetriever().ask("Which penguins toured Antarctica?"), "markdown").content
    assert "Not in this archive; the closest passages:\n\n- No passage holds more than half" in refused


def test_csv_holds_a_row_for_each_passage() -> None:
    bare = Passage(Article("b", "", "=1+1", path="b.txt"), 0, 4, 0.5, {})
    rows = list(csv.DictReader(io.StringIO(export(answer(PASSAGE, bare), "csv").content, newline="")))
    assert rows[0] == {
        "number": "1", "quotation": TEXT[12:33], "quotation_start": "12", "quotation_end": "33", "title": "A_title",
        "source": "BBC", "published": "2016-06-17", "authors": "Ann; Bob", "url": "https://example.org/a",
        "path": "a.txt", "passage": TEXT, "passage_start": "0", "passage_end": str(len(TEXT)),
    }  # fmt: skip
    assert (rows[1]["quotation"], rows[1]["published"]) == ("'=1+1", "")


def test_json_is_the_answer_with_its_quotations() -> None:
    content = json.loads(export(answer(PASSAGE), "json").content)
    [passage] = content["passages"]
    assert (passage.pop("quotation"), passage.pop("quotation_span")) == (TEXT[12:33], [12, 33])
    assert content == answer(PASSAGE).as_json()


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_articles_stay_text(attack: str) -> None:
    hostile = FakeRetriever(hostile_articles()).ask(f"hostile {attack}")
    lines = export(hostile, "markdown").content.splitlines()
    assert not [line for line in lines if re.search(r"(?<!\\)(?:<(?!https://\S+>,)|\]\(|`)", line)]
    assert len(list(csv.reader(io.StringIO(export(hostile, "csv").content, newline="")))) == 1 + len(hostile.passages)


@pytest.mark.parametrize(
    ("form", "question", "name", "kind"),
    [
        ("markdown", "Why, “Obama”?", "why-obama.md", "text/markdown"),
        ("csv", "../../etc/passwd", "etc-passwd.csv", "text/csv"),
        ("json", "Что?", "answer.json", "application/json"),
    ],
)
def test_the_file_is_named_after_the_question(form: str, question: str, name: str, kind: str) -> None:
    exported = export(replace(answer(PASSAGE), question=question), form)
    assert (exported.name, exported.kind) == (name, kind)
    assert "example.org" in exported.content


def test_an_unknown_format_is_an_error() -> None:
    with pytest.raises(UserError, match="“pdf”; take one of markdown, csv, json"):
        export(answer(), "pdf")
