"""`qa.evaluate` and what it uses: known questions, measures and intervals, other rankings, self-made questions."""

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from archives import write
from hashing_embedder import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st
from memory_archive import MemoryArchive

from benchmarks.ranking import by_articles
from corpus import Article, UserError
from index import sync
from index.archive import Filter
from index.terms import TermTexts
from qa.answer import Passage
from qa.evaluate import ask_questions, main, try_rankings
from qa.evaluation.known import HEADLINE, SENTENCE, Hits, KnownQuestion, read_questions, selfmade_questions
from qa.evaluation.measures import Measure, Outcome, auroc, by_type, comparisons, measures, ranking_measures
from qa.evaluation.rankings import SHIPPED, ranking_named
from qa.question.understand import Clock
from qa.question.words import Question
from qa.retriever import Retriever
from qa.search.ranking import Ranked, Ranking, bm25, rank

DESK = [
    {
        "title": "Diplomats press for strikes on Assad",
        "text": "More than fifty officials signed the memo on Syria through the dissent channel of the department. "
        "The secretary John Kerry said in Copenhagen that he would talk with all of those who had signed.",
        "published": "2016-06-17",
        "url": "https://www.example.org/memo/",
    },
    {
        "title": "White House cool to the diplomats",
        "text": "President Obama is wary of intervention, and points to messy results in Iraq and in Libya. "
        "His aides at home say that strikes on Damascus could draw the country into a longer war there.",
        "published": "2016-06-18",
        "id": "cool",
    },
    {
        "title": "Juno reaches Jupiter after five years",
        "text": "The probe Juno burned its main engine for 35 minutes and then entered orbit around Jupiter.",
        "id": "juno",
    },
    {
        "title": "Britain votes to leave",
        "text": "The pound fell hard on 24 June 2016 after the vote in Britain.",
        "id": "brexit",
    },
]
WIRE = {**DESK[2], "id": "wire"}


@pytest.fixture
def desk(corpus: Path, index: Path, embedder: HashingEmbedder) -> Path:
    """An index of the articles above and of a copy of one."""
    write(corpus, {"desk.jsonl": "\n".join(map(json.dumps, [*DESK, WIRE]))})
    sync(corpus, index, embedder=embedder)
    return index


@pytest.fixture
def retriever(desk: Path, embedder: HashingEmbedder) -> Iterator[Retriever]:
    with Retriever.open(desk, embedder=embedder) as opened:
        yield opened


@pytest.fixture(scope="module")
def archive() -> MemoryArchive:
    """The articles above and a copy of one."""
    articles = (
        Article(
            id=str(row.get("id", "memo")),
            title=row["title"],
            text=row["text"],
            published=date.fromisoformat(row["published"]) if "published" in row else None,
            url=row.get("url", ""),
        )
        for row in (*DESK, WIRE)
    )
    return MemoryArchive(articles, HashingEmbedder())


def passage(text: str, **article: str) -> Passage:
    values = {"id": "one", "title": "Headline", **article}
    return Passage(Article(text=text, **values), 0, len(text), 1.0, {}, copies=("copy.txt",))


def hits(answer_rank: int = 0, gold_rank: int = 0, kind: str = "", *, gold: bool = True, quote_rank: int = 0) -> Hits:
    question = KnownQuestion("Who won?", answers=("Murray",), gold=("tennis.txt",) if gold else (), kind=kind)
    return Hits(question, answer_rank, gold_rank, quote_rank)


def outcome(found: Hits, confidence: float, milliseconds: float = 10.0, tokens: Sequence[int] = (100,)) -> Outcome:
    return Outcome(found, confidence, confidence >= 0.5, tuple(tokens), milliseconds)


def values(found: Sequence[Measure]) -> dict[str, float]:
    return {measure.name: pytest.approx(measure.value) for measure in found}


# Known questions


@pytest.mark.parametrize(
    ("answer", "text", "said"),
    [
        ("9", "They won 9 medals.", True),
        ("9", "They won 19 medals.", False),
        ("9", "He left in 9th place.", False),
        ("$5", "Petrol costs $5 a gallon.", True),
        ("$5", "Petrol costs $50.", False),
        ("6 months", "It lasts 6 months.", True),
        ("6 months", "It lasts 16 months.", False),
        ("idaho", "They met in IDAHO.", True),
        ("U.S.", "The US army left.", False),
        ("Zürich", "the Zürich bank", True),
        ("", "Nothing is asked.", False),
    ],
)
def test_answers_match_at_word_borders(answer: str, text: str, said: bool) -> None:
    found = Hits.of(KnownQuestion("q?", answers=(answer,)), [passage(text)])
    assert found.answer_rank == said


