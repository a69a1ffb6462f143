"""The first passages read closely: what is marked, in which words they answer, and in what order they come."""

import math
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import date

import pytest
from memory_archive import MemoryArchive

from corpus import Article
from corpus.sentences import Span
from qa.question.words import Question
from qa.reading.close import read_closely
from qa.reading.reader import Read, Reader, Unread
from qa.search.quotation import Passage

TEXT = "It rained. The ferry stayed in harbour. High winds kept it there. It snowed."
RAIN, FERRY, WINDS, SNOW = ((0, 10), (11, 39), (40, 65), (66, 76))


class Saying(Reader):
    """Says what it is told to, passage by passage, and keeps what it was shown."""

    def __init__(self, *said: Read | None) -> None:
        self.said = said
        self.shown: list[Unread] = []

    def begin(self, passage: Unread) -> Future[Read | None]:
        found = Future[Read | None]()
        found.set_result(self.said[len(self.shown)])
        self.shown.append(passage)
        return found


def said(*sentences: float, none: float = 0.0, answer: Span = WINDS) -> Read:
    return Read(none, sentences, dict.fromkeys(range(len(sentences)), answer))


def passage(name: str, score: float, text: str = TEXT) -> Passage:
    article = Article(id=name, title="Storm", text=text, source=name, published=date(2024, 1, 15))
    return Passage(article, 0, len(text), score, {"keywords": score})


@pytest.fixture(scope="module")
def archive() -> MemoryArchive:
    return MemoryArchive([Article("elsewhere", "", "Nothing of the kind.")])


def read(archive: MemoryArchive, passages: Sequence[Passage], *each: Read | None) -> list[Passage]:
    question = Question.read("Why did the ferry not sail?", archive)
    return [each.passage for each in read_closely(Saying(*each), question, passages, archive)]


QUOTED = {
    "the best sentence": (said(-5, -5, 3, -5), [WINDS]),
    "the first of equals, with the next": (said(-5, -5, 3, 3), [(WINDS[0], SNOW[1])]),
    "a neighbour that is nearly as good": (said(-5, -5, 3, 1.6), [(WINDS[0], SNOW[1])]),
    "the better neighbour": (said(-5, 1.1, 3, 2.9), [(WINDS[0], SNOW[1])]),
    "none that stands apart": (said(3, -9, 3, -5), [RAIN]),
    "words count as well": (said(-5, 2, 4, -5), [(FERRY[0], WINDS[1])]),
    "even where nothing answers": (said(-5, -3, -8, -9), [FERRY]),
    "beyond what is read": (said(-5, 3, -math.inf, -math.inf), [FERRY]),
}


@pytest.mark.parametrize(("told", "spans"), QUOTED.values(), ids=QUOTED)
def test_what_is_quoted(archive: MemoryArchive, told: Read, spans: list[Span]) -> None:
    [reading] = read(archive, [passage("a", 1)], told)
    assert list(reading.highlights) == spans


def test_a_neighbour_in_another_paragraph_is_not_quoted(archive: MemoryArchive) -> None:
    [reading] = read(archive, [passage("a", 1, "It rained.\n\nIt snowed.")], said(3, 3, answer=(0, 2)))
    assert reading.quotation == "It rained."


def test_words_answer_where_the_passage_rather_answers_than_not(archive: MemoryArchive) -> None:
    sure, unsure = (read(archive, [passage("a", 1)], each)[0] for each in (said(-9, -9, 2, -9), said(-9, -9, -9, -9)))
    assert (sure.answer, unsure.answer) == (WINDS, None)
    assert sure.as_json()["answer"] == list(WINDS)
    assert unsure.as_json()["answer"] is None


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Who is the mayor of Kett?", "Ana Ruiz"),
        ("who was mayor of kett", "Ana Ruiz"),
        ("Who is the leader of the Greens?", "Pia Vega"),
        ("Who is the mayor of Oslo?", "Pia Vega"),
        ("Where is the mayor of Kett?", "Pia Vega"),
    ],
)
def test_who_holds_a_role_is_the_name_before_it(archive: MemoryArchive, question: str, answer: str) -> None:
    text = "Against them stood Ana Ruiz, the mayor of Kett, Pia Vega, the leader of the Greens, and Jo Cole."
    told = said(2, answer=(text.index("Pia"), text.index(", the leader")))
    [found] = read_closely(Saying(told), Question.read(question, archive), [passage("a", 1, text)], archive)
    assert found.passage.answer
    assert text[slice(*found.passage.answer)] == answer


def test_what_the_reader_says_joins_the_ranking(archive: MemoryArchive) -> None:
    passages = [passage("a", 13.1), passage("b", 13.0), passage("c", 0.1)]
    no, yes = said(-9, -9, -9, -9), said(9, -9, -9, -9)
    readings = read(archive, passages, no, yes)
    assert [reading.article.id for reading in readings] == ["b", "a", "c"]
    for reading in readings[:2]:
        assert sum(reading.parts.values()) == pytest.approx(reading.score)
        assert 0 <= reading.parts["reader"] <= 12


