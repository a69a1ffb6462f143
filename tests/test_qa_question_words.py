"""What is asked: the words that tell, their weights, neighbouring words, the sentence that asks, and for what."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_archive import MemoryArchive

from corpus import Article, UserError
from index.stores.spelling import NAME
from qa.question.words import Question, asking_sentence, checked, named, telling_terms

# "officials" and "Syria" stand in two of the five, every other word in one at most.
FIVE = [
    "Officials signed the memo on Syria.",
    "Obama is wary of intervention in Syria.",
    "Officials met in Geneva.",
    "Juno entered orbit.",
    "The pound fell.",
]
# Of a thousand chunks, as which a smaller archive counts, holding a word in none, one or two.
IN_NONE = math.log(1 + 1000.5 / 0.5)
IN_ONE = math.log(1 + 999.5 / 1.5)
IN_TWO = math.log(1 + 998.5 / 2.5)


def archive_of(texts: Sequence[str]) -> MemoryArchive:
    return MemoryArchive(Article(str(number), "", text) for number, text in enumerate(texts))


@pytest.fixture(scope="module")
def five() -> MemoryArchive:
    return archive_of(FIVE)


EMPTY = {
    "nothing": "",
    "white space": " \n\t\u00a0",
    "marks": "?! …",
    "dashes": "—–-",
    "quotes": "“”''",
    "emoji": "🕊",
    "lone surrogate": "\ud800",
    "unseen": "\u200b\ufeff\x00",
}


@pytest.mark.parametrize("question", EMPTY.values(), ids=EMPTY)
def test_nothing_asked(question: str) -> None:
    message = r"^The question is empty; ask in a few words, like: Why is Obama wary of intervention\?$"
    with pytest.raises(UserError, match=message):
        checked(question)


CHECKED = {
    "as it is": ("Who won?", "Who won?"),
    "white space around it": ("  Who won? \n", "Who won?"),
    "one letter": ("a", "a"),
    "one digit": ("7", "7"),
    "Chinese": ("戦争", "戦争"),
    "lone surrogate": ("Who won\ud800?", "Who won?"),
    "NUL and soft hyphen": ("Who\x00 w\u00adon?", "Who won?"),
    "line ends": ("Who\r\nwon?", "Who\nwon?"),
    "decomposed": ("Erdog\u0306an", "Erdoğan"),
}


@pytest.mark.parametrize(("question", "expected"), CHECKED.values(), ids=CHECKED)
def test_a_question_is_cleaned(question: str, expected: str) -> None:
    assert checked(question) == expected


TELLING = {
    "a question": ("Why is Obama wary of intervention?", ["Obama", "wary", "intervention"]),
    "only function words": ("What was that?", ["What", "was", "that"]),
    "one function word": ("Why?", ["Why"]),
    "repeated": ("Syria, the memo and Syria", ["Syria", "memo"]),
    "one stem twice": ("sign, signed, signing", ["sign"]),
    "in any case": ("OBAMA obama Obama", ["OBAMA"]),
    "accents": ("Erdoğan or Erdogan", ["Erdoğan"]),
    "a contraction of function words": ("What's in Syria, and who's in Geneva?", ["Syria", "Geneva"]),
    "hyphens": ("the no-fly zone", ["no", "fly", "zone"]),
    "joined by a hyphen": ("the anti-war party", ["anti-war", "party"]),
    "names in capitals": ("What did WHO and the IT staff do?", ["WHO", "IT", "staff"]),
    "nothing but capitals": ("WHO SIGNED IT", ["SIGNED"]),
    "number": ("Did 51 sign?", ["51", "sign"]),
    "the reader's own spelling": (
        "Labour's defence of U.S. and US programmes",
        ["Labour", "defence", "U.S.", "programmes"],
    ),
    "thousands": ("10,000 or 1,234,567 tyres", ["10,000", "1,234,567", "tyres"]),
}


@pytest.mark.parametrize(("question", "words"), TELLING.values(), ids=TELLING)
def test_telling_words(five: MemoryArchive, question: str, words: list[str]) -> None:
    terms = telling_terms(question, five)
    assert list(terms.words) == words
    assert len(terms.terms) == len(terms.weights) == len(words)


@pytest.mark.parametrize(
    "spelling", ["Obama's", "Obama’s", "10,000", "U.S.", "J.K.", "no-fly", "Erdoğan", "ﬁre", "0.5"]
)
def test_a_word_is_read_as_it_is_indexed(five: MemoryArchive, spelling: str) -> None:
    expected = five.terms(f"memo {spelling} memo")[1:-1]
    found = telling_terms(f"Geneva {spelling} orbit", five).terms
    assert expected
    assert [term.removeprefix(NAME) for term in found] == ["geneva", *expected, "orbit"]


def test_a_pasted_article_is_read_to_its_64th_word(five: MemoryArchive) -> None:
    words = [f"word{number}" for number in range(100)]
    question = Question.read(" ".join([*words, *words]), five)
    assert question.terms.terms == tuple(words[:64])
    assert question.asked == question.terms
    assert len(question.terms.weights) == 64


def test_a_word_too_long_to_be_indexed_tells_nothing(five: MemoryArchive) -> None:
    question = Question.read("x" * 61, five)
    assert (question.terms.words, question.terms.terms, question.terms.weights) == ((), (), ())
    assert (question.terms.total, question.terms.held(["x"]), question.pairs) == (0, 0, {})


def test_weights_are_inverse_document_frequencies(five: MemoryArchive) -> None:
    terms = telling_terms("Milei, Obama and officials", five)
    assert terms.weights == pytest.approx((IN_NONE, IN_ONE, IN_TWO))
    assert terms.weights == pytest.approx((7.602, 6.503, 5.992), abs=0.001)
    assert terms.total == pytest.approx(IN_NONE + IN_ONE + IN_TWO)


def test_weights_in_an_archive_of_more_than_a_thousand_chunks() -> None:
    archive = archive_of(["Officials signed."] * 600 + ["Juno entered orbit."] * 600)
    terms = telling_terms("officials and Milei", archive)
    # Half of the chunks hold "officials": ln(1 + 600.5 / 600.5).
    assert terms.weights == pytest.approx((math.log(2), math.log(1 + 1200.5 / 0.5)))


def test_what_is_held_of_a_question(five: MemoryArchive) -> None:
    terms = telling_terms("Which officials does Obama know?", five)
    assert terms.terms == ("offici", "=obama")
    assert terms.held(["offici", "fell"]) == pytest.approx(IN_TWO / (IN_TWO + IN_ONE))
    assert terms.held(["=obama", "=obama"]) == pytest.approx(IN_ONE / (IN_TWO + IN_ONE))
    assert (terms.held([]), terms.held(["pound"]), terms.held(["=obama", "offici"])) == (0, 0, 1)


PAIRS = {
    # "the" has no weight of its own: 2, 1 and 1 times the weight of a word that stands in one chunk.
    "two telling words": ("Obama signed the memo", {"obama sign": 0.5, "sign the": 0.25, "the memo": 0.25}),
    "once for a pair": ("the memo, the memo", {"the memo": 0.5, "memo the": 0.5}),
    "over the end of a sentence": ("Obama. Memo.", {"obama memo": 1}),
    "only function words": ("What was that?", {"what was": 0.5, "was that": 0.5}),
    "no telling word": ("Where is the memo", {"the memo": 1}),
    "one word": ("Obama", {}),
}


@pytest.mark.parametrize(("question", "expected"), PAIRS.values(), ids=PAIRS)
def test_pairs_of_neighbours(five: MemoryArchive, question: str, expected: dict[str, float]) -> None:
    pairs = Question.read(question, five).pairs
    assert {" ".join(pair): weight for pair, weight in pairs.items()} == pytest.approx(expected, abs=0.03)


@given(st.lists(st.sampled_from(["Obama", "signed", "the", "memo", "Milei", "of", "51", "what", "?"]), min_size=1))
def test_pairs_add_up_to_one_or_are_none(five: MemoryArchive, words: list[str]) -> None:
    if set(words) == {"?"}:
        return
    pairs = Question.read(" ".join(words), five).pairs
    assert all(0 < weight <= 1 for weight in pairs.values())
    assert not pairs or sum(pairs.values()) == pytest.approx(1)


ASKING = {
    "one": ("Who won?", "Who won?"),
    "a lead": ("The Fed raised rates. By how much?", "By how much?"),
    "an afterthought": ("Who won? I was away.", "Who won?"),
    "two questions": ("Who won? And who lost?", "And who lost?"),
    "no question mark": ("Portugal won. Tell me more", "Tell me more"),
    "two paragraphs": ("Who won?\n\nGermany was out", "Who won?"),
    "an abbreviation": ("Did the U.S. sign?", "Did the U.S. sign?"),
    "no sentence": ("", ""),
}


@pytest.mark.parametrize(("text", "expected"), ASKING.values(), ids=ASKING)
def test_the_sentence_that_asks(text: str, expected: str) -> None:
    assert asking_sentence(text) == expected


ASKED = {
    "one sentence": ("Who signed the memo?", ["sign", "memo"], ["sign", "memo"]),
    "a lead": ("Officials met in Geneva. Who signed?", ["offici", "met", "=geneva", "sign"], ["sign"]),
    "nothing but function words": ("Obama is wary. Why?", ["obama", "wari"], ["obama", "wari"]),
    "no telling word at all": ("So it is. Why?", ["so", "it", "is", "whi"], ["so", "it", "is", "whi"]),
}


@pytest.mark.parametrize(("text", "terms", "asked"), ASKED.values(), ids=ASKED)
def test_the_words_of_the_sentence_that_asks(
    five: MemoryArchive, text: str, terms: Sequence[str], asked: Sequence[str]
) -> None:
    question = Question.read(text, five)
    assert list(question.terms.terms) == terms
    assert list(question.asked.terms) == asked


def test_words_that_name_a_time_are_met_by_dates(five: MemoryArchive) -> None:
    question = Question.read("Who signed the memo in June 2016?", five, timeless="Who signed the memo ?")
    assert question.text == "Who signed the memo in June 2016?"
    assert question.terms.terms == question.asked.terms == ("sign", "memo")
    # Unless there are no others.
    assert Question.read("In June 2016?", five, timeless=" ?").terms.terms == ("june", "2016")


KINDS = {
    "number": [
        "How many officials signed the memo?",
        "How much is Microsoft paying for LinkedIn?",
        "How old was Ali?",
        "How long is the tunnel?",
        "HOW FAR is Jupiter?",
        "By how many points did Sanders win?",
        "What percentage voted to leave?",
        "What share of the company does Nintendo hold?",
        "How many were there when the doors opened?",
    ],
    "time": [
        "When did Juno arrive?",
        "Since when had Hodgson been in charge?",
        "What year was the tunnel opened?",
        "On which day did Britain vote?",
        "In what month do the Games begin?",
        "In which year did the man who won retire?",
    ],
    "name": [
        "Who signed the memo?",
        "Whose idea was it?",
        "To whom was it sent?",
        "Where was Kerry when the news of the memo broke?",
        "Which country won?",
        "What company bought LinkedIn?",
        "Which African country left?",
        "In which city did they meet, and why?",
    ],
    "reason": [
        "Why is Obama wary of intervention?",
        "What caused the crash?",
        "What led to the vote?",
        "why did it happen when nobody was there?",
        "The Fed raised rates when it met. Why?",
    ],
    "": [
        "What does Clinton want in Syria?",
        "Is Britain leaving?",
        "Tell me about the memo",
        "How did Colombians vote?",
        "Somehow many left",
        "What is the WHO's advice?",
    ],
}


@pytest.mark.parametrize(
    ("kind", "text"),
    [(kind, text) for kind, texts in KINDS.items() for text in texts],
    ids=lambda value: value or "any",
)
def test_kinds_of_questions(five: MemoryArchive, kind: str, text: str) -> None:
    assert Question.read(text, five).kind == kind


KNOWN = ("BBC", "BBC News", "The Guardian", "Guardian Weekly", "Élysée Zeitung", "")
NAMED = {
    "exact before a word": (["BBC"], {"BBC"}),
    "in any case": (["bbc news"], {"BBC News"}),
    "called so, but for The": (["Guardian"], {"The Guardian"}),
    "a word of several": (["Weekly"], {"Guardian Weekly"}),
    "two words": (["the guardian"], {"The Guardian"}),
    "a later word": (["News"], {"BBC News"}),
    "several": (["Weekly", "BBC"], {"Guardian Weekly", "BBC"}),
    "one unknown": (["Reuters", "BBC"], {"BBC"}),
    "white space and marks": ([" “BBC  News” "], {"BBC News"}),
    "accents": (["élysée"], {"Élysée Zeitung"}),
    "a part of a word": (["Guard"], set()),
    "words in another order": (["News BBC"], set()),
    "unknown": (["Reuters"], set()),
    "no outlet": ([""], {""}),
}


@pytest.mark.parametrize(("wanted", "expected"), NAMED.values(), ids=NAMED)
def test_names_that_are_meant(wanted: list[str], expected: set[str]) -> None:
    assert frozenset().union(*(named(name, KNOWN) for name in wanted)) == expected


def test_without_names_none_is_meant() -> None:
    assert named("BBC", []) == frozenset()
    assert named("", ["BBC"]) == frozenset()