@pytest.mark.parametrize(("marked", "rank"), [(((0, 9),), 1), (((10, 15),), 0), ((), 0)])
def test_an_answer_is_quoted_where_it_is_marked(marked: tuple[tuple[int, int], ...], rank: int) -> None:
    found = replace(passage("The memo. A cat."), highlights=marked)
    assert Hits.of(KnownQuestion("q?", answers=("memo",)), [found]).quote_rank == rank


@pytest.mark.parametrize(
    ("gold", "right"),
    [
        ("http://m.example.org/memo?utm_source=x", True),
        ("example.org/memo", True),
        ("2016/memo.txt", True),
        ("one", True),
        ("copy.txt", True),
        ("memo.txt", False),
        ("https://example.org/other", False),
        ("", False),
    ],
)
def test_right_articles_by_url_path_id_or_copy(gold: str, right: bool) -> None:
    found = passage("The memo.", path="2016/memo.txt", url="https://www.example.org/memo/")
    assert Hits.of(KnownQuestion("q?", gold=(gold,)), [found]).gold_rank == right


def test_an_article_without_url_is_not_the_one_of_an_empty_gold() -> None:
    assert Hits.of(KnownQuestion("q?", gold=("",)), [passage("The memo.")]).gold_rank == 0


@pytest.mark.parametrize(("span", "rank"), [((0, 9), 1), ((4, 8), 1), ((4, 10), 0)])
def test_the_right_passage_holds_the_span(span: tuple[int, int], rank: int) -> None:
    assert Hits.of(KnownQuestion("q?", gold=("one",), span=span), [passage("The memo.")]).gold_rank == rank


def test_ranks_count_from_one() -> None:
    passages = [passage("Nothing."), passage("The memo."), passage("The memo.", id="two")]
    found = Hits.of(KnownQuestion("q?", answers=("memo",), gold=("two",)), passages)
    assert (found.answer_rank, found.gold_rank) == (2, 3)


@pytest.mark.parametrize(
    ("question", "kind", "expected"),
    [
        ("Who won?", "", "name"),
        ("Whose idea was it?", "", "name"),
        ("To whom did he speak?", "", "name"),
        ("In which city is it?", "", "name"),
        ("How many officials signed it?", "", "number"),
        ("How did it end?", "", "other"),
        ("Who won? Nobody knows. Where was it?", "", "name"),
        ("Supermarkets are short of mustard.", "", "other"),
        ("Who won?", "withheld", "withheld"),
        ("The showhow of whatever.", "", "other"),
    ],
)
def test_types_of_questions(question: str, kind: str, expected: str) -> None:
    assert KnownQuestion(question, kind=kind).type == expected


