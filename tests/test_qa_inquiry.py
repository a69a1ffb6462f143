"""Inquiries: a link carries a question with its limits there and back, and the passages come in the chosen order."""

from dataclasses import replace

import pytest
from fake_archive import FakeRetriever

from qa.inquiry import Inquiry

EVERYTHING = Inquiry(
    'Was "middle rank" & more = 50 % of 🕊?',
    since="2016-06-13",
    until="2016-06-19",
    now="2016-07-01",
    sources=("BBC", "A&E <b>"),
    order="oldest",
    timeframe=False,
    passages=15,
    history=("Who?", "What about Clinton?"),
)


@pytest.mark.parametrize("inquiry", [Inquiry("Why?"), EVERYTHING, Inquiry("")], ids=["plain", "everything", "empty"])
def test_a_link_brings_back_the_same_inquiry(inquiry: Inquiry) -> None:
    assert Inquiry.read(inquiry.query) == inquiry
    assert Inquiry.read(f"?{inquiry.query}") == inquiry


def test_a_plain_question_has_a_plain_link() -> None:
    assert Inquiry("Why was he wary?").query == "q=Why+was+he+wary%3F"


@pytest.mark.parametrize(
    ("query", "inquiry"),
    [
        ("q=a&sort=random&time=maybe&passages=many", Inquiry("a")),
        ("q=a&passages=0", Inquiry("a", passages=1)),
        ("q=a&passages=100000", Inquiry("a", passages=50)),
        ("q=a&q=b&__theme=dark", Inquiry("b")),
        ("&".join(f"after={number}" for number in range(9)), Inquiry("", history=("5", "6", "7", "8"))),
    ],
)
def test_what_a_link_says_wrongly_does_no_harm(query: str, inquiry: Inquiry) -> None:
    assert Inquiry.read(query) == inquiry


def test_more_passages_until_there_may_be_no_more() -> None:
    assert Inquiry("a").longer == Inquiry("a", passages=10)
    assert Inquiry("a", passages=50).longer is None


def test_the_order_is_of_days_and_undated_passages_come_last() -> None:
    asked = Inquiry("Why is Obama wary of intervention?")
    days = {}
    for order in ("relevance", "newest", "oldest"):
        passages = replace(asked, order=order).asked_of(FakeRetriever()).passages
        days[order] = [passage.article.published and passage.article.published.day for passage in passages]
    assert days == {
        "relevance": [17, None, 19, 24, 5],
        "newest": [5, 24, 19, 17, None],
        "oldest": [17, 19, 24, 5, None],
    }
