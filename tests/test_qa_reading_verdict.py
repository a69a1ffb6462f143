"""Whether the archive answers: what the verdict is drawn from, how it moves, and what it says."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from asking import AxesEmbedder, story
from hypothesis import given
from hypothesis import strategies as st
from memory_archive import MemoryArchive

from corpus import Article
from index.archive import Archive
from qa.question.words import Question
from qa.reading.verdict import NOTHING_ASKED, Judgement, Near, Signals, judge
from qa.search.quotation import Passage
from qa.search.ranking import weights

SHARES = ["coverage", "lead"]
WORDS = ("Obama", "memo")
SURE = Signals(1.0, 1.0, Near(0.3, 0.1), (3.0,), held=WORDS, passages=5)
NOTHING = Signals(0.0, 0.0, Near(-0.4, 0.1), (-8.0,), missing=WORDS, passages=5)
SIGNALS = st.builds(
    Signals,
    **dict.fromkeys(SHARES, st.floats(0, 1)),
    near=st.none() | st.builds(Near, st.floats(-2, 2), st.floats(0, 1)),
    margins=st.lists(st.floats(-8, 3), max_size=5).map(tuple),
    nameless=st.floats(0, 1),
    passages=st.integers(0, 5),
)


def test_an_empty_archive_answers_nothing() -> None:
    assert judge(SURE, 0) == Judgement("not_in_corpus", 0, ("The archive is empty.",))
    assert judge(SURE, 0, "out of period").reasons == ("The archive is empty.",)


def test_a_time_that_is_not_covered_is_never_answered() -> None:
    why = "The archive covers 2016-06-01 to 2016-06-30; you asked about “in 2014”."
    judged = judge(SURE, 31, why)
    assert (judged.verdict, judged.reasons) == ("not_in_corpus", (why,))
    assert judged.confidence == pytest.approx(judge(SURE, 31).confidence / 10)


def test_where_nothing_may_be_found_the_limits_are_named() -> None:
    judged = judge(replace(NOTHING, passages=0), 31)
    assert (judged.verdict, judged.confidence) == ("not_in_corpus", 0)
    assert all(words in judged.reasons[0] for words in ("Nothing matches", "widen"))


def test_without_a_model_words_that_occur_nowhere_are_named_not_the_filters() -> None:
    judged = judge(replace(NOTHING, passages=0, near=None, unknown=("starb", "Königin")), 31)
    assert judged.reasons == tuple(f"“{word}” occurs in none of the 31 articles." for word in ("starb", "Königin"))


@given(SIGNALS, st.integers(1, 10**6), st.sampled_from(["", "You asked about 2014."]))
def test_confidence_is_a_probability_and_the_verdict_follows_it(
    signals: Signals, articles: int, out_of_period: str
) -> None:
    judged = judge(signals, articles, out_of_period)
    assert 0 <= judged.confidence <= 1
    answered = judged.confidence >= 0.5 and not out_of_period
    assert judged.verdict == ("answered" if answered else "not_in_corpus")
    assert judged.reasons
    assert all(reason.endswith(".") for reason in judged.reasons)


@pytest.mark.parametrize("name", SHARES)
@given(signals=SIGNALS, more=st.floats(0, 1))
def test_more_of_a_signal_never_lowers_the_confidence(name: str, signals: Signals, more: float) -> None:
    now = getattr(signals, name)
    raised = replace(signals, **{name: now + more * (1 - now)})
    assert judge(raised, 31).confidence >= judge(signals, 31).confidence


def test_names_that_stand_nowhere_lower_the_confidence() -> None:
    half, all_of_them = (judge(replace(SURE, nameless=share), 31).confidence for share in (0.5, 1.0))
    assert judge(SURE, 31).confidence > half > all_of_them


@pytest.mark.parametrize("margins", [(-8.0, 3.0), (3.0, -8.0)], ids=["a later passage", "the first"])
def test_what_the_reader_says_counts(margins: tuple[float, ...]) -> None:
    assert judge(replace(NOTHING, margins=margins), 31).confidence > judge(NOTHING, 31).confidence


@pytest.mark.parametrize("nearer", [Near(-0.3, 0.1), Near(-0.4, 0.2)], ids=["nearer", "nearer than most"])
def test_nearness_counts(nearer: Near) -> None:
    assert judge(replace(NOTHING, near=nearer), 31).confidence > judge(NOTHING, 31).confidence


@pytest.mark.parametrize("name", SHARES)
def test_every_signal_counts(name: str) -> None:
    unread = replace(NOTHING, margins=())
    assert judge(replace(unread, **{name: 1.0}), 31).confidence > judge(unread, 31).confidence


@pytest.mark.parametrize("without", [{}, {"margins": ()}, {"margins": (), "near": None}], ids=str)
def test_what_is_all_there_is_answered_and_what_is_not_there_is_not(without: dict[str, None]) -> None:
    assert judge(replace(SURE, **without), 31).verdict == "answered"
    assert judge(replace(NOTHING, **without), 31).verdict == "not_in_corpus"


def test_a_greeting_is_asked_for_a_question() -> None:
    assert (NOTHING_ASKED.verdict, NOTHING_ASKED.confidence) == ("not_in_corpus", 0)
    assert NOTHING_ASKED.reasons[0].startswith("Ask a question")


def test_an_archive_of_one_article_is_judged_like_any_other() -> None:
    assert judge(SURE, 1).confidence == judge(SURE, 100_000).confidence


REASONS = {
    "all of it": (SURE, "answered", ["The first passage speaks of “Obama” and “memo”."]),
    "most of it": (
        replace(SURE, held=("Obama",), missing=("memo", "Syria")),
        "answered",
        ["The first passage speaks of “Obama”, not of “memo” or “Syria”."],
    ),
    "little": (
        replace(NOTHING, held=("Obama",), missing=("Milei",)),
        "not_in_corpus",
        ["The nearest passage speaks of “Obama”, not of “Milei”."],
    ),
    "all, but no answer": (
        replace(NOTHING, held=("Obama",), missing=()),
        "not_in_corpus",
        ["The nearest passage speaks of “Obama”, but no sentence in it seems to answer."],
    ),
    "unknown words first": (
        replace(NOTHING, unknown=("Milei", "Wimbledon")),
        "not_in_corpus",
        [
            "“Milei” occurs in none of the 2,739 articles.",
            "“Wimbledon” occurs in none of the 2,739 articles.",
            "The nearest passage has none of the question’s words.",
        ],
    ),
    "the first of many unknown words, and their number": (
        replace(NOTHING, unknown=tuple("abcdefghijkl")),
        "not_in_corpus",
        [
            *(f"“{letter}” occurs in none of the 2,739 articles." for letter in "abcde"),
            "In all, 12 words of the question occur in none of them.",
            "The nearest passage has none of the question’s words.",
        ],
    ),
    "unknown, but answered": (
        replace(SURE, unknown=("Milei",)),
        "answered",
        ["“Milei” occurs in none of the 2,739 articles.", "The first passage speaks of “Obama” and “memo”."],
    ),
    "the first words of many": (
        replace(SURE, held=tuple("abcdefg")),
        "answered",
        ["The first passage speaks of “a”, “b”, “c”, “d” and “e”."],
    ),
}


@pytest.mark.parametrize(("signals", "verdict", "reasons"), REASONS.values(), ids=REASONS)
def test_reasons(signals: Signals, verdict: str, reasons: list[str]) -> None:
    judged = judge(signals, 2739)
    assert (judged.verdict, list(judged.reasons)) == (verdict, reasons)


# What the signals are read from


ARTICLE = Article(id="a", title="Memo on Syria", text="It rained. Officials signed it. Nobody saw Kerry.")
WHOLE = Passage(ARTICLE, 0, len(ARTICLE.text), 1, dict.fromkeys(weights(), 0.0), highlights=((11, 31),))
HALF = Near(0.5, 0.1)
LATER = replace(WHOLE, start=32, highlights=())


@pytest.fixture(scope="module")
def archive() -> MemoryArchive:
    return MemoryArchive(Article(text, "Hague ruling", text) for text in ("It rained.", "It snowed.", "Foo fell."))


def read(archive: Archive, text: str, *passages: Passage, near: Near | None = HALF) -> Signals:
    return Signals.read(archive, Question.read(text, archive), passages, near)


def test_signals_of_a_question(archive: Archive) -> None:
    signals = read(archive, "Which officials signed the memo that Obama read?", WHOLE)
    # Of officials, signed, memo, Obama and read, three stand in the passage or in its headline.
    assert signals.coverage == pytest.approx(3 / 5)
    assert signals.unknown == ("officials", "signed", "memo", "Obama", "read")
    assert (signals.held, signals.missing) == (("officials", "signed", "memo"), ())
    assert (signals.near, signals.passages) == (HALF, 1)


def test_small_words_are_no_reason_but_as_names() -> None:
    archive = MemoryArchive([Article("a", "", "Kerry may not go to Paris, May said.")])
    signals = read(archive, "Why did Kerry not go to Paris with May?", WHOLE)
    assert (signals.held, signals.missing) == (("Kerry",), ("Paris", "May"))


def test_the_passage_that_holds_most_counts(archive: Archive) -> None:
    text = "Who signed what Kerry saw?"
    one, other, both = (read(archive, text, *found).coverage for found in ([WHOLE], [LATER], [LATER, WHOLE]))
    assert (one, other, both) == (1, pytest.approx(2 / 3), 1)


def test_how_many_passages_are_asked_for_does_not_change_the_signals(archive: Archive) -> None:
    text = "Who signed what Kerry saw?"
    assert read(archive, text, *[LATER] * 5, WHOLE) == read(archive, text, *[LATER] * 5)


def test_without_passages_and_without_a_model(archive: Archive) -> None:
    signals = read(archive, "Obama", near=None)
    assert signals == Signals(0, 0, None, unknown=("Obama",), passages=0)


@pytest.mark.parametrize(("margins", "best"), [((-1.0, 1.0, -2.0), 1.0), ((99.0, -99.0), 3.0), ((-99.0,), -5.0)])
def test_the_best_margin_counts_within_bounds(margins: tuple[float, ...], best: float) -> None:
    assert replace(NOTHING, margins=margins).features["best"] == best


def test_without_a_reading_no_margin_counts() -> None:
    assert "best" not in replace(NOTHING, margins=()).features


UNKNOWN = {
    "none": ("Did it rain?", ()),
    "in a headline alone": ("What of the Hague ruling?", ()),
    "as it was written": ("Milei and Obama’s memo", ("Milei", "Obama", "memo")),
    "once each": ("Milei, MILEI and Milei", ("Milei",)),
    "each part of a word": ("the Milei-Trump talks", ("Milei", "Trump", "talks")),
    "one part of a word": ("the Foo-Trump talks", ("Trump", "talks")),
    "a function word is not looked for": ("Who was nobody’s Milei?", ("nobody", "Milei")),
}


@pytest.mark.parametrize(("text", "unknown"), UNKNOWN.values(), ids=UNKNOWN)
def test_unknown_words(archive: Archive, text: str, unknown: tuple[str, ...]) -> None:
    assert read(archive, text).unknown == unknown


def test_in_an_empty_archive_every_word_is_unknown() -> None:
    assert read(MemoryArchive(), "Milei").unknown == ("Milei",)


AXES = AxesEmbedder("east", "north")
FOUR = {
    name: story(name, f"{name} {words}") for name, words in [("a", "east"), ("b", "north"), ("c", ""), ("d", "east")]
}


@pytest.mark.parametrize(("by_chance", "nearness"), [(None, 1 - 0.37), (0.6, 0.4)], ids=["fixed", "measured"])
def test_nearness_is_held_against_what_chance_gives(by_chance: float | None, nearness: float) -> None:
    archive = MemoryArchive.of(FOUR, AXES, nearness_by_chance=by_chance)
    near = Near.read(archive, AXES.encode(["east"])[0], 1.0)
    assert near.nearness == pytest.approx(nearness)
    # Two of the four lie just where the question points, and two across.
    assert near.spread == pytest.approx(0.5)


def test_nearness_of_a_model_whose_vectors_point_one_way() -> None:
    """Of cosines from 0.8 on, which is that of any two passages here, 0.9 is half way to 1."""
    sample = np.eye(400, 401, k=1, dtype=np.float32) * np.float32(0.2**0.5)
    sample[:, 0] = np.float32(0.8**0.5)
    archive = SimpleNamespace(sample=sample, summary=SimpleNamespace(nearness_by_chance=0.82))
    vector = np.zeros(401, np.float32)
    vector[0] = np.float32(0.8**0.5)

    near, apart = (Near.read(archive, vector, 0.9, apart=other) for other in (False, True))
    assert near.nearness == pytest.approx(0.5 - 0.1, abs=0.01)
    assert apart.nearness == pytest.approx(near.nearness - 0.05, abs=0.01)
    assert near.spread == pytest.approx(0, abs=0.01)


def test_words_tell_nothing_in_another_language() -> None:
    asked = replace(SURE, margins=(), asked_in="fr")

    assert asked.probability == replace(asked, coverage=0.0, lead=0.0, nameless=1.0).probability
    assert asked.probability < replace(asked, asked_in="").probability
    assert judge(asked, 31).reasons == ("The question is in French; in meaning the first passage is near.",)


def test_nearness_in_an_empty_archive() -> None:
    assert Near.read(MemoryArchive(), AXES.encode(["east"])[0], 0.0).spread == 0