ROWS = (
    '{"id": 1, "question": "Who won?", "asked": "2016-07-10", "answers": ["Mur\u2028ray"], "gold": ["a.txt"]}\n\n'
    '{"question": "Who lost?", "asked": null, "answers": null, "kind": "later", "note": {}}'
)


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("q.jsonl", lambda rows: rows),
        ("q.jsonl.gz", gzip.compress),
        ("windows.jsonl", lambda rows: b"\xef\xbb\xbf" + rows.replace(b"\n", b"\r\n")),
    ],
)
def test_questions_are_read(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    (tmp_path / name).write_bytes(pack(ROWS.encode()))

    assert read_questions(tmp_path / name) == [
        KnownQuestion("Who won?", date(2016, 7, 10), ("Mur\u2028ray",), ("a.txt",)),
        KnownQuestion("Who lost?", kind="later"),
    ]


@pytest.mark.parametrize(
    "row",
    [
        "no JSON",
        "[]",
        '"Who won?"',
        "{}",
        '{"question": null}',
        '{"question": "  "}',
        '{"question": "Who?", "asked": "10 July"}',
        '{"question": "Who?", "asked": 20160710}',
        '{"question": "Who?", "answers": "Murray"}',
        '{"question": "Who?", "gold": [1]}',
    ],
)
def test_a_bad_row_names_its_line(tmp_path: Path, row: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(f'\n{{"question": "Who won?"}}\n{row}\n', "utf-8")
    with pytest.raises(UserError, match=r"q\.jsonl, line 3: a row is a JSON object with a “question”"):
        read_questions(file)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.jsonl.gz", gzip.compress(ROWS.encode(), mtime=0)[:-12]),
        ("damaged.jsonl.gz", gzip.compress(ROWS.encode(), mtime=0)[:20] + b"\xff" * 40),
        ("plain.jsonl.gz", ROWS.encode()),
        ("latin.jsonl", "Zürich".encode("latin-1")),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=r"cannot be read \(.+\); name a JSON Lines file"):
        read_questions(tmp_path / name)


# Measures


def test_measures_of_a_ranking() -> None:
    found = [hits(1, 2, quote_rank=2), hits(5, 1), hits(7, gold=False, quote_rank=8), hits(0, 0)]

    assert values(ranking_measures(found)) == {
        "answer_hit@1": 1 / 4,
        "answer_hit@5": 2 / 4,
        "answer_hit@10": 3 / 4,
        "quote_hit@1": 0,
        "quote_hit@5": 1 / 4,
        "quote_hit@10": 2 / 4,
        "gold_hit@1": 1 / 3,
        "gold_hit@5": 2 / 3,
        "gold_hit@10": 2 / 3,
        "mrr@10": (1 / 2 + 1 + 0) / 3,
    }


def test_rows_without_answers_count_only_for_their_articles() -> None:
    only_gold = Hits(KnownQuestion("Who won?", gold=("a.txt",)), 0, 1)
    assert values(ranking_measures([only_gold])) == {
        "gold_hit@1": 1, "gold_hit@5": 1, "gold_hit@10": 1, "mrr@10": 1,
    }  # fmt: skip


def test_measures_of_answers() -> None:
    yes = [outcome(hits(1, 1), 0.9, 10, (100, 200)), outcome(hits(1, 1), 0.4, 30)]
    no = [
        outcome(Hits(KnownQuestion("q?", kind="later"), 0, 0), 0.4, 20),
        outcome(Hits(KnownQuestion("q?", kind="later"), 0, 0), 0.1, 20),
        outcome(Hits(KnownQuestion("q?", kind="withheld"), 0, 0), 0.9, 20, ()),
        outcome(Hits(KnownQuestion("q?"), 0, 0), 0.0, 20, ()),
    ]

    found = values(measures(yes, no))

    assert {name: found[name] for name in found if "hit@" not in name and "latency" not in name} == {
        "mrr@10": 1,
        "abstention_auroc": (0.5 + 1 + 1 + 1 + 0.5 + 1 + 0 + 1) / 8,
        "false_answer_rate": 1 / 4,
        "abstention_auroc.later": (1 + 1 + 0.5 + 1) / 4,
        "false_answer_rate.later": 0,
        "abstention_auroc.withheld": (0.5 + 0) / 2,
        "false_answer_rate.withheld": 1,
        "false_refusal_rate": 1 / 2,
        "mean_passage_tokens": (100 + 200 + 100 + 100 + 100) / 5,
        "questions": 6,
    }
    assert found["latency_ms.p50"] == 20


def test_measures_without_rows_are_left_out() -> None:
    assert values(measures([], [])) == {"questions": 0}
    refused = [outcome(Hits(KnownQuestion("q?"), 0, 0), 0.1, 7, ())]
    assert values(measures([], refused)) == {
        "false_answer_rate": 0, "latency_ms.p50": 7, "latency_ms.p95": 7, "latency_ms.p99": 7, "questions": 1,
    }  # fmt: skip


def test_measures_by_type() -> None:
    found = by_type([hits(1, 1, "sentence"), hits(1, 1, "headline"), hits(0, 0, "sentence")])

    assert list(found) == ["sentence", "headline"]
    assert found["sentence"][:2] == [Measure("questions", 2), ranking_measures([hits(1, 1), hits(0, 0)])[0]]


def test_refusals_by_type() -> None:
    found = by_type([hits(1, 1, "sentence"), hits(1, 1, "headline"), hits(0, 0, "sentence")], [False, True, True])

    assert [rows[-1].name for rows in found.values()] == ["false_refusal_rate"] * 2
    assert [rows[-1].value for rows in found.values()] == [0.5, 1]


def test_intervals_are_those_of_a_share() -> None:
    """For many questions the bootstrap's interval is the normal one: 1.96 standard errors on each side."""
    [answer_at_1, *_] = ranking_measures([hits(place % 2) for place in range(400)])

    assert answer_at_1.value == 0.5
    assert answer_at_1.low == pytest.approx(0.5 - 1.96 * 0.025, abs=0.006)
    assert answer_at_1.high == pytest.approx(0.5 + 1.96 * 0.025, abs=0.006)


def test_intervals_are_always_the_same() -> None:
    found = [hits(place % 3, place % 4) for place in range(50)]
    assert ranking_measures(found) == ranking_measures(list(found))
    assert auroc([0.2, 0.5], [0.1, 0.3]) == auroc([0.2, 0.5], [0.1, 0.3])


def test_without_variation_there_is_no_uncertainty() -> None:
    assert {(measure.low, measure.high) for measure in ranking_measures([hits(1, 1, quote_rank=1)] * 9)} == {(1.0, 1.0)}


CONFIDENCES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9]), min_size=2, max_size=12)


