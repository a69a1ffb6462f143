"""Batches: each row of a CSV with what the archive says to it, and what cannot be read in a sentence."""

import csv
import io

import pytest
from fake_archive import FakeRetriever

from corpus import UserError
from qa import Answer
from qa.question.request import Request
from qa.web.batch import answered, completed, read_rows

QUESTIONS = "\ufeffid;Question;now\r\n7;Why is Obama wary of intervention?;\r\n8;Which penguins toured?;\r\n9;;\r\n"


def filled(content: str) -> list[dict[str, str]]:
    made = completed(content.encode(), {"": FakeRetriever()})  # type: ignore[arg-type]
    return list(csv.DictReader(io.StringIO(made.content, newline="")))


def test_each_question_gets_verdict_quotation_and_citation_and_keeps_its_cells() -> None:
    known, unknown, empty = filled(QUESTIONS)
    assert (known["id"], known["verdict"], known["source"], known["published"]) == (
        "7", "answered", "Dateline foreign desk", "2016-06-17",
    )  # fmt: skip
    assert known["quotation"].startswith("President Obama has been wary of intervention")
    assert (unknown["id"], unknown["verdict"], unknown["quotation"]) == ("8", "not_in_corpus", "")
    assert unknown["note"] == "No passage holds more than half of the question's words."
    assert (empty["id"], empty["verdict"]) == ("9", "")
    assert empty["note"].startswith("The question is empty; ask in a few words")


def test_each_quotation_is_checked_and_cells_of_our_names_are_kept() -> None:
    verbatim, unknown = filled("quote,title\nThe spacecraft Juno has entered orbit,mine\nThe moon fell,\n")
    assert (verbatim["verdict"], verbatim["given_title"], verbatim["stories"]) == ("verbatim", "mine", "1")
    assert (verbatim["quotation"], verbatim["title"]) == (verbatim["quote"], "Juno arrives at Jupiter")
    assert (unknown["verdict"], unknown["stories"]) == ("not_in_corpus", "0")


@pytest.mark.parametrize(
    ("first_row", "columns"),
    [
        (b"note,quote,desk,desk,desk", ["given_note", "quote", "desk", "given_desk", "given_given_desk"]),
        (b"Quotation,quote,QUOTE,given_quote,", ["quote", "given_quote", "QUOTE", "given_given_quote", ""]),
    ],
)
def test_columns_of_one_name_are_told_apart(first_row: bytes, columns: list[str]) -> None:
    _, [row] = read_rows(first_row + b"\na,b,c,d,e\n", "quote")
    assert list(row.items()) == list(zip(columns, "abcde", strict=True))


def test_rows_have_limits_of_their_own() -> None:
    asked: list[Request] = []

    def answer(request: Request) -> Answer:
        asked.append(request)
        message = "no"
        raise UserError(message)

    rows = [{"question": "a", "since": "2016-01-01", "now": ""}, {"question": "b"}]
    list(answered(rows, Request("", now="2016-07-01", k=1), answer))
    assert [(one.question, one.since, one.now) for one in asked] == [
        ("a", "2016-01-01", "2016-07-01"),
        ("b", None, "2016-07-01"),
    ]


def test_no_folder_is_named_in_a_row() -> None:
    def answer(_: Request) -> Answer:
        message = "The index in “/srv/secret/index” is damaged."
        raise UserError(message)

    [row] = answered([{"question": "a"}], Request(""), answer)
    assert row["note"] == "The index in “…/index” is damaged."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"question\nWho, if any, left?\n", "Row 2 has more cells .* double quotes"),
        (b"words\nWho left?\n", "column “question”"),
        (b"question\n", "a row for each question"),
        (b"", "column “question”"),
        (b"question\nWer g\xe4be?\n", "save it as “CSV UTF-8”"),
        (b'question\n"Who left?\n', "could not be read as CSV"),
        (b"question\n" + b"Who left?\n" * 101, "101 rows.*python -m qa --batch"),
    ],
)
def test_what_cannot_be_read_is_told(content: bytes, why: str) -> None:
    with pytest.raises(UserError, match=why):
        completed(content, {"": FakeRetriever()})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first_row", "kind"),
    [
        (b"id,Quote", "quote"), (b"id;quotation", "quote"), (b"question,quote", "question"),
        (b"\xef\xbb\xbfquote,question_id", "quote"),
    ],
)  # fmt: skip
def test_the_first_row_says_what_is_asked(first_row: bytes, kind: str) -> None:
    assert read_rows(first_row + b"\na\n", "question", "quote")[0] == kind


def test_cells_may_hold_other_marks_than_separate_them() -> None:
    assert read_rows(b"id\tQuotation\n1\tIt, rained\n", "quote") == ("quote", [{"id": "1", "quote": "It, rained"}])
