"""What may be exchanged in a question: names, numbers and days, roles, and words that have an opposite."""

import pytest

from qa.findings.mentions import deniable, denial, mentions, roles


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Why did David Cole's aide leave Bank of England?", ["David Cole", "Bank of England"]),
        ("Which of the 51 officials met on 17 June 2016?", ["51", "17 June 2016"]),
        ("Who paid $4.5 million in March? The Marsh Company.", ["$4.5", "March", "Marsh Company"]),
        ("Which ship of the 1960s sank?", []),
        ("Who met Jan Marsh on Feb. 3, 2016, or 5 Sept 2016?", ["Jan Marsh", "Feb. 3, 2016", "5 Sept 2016"]),
        ("Where is it?", []),
        ("Besides Marsh, who left?", ["Marsh"]),
        ("Unlike Cole, who stayed?", ["Cole"]),
    ],
)
def test_mentions(text: str, found: list[str]) -> None:
    assert [each.words for each in mentions(text)] == found
    assert all(text[each.start : each.end] == each.words for each in mentions(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What did the chairman of Marsh say?", ["chairman"]),
        ("What did the city's football coach and his friends say?", ["football", "coach"]),
        ("Why was Cole, once spokesman, there?", ["spokesman"]),
        ("Which admirals won?", ["admirals"]),
        ("Who won?", []),
    ],
)
def test_roles(text: str, found: list[str]) -> None:
    assert [each.words for each in roles(text)] == found
    assert all(text[each.start : each.end] == each.words for each in roles(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("How far did the price fall?", ["far", "price", "fall"]),
        ("Why did the price not fall?", []),
        ("Why wasn't it cut?", []),
        ("Where did Derrick Rose play?", ["play"]),
        ("Did the price fall?", []),
    ],
)
def test_words_that_may_be_denied(text: str, found: list[str]) -> None:
    assert [each.words for each in deniable(text)] == found


@pytest.mark.parametrize(
    ("word", "text", "denied"),
    [
        ("rises", "The price Fell.", "Fell"),
        ("rises", "The price fell, then climbed.", ""),
        ("rises", "The price is known.", ""),
        ("cut", "They cut it, and raised it.", ""),
        ("beaten", "They were losing.", "losing"),
        ("ferry", "They were losing.", ""),
        ("rises", "The price did not fall.", ""),
        ("approve", "They did not approve it.", "not approve"),
        ("wait", "They weren’t waiting.", "weren’t waiting"),
        ("wait", "They did not wait, then waited.", ""),
        ("wait", "They did not; wait.", ""),
    ],
)
def test_what_denies_a_word(word: str, text: str, denied: str) -> None:
    assert denial(word, text) == denied