@given(CONFIDENCES, CONFIDENCES)
def test_auroc_against_counting_pairs(positive: list[float], negative: list[float]) -> None:
    wins = sum(1.0 if yes > no else 0.5 if yes == no else 0.0 for yes in positive for no in negative)

    found = auroc(positive, negative)

    assert found.value == pytest.approx(wins / (len(positive) * len(negative)))
    assert 0 <= found.low <= found.high <= 1


def test_a_single_question_has_no_interval() -> None:
    assert auroc([0.5], [0.1, 0.9]) == Measure("auroc", 0.5)
    assert ranking_measures([hits(1)])[0] == Measure("answer_hit@1", 1.0)


def test_auroc_needs_both_sides() -> None:
    with pytest.raises(ValueError, match="scores are needed on both sides: 1 and 0"):
        auroc([0.5], [])


def test_a_better_ranking_differs_beyond_chance() -> None:
    """One finds 60 answers more of 200 than the other, and 3 articles more."""
    worse = [hits(int(place < 100), int(place < 100)) for place in range(200)]
    better = [hits(int(place < 160), int(place < 103)) for place in range(200)]

    found = {row.name: row for row in comparisons(better, worse)}

    answer, gold = found["answer_hit@1"], found["gold_hit@1"]
    assert (answer.first, answer.second, answer.difference.value) == (0.8, 0.5, pytest.approx(0.3))
    assert answer.difference.excludes_zero
    assert gold.difference.value == pytest.approx(0.015)
    assert not gold.difference.excludes_zero


def test_pairs_are_resampled_together() -> None:
    """Both rankings fail on the same half, one of them twice more: that is no chance, though each alone varies more."""
    one = [hits(int(place >= 50)) for place in range(100)]
    other = [hits(int(place >= 58)) for place in range(100)]

    [difference, *_] = [row.difference for row in comparisons(one, other)]

    assert difference.excludes_zero
    [first, *_], [second, *_] = ranking_measures(one), ranking_measures(other)
    assert first.low < second.high


def test_a_ranking_compared_with_itself() -> None:
    found = [hits(1, 2), hits(0, 1)]
    assert {(row.difference.value, row.difference.excludes_zero) for row in comparisons(found, found)} == {(0.0, False)}


def test_only_the_same_questions_are_compared() -> None:
    with pytest.raises(ValueError, match="tried on different questions"):
        comparisons([hits(1)], [hits(1, kind="later")])


# Rankings


MEMO = "Who signed the memo on Syria?"
CLOCK = Clock(date(2016, 6, 20))


def ranked_by(archive: MemoryArchive, ranking: Ranking, text: str = MEMO) -> Ranked:
    """All chunks by a ranking."""
    question, vector = Question.read(text, archive), HashingEmbedder().encode([text])[0]
    return ranking(archive, question, archive.candidates(question.terms.terms, vector, Filter(), 200), CLOCK)


def order(archive: MemoryArchive, name: str) -> tuple[list[int], list[float]]:
    """The positions in order of id and the scores of all chunks by the ranking of that name."""
    ranked = ranked_by(archive, ranking_named(name))
    ids = [piece.article for piece in archive.pieces]
    return [ids.index(piece.article) for piece in ranked.pieces], ranked.scores.tolist()


