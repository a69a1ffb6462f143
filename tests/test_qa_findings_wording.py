"""Words of two texts compared: what counts as the same word, and the nearest stretch word by word."""

from functools import cache
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.words import GAP, keys, words
from qa.findings.wording import align, changes, find


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“We won’t go,” she said", "WE WON'T GO she said"),
        ("a no-fly zone – now", "a no fly\n\nzone—now"),
        ("U.S. officials", "US officials"),
        ("10,000 people", "10000 people"),
        ("Erdoğan, señor", "Erdogan senor"),
    ],
)
def test_the_same_words(one: str, other: str) -> None:
    assert keys(one) == keys(other)


@pytest.mark.parametrize(
    ("one", "other"), [("1.5 million", "15 million"), ("$5", "€5"), ("5%", "5"), ("his", "her"), ("1,50", "150")]
)
def test_other_words(one: str, other: str) -> None:
    assert keys(one) != keys(other)


@pytest.mark.parametrize("ellipsis", ["...", "…", ". . .", "[...]", "[…]", "[ … ]", "...."])
def test_an_ellipsis_is_a_gap_in_a_quotation_and_nothing_in_an_article(ellipsis: str) -> None:
    assert [word.key for word in words(f"a {ellipsis} b")] == ["a", GAP, "b"]
    assert keys(f"a {ellipsis} b") == ["a", "b"]


def test_words_keep_their_offsets() -> None:
    text = "“No, U.S. troops”…"
    assert [text[word.start : word.end] for word in words(text)] == ["No", "U.S.", "troops", "…"]


@pytest.mark.parametrize(
    ("wanted", "place"),
    [("b c", (1, 3)), ("a", (0, 1)), ("d", (4, 5)), ("b … d", (1, 5)), ("c b", (2, 4)), ("b b", None), ("d … a", None)],
)
def test_find(wanted: str, place: tuple[int, int] | None) -> None:
    assert find([word.key for word in words(wanted)], list("abcbd")) == place


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("the vote was on Friday", [("same", "the vote was on"), ("changed", "Friday", "Tuesday")]),
        ("the first vote was", [("same", "the"), ("added", "first", ""), ("same", "vote was")]),
        ("the vote on Tuesday", [("same", "the vote"), ("left_out", "", "was"), ("same", "on Tuesday")]),
        ("the … Tuesday", [("same", "the"), ("elided", "…", "vote was on"), ("same", "Tuesday")]),
        ("that vote was", [("changed", "that", "the"), ("same", "vote was")]),
        (
            "They say not before",
            [("same", "They say"), ("left_out", "", "the vote was on Tuesday"), ("same", "not before")],
        ),
    ],
)
def test_changes(quote: str, expected: list[tuple[str, ...]]) -> None:
    text = "They say: the vote was on Tuesday, not before."
    said, printed = words(quote), words(text)
    found = align([word.key for word in said], [word.key for word in printed])
    runs = changes(quote, said, text, printed, found)
    assert [(run.kind, run.quoted, run.archived) for run in runs] == [
        (kind, texts[0], texts[-1]) for kind, *texts in expected
    ]


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=7), st.lists(st.sampled_from("abcd"), max_size=9))
def test_align_costs_the_least(quoted: list[str], archived: list[str]) -> None:
    found = align(quoted, archived)
    assert found.cost == min(
        distance(tuple(quoted), tuple(archived[start:end])) / 10
        for start in range(len(archived) + 1)
        for end in range(start, len(archived) + 1)
    )
    assert [place for place, _ in found.pairs if place is not None] == list(range(len(quoted)))
    other = [place for _, place in found.pairs if place is not None]
    assert other == list(range(other[0], other[0] + len(other))) if other else True
    changed = sum(one is not None and (two is None or quoted[one] != archived[two]) for one, two in found.pairs)
    runs = [len(list(run)) for left_out, run in groupby(found.pairs, lambda pair: pair[0] is None) if left_out]
    assert found.cost == changed + sum(9 + run for run in runs) / 10


@cache
def distance(one: tuple[str, ...], two: tuple[str, ...]) -> int:
    """Tenths of words between two lists, the slow and obvious way."""
    if not one or not two:
        return 10 * len(one) + (9 + len(two) if two else 0)
    left_out = min(distance(one, two[run:]) + 9 + run for run in range(1, len(two) + 1))
    return min(distance(one[1:], two) + 10, distance(one[1:], two[1:]) + 10 * (one[0] != two[0]), left_out)
