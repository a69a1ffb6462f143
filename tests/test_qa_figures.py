"""Figures that disagree: sixty written cases, half of them traps, and what is said of those found."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus import Article
from qa import Quotation
from qa.figures import disagreements
from qa.numbers import numbers_in

CASES = [json.loads(line) for line in (Path(__file__).parent / "data/figures.jsonl").read_text("utf-8").splitlines()]


def passages(*texts: dict[str, Any]) -> list[Quotation]:
    articles = [
        Article(
            str(number),
            text["title"],
            text["text"],
            published=text["published"] and date.fromisoformat(text["published"]),
        )
        for number, text in enumerate(texts)
    ]
    return [Quotation(article, 0, len(article.text)) for article in articles]


def test_of_sixty_cases_nearly_all_are_told_apart() -> None:
    told = [bool(disagreements(passages(*case["passages"]))) for case in CASES]
    wrong = [case["kind"] for case, found in zip(CASES, told, strict=True) if found and not case["disagree"]]
    missed = [case["kind"] for case, found in zip(CASES, told, strict=True) if case["disagree"] and not found]
    assert (wrong, missed) == ([], ["troops"])


def test_newest_first_with_sentence_and_date() -> None:
    case = next(case for case in CASES if case["kind"] == "three reports")
    [found] = disagreements(passages(*case["passages"]))
    assert found.sentence == (
        "The archive has different figures (killed): 876 (2015-04-28), 450 (2015-04-26), 100 (2015-04-25)."
    )
    assert [figure.quotation.text for figure in found.figures] == [one["text"] for one in case["passages"][::-1]]
    assert found.as_json()["figures"][0]["value"] == 876


def test_an_undated_report_comes_last() -> None:
    case = next(case for case in CASES if case["kind"] == "undated beside dated")
    [found] = disagreements(passages(*case["passages"]))
    assert found.sentence == "The archive has different figures (killed): 15 (2011-01-12), 9 (undated)."


def test_one_article_does_not_contradict_itself() -> None:
    text = {"title": "Aleppo", "published": "2016-05-03"}
    both = {**text, "text": "In Aleppo 17 people were killed. Later the toll in Aleppo rose to 21."}
    assert disagreements(passages(both)) == disagreements(passages(both, both)) == ()


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("twenty-one people and 1,234 more", [21]),
        ("about $2.5 million and 3bn euros", [2.5e6, 3e9]),
        ("two hundred of 12,000", [200, 12000]),
        ("a 17-year-old, Flight 17, the 17th, 2-1, 10-20, 17 May, May 17, in 2016, Ann, 17, said", []),
        ("between 10 and 20, from 3 to 4, 5 to 6", []),
    ],
)
def test_numbers(sentence: str, numbers: list[float]) -> None:
    assert [number.value for number in numbers_in(sentence)] == numbers