def halves(archive: MemoryArchive, question: str = MEMO) -> tuple[np.ndarray, np.ndarray]:
    """The BM25 scores and the cosines of all chunks, in order of id."""
    terms = Question.read(question, archive).terms.terms
    texts = bm25(terms, TermTexts([piece.terms for piece in archive.pieces]), archive.statistics)
    titles = bm25(terms, TermTexts([piece.title_terms for piece in archive.pieces]), archive.statistics, "title")
    return texts + titles, archive.sample @ HashingEmbedder().encode([question])[0]


def sorted_rows(scores: Sequence[float]) -> list[int]:
    return sorted(range(len(scores)), key=lambda row: (-scores[row], row))


def test_each_half_alone(archive: MemoryArchive) -> None:
    keywords, cosines = halves(archive)

    rows, scores = order(archive, "dense")
    assert rows == sorted_rows(cosines.round(6))
    assert scores == pytest.approx(sorted(cosines, reverse=True), abs=1e-6)
    rows, scores = order(archive, "keywords")
    assert rows == sorted_rows(keywords)
    assert scores == pytest.approx(sorted(keywords, reverse=True))


def test_reciprocal_rank_fusion(archive: MemoryArchive) -> None:
    keywords, cosines = halves(archive)
    by_keywords, by_meaning = sorted_rows(keywords), sorted_rows(cosines.round(6))
    fused = [
        sum(1 / (61 + found.index(row)) for found, score in ((by_keywords, keywords), (by_meaning, cosines))
            if score[row] > 0)
        for row in range(len(keywords))
    ]  # fmt: skip

    rows, scores = order(archive, "rrf")

    assert scores == pytest.approx(sorted(fused, reverse=True))
    assert [fused[row] for row in rows] == pytest.approx(scores)


def test_convex_sum(archive: MemoryArchive) -> None:
    scaled = [(half - half.min()) / (half.max() - half.min()) for half in halves(archive)]

    rows, scores = order(archive, "convex")

    assert scores == pytest.approx(sorted(sum(scaled) / 2, reverse=True), abs=1e-6)
    assert [(sum(scaled) / 2)[row] for row in rows] == pytest.approx(scores, abs=1e-6)


def test_whole_articles_come_once_each_with_their_best_chunk() -> None:
    halves = Article("a", "Memo", "The memo came on Monday. Kerry was in Syria.")
    once = Article("b", "Syria", "The memo was read. Nobody knew by whom it was signed at all.")
    archive = MemoryArchive([halves, once], HashingEmbedder(), cut=lambda text: [(0, 24), (25, len(text))])

    ranked = ranked_by(archive, by_articles, "Kerry, Syria, memo")

    assert [(piece.article, piece.start) for piece in ranked.pieces] == [("a", 25), ("b", 0)]


def test_ours_without_a_feature(archive: MemoryArchive) -> None:
    assert ranked_by(archive, ranking_named(SHIPPED)).parts["recency"].max() > 0
    assert ranked_by(archive, ranking_named("-recency")).parts["recency"].max() == 0


def test_the_shipped_ranking_uses_the_shipped_weights(archive: MemoryArchive) -> None:
    ours, named = ranked_by(archive, rank), ranked_by(archive, ranking_named(SHIPPED))
    assert (named.pieces, named.scores.tolist()) == (ours.pieces, ours.scores.tolist())


@pytest.mark.parametrize(("name", "part"), [(SHIPPED, "coverage"), ("-recency", "coverage"), ("keywords", "fused")])
def test_the_headline_can_be_left_out(archive: MemoryArchive, name: str, part: str) -> None:
    """“leave” stands only in a headline."""
    with_it, without = (ranked_by(archive, ranking_named(name, headline=kept), "Who leaves?") for kept in (True, False))
    assert with_it.parts[part].max() > 0
    assert without.parts[part].max() == 0


@pytest.mark.parametrize("name", ["best", "-best", "recency", ""])
def test_an_unknown_ranking(name: str) -> None:
    message = rf"There is no ranking “{name}”; name one of: shipped, dense, keywords, rrf, convex, -keywords, "
    with pytest.raises(UserError, match=message):
        ranking_named(name)


