"""The order of candidates: each feature worked out by hand on five articles, and what holds of every order."""

import math
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest
from asking import AxesEmbedder, story
from hypothesis import given
from hypothesis import strategies as st
from memory_archive import MemoryArchive

from corpus.sentences import sentences
from index.archive import Filter, Piece
from index.models.embedder import Embedder
from qa.question.words import Question
from qa.search.ranking import Clock, Ranked, features, rank, recency, scaled, weights

NOW = date(2016, 6, 20)
# Headlines of two words and texts of four, so that BM25 is idf for a word said once and 1.375 idf for one said twice.
FIVE = {
    "a.txt": story("Memo signed", "officials signed memo east", date="2016-06-01", source="BBC"),
    "b.txt": story("Vote held", "voters memo memo north", date="2016-06-15", source="CNN"),
    "c.txt": story("Talks begin", "kerry talks east north", date="2016-06-20", source="BBC"),
    "d.txt": story("Pound falls", "pound fell down low"),
    "e.txt": story("Robots land", "robots land memo north", date="2016-07-10", source="CNN"),
}
EMBEDDER = AxesEmbedder("east orient", "north")
ROOT_HALF = math.sqrt(0.5)


@pytest.fixture(scope="module")
def five() -> MemoryArchive:
    return MemoryArchive.of(FIVE, EMBEDDER)


def asked(
    archive: MemoryArchive, text: str, where: Filter | None = None, embedder: Embedder | None = EMBEDDER
) -> tuple[Question, list[Piece]]:
    question = Question.read(text, archive)
    vector = embedder.encode([text])[0] if embedder else None
    return question, archive.candidates(question.terms.terms, vector, where or Filter(), 200)


def names(ranked: Ranked | Sequence[Piece]) -> str:
    """The articles in their order, by the first letter of their paths."""
    return "".join(piece.article[0] for piece in (ranked.pieces if isinstance(ranked, Ranked) else ranked))


def column(archive: MemoryArchive, text: str, name: str, clock: Clock) -> list[float]:
    """A feature of all five, in the order of their names."""
    question, pieces = asked(archive, text)
    assert names(pieces) == "abcde"
    columns = features(archive, question, pieces, clock)
    assert {len(values) for values in columns.values()} == {5}
    values: list[float] = columns[name].tolist()
    return values


# "memo" stands in the text of three of the five, "east" in that of two.
MEMO, EAST = math.log(1 + 2.5 / 3.5), math.log(1 + 3.5 / 2.5)
# Weights are taken as of a thousand chunks; no word can score more than 2.2 times its weight.
MEMO_WEIGHT, EAST_WEIGHT = math.log(1 + 997.5 / 3.5), math.log(1 + 998.5 / 2.5)
TOTAL = MEMO_WEIGHT + EAST_WEIGHT
MOST = 2.2 * TOTAL
DATED = [0.5 ** (19 / 7), 0.5 ** (5 / 7), 1, 0]
MIDDLE = (DATED[0] + DATED[1]) / 2

FEATURES = {
    "keywords": [(MEMO + EAST) / MOST, 1.375 * MEMO / MOST, EAST / MOST, 0, MEMO / MOST],
    "coverage": [1, MEMO_WEIGHT / TOTAL, EAST_WEIGHT / TOTAL, 0, MEMO_WEIGHT / TOTAL],
    "headline": [0, 0, 0, 0, 0],
    "meaning": [1, 0, ROOT_HALF, 0, 0],
    "lead_keywords": [(MEMO + EAST) / MOST, 1.375 * MEMO / MOST, EAST / MOST, 0, MEMO / MOST],
    "phrases": [1, 0, 0, 0, 0],
    "recency": [DATED[0], DATED[1], 1, MIDDLE, 0],
    "wanted_recency": [0, 0, 0, 0, 0],
    "later": [0, 0, 0, 0, 1],
    "fresh_lead": [0, 1, 1, 0, 0],
    "unmatched": [0, 0, 0, 1, 0],
}


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_by_hand(five: MemoryArchive, name: str) -> None:
    assert column(five, "memo east", name, Clock(NOW)) == pytest.approx(FEATURES[name], rel=1e-5, abs=1e-7)


def test_every_feature_is_worked_out_here_and_has_a_weight(five: MemoryArchive) -> None:
    columns = features(five, *asked(five, "memo east"), Clock(NOW))
    assert set(columns) == set(FEATURES)
    assert set(weights()) == set(FEATURES)
    against = {"unmatched", "later"}
    assert {name for name, weight in weights().items() if weight < 0} == against
    assert all(weight > 0 for name, weight in weights().items() if name not in against)


