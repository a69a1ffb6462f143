"""Later versions of a story: the same sentence in them, and what earlier ones said in its place."""

from dataclasses import replace
from datetime import date

import pytest
from fake_archive import ORLANDO

from corpus import Article
from qa import Passage
from qa.findings.versions import counterpart, earlier_versions, latest

FIRST, SECOND = ORLANDO
FOUND = Passage(FIRST, 0, len(FIRST.text), 1.0, {}, ((0, len(FIRST.text)),), ("second",), "second")


def test_a_passage_is_quoted_from_the_later_version() -> None:
    found = latest(FOUND, ORLANDO)
    assert found.quotation == "Forty-nine people were killed at the Orlando nightclub on Sunday."
    assert found.text == found.quotation
    assert (found.article, found.copies, found.later, found.score) == (SECOND, ("first",), "", 1.0)


def test_a_version_that_no_longer_says_it_replaces_nothing() -> None:
    silent = replace(SECOND, text="The police said nothing of those who died.")
    assert latest(FOUND, [FIRST, silent]) is FOUND
    assert latest(FOUND, ORLANDO, until=date(2016, 6, 12)) is FOUND


def test_what_earlier_versions_said_is_named() -> None:
    [earlier] = earlier_versions(latest(FOUND, ORLANDO), [FIRST])
    assert (earlier.article, earlier.text) == (FIRST, FIRST.text)
    copy = Article("copy", "Nightclub", SECOND.text, "Other", date(2016, 6, 14))
    assert earlier_versions(Passage(FIRST, 0, 5, 1.0, {}), [copy]) == []


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("One came. Fifty people died in Kett. They left.", "Forty people died in Kett.", "Fifty people died in Kett."),
        ("One came. Two left here.", "One came. Two left there.", "One came. Two left here."),
        ("One came.", "Nobody ever left the house.", ""),
        ("", "One came.", ""),
        ("One came.", "", ""),
    ],
)
def test_the_counterpart_of_a_sentence(text: str, words: str, expected: str) -> None:
    span = counterpart(Article("a", "A", text), words)
    assert (text[slice(*span)] if span else "") == expected
