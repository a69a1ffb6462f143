"""Composed sentences against what the passages that they cite say in the place of their names, numbers and days."""

from concurrent.futures import Future
from datetime import date

import pytest

from corpus import Article
from qa import Passage
from qa.findings.composed import checked, numbered
from qa.findings.contradicted import contradicted
from qa.reading.reader import Read, Reader, Unread

TEXT = (
    "Helen Marsh, who lives in London, opened the bridge on Friday, June 17. David Cole had planned it with 51"
    " engineers. It cost 12 million dollars and the ferry 9. Its opening brought 300 guests. Malta beat Italy 2-1."
)
ARTICLE = Article("bridge", "The bridge", TEXT, "Wire", date(2016, 6, 18))


class Answering(Reader):
    """Answers each question with the same words, if they are there, and is as sure as it is told to be."""

    def __init__(self, words: str, margin: float = 2.0) -> None:
        self.words, self.margin = words, margin
        self.asked: list[str] = []

    def begin(self, passage: Unread) -> Future[Read | None]:
        self.asked.append(passage.question)
        start = passage.article.text.find(self.words)
        span = (start, start + len(self.words))
        has = [first <= start < last for first, last in passage.sentences]
        found = Future[Read | None]()
        found.set_result(Read(0.0, tuple(self.margin if each else -9.0 for each in has), {has.index(True): span}))
        return found


def refused(claim: str, reader: Reader) -> str:
    passages = [Passage(ARTICLE, 0, len(TEXT), 1.0, {})]
    [sentence] = contradicted(checked(f"{claim} [1].", numbered(passages)), passages, reader)
    return sentence.refused


@pytest.mark.parametrize(
    ("claim", "said", "why"),
    [
        ("David Cole opened the bridge", "Helen Marsh", "[1] says “Helen Marsh”, not “David Cole”."),
        ("Helen Marsh opened the bridge", "Helen Marsh, who lives in London", ""),
        ("Putin opened the bridge", "Helen Marsh", "[1] says “Helen Marsh”, not “Putin”."),
        ("The bridge brought 51 guests", "300 guests", "[1] says “300 guests”, not “51”."),
        ("The bridge opened on June 18", "Friday, June 17", "[1] says “June 17”, not “June 18”."),
        # A weekday and a date may be one, and a place is not said instead of a person.
        ("The bridge opened on 18 June", "Friday", ""),
        ("The bridge opened on 17 June 2016", "Friday", ""),
        ("The bridge opened on 18 June 2016", "Friday", "[1] says “Friday”, not “18 June 2016”."),
        ("London opened the bridge", "Helen Marsh", ""),
        # The sentence that has the mention has more of the claim's words than the one that the reader found.
        ("The bridge and the ferry cost 12 million", "51 engineers", ""),
        # What it denies, or says the opposite of; another sentence has more of the claim's words.
        ("Helen Marsh did not open the bridge on Friday", "It cost", "[1] says “opened”, not “not open”."),
        ("Helen Marsh closed the bridge on Friday", "It cost", "[1] says “opened”, not “closed”."),
        ("Malta lost to Italy 2-1", "It cost", "[1] says “beat”, not “lost”."),
        ("The bridge cost 12 million dollars, and David Cole closed it", "It cost", ""),
        # No name, number or day is said in the place of one.
        ("The bridge brought 51 guests", "guests", ""),
        ("David Cole opened the bridge", "the bridge", ""),
    ],
)
def test_a_sentence_is_refused_where_its_passage_says_something_else(claim: str, said: str, why: str) -> None:
    assert refused(claim, Answering(said)) == why


def test_each_name_number_and_day_is_asked_for() -> None:
    reader = Answering("It cost", margin=-1.0)
    assert refused("Helen Marsh opened the bridge with 300 guests on June 17", reader) == ""
    assert reader.asked == [
        "who opened the bridge with 300 guests on June 17?",
        "Helen Marsh opened the bridge with how many guests on June 17?",
        "Helen Marsh opened the bridge with 300 guests on when?",
    ]
    asked = Answering("Malta")
    assert refused("Malta beat Italy 2-1", asked) == ""
    assert asked.asked == ["who beat Italy 2-1?", "Malta beat who 2-1?"]


def test_an_unsure_reader_refuses_nothing() -> None:
    assert refused("David Cole opened the bridge", Answering("Helen Marsh", margin=0.9)) == ""


def test_what_was_refused_and_what_is_in_another_language_is_not_read() -> None:
    reader = Answering("Helen Marsh")
    assert refused("The bridge was opened by Putin", reader) == "“Putin” does not stand in [1]."
    passage = Passage(Article("b", "Le pont", "Le pont est ouvert par David Cole avec les habitants."), 0, 54, 1.0, {})
    [sentence] = contradicted(checked("Le pont est ouvert par David Cole [1].", numbered([passage])), [passage], reader)
    assert sentence.refused == ""
    assert reader.asked == []


def test_the_reader_finds_what_is_said_instead() -> None:
    text = (
        "Rovers won the cup on Sunday. The goal was scored in the 109th minute by Ana Ruiz, a forward who had come on"
        " late in the match. Pia Vega, the captain, was injured."
    )
    passages = [Passage(Article("cup", "Rovers win the cup", text), 0, len(text), 1.0, {})]
    written = "Pia Vega scored the goal in the 109th minute [1]. Ana Ruiz scored the goal in the 109th minute [1]."
    told = contradicted(checked(written, numbered(passages)), passages, Reader())
    assert [one.refused for one in told] == ["[1] says “Ana Ruiz”, not “Pia Vega”.", ""]