def test_a_headline_counts_that_has_all_words(five: MemoryArchive) -> None:
    assert column(five, "Robots land memo", "headline", Clock(NOW)) == [0, 0, 0, 0, 0]
    assert column(five, "land robots", "headline", Clock(NOW)) == [0, 0, 0, 0, 1]


def test_phrases_by_hand(five: MemoryArchive) -> None:
    # "memo memo" and "memo north" with weights 2 m and m + n; only the text of b has both, e has the second.
    memo = north = math.log(1 + 997.5 / 3.5)
    second = (memo + north) / (3 * memo + north)
    assert column(five, "memo memo north", "phrases", Clock(NOW)) == pytest.approx([0, 1, 0, 0, second])


def test_words_of_the_sentence_that_asks_count_in_the_text_all_for_coverage_and_lead(five: MemoryArchive) -> None:
    text = "Robots land. Who began talks?"
    talks = math.log(1 + 4.5 / 1.5)
    most = 2.2 * (math.log(1 + 1000.5 / 0.5) + math.log(1 + 999.5 / 1.5))
    # "began" stands in no text, but in the headline of c; of "robots land" only coverage and the lead are told.
    assert column(five, text, "keywords", Clock(NOW)) == pytest.approx([0, 0, talks / most, 0, 0], rel=1e-5)
    coverage, lead = (column(five, text, name, Clock(NOW)) for name in ("coverage", "lead_keywords"))
    assert [place for place, value in enumerate(coverage) if value] == [2, 4]
    assert [place for place, value in enumerate(lead) if value] == [2, 4]


def test_what_has_no_word_counts_less_only_where_something_has_them_all(five: MemoryArchive) -> None:
    assert column(five, "memo", "unmatched", Clock(NOW)) == [0, 0, 1, 1, 0]
    assert column(five, "memo Milei", "unmatched", Clock(NOW)) == [0, 0, 0, 0, 0]


RECENCY = {
    "no clock": (None, False, [0, 0, 0, 0, 0]),
    "now": (NOW, False, FEATURES["recency"]),
    "the last day": (date(2016, 7, 10), False, None),
    "before all": (date(2016, 5, 1), False, [0, 0, 0, 0, 0]),
    "oldest first": (NOW, True, [1, 0.5 ** (14 / 7), 0.5 ** (19 / 7), 0, 0.5 ** (39 / 7)]),
}


@pytest.mark.parametrize(("now", "oldest_first", "expected"), RECENCY.values(), ids=RECENCY)
def test_recency_by_the_clock(
    five: MemoryArchive, now: date | None, oldest_first: bool, expected: list[float] | None
) -> None:
    if expected is None:
        ages = [0.5 ** (age / 7) for age in (39, 25, 20, 0)]
        expected = [*ages[:3], (ages[1] + ages[2]) / 2, ages[3]]
    if oldest_first:
        expected[3] = (0.5 ** (14 / 7) + 0.5 ** (19 / 7)) / 2
    assert column(five, "memo east", "recency", Clock(now, oldest_first)) == pytest.approx(expected)


def test_half_lives() -> None:
    ages = np.array([NOW.toordinal() - age for age in (0, 7, 14, 70, -1)], np.int64)
    assert recency(ages, Clock(NOW)).tolist() == pytest.approx([1, 0.5, 0.25, 2**-10, 0])


def test_recent_news_is_of_some_weeks_and_only_where_it_is_wanted(five: MemoryArchive) -> None:
    wanted = column(five, "memo east", "wanted_recency", Clock(NOW, wanted=True))
    assert wanted[:3] == pytest.approx([0.5 ** (19 / 30), 0.5 ** (5 / 30), 1])
    assert wanted[4] == 0


REPORTS = {f"{day}.txt": story("Council meets", "council met on roads", date=f"2016-07-{day:02}") for day in (3, 8, 13)}


@pytest.mark.parametrize(
    ("clock", "order"),
    [
        (Clock(date(2016, 7, 13), wanted=True, strict=True), ["13.txt", "8.txt", "3.txt"]),
        (Clock(date(2016, 7, 9), wanted=True, strict=True), ["8.txt", "3.txt"]),
        (Clock(date(2016, 7, 13), oldest_first=True, wanted=True, strict=True), ["3.txt", "8.txt", "13.txt"]),
    ],
    ids=["latest", "latest of a day before", "earliest"],
)
def test_passages_on_the_subject_are_in_strict_order_of_days(clock: Clock, order: list[str]) -> None:
    aside = {"aside.txt": story("Fair opens", "the council fair opens", date="2016-07-13")}
    archive = MemoryArchive.of(REPORTS | aside, EMBEDDER)
    ranked = rank(archive, *asked(archive, "council met roads"), clock)
    assert [piece.article for piece in ranked.pieces][: len(order)] == order


