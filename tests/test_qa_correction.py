import pytest
from archives import write
from hashing_embedder import HashingEmbedder

from index import sync
from index.generation import Generation
from qa.correction import corrected

FILES = {
    "one.txt": "Obama speaks\n\nObama spoke of intervention and Assad. A mile away people listened.\n",
    "two.txt": "Assad replies\n\nAssad spoke of Obama and intervention. Nobody listened for a mile.\n",
    "three.txt": "Argentina votes\n\nThe voters of Argentina chose a president.\n",
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    folder = tmp_path_factory.mktemp("correction")
    sync(write(folder / "corpus", FILES), folder / "index", embedder=HashingEmbedder())
    return Generation.open(folder / "index")


CASES = {
    "letter put in": ("What did Obamma say?", "What did Obama say?"),
    "letter left out": ("What did Asad say of Obama?", "What did Assad say of Obama?"),
    "letters swapped": ("What did Obmaa say?", "What did Obama say?"),
    "letter exchanged": ("What of intervenzion?", "What of intervention?"),
    "two words": ("Asad and intervetion", "Assad and intervention"),
    "known word": ("What did Obama say?", "What did Obama say?"),
    "first letter": ("What did Zbama say?", "What did Zbama say?"),
    "short word": ("A mle away", "A mle away"),
    "an unknown name beside other news": ("Milei, president of Argentina", "Milei, president of Argentina"),
    "nothing near": ("Wimbledon", "Wimbledon"),
    "empty": ("", ""),
}


@pytest.mark.parametrize(("question", "expected"), CASES.values(), ids=CASES)
def test_misspelt_words(generation: Generation, question: str, expected: str) -> None:
    text, notices = corrected(question, generation.keywords)

    assert text == expected
    assert bool(notices) == (text != question)


def test_each_correction_is_told(generation: Generation) -> None:
    _, notices = corrected("Asad and intervetion", generation.keywords)

    assert notices == (
        "“Asad” is not in the archive; searched for “Assad” instead.",
        "“intervetion” is not in the archive; searched for “intervention” instead.",
    )
