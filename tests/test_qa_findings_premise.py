"""False premises: where the archive answers only without a name, number or day of the question."""

from dataclasses import replace

import pytest
from memory_archive import MemoryArchive

from corpus import Article
from qa.findings.premise import Premise, false_premise
from qa.question.words import Question
from qa.reading.close import Close
from qa.reading.evidence import by_words
from qa.reading.reader import Read
from qa.search.quotation import Passage

TEXT = "It rained. Helen Marsh resigned over the ferry contract, which 51 officials had signed in March."
ARTICLE = Article("ferry", "Ferry contract", TEXT, "Wire")
PASSAGE = Passage(ARTICLE, 0, len(TEXT), 1.0, {})


def doubted(question: str, mention: str, odds: float = 2.0, text: str = TEXT, has_it: float = -9.0) -> Premise | None:
    """What is doubted where the reader doubts the mention by some odds, and a passage that has it by some margin."""
    start = question.index(mention)
    asked = Question.read(question, MemoryArchive([ARTICLE]))
    said = Read(0.0, (-9.0, -3.0), {}, (((0, start), -9.0), ((start, start + len(mention)), odds)))
    having = replace(said, sentences=(has_it, has_it), doubts=())
    return false_premise(
        asked, [read(text, said, asked), read(f"{text} {mention}", having, asked)][: 1 + (has_it > -9)]
    )


def read(text: str, said: Read, asked: Question) -> Close:
    article = replace(ARTICLE, text=text)
    passage = Passage(article, 0, len(text), 1.0, {})
    return Close(passage, said, by_words(passage, asked, MemoryArchive([article])))


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
    premise = doubted(question, strange)
    assert premise
    assert premise.sentence == sentence
    assert premise.quotation.text == TEXT[11:]
    assert premise.as_json()["sentence"] == sentence


@pytest.mark.parametrize(
    ("question", "strange", "text", "sentence"),
    [
        (
            "Who approved the ferry contract?",
            "approved",
            "The ministers rejected the ferry contract.",
            "The archive says rejected, not approved.",
        ),
        (
            "Why did the minister Marsh resign over the ferry contract?",
            "minister",
            "Helen Marsh, a banker, resigned over the ferry contract.",
            "The nearest report does not mention “minister”.",
        ),
    ],
)
def test_an_opposite_and_another_role_are_doubted(question: str, strange: str, text: str, sentence: str) -> None:
    premise = doubted(question, strange, text=f"It rained. {text}")
    assert premise
    assert premise.sentence == sentence


@pytest.mark.parametrize(
    ("said", "odds", "sentence"),
    [
        ("rejected", -5.5, "The archive says rejected, not approve."),
        ("did not approve", -5.5, "The archive says “not approve”."),
        ("did not approve", -6.5, None),
        ("approved", -6.0, None),
        ("read", -6.0, None),
    ],
)
def test_what_the_sentence_with_most_words_denies_is_doubted(said: str, odds: float, sentence: str | None) -> None:
    text = f"The ministers {said} the ferry contract in Oslo. High winds blew."
    premise = doubted("Why did the ministers approve the ferry contract in Oslo?", "approve", odds, text=text)
    assert (premise and premise.sentence) == sentence
    assert not premise or premise.quotation.text == text[:-17]


def test_a_word_beside_its_opposite_is_not_doubted() -> None:
    text = "It rained. The ministers rejected the ferry contract that they had approved."
    assert doubted("Who approved the ferry contract?", "approved", text=text) is None


def test_a_name_of_another_passage_of_the_article_is_doubted_where_the_reader_is_surer() -> None:
    question = "Why did David Cole resign over the ferry contract?"
    asked = Question.read(question, MemoryArchive([ARTICLE]))
    article = replace(ARTICLE, text=f"{TEXT} David Cole was not asked.")
    passage = Passage(article, 0, len(TEXT), 1.0, {})

    def premise(odds: float) -> Premise | None:
        said = Read(0.0, (-9.0, -3.0), {}, (((8, 18), odds),))
        return false_premise(asked, [Close(passage, said, by_words(passage, asked, MemoryArchive([article])))])

    found = premise(0.6)
    assert found
    assert found.sentence == "The nearest passage does not mention “David Cole”."
    assert premise(0.4) is None


@pytest.mark.parametrize(
    ("question", "strange", "text"),
    [
        ("Why did the Japanese company drop the ferry contract?", "Japanese", "A company of Japan dropped the ferry."),
        ("Why did Governor Marsh drop the ferry contract?", "Governor", "Gov. Marsh dropped the ferry contract."),
        ("Who signed the ferry contract on February 3?", "February 3", "Marsh signed the ferry contract on Feb. 3."),
        ("Who signed the ferry contract on Feb. 3?", "Feb. 3", "Marsh signed the ferry contract on 3 February."),
        ("Why did David Cole leave the city of Oslo?", "David Cole", "Many left the ferry in winter."),
    ],
)
def test_neither_other_spellings_nor_other_subjects_make_doubts(question: str, strange: str, text: str) -> None:
    assert doubted(question, strange, text=f"It rained. {text}") is None


def test_a_weekday_does_not_stand_for_a_year() -> None:
    text = "It rained. The ferry contract was signed on Friday."
    premise = doubted("Who signed the ferry contract in 2015?", "2015", text=text)
    assert premise
    assert premise.sentence == "The nearest report does not mention “2015”."


def test_a_name_that_stands_there_with_a_genitive_is_not_doubted() -> None:
    text = "It rained. Marsh’s fall over the ferry contract was swift."
    assert doubted("Why did Marsh fall over the ferry contract?", "Marsh", text=text) is None


@pytest.mark.parametrize(
    ("question", "strange"),
    [
        ("Why did Helen Marsh resign over the ferry contract?", "Helen Marsh"),  # it stands in the passage
        ("Why did David Cole resign over the ferry contract?", "resign"),  # it is no mention
        ("Why did she resign over the ferry contract?", "she"),  # nothing is mentioned
    ],
)
def test_the_rest_is_not_doubted(question: str, strange: str) -> None:
    assert doubted(question, strange) is None


@pytest.mark.parametrize(
    ("odds", "has_it", "is_doubted"),
    [
        (-2.6, -9.0, False),
        (-2.4, -9.0, True),
        (0.7, 0.0, False),  # another passage has it, and is 3 nearer to an answer: 0.7 - 0.6 * 3
        (0.9, 0.0, True),
        (2.0, 3.0, False),
    ],
)
def test_a_mention_is_doubted_the_less_the_better_a_passage_answers_that_has_it(
    odds: float, has_it: float, is_doubted: bool
) -> None:
    question = "Why did David Cole resign over the ferry contract?"
    assert bool(doubted(question, "David Cole", odds, has_it=has_it)) is is_doubted
