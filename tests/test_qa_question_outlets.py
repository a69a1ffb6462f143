import pytest

from qa.question.outlets import outlets_in

SOURCES = ("CNN", "USA Today", "The Week", "The Guardian", "BBC News", "C++ Weekly", "")
CASES = {
    "according to": ("According to CNN, who won?", {"CNN"}),
    "report of": ("What did the Guardian's report on Syria say?", {"The Guardian"}),
    "said": ("What did BBC News say about Trump?", {"BBC News"}),
    "two": ("How do CNN and the Guardian report on Brexit?", {"CNN", "The Guardian"}),
    "three": ("according to CNN, USA Today and BBC News", {"CNN", "USA Today", "BBC News"}),
    "the week": ("according to The Week, why?", {"The Week"}),
    "signs": ("according to C++ Weekly", {"C++ Weekly"}),
    "this week": ("What happened this week according to officials?", set()),
    "a company": ("Who bought CNN?", set()),
    "unknown": ("according to Le Monde", set()),
    "lower case": ("the week says goodbye", set()),
}


@pytest.mark.parametrize(("question", "expected"), CASES.values(), ids=CASES)
def test_outlets(question: str, expected: set[str]) -> None:
    assert outlets_in(question, SOURCES) == expected


def test_no_outlets_in_the_archive() -> None:
    assert outlets_in("according to CNN", [""]) == frozenset()
