"""Inquiries: a link carries a question with its limits there and back, and the passages come in the chosen order."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from fake_archive import FakeRetriever

from corpus import Article
from qa.answer import Answer, Passage
from qa.question.request import Request
from qa.web.inquiry import Inquiry

EVERYTHING = Inquiry(
    Request(
        'Was "middle rank" & more = 50 % of 🕊?',
        since="2016-06-13",
        until="2016-06-19",
        now="2016-07-01",
        sources=("BBC", "A&E <b>"),
        timeframe=False,
        spelling=False,
        k=15,
        history=("Who?", "What about Clinton?"),
        timeline=True,
    ),
    order="oldest",
)


def asked(question: str, k: int = 5, **chosen: Any) -> Inquiry:
    return Inquiry(Request(question, k=k), **chosen)


@pytest.mark.parametrize("inquiry", [asked("Why?"), EVERYTHING, asked("")], ids=["plain", "everything", "empty"])
def test_a_link_brings_back_the_same_inquiry(inquiry: Inquiry) -> None:
    assert Inquiry.read(inquiry.query) == inquiry
    assert Inquiry.read(f"?{inquiry.query}") == inquiry


def test_a_plain_question_has_a_plain_link() -> None:
    assert asked("Why was he wary?").query == "q=Why+was+he+wary%3F"


@pytest.mark.parametrize(
    ("query", "inquiry"),
    [
        ("q=a&sort=random&time=maybe&passages=many", asked("a")),
        ("q=a&passages=0", asked("a", 1)),
        ("q=a&passages=100000", asked("a", 50)),
        (f"q=a&passages={'9' * 5_000}", asked("a", 50)),
        ("q=a&passages=²", asked("a")),
        ("q=a" + "&source=x" * 99, Inquiry(Request("a", sources=("x",) * 50))),
        ("q=a&q=b&__theme=dark", asked("b")),
        ("&".join(f"after={number}" for number in range(9)), asked("").limited(history=("5", "6", "7", "8"))),
    ],
)
def test_damaged_links_do_no_harm(query: str, inquiry: Inquiry) -> None:
    assert Inquiry.read(query) == inquiry


def test_more_passages_until_there_may_be_no_more() -> None:
    assert asked("a").longer == asked("a", 10)
    assert asked("a", 50).longer is None


def passage(article: str, published: date | None, score: float) -> Passage:
    return Passage(Article(article, article, "Text.", published=published), 0, 5, score, {})


@dataclass
class Found:
    """An archive that finds these passages, whatever is asked."""

    passages: tuple[Passage, ...]
    asked: Request | None = None

    def answer(self, request: Request, *, closely: bool = True) -> Answer:
        self.asked = request
        return replace(FakeRetriever().answer(request, closely=closely), passages=self.passages)


def test_by_date_it_is_a_chronology_of_the_articles_on_the_subject() -> None:
    days = {name: date(2016, 6, day) for name, day in {"best": 17, "later": 20, "early": 2, "aside": 30}.items()}
    scores = [("best", 3.0), ("early", 2.8), ("undated", 2.7), ("best", 2.6), ("later", 2.0), ("aside", 1.9)]
    archive = Found(tuple(passage(name, days.get(name), score) for name, score in scores))
    shown = {}
    for order in ("relevance", "newest", "oldest"):
        answer = asked("Why?", 3, order=order).asked_of(archive)
        shown[order] = [(passage.article.id, passage.score) for passage in answer.passages]
        assert archive.asked
        assert archive.asked.k == (3 if order == "relevance" else 50)
    assert shown == {
        "relevance": scores,
        "newest": [("later", 2.0), ("best", 3.0), ("early", 2.8)],
        "oldest": [("early", 2.8), ("best", 3.0), ("later", 2.0)],
    }
    undated_last = asked("Why?", order="newest").asked_of(archive).passages[-1]
    assert undated_last.article.id == "undated"


@pytest.mark.parametrize("passages", [(), (passage("only", None, -0.5),)], ids=["none", "a poor one"])
def test_few_articles_are_all_kept(passages: tuple[Passage, ...]) -> None:
    assert asked("Why?", order="newest").asked_of(Found(passages)).passages == passages


def test_words_are_searched_as_written_on_demand() -> None:
    archive = Found(())
    for spelling in (True, False):
        Inquiry(Request("Why?", spelling=spelling)).asked_of(archive)
        assert archive.asked
        assert archive.asked.spelling is spelling
