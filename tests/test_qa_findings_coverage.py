"""Coverage over time: bars by head, and the articles on a subject in a small archive."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from archives import write
from asking import story
from hashing_embedder import HashingEmbedder
from memory_archive import MemoryArchive

from index import sync
from index.archive import Filter
from qa import Retriever
from qa.findings.coverage import Coverage, Unit, by_unit, coverage
from qa.question.request import Request
from qa.question.words import Question

MONDAY = date(2016, 6, 13)


def spread(days: int, articles: int = 20) -> list[date]:
    """As many articles, evenly over as many days."""
    return [MONDAY + timedelta(days=number * (days - 1) // (articles - 1)) for number in range(articles)]


def test_bars_follow_each_other_without_a_gap() -> None:
    found = by_unit([MONDAY, MONDAY, MONDAY + timedelta(days=3)])
    assert [(bar.days.first.day, bar.days.last.day, bar.articles) for bar in found.bars] == [
        (13, 13, 2),
        (14, 14, 0),
        (15, 15, 0),
        (16, 16, 1),
    ]
    assert (found.unit, found.articles, found.outside) == ("day", 3, 0)
    assert max(bar.articles for bar in found.bars) == 2


@pytest.mark.parametrize(
    ("days", "unit", "bars"),
    [(1, "day", 1), (62, "day", 62), (63, "week", 9), (434, "week", 62), (435, "month", 15), (9000, "year", 26)],
)
def test_the_finest_unit_that_does_not_give_too_many_bars(days: int, unit: Unit, bars: int) -> None:
    found = by_unit(spread(days))
    assert (found.unit, len(found.bars)) == (unit, bars)
    assert found.articles == 20


def test_a_few_stray_dates_do_not_coarsen_the_bars() -> None:
    found = by_unit([date(1999, 1, 1), *spread(30, 98), date(2030, 1, 1)])
    assert (found.unit, found.articles, found.outside) == ("day", 96, 4)


def test_days_at_the_end_of_the_calendar_are_outside() -> None:
    days = {"a.txt": "2016-06-20", "b.txt": "2016-06-21", "c.txt": "2999-01-01", "d.txt": "9999-12-31"}
    archive = MemoryArchive.of({name: story("Pound", "The pound fell.", date=day) for name, day in days.items()})
    found = coverage(archive, Question.read("the pound", archive), Filter())
    assert ([bar.articles for bar in found.bars], found.outside) == ([1, 1], 2)


def test_nothing_dated_gives_nothing() -> None:
    assert by_unit([]) == Coverage()


def test_articles_on_the_subject_are_counted_within_the_limits(
    corpus: Path, index: Path, embedder: HashingEmbedder
) -> None:
    files = {f"{day}.txt": f"Vote\nDate: 2016-06-{day}\n\nThe pound fell after the vote.\n" for day in (20, 21, 24)}
    other = {"juno.txt": "Juno\nDate: 2016-06-22\n\nJuno entered orbit.\n", "undated.txt": "Pound\n\nThe vote.\n"}
    sync(write(corpus, files | other), index, embedder=embedder)

    def counted(**limits: str) -> list[int]:
        request = Request("Why did the pound fall after the vote?", **limits)  # type: ignore[arg-type]
        answer = retriever.answer(request)
        return [bar.articles for bar in answer.coverage.bars] if answer.coverage else []

    with Retriever.open(index, embedder=embedder) as retriever:
        assert counted() == [1, 1, 0, 0, 1]
        assert counted(since="2016-06-21", until="2016-06-23") == [1]
        assert counted(since="2016-06-25") == []
        answer = retriever.ask("Why did the pound fall?")
        assert answer.coverage is answer.coverage is not None
        window = Request("Who reached orbit in May 2015?", timeframe=False)
        assert retriever.answer(window).timeframe is None