HOW_MANY = {
    "the second surely answers": ("Why did the ferry not sail?", [-9, -0.2], 2),
    "neither of the first two surely answers": ("Why did the ferry not sail?", [-9, -0.3, -9, -9], 4),
    "one of four rather answers": ("Why did the ferry not sail?", [-9, -9, -0.9, -9], 4),
    "none of four answers": ("Why did the ferry not sail?", [-9, -9, -1.1, -9, 3, -9, -9, -9], 8),
    "figures may differ": ("How many ferries did not sail?", [3, 3, 3, 3], 4),
    "no figure among four": ("How many ferries did not sail?", [-9] * 8, 8),
}


@pytest.mark.parametrize(("asked", "margins", "count"), HOW_MANY.values(), ids=HOW_MANY)
def test_others_are_read_where_the_first_ones_do_not_answer(
    archive: MemoryArchive, asked: str, margins: list[float], count: int
) -> None:
    reader = Saying(*(said(margin, -9, -9, -9) for margin in margins))
    found = read_closely(reader, Question.read(asked, archive), [passage(name, 1) for name in "abcdefgh"], archive)
    assert (len(found), len(reader.shown)) == (8, count)
    assert all(each.passage.highlights for each in found)  # by their words, where they are not read


def test_an_order_of_days_stays(archive: MemoryArchive) -> None:
    passages = [replace(passage(name, score), parts={"in_order": score}) for name, score in (("a", 2.0), ("b", 1.5))]
    readings = read(archive, passages, said(-9, -9, -9, -9), said(9, -9, -9, -9))
    assert [reading.article.id for reading in readings] == ["a", "b"]


def test_equals_stay_in_their_order(archive: MemoryArchive) -> None:
    readings = read(archive, [passage(name, 1) for name in "cab"], *[said(1, 1, 1, 1)] * 3)
    assert [reading.article.id for reading in readings] == ["c", "a", "b"]


def test_where_there_is_nothing_to_read_the_passage_stays_as_it_is(archive: MemoryArchive) -> None:
    [reading] = read(archive, [passage("a", 1)], None)
    assert (reading.highlights, reading.answer, reading.score) == ((), None, 1)


def test_undated_articles_stay_last_where_a_time_is_asked_for(archive: MemoryArchive) -> None:
    undated = replace(passage("b", 1.0), article=replace(passage("b", 1.0).article, published=None))
    question = Question.read("Why did the ferry not sail in January?", archive)
    reader = Saying(said(-9, -9, -9, -9), said(9, -9, -9, -9))
    found = read_closely(reader, question, [passage("a", 0.5), undated], archive, dated_first=True)
    assert [each.passage.article.id for each in found] == ["a", "b"]


def test_a_dateline_is_neither_read_nor_quoted(archive: MemoryArchive) -> None:
    reader, opening = Saying(said(1, -9)), "LERWICK, Scotland - "
    shown = passage("a", 1, opening + "It rained. It snowed.")
    [found] = read_closely(reader, Question.read("Did it rain?", archive), [shown], archive)
    assert found.passage.quotation == "It rained."
    assert reader.shown[0].sentences == ((len(opening), len(opening) + 10), (len(opening) + 11, len(opening) + 21))


def test_of_a_long_passage_the_sentences_without_the_question_are_left_out(archive: MemoryArchive) -> None:
    long = f"It {'rained and ' * 30}snowed. " * 2 + "The ferry did not sail."
    reader = Saying(said(-9, 1, 2))
    read_closely(reader, Question.read("Why did the ferry not sail?", archive), [passage("a", 1, long)], archive)
    assert [end - start for start, end in reader.shown[0].sentences] == [0, 340, 23]


def test_a_long_passage_in_other_words_is_read_whole(archive: MemoryArchive) -> None:
    reader, long = Saying(said(-9, 1, 2)), f"It {'rained and ' * 30}snowed. " * 2 + "The ferry did not sail."
    read_closely(reader, Question.read("Why was the boat kept ashore?", archive), [passage("a", 1, long)], archive)
    assert [end - start for start, end in reader.shown[0].sentences] == [340, 340, 23]


def test_what_the_reader_is_shown(archive: MemoryArchive) -> None:
    reader = Saying(said(1, 1))
    article = Article(id="a", title="Storm", text=TEXT, published=date(2024, 1, 15))
    question = Question.read("Why did the ferry not sail?", archive)
    read_closely(reader, question, [Passage(article, FERRY[0], WINDS[1], 1, {})], archive)
    assert reader.shown == [Unread(question.text, article, (FERRY, WINDS))]
