"""What counts as the same word, and where words begin and end."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.words import GAP, _words_of, in_capitals, in_terms_of, is_one_word, keys, name_key, words

SAME = {
    "capitals": ("Obama", "OBAMA"),
    "accents": ("Erdoğan señor", "Erdogan senor"),
    "accents as marks of their own": ("Cafe\u0301", "café"),
    "strokes": ("Łódź, Tromsø, Đà Nẵng, Ħal", "Lodz Tromso Da Nang Hal"),
    "ligatures": ("ﬂag Ærø œuvre straße", "flag Aero oeuvre strasse"),
    "Turkish i": ("İzmir ISPARTA", "izmir ısparta"),
    "low and high figures": ("SO₂ m²", "SO2 m2"),
    "wide letters": ("ＮＡＴＯ", "nato"),
    "apostrophes": ("don’t O`Hara", "don't O'Hara"),
    "initials": ("U.N. J. K. Rowling", "UN J.K. Rowling"),
    "thousands": ("1,250 2.500.000 3’000", "1250 2500000 3000"),
    "minus": ("−5 to –5", "-5 to -5"),
    "leading point": ("a rate of .5", "a rate of 0.5"),
    "points of Hebrew": ("שָׁלוֹם", "שלום"),
    "points of Arabic": ("كِتَابٌ", "كتاب"),
    "stress in Cyrillic": ("за́мок ещё", "замок еще"),
    "other marks between": ("“We go” – now; go!", "we go now go"),
    "and": ("Marks & Spencer", "Marks and Spencer"),
}
OTHER = {
    "grades": ("AA+", "AA-"),
    "grade and letters": ("rated B- today", "rated B today"),
    "languages": ("F#", "F"),
    "names with a sign": ("Canal+", "Canal"),
    "minus": ("fell to -5", "fell to 5"),
    "point": ("batting .300", "batting 300"),
    "decimals": ("2.375 percent", "2375 percent"),
    "decimals of millions": ("1.125 million", "1125 million"),
    "power": ("10⁶", "106"),
    "currency": ("$5", "€5"),
    "percent": ("5%", "5"),
    "letters": ("Łódź", "Lodo"),
    "Cyrillic letters": ("мой", "мои"),
    "kana marks": ("ガス", "カス"),
    "vowel signs of Hindi": ("दिन", "दीन"),
    "vowel signs of Bengali": ("খুলে", "খালে"),
    "vowel signs of Tamil": ("படி", "பாடி"),
    "apostrophe or none": ("its", "it's"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_the_same_words(one: str, other: str) -> None:
    assert keys(one) == keys(other)


@pytest.mark.parametrize(("one", "other"), OTHER.values(), ids=OTHER)
def test_other_words(one: str, other: str) -> None:
    assert keys(one) != keys(other)


PLACES = {
    "signs": ("from -5 to C++, AA- or $3.", ["from", "-5", "to", "C++", "AA-", "or", "$", "3"]),
    "dashes": ("up – or down--now 1914–1918", ["up", "or", "down", "now", "1914", "1918"]),
    "points": ("It was .412. The end.", ["It", "was", ".412", "The", "end"]),
    "ellipsis": ("a … b . . . c [...] d", ["a", "…", "b", ". . .", "c", "[...]", "d"]),
    "Hindi": ("पहला दिन।", ["पहला", "दिन"]),
    "Chinese": ("老渡口，关闭", ["老", "渡", "口", "关", "闭"]),
    "Japanese": ("カーが動く", ["カー", "が", "動", "く"]),
    "Thai": ("เปิดสะพาน", ["เปิ", "ด", "สะ", "พา", "น"]),
    "Hebrew": ("הַיָּם שָׁקֵט", ["הַיָּם", "שָׁקֵט"]),
    "letters and figures": ("B52 and 4G, 51st", ["B52", "and", "4G", "51st"]),
    "initials at an end": ("in the U.S. U.K. aid", ["in", "the", "U.S.", "U.K.", "aid"]),
    "nothing": (" – ! ", []),
}


@pytest.mark.parametrize(("text", "expected"), PLACES.values(), ids=PLACES)
def test_where_words_stand(text: str, expected: list[str]) -> None:
    assert [text[word.start : word.end] for word in words(text)] == expected


@pytest.mark.parametrize("ellipsis", ["...", "…", ". . .", "[...]", "[…]", "[ … ]", "...."])
def test_an_ellipsis_is_a_gap(ellipsis: str) -> None:
    assert [word.key for word in words(f"a {ellipsis} b")] == ["a", GAP, "b"]
    assert keys(f"a {ellipsis} b") == ["a", "b"]


@pytest.mark.parametrize(
    ("before", "hyphen", "after", "expected"),
    [
        ("anti", "-", "war", True), ("cease", "-", "fire", True), ("well", "-", "known", False),
        ("well", "-\n", "known", False), ("thurs", "-\n", "day", True), ("zugli", "-\n", "gation", True),
        ("f", "-", "16", False), ("anti", "", "war", False),
    ],
)  # fmt: skip
def test_a_hyphen_that_only_joins(before: str, hyphen: str, after: str, *, expected: bool) -> None:
    assert is_one_word(before, hyphen, after) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("an anti-war vote", "-"),
        ("an anti-\nwar vote", "-\n"),
        ("anti-\nWar", ""),
        ("anti – war", ""),
        ("anti war", ""),
    ],
)
def test_what_lies_between_two_words(text: str, expected: str) -> None:
    assert "".join(word.hyphen for word in words(text)) == expected


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("an anti-war vote", "antiwar", ["an", "anti-war", "vote"]),
        ("an anti-war vote", "anti war", ["an", "anti", "war", "vote"]),
        ("an antiwar vote", "anti-war", ["an", "anti", "war", "vote"]),
        ("on Thurs-\nday", "Thursday", ["on", "Thurs-\nday"]),
        ("on Thursday", "Thurs-\nday", ["on", "Thurs", "day"]),
        ("vote by vote", "voteby", ["vote", "by", "vote"]),
    ],
)
def test_words_in_terms_of_others(text: str, other: str, expected: list[str]) -> None:
    found = in_terms_of(words(text), words(other))
    assert [text[word.start : word.end] for word in found] == expected


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("J. K. Rowling", "jk rowling"), ("J.K. Rowling", "jk rowling"), ("JK Rowling", "jk rowling"),
        ("Anne-Marie O’Hara", "anne marie ohara"), ("The Daily Mast", "daily mast"), ("Şule Çelik", "sule celik"),
        ("", ""),
    ],
)  # fmt: skip
def test_names(name: str, key: str) -> None:
    assert name_key(name) == key


def test_acronyms() -> None:
    text = "The NATO and I"
    assert [word.key for word in words(text) if in_capitals(text, word)] == ["nato"]


@given(st.text(max_size=60))
def test_any_text_has_words_in_order(text: str) -> None:
    found = words(text)
    assert all(one.start < one.end <= two.start for one, two in pairwise(found))


def test_what_hardly_comes_again_is_not_kept() -> None:
    """Of Chinese it was every paragraph, in memory for as long as the process ran."""
    words("Ali")
    kept = _words_of.cache_info().currsize

    assert len(words("汉" * 100)) == 100
    assert _words_of.cache_info().currsize == kept
