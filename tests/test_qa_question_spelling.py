"""Misspelt words, put right from the words of a small archive."""

from pathlib import Path

import pytest
from memory_archive import MemoryArchive

from corpus import Article
from corpus.words import is_word
from qa.question.spelling import corrected

OBAMA = "Obama spoke of intervention in Syria and of Assad. A mile away people listened, and were quick to quit."
ADVISE = "They advise Obama on a statute. Assad gave a causal word; it did no harm."
VOTE = "The voters of Argentina chose a president, united under martial law, with no harm. The commander raids at dawn."
SPORT = "Murray won at Wimbledon. Kelly Holmes, a runner, lost a key, another key and one more key in the tunnel."
ARTICLES = [Article(str(number), text[:9], text) for number, text in enumerate([OBAMA, ADVISE, VOTE] * 2 + [SPORT])]
ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "data/corrections.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.fixture(scope="module")
def archive() -> MemoryArchive:
    return MemoryArchive(ARTICLES)


@pytest.mark.parametrize(("question", "expected"), ROWS, ids=[question for question, _ in ROWS])
def test_misspelt_words(archive: MemoryArchive, question: str, expected: str) -> None:
    text, notices = corrected(question, archive)

    assert text == expected
    assert bool(notices) == (text != question)


NOTHING = {"empty": "", "no word": "?", "rare letters": "ﷺﷺﷺﷺ ŉŉŉŉ of Obama", "not indexed": f"{'x' * 61} of Obama"}


@pytest.mark.parametrize("question", NOTHING.values(), ids=NOTHING)
def test_what_holds_nothing_to_correct(archive: MemoryArchive, question: str) -> None:
    assert corrected(question, archive) == (question, ())


def test_each_correction_is_told(archive: MemoryArchive) -> None:
    _, notices = corrected("Asad and intervetion", archive)

    assert notices == (
        '“Asad” is not in the archive; searched for “Assad” instead. Write "Asad" to keep it.',
        '“intervetion” is not in the archive; searched for “intervention” instead. Write "intervetion" to keep it.',
    )


def test_a_text_of_many_unknown_words_is_not_misspelt(archive: MemoryArchive) -> None:
    unknown = " ".join(f"qx{letter}xq" for letter in "abcdefghijkl")
    assert corrected(f"Asad {unknown[:-6]}", archive)[0] == f"Assad {unknown[:-6]}"
    assert corrected(f"Asad {unknown}", archive) == (f"Asad {unknown}", ())


def test_words_that_are_kept(archive: MemoryArchive) -> None:
    assert corrected("Asad and intervetion", archive, ["Mr Asad"])[0] == "Asad and intervention"


@pytest.mark.parametrize(
    ("word", "language", "known"),
    [
        ("advice", "en", True),
        ("advic", "en", False),
        ("wahlen", "de", True),
        ("advice", "xx", False),
    ],
)
def test_words_of_a_dictionary(word: str, language: str, known: bool) -> None:
    assert is_word(word, language) == known