# Self-made questions


def test_selfmade_questions(archive: MemoryArchive) -> None:
    """The copy gives no question of its own, and what names a time or says too little none at all."""
    made = {(question.kind, question.text): question for question in selfmade_questions(archive)}

    assert {text for kind, text in made if kind == HEADLINE} == {
        "Diplomats press for strikes on Assad",
        "White House cool to the diplomats",
        "Juno reaches Jupiter after five years",
    }
    assert all(question.asked is None and question.answerable for question in made.values())
    articles = {article.id: article for article in archive.every_article()}
    sentences = [question for question in made.values() if question.kind == SENTENCE]
    assert len(sentences) == 3
    for question in sentences:
        [name], [article] = question.answers, question.gold
        sentence = articles[article].text[slice(*question.span)]
        assert name in sentence
        assert name not in question.text
        assert sentence.replace(name, " ").split() == question.text.split()
    assert made[SENTENCE, "The probe burned its main engine for 35 minutes and then entered orbit around Jupiter."]


def test_selfmade_questions_are_always_the_same(archive: MemoryArchive) -> None:
    again = MemoryArchive(reversed([*archive.every_article()]))
    assert selfmade_questions(again) == selfmade_questions(archive)


def test_selfmade_questions_are_limited(archive: MemoryArchive) -> None:
    assert [question.kind for question in selfmade_questions(archive, 4)] == [HEADLINE] * 2 + [SENTENCE] * 2
    assert selfmade_questions(archive, 0) == []


def test_selfmade_questions_hold_no_operators() -> None:
    archive = MemoryArchive([Article("a", 'Obama: "no war" -war in Syria source:BBC', "Nothing.")])
    [question] = selfmade_questions(archive)
    assert question.text == "Obama no war war in Syria source BBC"


def test_selfmade_questions_pass_over_what_is_not_indexed() -> None:
    word = "X" * 80
    archive = MemoryArchive(
        [Article("a", "Nothing", f"The senators of the town heard {word} and voted down the budget.")]
    )
    assert [question.answers for question in selfmade_questions(archive)] == [(word,)]


