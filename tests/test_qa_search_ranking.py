"""The order of candidates: each feature worked out by hand on five articles, and what holds of every order."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from asking import AxesEmbedder, opened, story
from hypothesis import given
from hypothesis import strategies as st

from index.generations.generation import Generation
from index.models.embedder import Embedder
from index.stores.filter import Filter
from qa.question.words import Question
from qa.search.candidates import Candidates, find_candidates
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
def five(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    with opened(tmp_path_factory.mktemp("five"), FIVE, EMBEDDER) as generation:
        yield generation


def asked(
    generation: Generation, text: str, where: Filter | None = None, embedder: Embedder | None = EMBEDDER
) -> tuple[Question, Candidates]:
    question = Question.read(text, generation.keywords, generation.table.source_names)
    vector = embedder.encode([text])[0] if embedder else None
    return question, find_candidates(generation, question, vector, where or Filter())


def names(generation: Generation, ranked: Ranked) -> str:
    """The articles in their order, by the first letter of their paths."""
    articles = list(generation.articles.articles())
    return "".join(articles[place].path[0] for place in generation.table.article[ranked.rows].tolist())


def column(generation: Generation, text: str, name: str, clock: Clock) -> list[float]:
    """A feature of all five, in the order of their names."""
    question, candidates = asked(generation, text)
    assert candidates.rows.tolist() == [0, 1, 2, 3, 4]
    columns = features(generation, question, candidates, clock)
    assert {len(values) for values in columns.values()} == {5}
    values: list[float] = columns[name].tolist()
    return values


# "memo" stands in the text of three of the five and in the headline of one, "east" in the text of two.
MEMO, EAST, MEMO_IN_HEADLINE = math.log(1 + 2.5 / 3.5), math.log(1 + 3.5 / 2.5), math.log(1 + 4.5 / 1.5)
# Weights are taken as of a thousand chunks; no word can score more than 2.2 times its weight.
MOST = 2.2 * (math.log(1 + 997.5 / 3.5) + math.log(1 + 998.5 / 2.5))
DATED = [0.5 ** (19 / 30), 0.5 ** (5 / 30), 1, 0]
MIDDLE = (DATED[0] + DATED[1]) / 2

FEATURES = {
    "keywords": [(MEMO + EAST) / MOST, 1.375 * MEMO / MOST, EAST / MOST, 0, MEMO / MOST],
    "headline": [MEMO_IN_HEADLINE / MOST, 0, 0, 0, 0],
    "meaning": [1, 0, ROOT_HALF, 0, 0],
    "lead_keywords": [(MEMO + EAST) / MOST, 1.375 * MEMO / MOST, EAST / MOST, 0, MEMO / MOST],
    "phrases": [1, 0, 0, 0, 0],
    "recency": [DATED[0], DATED[1], 1, MIDDLE, 0],
    "fresh_lead": [0, 1, 1, 0, 0],
    "outlet": [0, 0, 0, 0, 0],
}


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_by_hand(five: Generation, name: str) -> None:
    assert column(five, "memo east", name, Clock(NOW)) == pytest.approx(FEATURES[name], rel=1e-5, abs=1e-7)


def test_every_feature_is_worked_out_here_and_has_a_weight(five: Generation) -> None:
    columns = features(five, *asked(five, "memo east"), Clock(NOW))
    assert set(columns) == set(FEATURES)
    assert set(weights()) == set(FEATURES)
    assert all(weight > 0 for weight in weights().values())


def test_phrases_by_hand(five: Generation) -> None:
    # "memo memo" and "memo north" with weights 2 m and m + n; only the text of b has both, e has the second.
    memo = north = math.log(1 + 997.5 / 3.5)
    second = (memo + north) / (3 * memo + north)
    assert column(five, "memo memo north", "phrases", Clock(NOW)) == pytest.approx([0, 1, 0, 0, second])


def test_words_of_the_sentence_that_asks_count_in_the_text_all_in_headline_and_lead(five: Generation) -> None:
    text = "Robots land. Who began talks?"
    talks = math.log(1 + 4.5 / 1.5)
    most = 2.2 * (math.log(1 + 1000.5 / 0.5) + math.log(1 + 999.5 / 1.5))
    # "began" stands in no text; of "robots land" only the headline and the lead of e are told.
    assert column(five, text, "keywords", Clock(NOW)) == pytest.approx([0, 0, talks / most, 0, 0], rel=1e-5)
    headline, lead = (column(five, text, name, Clock(NOW)) for name in ("headline", "lead_keywords"))
    assert [place for place, value in enumerate(headline) if value] == [2, 4]
    assert [place for place, value in enumerate(lead) if value] == [2, 4]


def test_the_outlet_that_is_asked_for(five: Generation) -> None:
    assert column(five, "What did CNN say of the memo?", "outlet", Clock(NOW)) == [0, 1, 0, 0, 1]


RECENCY = {
    "no clock": (None, False, [0, 0, 0, 0, 0]),
    "now": (NOW, False, FEATURES["recency"]),
    "the last day": (date(2016, 7, 10), False, None),
    "before all": (date(2016, 5, 1), False, [0, 0, 0, 0, 0]),
    "oldest first": (NOW, True, [1, 0.5 ** (14 / 30), 0.5 ** (19 / 30), 0.5 ** (16.5 / 30), 0.5 ** (39 / 30)]),
}


@pytest.mark.parametrize(("now", "oldest_first", "expected"), RECENCY.values(), ids=RECENCY)
def test_recency_by_the_clock(
    five: Generation, now: date | None, oldest_first: bool, expected: list[float] | None
) -> None:
    if expected is None:
        ages = [0.5 ** (age / 30) for age in (39, 25, 20, 0)]
        expected = [*ages[:3], (ages[1] + ages[2]) / 2, ages[3]]
    if oldest_first:
        expected[3] = (0.5 ** (14 / 30) + 0.5 ** (19 / 30)) / 2
    assert column(five, "memo east", "recency", Clock(now, oldest_first)) == pytest.approx(expected)


def test_half_lives() -> None:
    ages = np.array([NOW.toordinal() - age for age in (0, 30, 60, 300, -1)], np.int32)
    assert recency(ages, Clock(NOW)).tolist() == pytest.approx([1, 0.5, 0.25, 2**-10, 0])


@pytest.mark.parametrize(("age", "fresh"), [(-1, 0), (0, 1), (10, 1), (11, 0)])
def test_an_article_is_fresh_for_ten_days(five: Generation, age: int, fresh: int) -> None:
    clock = Clock(date(2016, 6, 1) + timedelta(age))
    assert column(five, "memo east", "fresh_lead", clock)[0] == fresh
    assert column(five, "memo east", "fresh_lead", Clock(clock.now, oldest_first=True)) == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [([], []), ([0.5], [0]), ([0.3, 0.3], [0, 0]), ([-1, 0, 1], [0, 0.5, 1]), ([4, 2], [1, 0])],
    ids=["none", "one", "equal", "below zero", "down"],
)
def test_scaling(scores: list[float], expected: list[float]) -> None:
    assert scaled(np.array(scores, np.float32)).tolist() == expected


# Orders


def test_the_order_is_by_the_weighed_sum(five: Generation) -> None:
    question, candidates = asked(five, "memo east")
    ranked = rank(five, question, candidates, Clock(NOW))
    totals = [sum(weights()[name] * values[place] for name, values in FEATURES.items()) for place in range(5)]
    order = sorted(range(5), key=lambda place: -totals[place])
    assert ranked.rows.tolist() == order
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
    "an outlet": ("What did BBC say of north?", Clock(None), "c"),
}


@pytest.mark.parametrize(("text", "clock", "first"), ORDERS.values(), ids=ORDERS)
def test_the_oldest_first(five: Generation, text: str, clock: Clock, first: str) -> None:
    assert names(five, rank(five, *asked(five, text), clock))[0] == first


def test_a_question_without_a_known_word_is_ranked_by_meaning(five: Generation) -> None:
    question, candidates = asked(five, "orient")
    ranked = rank(five, question, candidates, Clock(None))
    assert names(five, ranked) == "acbde"
    assert not ranked.parts["keywords"].any()
    assert ranked.scores.tolist() == pytest.approx(
        [weights()["meaning"] * cosine for cosine in (1, ROOT_HALF, 0, 0, 0)]
    )


def test_without_a_model_the_order_is_by_words_and_time(five: Generation) -> None:
    question, candidates = asked(five, "memo east", embedder=None)
    ranked = rank(five, question, candidates, Clock(NOW))
    # "east" is rarer than "memo", and c is newer than b; d has neither word.
    assert names(five, ranked) == "acbe"
    assert not ranked.parts["meaning"].any()


@pytest.mark.parametrize("count", [0, 1])
def test_rankings_of_no_candidate_and_of_one(five: Generation, count: int) -> None:
    where = Filter(since=NOW.toordinal(), until=NOW.toordinal()) if count else Filter(sources=frozenset())
    question, candidates = asked(five, "memo east", where)
    ranked = rank(five, question, candidates, Clock(NOW))
    assert names(five, ranked) == "c"[:count]
    assert set(ranked.parts) == set(weights())
    assert {len(values) for values in (*ranked.parts.values(), ranked.scores)} == {count}
    # One cannot be nearer than the others.
    assert not ranked.parts["meaning"].any()


def test_other_weights(five: Generation) -> None:
    question, candidates = asked(five, "memo east")
    by_time = dict.fromkeys(weights(), 0.0) | {"recency": 1.0}
    assert names(five, rank(five, question, candidates, Clock(NOW), by_time)) == "cbdae"
    assert names(five, rank(five, question, candidates, Clock(NOW, oldest_first=True), by_time)) == "abdce"


WORDS = ["memo", "east", "north", "talks", "robots", "Milei", "the", "signed", "what", "51"]
CLOCKS = st.builds(Clock, st.none() | st.dates(date(2016, 5, 1), date(2016, 8, 1)), st.booleans())


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join), CLOCKS, st.booleans())
def test_parts_add_up_to_scores_that_fall(five: Generation, text: str, clock: Clock, by_meaning: bool) -> None:
    question, candidates = asked(five, text, embedder=EMBEDDER if by_meaning else None)
    ranked = rank(five, question, candidates, clock)
    assert sorted(ranked.rows.tolist()) == candidates.rows.tolist()
    np.testing.assert_allclose(sum(ranked.parts.values(), np.zeros(len(ranked.rows))), ranked.scores, atol=1e-9)
    assert (np.diff(ranked.scores) <= 0).all()
    for name, values in ranked.parts.items():
        assert (values >= 0).all()
        assert (values <= weights()[name] * 1.000001).all()
    again = rank(five, question, candidates, clock)
    assert again.rows.tolist() == ranked.rows.tolist()
    assert again.scores.tolist() == ranked.scores.tolist()


@contextmanager
def small_chunks(folder: Path, files: Mapping[str, str]) -> Iterator[Generation]:
    with opened(folder, files, EMBEDDER, DATELINE_CHUNK_SIZE="32") as generation:
        yield generation


SENTENCE = "Officials in the north of the country signed one more memo on the war that nobody read until it was over."


def test_a_later_chunk_of_a_fresh_article_counts_less_and_its_lead_as_much(tmp_path: Path) -> None:
    text = f"{SENTENCE} {SENTENCE.replace('north', 'east')} Nothing came of it, and so in the end everybody went home."
    with small_chunks(tmp_path, {"a.txt": story("Memo", text, date="2016-06-15")}) as generation:
        question, candidates = asked(generation, "Who signed the memo of the north?")
        assert candidates.rows.tolist() == [0, 1, 2]
        assert candidates.leads.tolist() == [0, 0, 0]
        columns = features(generation, question, candidates, Clock(NOW))
    assert columns["fresh_lead"].tolist() == pytest.approx([1, 1 / 2, 1 / 3])
    assert columns["meaning"].tolist() == [1, 0, 0]
    assert len(set(columns["lead_keywords"].tolist())) == 1
    assert columns["keywords"][2] == 0 < columns["keywords"][1] < columns["keywords"][0]


def test_equal_scores_are_in_order_of_article_and_then_of_place(tmp_path: Path) -> None:
    """Also where the sum of a product of matrices would differ in its last bit."""
    files = {f"{name}.txt": story("Memo", f"{SENTENCE} {SENTENCE} {SENTENCE}") for name in ("b", "a", "c", "B", "é")}
    with small_chunks(tmp_path, files) as generation:
        question, candidates = asked(generation, "Who signed the memo of the north?")
        ranked = rank(generation, question, candidates, Clock(NOW))
        articles = [article.path for article in generation.articles.articles()]
        table = generation.table
        places = [(articles[table.article[row]], int(table.start[row])) for row in ranked.rows.tolist()]
    assert len(set(ranked.scores.tolist())) == 1
    assert places == sorted(places)
    assert [path for path, _ in places[::3]] == ["B.txt", "a.txt", "b.txt", "c.txt", "é.txt"]
    assert len({start for _, start in places}) == 3


def test_in_an_undated_archive_time_counts_for_nothing(tmp_path: Path) -> None:
    undated = {name: "\n".join(line for line in text.split("\n") if "Date:" not in line) for name, text in FIVE.items()}
    with opened(tmp_path, undated, EMBEDDER) as generation:
        question, candidates = asked(generation, "memo east")
        clocks = [
            Clock(now, first) for now in (None, date(1900, 1, 1), NOW, date(2100, 1, 1)) for first in (False, True)
        ]
        columns = [features(generation, question, candidates, clock) for clock in clocks]
        orders = [rank(generation, question, candidates, clock) for clock in clocks]
    for column_of in columns:
        assert not column_of["recency"].any()
        assert not column_of["fresh_lead"].any()
    assert {tuple(order.rows.tolist()) for order in orders} == {tuple(orders[0].rows.tolist())}
    assert {tuple(order.scores.tolist()) for order in orders} == {tuple(orders[0].scores.tolist())}


def test_equal_scores_are_ordered_by_row(tmp_path: Path) -> None:
    files = {f"{place:03}.txt": story("Memo", f"Officials signed {'memo ' * (1 + place % 7)}.") for place in range(70)}
    with opened(tmp_path, files, EMBEDDER) as generation:
        question, candidates = asked(generation, "memo")
        ranked = rank(generation, question, candidates, Clock(None))
    assert len(ranked.rows) == len(candidates.rows) == 70
    by_score = sorted(zip(ranked.scores.tolist(), ranked.rows.tolist(), strict=True), key=lambda it: (-it[0], it[1]))
    assert ranked.rows.tolist() == [row for _, row in by_score]
