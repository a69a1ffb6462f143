import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.question.operators import Operators, plain, read_operators, read_window

LEFT_OUT = "Articles with “{}” were left out.".format
CASES = {
    "none": ("Why is Obama wary?", Operators("Why is Obama wary?")),
    "phrase": ('"messy results" in Libya', Operators("messy results in Libya", phrases=("messy results",))),
    "phrase at the end": ('who said "never again"?', Operators("who said never again?", phrases=("never again",))),
    "excluded": (
        "Syria -memo -Trump",
        Operators("Syria", excluded=("memo", "Trump"), notices=(LEFT_OUT("memo"), LEFT_OUT("Trump"))),
    ),
    "excluded phrase": (
        'Syria -"White House"',
        Operators("Syria", excluded=("White House",), notices=(LEFT_OUT("White House"),)),
    ),
    "source": ("Syria source:BBC", Operators("Syria", sources=("BBC",))),
    "quoted source": ('Syria source:"BBC News"', Operators("Syria", sources=("BBC News",))),
    "two authors": ("Syria author:Lee AUTHOR:Ray", Operators("Syria", authors=("Lee", "Ray"))),
    "title": ("title:Brexit vote", Operators("Brexit vote", title=("Brexit",))),
    "before a question mark": ("who won source:BBC?", Operators("who won", sources=("BBC",))),
    "month": ("Syria date:2016-06", Operators("Syria", since=date(2016, 6, 1), until=date(2016, 6, 30))),
    "range": (
        "Syria date:2016-06..2016-07",
        Operators("Syria", since=date(2016, 6, 1), until=date(2016, 7, 31)),
    ),
    "two dates": (
        "Syria date:2016 date:2016-06..",
        Operators("Syria", since=date(2016, 6, 1), until=date(2016, 12, 31)),
    ),
    "lone quote": ('a lone " quote', Operators('a lone " quote')),
    "empty quotes": ('an "" empty one', Operators('an "" empty one')),
    "printed quotes": ("What does “PSL” stand for?", Operators("What does PSL stand for?", phrases=("PSL",))),
    "low quotes": ("„never again“", Operators("never again", phrases=("never again",))),
    "angle quotes": ("who said «never again»?", Operators("who said never again?", phrases=("never again",))),
    "excluded in printed quotes": (
        "Syria –“White House”",
        Operators("Syria", excluded=("White House",), notices=(LEFT_OUT("White House"),)),
    ),
    "dashes for the minus": (
        "Syria –memo −Trump",
        Operators("Syria", excluded=("memo", "Trump"), notices=(LEFT_OUT("memo"), LEFT_OUT("Trump"))),
    ),
    "dashes round a remark": ("the ship –or boat– sank", Operators("the ship –or boat– sank")),
    "two hyphens": ("the ship --Aurora-- sank", Operators("the ship --Aurora-- sank")),
    "signs of a name": ("software -C++", Operators("software", excluded=("C++",), notices=(LEFT_OUT("C++"),))),
    "NOT": ("Syria NOT memo", Operators("Syria", excluded=("memo",), notices=(LEFT_OUT("memo"),))),
    "all in capitals": ("WHO DID NOT SIGN AND WHY", Operators("WHO DID NOT SIGN AND WHY")),
    "lone colon": ("what: he said", Operators("what: he said")),
    "colon and blank": ("source: BBC", Operators("source: BBC")),
    "no word": ('who? source:? title:"_"', Operators('who? source:? title:"_"')),
    "unknown name": ("re:Syria", Operators("re:Syria")),
    "hyphen in a word": ("a well-known man", Operators("a well-known man")),
    "dash": ("Obama - and Syria", Operators("Obama - and Syria")),
    "minus a number": ("-5 degrees in May", Operators("-5 degrees in May")),
    "inches": ('a 5" gun and a 6" one', Operators('a 5" gun and a 6" one')),
}
WINDOWS = {
    "2016": (date(2016, 1, 1), date(2016, 12, 31)),
    "2016-02": (date(2016, 2, 1), date(2016, 2, 29)),
    "2016-6-7": (date(2016, 6, 7), date(2016, 6, 7)),
    "2016-06-17..2016-06-20": (date(2016, 6, 17), date(2016, 6, 20)),
    "..2016-06": (None, date(2016, 6, 30)),
    "2016-06..": (date(2016, 6, 1), None),
    "..": None,
    "2016-13": None,
    "2016-02-30": None,
    "2016-07..2016-06": None,
    "June": None,
    "2016..2017..2018": None,
}


@pytest.mark.parametrize(("question", "expected"), CASES.values(), ids=CASES)
def test_operators(question: str, expected: Operators) -> None:
    assert read_operators(question) == expected


@pytest.mark.parametrize(("words", "expected"), WINDOWS.items(), ids=WINDOWS)
def test_windows(words: str, expected: tuple[date | None, date | None] | None) -> None:
    assert read_window(words) == expected


def test_a_date_that_is_none_is_told() -> None:
    operators = read_operators("Syria date:June")

    assert operators.text == "Syria"
    assert len(operators.notices) == 1
    assert all(words in operators.notices[0] for words in ("date:June", "ignored", "date:2016-06-17"))


@pytest.mark.parametrize("word", ["AND", "OR"])
def test_a_word_that_joins_in_other_search_engines_is_named_and_no_word(word: str) -> None:
    operators = read_operators(f"Syria {word} Libya")

    assert operators.text == "Syria Libya"
    assert len(operators.notices) == 1
    assert f"“{word}” was ignored" in operators.notices[0]
    assert read_operators(f"Portland, {word} fires").notices == ()


@given(st.text(alphabet='ab":- .source', max_size=40))
def test_any_text_is_read(question: str) -> None:
    operators = read_operators(question)

    assert set(operators.text) <= set(question)


@given(
    st.lists(st.sampled_from(["NOT", "Not", "-", "–", "“", '"', "title:", "date:2016", "Syria", " ", "5"])).map("".join)
)
def test_plain_words_hold_no_operator(text: str) -> None:
    assert read_operators(plain(text)) == Operators(plain(text))


def test_plain_words_stay() -> None:
    headline = 'NOT guilty –at last: "never again", said a well-known man'
    assert plain(headline) == "guilty at last never again , said a well-known man"


def test_a_mark_that_never_closes_takes_no_time() -> None:
    began = time.process_time()
    assert read_operators(f'"{"a" * 20_000}').phrases == ()
    assert time.process_time() - began < 1
