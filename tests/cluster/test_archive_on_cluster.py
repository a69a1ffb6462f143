"""An archive on a true cluster against the one in memory, by the tests of the local stores."""

from collections import defaultdict
from collections.abc import Callable

import pytest
from asking import built
from memory_archive import MemoryArchive
from test_index_local import (  # noqa: F401 (they are run here)
    CHUNKS,
    EMBEDDER,
    rows_file,
    test_articles_and_leads_by_id,
    test_articles_spread_over_the_archive,
    test_days_on_a_subject,
    test_filtered_candidates_are_the_best_of_both_halves,
    test_names,
    test_of_chunks_that_words_score_alike_the_first_are_candidates,
    test_pieces_hold_what_ranking_needs,
    test_pieces_with_phrases_the_earliest_first_and_undated_ones_last,
    test_statistics,
    test_where_nothing_may_be_found_there_is_no_candidate,
    test_without_a_vector_candidates_come_from_words_alone,
    test_words_that_the_archive_does_not_have_leave_the_nearest,
)

from index.archive import Filter
from index.opensearch.archive import OpenSearchArchive
from index.opensearch.editions import live_edition
from index.opensearch.engine import Address, Engine


@pytest.fixture(scope="module")
def archive(new_store: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> OpenSearchArchive:
    address = new_store()
    built(tmp_path_factory.mktemp("many"), {"rows.jsonl": rows_file()}, EMBEDDER, DATELINE_STORE=address)
    engine = Engine(Address.parse(address))
    live = live_edition(engine)
    assert live.manifest.report.chunks == CHUNKS
    return OpenSearchArchive(engine, live)


@pytest.fixture(scope="module")
def plain(archive: OpenSearchArchive) -> MemoryArchive:
    return MemoryArchive(archive.every_article(), EMBEDDER)


def test_of_a_day_with_more_articles_than_the_engine_lists_the_first_are_spread(
    archive: OpenSearchArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_day = defaultdict(list)
    for article in archive.every_article():
        by_day[article.published].append(article.id)
    assert max(map(len, by_day.values())) > 3

    monkeypatch.setattr("index.opensearch.archive._LISTED", 3)
    spread = archive.spread(1000)

    assert len(spread) == archive.summary.articles
    assert {one.id for one in spread} == {name for names in by_day.values() for name in names[:3]}


def test_round_trips(archive: OpenSearchArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Word counts, the two searches, what else they need, the stories: four, and none for what was asked before."""
    asked, ask = [], Engine.ask
    monkeypatch.setattr(Engine, "ask", lambda *given, **options: asked.append(given[2]) or ask(*given, **options))
    fresh = OpenSearchArchive(archive._engine, archive.edition)
    counts = []
    for _ in range(2):
        for field in ("title", "body"):
            fresh.statistics.frequencies(["obaa", "syrb"], field)
        pieces = fresh.candidates(["obaa", "syrb"], EMBEDDER.encode(["obaa syrb"])[0], Filter(), 200)
        fresh.leads(piece.article for piece in pieces)
        fresh.stories([piece.article for piece in pieces[:5]])
        counts.append(len(asked))

    assert counts == [4, 6]
