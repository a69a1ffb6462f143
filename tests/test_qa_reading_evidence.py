"""The sentence that answers: which one it is, and that its span is exact."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from memory_archive import MemoryArchive
from numpy.typing import NDArray

from corpus import Article
from corpus.sentences import sentences
from index.archive import Archive
from qa.question.words import Question, terms_in
from qa.reading.evidence import Meaning, by_words, marked
from qa.search.quotation import Passage


# Every word of the tests stands nowhere in it, so that all weigh the same.
@pytest.fixture(scope="module")
def archive() -> MemoryArchive:
    return MemoryArchive([Article("elsewhere", "", "Nothing of the kind.")])


def article_of(text: str) -> Article:
    return Article(id="a", title="A headline of no account", text=text)


def quoted(archive: Archive, question: str, texts: Sequence[str], meaning: Meaning | None = None) -> list[str]:
    """What is marked in each passage; empty where nothing is."""
    passages = [Passage(article_of(text), 0, len(text), 1.0, {}) for text in texts]
    found = marked(passages, Question.read(question, archive), archive, meaning)
    return [passage.quotation if passage.highlights else "" for passage in found]


class Evidence(NamedTuple):
    span: tuple[int, int]
    strength: float


def evidence(archive: Archive, question: str, text: str, start: int = 0, end: int | None = None) -> Evidence | None:
    passage = Passage(article_of(text), start, len(text) if end is None else end, 1.0, {})
    reading = by_words(passage, Question.read(question, archive), archive)
    if not reading.greatest:
        return None
    return Evidence(reading.sentences[reading.strengths.index(reading.greatest)], reading.greatest)


def sentence(archive: Archive, question: str, text: str) -> str:
    found = evidence(archive, question, text)
    return text[slice(*found.span)] if found else ""


WHY = "Why is Obama wary of intervention?"
CASES = {
    "the only one": (WHY, "Obama is wary.", "Obama is wary."),
    "most of the question": (
        WHY,
        "Obama spoke. Obama is wary of intervention. The intervention ended.",
        "Obama is wary of intervention.",
    ),
    "the last": (WHY, "It rained. It snowed. Obama spoke.", "Obama spoke."),
    "first of equals": (WHY, "It rained. Obama spoke. Obama wrote.", "Obama spoke."),
    "a word counts once": (WHY, "Obama, Obama and Obama. Wary of Obama.", "Wary of Obama."),
    "stems": (WHY, "It rained. They interveners? No: interventions.", "No: interventions."),
    "none": (WHY, "It rained. It snowed.", ""),
    "function words alone are none": (WHY, "Why is it of any use?", ""),
    "a name before no name": (
        "Who chaired the tribunal?",
        "A judge chaired the tribunal. The man who chaired the tribunal was Thomas Mensah.",
        "The man who chaired the tribunal was Thomas Mensah.",
    ),
    "a name that is asked about is no answer": (
        "Who replaced Cameron?",
        "They say that Cameron was replaced. In July Cameron was replaced by Theresa May.",
        "In July Cameron was replaced by Theresa May.",
    ),
    "a place": (
        "Where was Kerry when the news broke?",
        "Kerry was away when the news broke. Kerry was in Copenhagen when the news broke.",
        "Kerry was in Copenhagen when the news broke.",
    ),
    "a number before none": (
        "How many officials signed the memo?",
        "Officials signed the memo. In all 51 officials signed the memo.",
        "In all 51 officials signed the memo.",
    ),
    "a number in words": (
        "How many officials signed the memo?",
        "Officials signed the memo. Dozens of officials signed the memo.",
        "Dozens of officials signed the memo.",
    ),
    "a time before none": (
        "When did Juno reach Jupiter?",
        "Juno did reach Jupiter. On Monday Juno did reach Jupiter.",
        "On Monday Juno did reach Jupiter.",
    ),
    "a reason before none": (
        WHY,
        "Obama is wary of intervention. Obama is wary of intervention because of Iraq.",
        "Obama is wary of intervention because of Iraq.",
    ),
    "a number where none is asked": (
        "What did officials sign?",
        "Officials did sign a memo. In all 51 officials did sign.",
        "Officials did sign a memo.",
    ),
    "the kind weighs less than a word": (
        "How many officials signed the memo?",
        "In all 51 came. Officials signed the memo. In all 51 officials.",
        "Officials signed the memo.",
    ),
    "the kind alone is nothing": ("How many officials signed?", "It was 51. It was 52.", ""),
    "the sentence that asks counts double": (
        "The memo of the officials was on Syria. Who leaked?",
        "The memo was on Syria. They leaked.",
        "They leaked.",
    ),
    "a heading without a full stop": ("Juno", "A long wait\nJuno in orbit\n\nIt rained.", "Juno in orbit"),
    "quotation marks": ("Who is sorry?", "It rained. “We are sorry,” he said. It snowed.", "“We are sorry,” he said."),
}


@pytest.mark.parametrize(("question", "text", "expected"), CASES.values(), ids=CASES)
def test_the_sentence_that_answers(archive: Archive, question: str, text: str, expected: str) -> None:
    assert sentence(archive, question, text) == expected


QUAKE = "How many people did the quake in Afghanistan kill?"
QUOTED = {
    "one is enough": (WHY, "It rained. Obama is wary because of Iraq. It snowed.", "Obama is wary because of Iraq."),
    "the kind stands in the next": (
        QUAKE,
        "It rained. The quake struck Afghanistan. It killed 1,000. It snowed on 2 of them.",
        "The quake struck Afghanistan. It killed 1,000.",
    ),
    "the kind stands in the one before": (
        QUAKE,
        "Some 1,000 died. The quake struck Afghanistan. It rained.",
        "Some 1,000 died. The quake struck Afghanistan.",
    ),
    "the next before the one before": (
        QUAKE,
        "Some 10 left. The quake struck Afghanistan. It killed 1,000.",
        "The quake struck Afghanistan. It killed 1,000.",
    ),
    "each holds a half": (
        "Did Obama veto the bill on drones?",
        "It rained. Obama used his veto. It was on the bill for drones. It snowed.",
        "Obama used his veto. It was on the bill for drones.",
    ),
    "a neighbour adds too little": (
        "Did Obama veto the bill on drones in Congress?",
        "Obama did veto the bill on drones. It was in Congress.",
        "Obama did veto the bill on drones.",
    ),
    "not across paragraphs": (
        QUAKE,
        "The quake struck Afghanistan.\n\nIt killed 1,000.",
        "The quake struck Afghanistan.",
    ),
    "not outside the passage": (QUAKE, "The quake struck Afghanistan.", "The quake struck Afghanistan."),
    "nothing": (QUAKE, "It rained. It snowed.", ""),
}


@pytest.mark.parametrize(("question", "text", "expected"), QUOTED.values(), ids=QUOTED)
def test_what_is_quoted(archive: Archive, question: str, text: str, expected: str) -> None:
    assert quoted(archive, question, [text]) == [expected]


OTHER_WORDS = {
    "meaning decides": (["It rained. They came to blows. It snowed."], ["They came to blows."]),
    "words count beside it": (["They came to blows. Obama came to blows."], ["Obama came to blows."]),
    "not where one passage holds enough": (
        ["It rained.", "They came to blows. Obama is wary of it."],
        ["", "Obama is wary of it."],
    ),
    "not where the best passage holds enough": (
        ["They came to blows. Obama is wary of it.", "Obama spoke. They came to blows."],
        ["Obama is wary of it.", "Obama spoke."],
    ),
    "not a question of its kind": (
        ["It rained. Will they come to blows? They came to blows."],
        ["They came to blows."],
    ),
    "of two passages": (["It rained. They came to blows."] * 3, ["They came to blows."] * 2 + [""]),
}


def of_blows(sentences: Sequence[str]) -> NDArray[np.float32]:
    return np.array([0.7 if "blows" in sentence else 0.1 for sentence in sentences], np.float32)


@pytest.mark.parametrize(("texts", "expected"), OTHER_WORDS.values(), ids=OTHER_WORDS)
def test_a_question_in_other_words_than_the_text(archive: Archive, texts: list[str], expected: list[str]) -> None:
    assert quoted(archive, WHY, texts, of_blows) == expected


def test_the_reply_is_quoted_for_the_question_of_an_interviewer(archive: Archive) -> None:
    asked = "Why is Obama wary?"

    assert quoted(archive, asked, [f"{asked}\n\nHe fears for his men."]) == ["He fears for his men."]
    assert quoted(archive, asked, [f"{asked}\n\nJ. Marsh, Upton"]) == [asked]


def test_without_passages_there_is_no_evidence(archive: Archive) -> None:
    assert quoted(archive, WHY, [], of_blows) == []


STRENGTHS = {
    "all": ("Obama is wary.", 1),
    "all, with a reason": ("Obama is wary because of Iraq.", 1.15),
    "one of two words": ("Obama spoke.", 0.5),
    "one of two, with a reason": ("Obama left after that.", 0.65),
    "a headline among the text": ("Obama is wary", 0.5),
    "a question": ("Why is Obama wary?", 0.5),
    "a statement in quotation marks": ("“Obama is wary.”", 1),
}


@pytest.mark.parametrize(("text", "strength"), STRENGTHS.values(), ids=STRENGTHS)
def test_how_well_it_answers(archive: Archive, text: str, strength: float) -> None:
    found = evidence(archive, "Why is Obama wary?", text)
    assert found
    assert found.strength == pytest.approx(strength)


def test_of_two_sentences_asked_the_asking_one_counts_double(archive: Archive) -> None:
    # Four words in all, of which "leaked" alone is asked for: half of a quarter, and half of all.
    found = evidence(archive, "The memo on Syria and Iraq. Was it leaked?", "They leaked it.")
    assert found
    assert found.strength == pytest.approx((1 / 4 + 1) / 2)


def test_offsets_count_code_points(archive: Archive) -> None:
    text = "🕊️🇺🇸 Peace, said Erdog\u0306an in Zürich. 🎉 Obama is wary 🕊. It rained."
    found = evidence(archive, WHY, text)
    assert found
    assert found.span == (text.index("🎉"), text.index(" It rained"))
    assert text[slice(*found.span)] == "🎉 Obama is wary 🕊."


def test_only_the_passage_is_looked_at(archive: Archive) -> None:
    text = "Obama is wary of intervention. Obama spoke. It rained. Obama is wary of intervention."
    start, end = text.index("Obama spoke"), text.index(" Obama is wary of intervention.", 40)
    found = evidence(archive, WHY, text, start, end)
    assert found
    assert text[slice(*found.span)] == "Obama spoke."


def test_of_a_sentence_longer_than_the_passage_the_part_within_stands_for_it(archive: Archive) -> None:
    text = f"{'so ' * 50}Obama {'so ' * 50}"
    found = evidence(archive, WHY, text, 30, 180)
    assert found
    assert found.span == (30, 179)


WORDS = ["Obama", "wary", "of", "rain.", "it?", "51", "🕊", "U.S.", "\n", "\n\n", "“no”", "戦争。", " ", "intervention!"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join) | st.text(max_size=60)


@given(TEXTS, st.integers(0, 200), st.integers(0, 200))
@example("intervention! Obama wary", 0, 24)
def test_the_span_is_one_sentence_of_the_passage_and_the_strongest(
    archive: Archive, text: str, one: int, other: int
) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    found = evidence(archive, WHY, text, start, end)
    spans = [(start + first, start + last) for first, last in sentences(text[start:end])]
    terms = Question.read(WHY, archive).terms
    told = [text[slice(*span)] for span in spans]
    # What is no statement counts half. A reason is worth 0.15 more, a word of the three a third, or a sixth.
    counts = [1.0 if one.rstrip("\"'”’»)]").endswith((".", "!", "…", "。", "！", "।")) else 0.5 for one in told]
    held = [count * terms.held(terms_in(one, archive)) for count, one in zip(counts, told, strict=True)]
    if found is None:
        assert not any(held)
        return
    assert start <= found.span[0] < found.span[1] <= end
    assert found.span in spans
    assert held[spans.index(found.span)] == max(held)


def test_every_order_of_sentences_gives_the_same_one(archive: Archive) -> None:
    parts = ["It rained.", "Obama spoke.", "Obama is wary of intervention after Iraq.", "Wary people met."]
    for order in itertools.permutations(parts):
        assert sentence(archive, WHY, " ".join(order)) == parts[2]


def test_an_article_of_white_space(archive: Archive) -> None:
    assert evidence(archive, WHY, " \n ") is None
    assert evidence(MemoryArchive(), WHY, "Obama is wary.") is not None
