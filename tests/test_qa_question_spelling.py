from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from archives import write
from hashing_embedder import HashingEmbedder

from index import sync
from index.generations.generation import Generation
from qa.question.spelling import _is_word, corrected

OBAMA = "Obama spoke of intervention in Syria and of Assad. A mile away people listened, and were quick to quit."
ADVISE = "They advise Obama on a statute. Assad gave a causal word; it did no harm."
VOTE = "The voters of Argentina chose a president, united under martial law, with no harm. The commander raids at dawn."
FILES = {f"{number}.txt": f"{text[:9]}\n\n{text}\n" for number, text in enumerate([OBAMA, ADVISE, VOTE] * 2)}
ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "data/corrections.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    folder = tmp_path_factory.mktemp("correction")
    sync(write(folder / "corpus", FILES), folder / "index", embedder=HashingEmbedder())
    with closing(Generation.open(folder / "index")) as opened:
        yield opened


@pytest.mark.parametrize(("question", "expected"), ROWS, ids=[question for question, _ in ROWS])
def test_misspelt_words(generation: Generation, question: str, expected: str) -> None:
    text, notices = corrected(question, generation)

    assert text == expected
    assert bool(notices) == (text != question)


NOTHING = {"empty": "", "no word": "?", "rare letters": "ﷺﷺﷺﷺ ŉŉŉŉ of Obama", "not indexed": f"{'x' * 61} of Obama"}


@pytest.mark.parametrize("question", NOTHING.values(), ids=NOTHING)
def test_what_holds_nothing_to_correct(generation: Generation, question: str) -> None:
    assert corrected(question, generation) == (question, ())


def test_each_correction_is_told(generation: Generation) -> None:
    _, notices = corrected("Asad and intervetion", generation)

    assert notices == (
        '“Asad” is not in the archive; searched for “Assad” instead. Write "Asad" to keep it.',
        '“intervetion” is not in the archive; searched for “intervention” instead. Write "intervetion" to keep it.',
    )


def test_words_that_are_kept(generation: Generation) -> None:
    assert corrected("Asad and intervetion", generation, ["Mr Asad"])[0] == "Asad and intervention"


@pytest.mark.parametrize(
    ("word", "language", "known"),
    [
        ("advice", "en", True),
        ("Advice", "en", True),
        ("advic", "en", False),
        ("wahlen", "de", True),
        ("advice", "xx", False),
    ],
)
def test_words_of_a_dictionary(word: str, language: str, known: bool) -> None:
    assert _is_word(word, language) == known
