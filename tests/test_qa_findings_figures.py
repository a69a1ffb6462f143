"""Figures that disagree, as the reader finds them in two reports."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from memory_archive import MemoryArchive

from corpus import Article
from index.archive import Archive
from qa.findings.figures import Disagreement, Figure, differing
from qa.question.words import Question
from qa.reading.close import read_closely
from qa.reading.reader import Reader
from qa.search.quotation import Passage, Quotation

# Question, newer report, older report, and the figures that differ, newest first; none where nothing differs.
CASES = [line.split("\t") for line in Path(__file__, "../data/differing.tsv").resolve().read_text("utf-8").splitlines()]
KILLED = "How many people were killed in the Orsk mine blast?"
NEWER = "The blast in the Orsk mine killed 52 people, officials said."
OLDER = "The blast in the Orsk mine killed 46 people."


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def told(reader: Reader, question: str, *reports: tuple[str, date | None]) -> tuple[Disagreement, ...]:
    articles = [Article(f"{place}", "", text, published=day) for place, (text, day) in enumerate(reports)]
    return told_by(MemoryArchive(articles), reader, question, articles)


def told_by(archive: Archive, reader: Reader, question: str, articles: Sequence[Article]) -> tuple[Disagreement, ...]:
    asked = Question.read(question, archive)
    passages = [Passage(article, 0, len(article.text), 1.0, {}) for article in articles]
    close = read_closely(reader, asked, passages, archive)
    return differing(archive, asked, [each.passage for each in close], [each.said for each in close])


def test_nine_in_ten_of_what_is_said_to_differ_differs(reader: Reader) -> None:
    found, right, wanted = 0, 0, 0
    reports = [
        [Article(f"{number}-{day}", "", text, published=date(2024, 6, day)) for text, day in ((newer, 13), (older, 12))]
        for number, (_, newer, older, _) in enumerate(CASES)
    ]
    archive = MemoryArchive(article for pair in reports for article in pair)
    for (question, *_, figures), pair in zip(CASES, reports, strict=True):
        said = told_by(archive, reader, question, pair)
        words = "|".join(figure.words for each in said for figure in each.figures)
        found, right, wanted = found + bool(said), right + bool(said and words == figures), wanted + bool(figures)
    assert len(CASES) == 60
    assert right >= 0.9 * found
    assert right >= 0.6 * wanted


def test_what_is_said(reader: Reader) -> None:
    [found] = told(reader, KILLED, (OLDER, date(2024, 6, 12)), (NEWER, date(2024, 6, 13)))
    assert found.sentence == (
        "The archive has different figures (How many people were killed in the Orsk mine blast): 52 (2024-06-13),"
        " 46 (2024-06-12)."
    )
    assert [(figure.value, figure.quotation.text) for figure in found.figures] == [(52, NEWER), (46, OLDER)]


def test_an_article_with_both_rates_does_not_disagree() -> None:
    def rate(words: str, value: float, text: str) -> Figure:
        return Figure(words, value, Quotation(Article("a", "", text), 0, len(text)), value, value, "%")

    now, later = rate("5%", 5.0, "Prices rose 5% in May."), rate("6%", 6.0, "Prices rose 6% in June, after 5% in May.")
    assert not now.differs(later)
    assert not later.differs(now)
    assert now.differs(rate("6%", 6.0, "Prices rose 6% in May, to 5,000 a tonne."))
    thousands = rate("6", 6.0, "Some 5,000 came, six stayed.")
    assert replace(now, words="5").differs(thousands)


def test_undated_reports_come_last(reader: Reader) -> None:
    [found] = told(reader, KILLED, (NEWER, None), (OLDER, date(2024, 6, 12)))
    assert [figure.words for figure in found.figures] == ["46", "52"]


def test_reports_of_other_weeks_are_of_other_things(reader: Reader) -> None:
    assert told(reader, KILLED, (OLDER, date(2024, 5, 12)), (NEWER, date(2024, 6, 13))) == ()


@pytest.mark.parametrize("newer", [f"{NEWER} They were not 46.", "The blast in the Orsk mine killed 52 of them."])
def test_an_article_that_has_both_figures_or_a_part_does_not_disagree(reader: Reader, newer: str) -> None:
    assert told(reader, KILLED, (OLDER, date(2024, 6, 12)), (newer, date(2024, 6, 13))) == ()
