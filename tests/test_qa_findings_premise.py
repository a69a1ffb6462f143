"""False premises: where the archive answers only without a name, number or day of the question."""

from concurrent.futures import Future
from dataclasses import replace

import pytest
from memory_archive import MemoryArchive

from corpus import Article
from qa.findings.premise import Premise, false_premise, mentions
from qa.question.words import Question
from qa.reading.close import Close
from qa.reading.evidence import by_words
from qa.reading.reader import Read, Reader, Unread
from qa.search.quotation import Passage

TEXT = "It rained. Helen Marsh resigned over the ferry contract, which 51 officials had signed in March."
ARTICLE = Article("ferry", "Ferry contract", TEXT, "Wire")
PASSAGE = Passage(ARTICLE, 0, len(TEXT), 1.0, {})


class Believing(Reader):
    """Finds the second sentence to answer, unless the question has one of some words."""

    def __init__(self, *strange: str) -> None:
        self.strange = strange
        self.asked: list[str] = []

    def begin(self, passage: Unread) -> Future[Read | None]:
        self.asked.append(passage.question)
        found = Future[Read | None]()
        found.set_result(self.said(passage.question))
        return found

    def said(self, question: str) -> Read:
        margin = -3.0 if any(word in question for word in self.strange) else 3.0
        return Read(0.0, (-9.0, margin), (11, 22))


def doubted(question: str, *strange: str, text: str = TEXT) -> tuple[Premise | None, list[str]]:
    article = replace(ARTICLE, text=text)
    passage = Passage(article, 0, len(text), 1.0, {})
    reader, archive = Believing(*strange), MemoryArchive([article])
    asked = Question.read(question, archive)
    close = Close(passage, reader.said(question), by_words(passage, asked, archive))
    return false_premise(reader, asked, [close]), reader.asked


@pytest.mark.parametrize(
    ("question", "strange", "sentence"),
    [
        (
            "Why did David Cole resign over the ferry contract?",
            "Cole",
            "The nearest report does not mention “David Cole”.",
        ),
        ("Why did Carl Marsh resign over the ferry contract?", "Carl", "The archive says Helen Marsh, not Carl Marsh."),
        ("Why did 80 officials sign the ferry contract?", "80", "The archive says 51, not 80."),
        ("Who signed the ferry contract in April?", "April", "The archive says March, not April."),
    ],
)
def test_what_is_exchanged_is_doubted_and_quoted(question: str, strange: str, sentence: str) -> None:
    premise, _ = doubted(question, strange)
    assert premise
    assert premise.sentence == sentence
    assert premise.quotation.text == TEXT[11:]
    assert premise.as_json()["sentence"] == sentence


def test_a_weekday_does_not_stand_for_a_year() -> None:
    text = "It rained. The ferry contract was signed on Friday."
    premise, _ = doubted("Who signed the ferry contract in 2015?", "2015", text=text)
    assert premise
    assert premise.sentence == "The nearest report does not mention “2015”."


def test_a_name_that_stands_there_with_a_genitive_is_not_doubted() -> None:
    text = "It rained. Marsh’s fall over the ferry contract was swift."
    assert doubted("Why did Marsh fall over the ferry contract?", "Marsh", text=text) == (None, [])


@pytest.mark.parametrize(
    ("question", "strange"),
    [
        ("Why did Helen Marsh resign over the ferry contract?", "Marsh"),  # it stands in the passage
        ("Why did David Cole resign over the ferry contract?", "resign"),  # it does not answer without him either
        ("What did David Cole say?", "Cole"),  # nothing would be left to ask
        ("Why did she resign over the ferry contract?", "she"),  # nothing is mentioned
    ],
)
def test_the_rest_is_not_doubted(question: str, strange: str) -> None:
    assert doubted(question, strange)[0] is None


def test_whom_no_article_has_is_doubted_although_the_reader_finds_an_answer() -> None:
    premise, asked = doubted("Why did David Cole resign over the ferry contract?")
    assert premise
    assert premise.asked == "David Cole"
    assert asked == ["Why did resign over the ferry contract?"]


def test_nothing_is_read_again_where_the_article_has_all_mentions() -> None:
    assert doubted("Why did Helen Marsh resign over the ferry contract in March?") == (None, [])


def test_a_people_may_go_by_its_place() -> None:
    assert doubted("Why did the Irish chief resign over the ferry contract?")[0] is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Why did David Cole's aide leave Bank of England?", ["David Cole", "Bank of England"]),
        ("Which of the 51 officials met on 17 June 2016?", ["51", "17 June 2016"]),
        ("Who paid $4.5 million in March? The Marsh Company.", ["$4.5", "March", "Marsh Company"]),
        ("Where is it?", []),
    ],
)
def test_mentions(text: str, found: list[str]) -> None:
    assert [each.words for each in mentions(text)] == found
    assert all(text[each.start : each.end] == each.words for each in mentions(text))
