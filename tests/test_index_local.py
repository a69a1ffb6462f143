"""The stores on disk behind the seam, against the archive in memory, which is plain Python over every chunk."""

import json
import random
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from asking import built, opened
from hashing_embedder import HashingEmbedder
from memory_archive import MemoryArchive

from index import local
from index.archive import Archive, Filter, Piece, Words
from index.generations.generation import Generation
from index.local import LocalArchive
from index.terms import TermText

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
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalArchive]:
    with opened(tmp_path_factory.mktemp("many"), {"rows.jsonl": rows_file()}, EMBEDDER) as generation:
        assert generation.manifest.report.chunks == CHUNKS
        yield LocalArchive(generation)


@pytest.fixture(scope="module")
def plain(archive: LocalArchive) -> MemoryArchive:
    """The same articles; each is one chunk."""
    return MemoryArchive(archive.every_article(), EMBEDDER)


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


def found(archive: Archive, question: str, where: Filter, *, by_meaning: bool = True) -> list[Piece]:
    vector = EMBEDDER.encode([question])[0] if by_meaning else None
    return archive.candidates(list(dict.fromkeys(archive.terms(question))), vector, where, POOL)


def names(pieces: list[Piece]) -> set[str]:
    return {piece.article for piece in pieces}


def cosines_of(plain: MemoryArchive, question: str) -> dict[str, float]:
    cosines = (plain.sample * EMBEDDER.encode([question])[0]).sum(axis=1)
    return {piece.article: float(cosines[position]) for position, piece in enumerate(plain.pieces)}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("where", [where for where in FILTERS.values() if not where.open], ids=list(FILTERS)[1:])
def test_filtered_candidates_are_the_best_of_both_halves(
    archive: LocalArchive, plain: MemoryArchive, where: Filter, question: str
) -> None:
    """An archive of this size is always filtered exactly."""
    allowed = {piece.article for piece in plain.pieces if plain.lets_through(where, piece)}
    cosines = cosines_of(plain, question)
    edge = min(sorted((cosines[name] for name in allowed), reverse=True)[:POOL], default=0.0)

    pieces = found(archive, question, where)

    by_words = names(found(archive, question, where, by_meaning=False))
    assert [piece.article for piece in pieces] == sorted(names(pieces))
    assert by_words <= names(pieces) <= allowed
    # Of chunks equally near to the question at the edge of the pool any may be among them.
    assert {name for name in allowed if cosines[name] > edge + 1e-6} <= names(pieces)
    assert all(cosines[name] >= edge - 1e-6 for name in names(pieces) - by_words)
    assert len(pieces) >= min(POOL, len(allowed))
    for piece in pieces:
        assert piece.cosine == pytest.approx(cosines[piece.article], abs=1e-6)


def test_of_chunks_that_words_score_alike_the_first_are_candidates(archive: Archive) -> None:
    pieces = archive.candidates(archive.terms("Report"), None, Filter(), 50)

    assert [piece.article for piece in pieces] == [article.id for article in islice(archive.every_article(), 50)]


