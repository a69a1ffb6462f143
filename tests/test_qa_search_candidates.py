"""The chunks worth ranking, against plain Python over every chunk of an archive."""

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest
from asking import opened
from hashing_embedder import HashingEmbedder

from index.generations.generation import Generation
from index.stores.filter import Filter, Words
from qa.question.words import Question
from qa.search import candidates as candidates_module
from qa.search.candidates import Candidates, find_candidates

CHUNKS = 700
POOL = 200
FIRST = date(2016, 6, 1)
OUTLETS = ("BBC", "CNN", "Reuters")
VOCABULARY = [f"{first}{second}" for first in ("oba", "syr", "mem", "jun", "brex") for second in "abcdefghijkl"]
EMBEDDER = HashingEmbedder()


def rows_file() -> str:
    """Reports of ten words each, from three outlets; every fifth is undated, and every seventh speaks of a summit."""
    chance = random.Random(4)
    return "".join(
        json.dumps(
            {
                "id": f"{place:03}",
                "title": f"Report {place}",
                "text": " ".join([*chance.choices(VOCABULARY, k=10), *(["summit"] if place % 7 == 0 else [])]) + ".",
                "source": OUTLETS[place % 3],
                "published": None if place % 5 == 0 else (FIRST + timedelta(place % 28)).isoformat(),
                "authors": [f"Ann {place % 2}"],
            }
        )
        + "\n"
        for place in range(CHUNKS)
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    with opened(tmp_path_factory.mktemp("many"), {"rows.jsonl": rows_file()}, EMBEDDER) as generation:
        assert generation.manifest.report.chunks == CHUNKS
        yield generation


def day(number: int) -> int:
    return (FIRST + timedelta(number)).toordinal()


FILTERS = {
    "everything": Filter(),
    "an outlet": Filter(sources=frozenset(["BBC"])),
    "two outlets": Filter(sources=frozenset(["BBC", "CNN"])),
    "an author": Filter(authors=frozenset(["Ann 1"])),
    "since": Filter(since=day(10)),
    "until, with the undated": Filter(until=day(20), undated=True),
    "a week": Filter(since=day(7), until=day(13)),
    "a week, with the undated": Filter(since=day(7), until=day(13), undated=True),
    "a phrase": Filter(words=Words(phrases=("summit",))),
    "without a word": Filter(words=Words(excluded=("summit",))),
    "all at once": Filter(day(2), day(25), frozenset(["CNN", "BBC"]), frozenset(["Ann 0"]), undated=True),
    "no outlet": Filter(sources=frozenset()),
    "no author": Filter(authors=frozenset()),
    "no day": Filter(since=day(300), until=day(301)),
    "ends before it begins": Filter(since=day(5), until=day(4)),
}
QUESTIONS = ["What of obaa and syrb?", "summit", "brexa brexb brexc brexd", "Who is nobody, nowhere?"]


def lets_through(where: Filter, generation: Generation) -> list[int]:
    """The rows that the filter lets through: here each article is one chunk."""
    rows = []
    for row, article in enumerate(generation.articles.articles()):
        published = article.published.toordinal() if article.published else None
        within = (
            not where.by_day
            or (published is None and where.undated)
            or (published is not None and (where.since or 0) <= published <= (where.until or 10**6))
        )
        text = f"{article.title} {article.text}"
        if (
            within
            and (where.sources is None or article.source in where.sources)
            and (where.authors is None or where.authors & set(article.authors))
            and all(phrase in text for phrase in where.words.phrases)
            and not any(word in text for word in where.words.excluded)
        ):
            rows.append(row)
    return rows


def found(generation: Generation, question: str, where: Filter, *, by_meaning: bool = True) -> Candidates:
    vector = EMBEDDER.encode([question])[0] if by_meaning else None
    return find_candidates(generation, Question.read(question, generation.keywords), vector, where)


def keyword_rows(generation: Generation, question: str, where: Filter) -> set[int]:
    terms = Question.read(question, generation.keywords).terms.terms
    return set(generation.keywords.search(terms, POOL, where)[0].tolist())


def cosines_of(generation: Generation, question: str) -> np.ndarray:
    """The cosine of every chunk to the question, row by row."""
    return np.asarray((generation.vectors * EMBEDDER.encode([question])[0]).sum(axis=1))


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("where", [where for where in FILTERS.values() if not where.open], ids=list(FILTERS)[1:])
def test_filtered_candidates_are_the_best_of_both_halves(archive: Generation, where: Filter, question: str) -> None:
    """An archive of this size is always filtered exactly."""
    allowed = lets_through(where, archive)
    by_words = keyword_rows(archive, question, where)
    cosines = cosines_of(archive, question)
    ranked = sorted(allowed, key=lambda row: -cosines[row])
    edge = cosines[ranked[min(POOL, len(ranked)) - 1]] if ranked else 0.0

    candidates = found(archive, question, where)

    rows = candidates.rows.tolist()
    assert rows == sorted(set(rows))
    assert by_words <= set(rows) <= set(allowed)
    # Of chunks equally near to the question at the edge of the pool any may be in it.
    assert {row for row in ranked if cosines[row] > edge + 1e-6} <= set(rows)
    assert all(cosines[row] >= edge - 1e-6 for row in set(rows) - by_words)
    assert len(rows) >= min(POOL, len(allowed))
    np.testing.assert_allclose(candidates.cosine, cosines[rows], atol=1e-6)
    assert candidates.leads.tolist() == rows


@pytest.mark.parametrize("name", ["everything", "two outlets", "since"])
def test_nearly_all_of_the_nearest_come_from_chroma(
    archive: Generation, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a filter, and in a large archive with one that lets much through.

    Chroma's graph is approximate and another one in each build, so this is a recall over many questions.
    """
    monkeypatch.setattr(candidates_module, "_ROWS_A_NEIGHBOUR", 0)
    chance, allowed = random.Random(5), lets_through(FILTERS[name], archive)
    recalls: dict[int, list[float]] = {10: [], POOL: []}
    for _ in range(60):
        question = " ".join(chance.choices(VOCABULARY, k=4))
        cosines = cosines_of(archive, question)
        rows = found(archive, question, FILTERS[name]).rows.tolist()
        assert keyword_rows(archive, question, FILTERS[name]) <= set(rows) <= set(allowed)
        for count, shares in recalls.items():
            edge = np.sort(cosines[allowed])[-count]
            nearer = [row for row in allowed if cosines[row] > edge + 1e-6]
            shares.append(len({*nearer} & {*rows}) / len(nearer) if nearer else 1.0)

    assert np.mean(recalls[10]) >= 0.99
    assert np.mean(recalls[POOL]) >= 0.95


def test_without_a_vector_candidates_come_from_words_alone(archive: Generation) -> None:
    for where in FILTERS.values():
        candidates = found(archive, "What of obaa and syrb?", where, by_meaning=False)
        assert candidates.rows.tolist() == sorted(archive.keywords.search(["obaa", "syrb"], POOL, where)[0].tolist())
        assert not candidates.cosine.any()
        assert len(candidates.cosine) == len(candidates.leads) == len(candidates.rows)


@pytest.mark.parametrize("name", ["no outlet", "no author", "no day", "ends before it begins"])
def test_where_nothing_may_be_found_there_is_no_candidate(archive: Generation, name: str) -> None:
    candidates = found(archive, "summit", FILTERS[name])
    columns = (candidates.rows, candidates.leads, candidates.cosine)
    assert [column.tolist() for column in columns] == [[], [], []]
    assert [column.dtype for column in columns] == [np.int64, np.int64, np.float32]


def test_words_that_the_archive_does_not_have_leave_the_nearest(archive: Generation) -> None:
    question = "Wimbledon Wimbledon"
    assert found(archive, question, Filter(), by_meaning=False).rows.tolist() == []
    assert len(found(archive, question, Filter()).rows) == POOL


def test_an_empty_archive_has_no_candidate(tmp_path_factory: pytest.TempPathFactory) -> None:
    with opened(tmp_path_factory.mktemp("empty"), {}) as generation:
        for where in (Filter(), Filter(since=day(1))):
            assert found(generation, "summit", where).rows.tolist() == []


def test_equal_texts_have_equal_cosines_wherever_they_stand(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A product of matrices sums in another order for the last few of its rows."""
    chance = np.random.default_rng(0)
    turned = np.linalg.qr(chance.normal(size=(384, 384)))[0].astype(np.float32)

    class Turned(HashingEmbedder):
        def encode(self, texts: list[str]) -> np.ndarray:  # type: ignore[override]
            return super().encode(texts) @ turned

    files = {f"{place:02}.txt": "Memo on Syria\n\nOfficials signed the memo on Syria.\n" for place in range(19)}
    embedder = Turned(dimension=384)
    question = "Who signed the memo?"
    with opened(tmp_path_factory.mktemp("equal"), files, embedder) as generation:
        vector = embedder.encode([question])[0]
        candidates = find_candidates(generation, Question.read(question, generation.keywords), vector, Filter())
    assert len(candidates.rows) == 19
    assert len(set(candidates.cosine.tolist())) == 1