@pytest.mark.parametrize(("age", "fresh"), [(-1, 0), (0, 1), (10, 1), (11, 0)])
def test_an_article_is_fresh_for_ten_days(five: MemoryArchive, age: int, fresh: int) -> None:
    clock = Clock(date(2016, 6, 1) + timedelta(age))
    assert column(five, "memo east", "fresh_lead", clock)[0] == fresh
    assert column(five, "memo east", "fresh_lead", Clock(clock.now, oldest_first=True)) == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [([], []), ([0.5], [0]), ([0.3, 0.3], [0, 0]), ([-1, 0, 1], [0, 0.5, 1]), ([4, 2], [1, 0])],
    ids=["none", "one", "equal", "below zero", "down"],
)
def test_scaling(scores: list[float], expected: list[float]) -> None:
    assert scaled(np.array(scores, np.float64)).tolist() == expected


# Orders


def test_the_order_is_by_the_weighed_sum(five: MemoryArchive) -> None:
    question, pieces = asked(five, "memo east")
    ranked = rank(five, question, pieces, Clock(NOW))
    totals = [sum(weights()[name] * values[place] for name, values in FEATURES.items()) for place in range(5)]
    order = sorted(range(5), key=lambda place: -totals[place])
    assert names(ranked) == "".join("abcde"[place] for place in order)
    assert ranked.scores.tolist() == pytest.approx([totals[place] for place in order], rel=1e-5)
    assert {name: values.tolist() for name, values in ranked.parts.items()} == {
        name: pytest.approx([weights()[name] * values[place] for place in order], rel=1e-5, abs=1e-6)
        for name, values in FEATURES.items()
    }


ORDERS = {
    "words": ("north voters", Clock(None), "b"),
    "headline": ("north held", Clock(None), "b"),
    "meaning": ("north north east", Clock(None), "c"),
    "a phrase": ("Land memo north?", Clock(None), "e"),
    "new": ("memo north", Clock(date(2016, 7, 11)), "e"),
    "new, then": ("memo north", Clock(date(2016, 6, 16)), "b"),
}


@pytest.mark.parametrize(("text", "clock", "first"), ORDERS.values(), ids=ORDERS)
def test_the_oldest_first(five: MemoryArchive, text: str, clock: Clock, first: str) -> None:
    assert names(rank(five, *asked(five, text), clock))[0] == first


def test_a_question_without_a_known_word_is_ranked_by_meaning(five: MemoryArchive) -> None:
    question, pieces = asked(five, "orient")
    ranked = rank(five, question, pieces, Clock(None))
    assert names(ranked) == "acbde"
    assert not ranked.parts["keywords"].any()
    assert ranked.scores.tolist() == pytest.approx(
        [weights()["meaning"] * cosine for cosine in (1, ROOT_HALF, 0, 0, 0)]
    )


def test_without_a_model_the_order_is_by_words_and_time(five: MemoryArchive) -> None:
    question, pieces = asked(five, "memo east", embedder=None)
    ranked = rank(five, question, pieces, Clock(NOW))
    # "east" is rarer than "memo", and c is newer than b; d has neither word.
    assert names(ranked) == "acbe"
    assert not ranked.parts["meaning"].any()


@pytest.mark.parametrize("count", [0, 1])
def test_rankings_of_no_candidate_and_of_one(five: MemoryArchive, count: int) -> None:
    where = Filter(since=NOW.toordinal(), until=NOW.toordinal()) if count else Filter(sources=frozenset())
    question, pieces = asked(five, "memo east", where)
    ranked = rank(five, question, pieces, Clock(NOW))
    assert names(ranked) == "c"[:count]
    assert set(ranked.parts) == set(weights())
    assert {len(values) for values in (*ranked.parts.values(), ranked.scores)} == {count}
    # One cannot be nearer than the others.
    assert not ranked.parts["meaning"].any()


def test_other_weights(five: MemoryArchive) -> None:
    question, pieces = asked(five, "memo east")
    by_time = dict.fromkeys(weights(), 0.0) | {"recency": 1.0}
    assert names(rank(five, question, pieces, Clock(NOW), by_time)) == "cbdae"
    assert names(rank(five, question, pieces, Clock(NOW, oldest_first=True), by_time)) == "abdce"