@pytest.mark.parametrize("name", ["everything", "two outlets", "since"])
def test_nearly_all_of_the_nearest_come_from_chroma(
    archive: LocalArchive, plain: MemoryArchive, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a filter, and in a large archive with one that lets much through.

    Chroma's graph is approximate and another one in each build, so this is a recall over many questions.
    """
    monkeypatch.setattr(local, "_ROWS_A_NEIGHBOUR", 0)
    chance, where = random.Random(5), FILTERS[name]
    allowed = {piece.article for piece in plain.pieces if plain.lets_through(where, piece)}
    recalls: dict[int, list[float]] = {10: [], POOL: []}
    for _ in range(60):
        question = " ".join(chance.choices(VOCABULARY, k=4))
        cosines = cosines_of(plain, question)
        pieces = names(found(archive, question, where))
        assert names(found(archive, question, where, by_meaning=False)) <= pieces <= allowed
        for count, shares in recalls.items():
            edge = sorted(cosines[name] for name in allowed)[-count]
            nearer = {name for name in allowed if cosines[name] > edge + 1e-6}
            shares.append(len(nearer & pieces) / len(nearer) if nearer else 1.0)

    assert np.mean(recalls[10]) >= 0.99
    assert np.mean(recalls[POOL]) >= 0.95


def test_without_a_vector_candidates_come_from_words_alone(archive: LocalArchive, plain: MemoryArchive) -> None:
    for where in FILTERS.values():
        pieces = found(archive, "obaa syrb", where, by_meaning=False)
        assert names(pieces) == names(found(plain, "obaa syrb", where, by_meaning=False))
        assert {piece.cosine for piece in pieces} <= {0}


def test_pieces_hold_what_ranking_needs(archive: LocalArchive, plain: MemoryArchive) -> None:
    assert found(archive, "obaa", Filter(), by_meaning=False) == found(plain, "obaa", Filter(), by_meaning=False)


@pytest.mark.parametrize("name", ["no outlet", "no author", "no day", "ends before it begins"])
def test_where_nothing_may_be_found_there_is_no_candidate(archive: LocalArchive, name: str) -> None:
    assert found(archive, "summit", FILTERS[name]) == []


def test_an_outlet_that_there_is_not_lets_nothing_through(archive: LocalArchive) -> None:
    assert found(archive, "summit", Filter(sources=frozenset({"Nobody"}))) == []


def test_words_that_the_archive_does_not_have_leave_the_nearest(archive: LocalArchive) -> None:
    question = "Wimbledon Wimbledon"
    assert found(archive, question, Filter(), by_meaning=False) == []
    assert len(found(archive, question, Filter())) == POOL


def test_equal_texts_have_equal_cosines_wherever_they_stand(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A product of matrices sums in another order for the last few of its rows."""
    chance = np.random.default_rng(0)
    turned = np.linalg.qr(chance.normal(size=(384, 384)))[0].astype(np.float32)

    class Turned(HashingEmbedder):
        def encode(self, texts: list[str]) -> np.ndarray:  # type: ignore[override]
            return super().encode(texts) @ turned

    files = {f"{place:02}.txt": "Memo on Syria\n\nOfficials signed the memo on Syria.\n" for place in range(19)}
    embedder = Turned(dimension=384)
    with opened(tmp_path_factory.mktemp("equal"), files, embedder) as generation:
        vector = embedder.encode(["Who signed the memo?"])[0]
        pieces = LocalArchive(generation).candidates(["memo"], vector, Filter(), POOL)
    assert len(pieces) == 19
    assert len({piece.cosine for piece in pieces}) == 1


@pytest.mark.parametrize("where", FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize(("weights", "share"), [({}, 0.0), ({"summit": 2.0, "obaa": 1.0}, 0.5), ({"obaa": 1.0}, 1.0)])
def test_days_on_a_subject(
    archive: LocalArchive, plain: MemoryArchive, where: Filter, weights: dict[str, float], share: float
) -> None:
    assert archive.days_on(weights, share, where) == plain.days_on(weights, share, where)


def test_statistics(archive: LocalArchive, plain: MemoryArchive) -> None:
    ours, theirs = archive.statistics, plain.statistics
    assert (ours.chunks, ours.mean_length) == (theirs.chunks, theirs.mean_length)
    terms = ["summit", "report", "obaa", "nowhere"]
    assert ours.frequencies(terms) == theirs.frequencies(terms)
    assert ours.frequencies(terms, "title") == theirs.frequencies(terms, "title") == {
        "summit": 0, "report": CHUNKS, "obaa": 0, "nowhere": 0,
    }  # fmt: skip


def test_articles_and_leads_by_id(archive: LocalArchive, plain: MemoryArchive) -> None:
    ids = [piece.article for piece in plain.pieces[5:1:-1]]
    assert archive.articles(["nobody", *ids]) == plain.articles(ids)
    assert archive.leads([*ids, "nobody", ""]) == plain.leads(ids)
    assert archive.stories(["nobody", *ids]) == {name: plain.articles([name]) for name in ids}
    assert list(archive.every_article()) == list(plain.every_article())


def test_pieces_with_phrases_the_earliest_first_and_undated_ones_last(
    archive: LocalArchive, plain: MemoryArchive
) -> None:
    for phrases in (["summit"], ["Report 7"], ["report", "summit"], ["summit nowhere"], ["?"]):
        for limit in (1, 3, 1000):
            assert archive.pieces_with(phrases, limit) == plain.pieces_with(phrases, limit)


def test_names(archive: LocalArchive, plain: MemoryArchive) -> None:
    assert list(archive.outlets().items()) == list(plain.outlets().items()) == [
        ("BBC", 234), ("CNN", 233), ("Reuters", 233),
    ]  # fmt: skip
    for name in ("ann", "Ann 1", "“1”", "Bo", ""):
        assert archive.authors_like(name) == plain.authors_like(name)


@pytest.mark.parametrize("count", [1, 4, 1000])
def test_articles_spread_over_the_archive(archive: LocalArchive, plain: MemoryArchive, count: int) -> None:
    assert archive.spread(count) == plain.spread(count)


@pytest.mark.parametrize("start", [0, 10, 400, 690, 700])
def test_articles_newest_first(archive: LocalArchive, plain: MemoryArchive, start: int) -> None:
    for where in (Filter(), Filter(sources=frozenset({"BBC"})), Filter(since=day(3), until=day(9))):
        assert archive.newest(where, start, 20) == plain.newest(where, start, 20)


def test_the_sample_is_some_of_the_vectors(archive: LocalArchive, plain: MemoryArchive) -> None:
    np.testing.assert_allclose(archive.sample, plain.sample, atol=1e-6)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[LocalArchive]:
    with closing(Generation.open(built(tmp_path, {}))) as generation:
        yield LocalArchive(generation)


def test_an_empty_archive(empty: LocalArchive) -> None:
    vector = EMBEDDER.encode(["summit"])[0]
    for where in (Filter(), Filter(since=day(1))):
        assert empty.candidates(["summit"], vector, where, POOL) == []
    assert (empty.statistics.chunks, empty.statistics.mean_length) == (0, {"title": 0, "body": 0})
    assert (empty.days_on({}, 0.0, Filter()), empty.outlets(), empty.spread(4)) == ({}, {}, [])
    assert (empty.leads(["a"]), empty.stories(["a"]), empty.pieces_with(["a"], 5)) == ({}, {}, [])
    assert len(empty.sample) == 0


def test_terms_are_counted_whole_and_side_by_side() -> None:
    text = TermText.of(["memo", "memo", "on", "syria", "memos"])
    assert (text.length, text.count("memo"), text.count("syria"), text.count("mem")) == (5, 2, 1, 0)
    assert (text.count("memo", "memo"), text.count("memo", "on"), text.count("memo", "syria")) == (1, 1, 0)
    assert TermText().count("memo") == 0