def test_an_empty_archive_gives_no_questions(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    sync(corpus, index, embedder=embedder)
    with Retriever.open(index, embedder=embedder) as retriever, retriever.use() as archive:
        assert selfmade_questions(archive) == []
        assert try_rankings(retriever, [KnownQuestion("Who won?")], [SHIPPED]) == [
            [Hits(KnownQuestion("Who won?"), 0, 0)]
        ]


def test_selfmade_questions_are_tried(retriever: Retriever) -> None:
    with retriever.use() as archive:
        questions = selfmade_questions(archive)

    ours, keywords = try_rankings(retriever, questions, [SHIPPED, "keywords"])

    assert [found.question for found in ours] == questions == [found.question for found in keywords]
    assert values(ranking_measures(ours))["gold_hit@5"] == 1


# The command


class Words:
    def count(self, text: str) -> int:
        return len(text.split())


def test_questions_are_asked_as_of_their_day(desk: Path, embedder: HashingEmbedder) -> None:
    known = KnownQuestion(MEMO, date(2016, 6, 20), ("fifty officials",), ("example.org/memo",))
    with Retriever.open(desk, embedder=embedder) as retriever:
        [found] = ask_questions(retriever, [known], Words())
        answer = retriever.ask(known.text, k=10, now=known.asked)

    assert found.hits == Hits(known, 1, 1, 1)
    assert (found.confidence, found.answered) == (answer.confidence, answer.answered)
    assert found.passage_tokens == tuple(len(passage.text.split()) for passage in answer.passages)
    assert found.milliseconds > 0


@pytest.fixture(scope="module")
def tiny_desk(tmp_path_factory: pytest.TempPathFactory, tiny_model: str) -> Path:
    """An index of the same articles, made with the tiny model."""
    folder = tmp_path_factory.mktemp("tiny")
    write(folder / "corpus", {"desk.jsonl": "\n".join(map(json.dumps, [*DESK, WIRE]))})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATELINE_MODEL", tiny_model)
        sync(folder / "corpus", folder / "index")
    return folder / "index"


@pytest.fixture
def evaluate(
    tiny_desk: Path, tiny_model: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Run the command on that index; what it prints."""
    monkeypatch.setenv("DATELINE_MODEL", tiny_model)

    def run(*arguments: str | Path) -> str:
        status = main([*map(str, arguments), "--index", str(tiny_desk)])
        printed = capsys.readouterr()
        assert (status, printed.err) == (0, "")
        return printed.out

    return run


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    rows = [
        {"question": MEMO, "answers": ["fifty officials"], "gold": ["example.org/memo"]},
        {"question": "What entered orbit around Jupiter?", "answers": ["Juno"], "gold": ["desk.jsonl#wire"]},
        {"question": "Who won the chess Olympiad?", "kind": "later"},
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return file


def test_the_report_in_words(evaluate: Callable[..., str], questions: Path) -> None:
    lines = evaluate(questions).splitlines()

    assert lines[0].split() == ["measure", "value", "95", "%", "interval"]
    assert lines[1].split() == ["answer_hit@1", "1.000", "1.000", "to", "1.000"]
    assert ["questions", "3"] in [line.split() for line in lines]
    table = lines[lines.index("") + 1 :]
    assert table[0].split()[3:6] == ["questions", "answer_hit@1", "answer_hit@5"]
    assert [line.split()[:3] for line in table[1:]] == [["name", "1", "1.000"], ["other", "1", "1.000"]]


def test_the_report_as_json(evaluate: Callable[..., str], questions: Path) -> None:
    found = json.loads(evaluate(questions, "--json"))

    assert all(isinstance(value, int | float) for value in found.values())
    assert (found["questions"], found["articles"], found["chunks"], found["questions.name"]) == (3, 5, 5, 1)
    assert (found["gold_hit@1"], found["gold_hit@1.low"], found["gold_hit@1.high"]) == (1, 1, 1)
    assert {"abstention_auroc", "abstention_auroc.later"} <= set(found)


@pytest.mark.parametrize("option", ["--json", "--compare=dense"])
def test_a_question_that_cannot_be_asked_is_not_answered(
    evaluate: Callable[..., str], questions: Path, caplog: pytest.LogCaptureFixture, option: str
) -> None:
    with questions.open("a", encoding="utf-8") as rows:
        rows.write('\n{"question": "?????", "answers": ["Juno"]}')

    report = evaluate(questions, option)

    assert "?????" in caplog.text
    if option == "--json":
        found = json.loads(report)
        assert (found["answer_hit@1"], found["false_refusal_rate"]) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    else:
        assert report.splitlines()[1].split()[:2] == ["answer_hit@1", "0.667"]


def test_a_comparison(evaluate: Callable[..., str], questions: Path) -> None:
    head, *lines = evaluate(questions, "--compare=-recency").splitlines()

    assert head.split() == ["measure", "shipped", "-recency", "difference", "95", "%", "interval"]
    assert lines[0].split()[:4] == ["answer_hit@1", "1.000", "1.000", "+0.000"]
    assert lines[0].endswith("(may be chance)")


def test_a_comparison_as_json(evaluate: Callable[..., str], questions: Path) -> None:
    found = json.loads(evaluate(questions, "--compare", "dense", "--json"))

    assert found["mrr@10"] - found["mrr@10.dense"] == pytest.approx(found["mrr@10.difference"])
    assert found["mrr@10.difference.low"] <= found["mrr@10.difference"] <= found["mrr@10.difference.high"]


def test_an_archive_measured_by_itself(evaluate: Callable[..., str]) -> None:
    found = json.loads(evaluate("--self", "--json"))

    assert (found["questions"], found["questions.headline"], found["questions.sentence"]) == (6, 3, 3)
    assert found["gold_hit@10"] == 1
    assert "gold_hit@1" in evaluate("--self", "--compare", "dense")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "Name a file of questions, or have them made from the archive with --self."),
        (["q.jsonl", "--self"], "Name a file of questions, or have them made from the archive with --self."),
        (["--self", "--unanswerable", "u.jsonl"], "With --self or --compare only rankings are measured"),
        (["--self", "--compare", "best"], "There is no ranking “best”; name one of: shipped, dense"),
        (["nowhere.jsonl"], "The questions “nowhere.jsonl” cannot be read (No such file or directory)"),
    ],
)
def test_user_errors(arguments: list[str], complaint: str, index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--index", str(index)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(complaint)