WORDS = ["memo", "east", "north", "talks", "robots", "Milei", "the", "signed", "what", "51"]
CLOCKS = st.builds(Clock, st.none() | st.dates(date(2016, 5, 1), date(2016, 8, 1)), *[st.booleans()] * 3)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join), CLOCKS, st.booleans())
def test_parts_add_up_to_scores_that_fall(five: MemoryArchive, text: str, clock: Clock, by_meaning: bool) -> None:
    question, pieces = asked(five, text, embedder=EMBEDDER if by_meaning else None)
    ranked = rank(five, question, pieces, clock)
    assert sorted(names(ranked)) == list(names(pieces))
    np.testing.assert_allclose(sum(ranked.parts.values(), np.zeros(len(ranked.pieces))), ranked.scores, atol=1e-9)
    assert (np.diff(ranked.scores) <= 0).all()
    assert set(ranked.parts) - {"in_order"} == set(weights())
    for name, weight in weights().items():
        assert (ranked.parts[name] * weight >= 0).all()
        assert (abs(ranked.parts[name]) <= abs(weight) * 1.000001).all()
    again = rank(five, question, pieces, clock)
    assert again.pieces == ranked.pieces
    assert again.scores.tolist() == ranked.scores.tolist()


SENTENCE = "Officials in the north of the country signed one more memo on the war that nobody read until it was over."


def test_a_later_chunk_of_a_fresh_article_counts_less_and_its_lead_as_much() -> None:
    text = f"{SENTENCE} {SENTENCE.replace('north', 'east')} Nothing came of it, and so in the end everybody went home."
    archive = MemoryArchive.of({"a.txt": story("Memo", text, date="2016-06-15")}, EMBEDDER, cut=sentences)
    question, pieces = asked(archive, "Who signed the memo of the north?")
    assert [piece.position for piece in pieces] == [0, 1, 2]
    columns = features(archive, question, pieces, Clock(NOW))
    assert columns["fresh_lead"].tolist() == pytest.approx([1, 1 / 2, 1 / 3])
    assert columns["meaning"].tolist() == [1, 0, 0]
    assert len(set(columns["lead_keywords"].tolist())) == 1
    assert columns["keywords"][2] == 0 < columns["keywords"][1] < columns["keywords"][0]


def test_equal_scores_are_in_order_of_article_and_then_of_place() -> None:
    files = {f"{name}.txt": story("Memo", f"{SENTENCE} {SENTENCE} {SENTENCE}") for name in ("b", "a", "c", "B", "é")}
    archive = MemoryArchive.of(files, EMBEDDER, cut=sentences)
    ranked = rank(archive, *asked(archive, "Who signed the memo of the north?"), Clock(NOW))
    places = [(piece.article, piece.start) for piece in ranked.pieces]
    assert len(set(ranked.scores.tolist())) == 1
    assert places == sorted(places)
    assert [path for path, _ in places[::3]] == ["B.txt", "a.txt", "b.txt", "c.txt", "é.txt"]
    assert len({start for _, start in places}) == 3


def test_in_an_undated_archive_time_counts_for_nothing() -> None:
    undated = {name: "\n".join(line for line in text.split("\n") if "Date:" not in line) for name, text in FIVE.items()}
    archive = MemoryArchive.of(undated, EMBEDDER)
    question, pieces = asked(archive, "memo east")
    clocks = [Clock(now, first) for now in (None, date(1900, 1, 1), NOW, date(2100, 1, 1)) for first in (False, True)]
    for clock in clocks:
        columns = features(archive, question, pieces, clock)
        assert not columns["recency"].any()
        assert not columns["fresh_lead"].any()
    orders = [rank(archive, question, pieces, clock) for clock in clocks]
    assert {order.pieces for order in orders} == {orders[0].pieces}
    assert {tuple(order.scores.tolist()) for order in orders} == {tuple(orders[0].scores.tolist())}


def test_equal_scores_are_ordered_by_article() -> None:
    files = {f"{place:03}.txt": story("Memo", f"Officials signed {'memo ' * (1 + place % 7)}.") for place in range(70)}
    archive = MemoryArchive.of(files, EMBEDDER)
    ranked = rank(archive, *asked(archive, "memo"), Clock(None))
    found = list(zip((-ranked.scores).tolist(), (piece.article for piece in ranked.pieces), strict=True))
    assert len(found) == 70
    assert found == sorted(found)
