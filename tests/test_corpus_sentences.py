"""Where sentences begin and end."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.sentences import sentences, trimmed

WRAPPED = """The memo was sent through the dissent channel, which lets the
diplomats question a policy without fear of punishment. Fifty-one
officials signed it."""
LISTED = """The demands:
- An end to the siege
- Talks in Geneva
- Safe passage for all"""

# Every text is its sentences, joined by a space unless it is given.
CASES = {
    "two": ["Juno is in orbit.", "It took five years."],
    "one without a stop": ["Juno is in orbit"],
    "title": ["Mr. Lee met Dr. Ray, Gov. Day and Gen. Poe.", "They spoke."],
    "rank": ["Lt. Col. Ann Lee of the U.S. Army spoke.", "Others listened."],
    "senator": ["U.S. Sen. J. Smith said so.", "He left."],
    "initials": ["A.J. Smith ran.", "B. Jones did not."],
    "country at the end": ["He lives in the U.S.", "She lives in the U.K.", "They write."],
    "organisation": ["The U.N. Security Council met.", "It ended."],
    "city": ["She was born in Washington, D.C.", "Her father was a judge."],
    "saint": ["He lives in St. Louis.", "She does not."],
    "number": ["Police were called to No. 10 Downing St. on Friday.", "Nobody was hurt."],
    "month": ["The vote is on Jan. 5, 2017.", "Sept. 11 was a Tuesday.", "Few will come."],
    "company": ["Acme Inc. said profit rose.", "Its rival Bolt Co. fell."],
    "decimals": ["Prices rose 3.5 percent, to $4.20.", "Wages did not."],
    "Latin": ["It is, e.g. in Rome, i.e. in Italy, hot.", "In Oslo it is not."],
    "versus": ["Leicester vs. Spurs ended 1-1.", "Fans sang."],
    "junior": ["Rev. Martin Luther King Jr. spoke.", "The crowd listened."],
    "page": ["The plan (see p. 5) failed.", "It was late."],
    "address": ["See https://example.com/a.b?c=d.", "Then call."],
    "ellipsis": ["He waited...", "Then he left.", "Wait… what?"],
    "exclamation": ["Really?!", "Yes!", "No."],
    "quotation": ["“We will go,” she said.", "“When?” he asked.", "“Now.”", "She left."],
    "opened in one way, closed in the other": [
        "It burnt.",
        '“We ran. We hid," she said.',
        '"It rained,” he said.',
        "So.",
    ],
    "both ways after one another": ["She said: “Stop it.”", '“No!" he cried.', "“Yes.”", "All went."],
    "never closed": ["He fell.", "“We ran.", "It rained.", "“They hid,” she said.", "It ended."],
    "never opened": ["He fell.", "We hid,” she said.", "It rained.", '"We ran. They hid," he said.'],
    "closed after a blank": ["“I said, ‘Oh. OK,’ “ she said.", '“He thought, ‘So.’ "'],
    "inches": ['A 5" nail.', "It bent.", '“We ran. We hid," she said.'],
    "stop inside the quotation": ["He said he was “tired.”", "Then he slept."],
    "brackets": ["It rained (twice).", "Play went on."],
    "day after the time": ["They met at 5 p.m. Monday.", "He left at 6 p.m.", "She stayed."],
    "zone after the time": ["Trading ends at 4 p.m. ET.", "It opens at 9 a.m. Eastern time.", "Shares fell."],
    "numbered": ["1. Open the door.", "2. Close it.", "(3) Leave."],
    "year at the end": ["He was born in 1984.", "She was not."],
    "emoji": ["🕊️ Talks began.", "👩‍👩‍👧 Families came.", "It ended."],
    "combining": ["The cafe\u0301 is open.", "The the\u0301 is hot."],
    "brackets round a sentence": ["It failed.", "(It was late.)", "Nobody knew."],
    "no at the end": ["She said no.", "He said no. 10 was free."],
    "small letters go on": ["It made €3.2 bn. in May.", "Why? — a riddle.", "iPhone sales fell."],
    "bullet": ["• Rent rose.", "Wages did not."],
    "Japanese": ["首相は辞任した。", "後任は未定だ。"],
}
LINES = {
    "headings": ["Background", "The memo was sent.", "What next", "Nobody knows."],
    "list": LISTED.split("\n"),
    "no stop at a paragraph's end": ["It was long", "It ended"],
    "quotation over two lines": ["“We will", "go,” he said."],
}


def texts(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize("expected", CASES.values(), ids=CASES)
def test_sentences_of_a_paragraph(expected: list[str]) -> None:
    joint = "" if expected[0].endswith("。") else " "

    assert texts(joint.join(expected)) == expected


@pytest.mark.parametrize("blank", ["\n", "\n\n", "\n \n"], ids=["lines", "paragraphs", "blank line with a space"])
@pytest.mark.parametrize("expected", LINES.values(), ids=LINES)
def test_short_lines_end_sentences(expected: list[str], blank: str) -> None:
    sentence_ends = [part for line in expected for part in texts(line)]

    assert texts(blank.join(expected)) == sentence_ends


def test_wrapped_lines_do_not_end_sentences() -> None:
    first, second = WRAPPED.split(". ")

    assert texts(WRAPPED) == [f"{first}.", second]


def test_a_paragraph_ends_a_wrapped_sentence() -> None:
    halves = [line.rstrip(".") for line in WRAPPED.split("\n")][:2]

    assert texts(f"{halves[0]}\n\n{halves[1]}")[0] == halves[0]


def test_offsets_count_code_points() -> None:
    # 🕊 and U+FE0F are two code points, é here is two.
    assert sentences("🕊️ Go.\n\nCafe\u0301 is open. Oui.") == [(0, 6), (8, 22), (23, 27)]


@pytest.mark.parametrize("text", ["", " ", "\n\n", " \t\u00a0\n \n"], ids=["empty", "space", "lines", "all kinds"])
def test_blank_text_has_no_sentence(text: str) -> None:
    assert sentences(text) == []


@pytest.mark.parametrize("language", ["de", "ja", "zz", ""])
def test_any_language_is_taken(language: str) -> None:
    assert sentences("Ja. Nein.", language)[0][0] == 0


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        ("  ab ", 0, 5, (2, 4)),
        ("  ab ", 1, 3, (2, 3)),
        ("ab", 0, 2, (0, 2)),
        ("a  b", 1, 3, (3, 3)),
        ("", 0, 0, (0, 0)),
    ],
    ids=["both sides", "inside", "nothing to trim", "only blanks", "empty"],
)
def test_trimmed(text: str, start: int, end: int, expected: tuple[int, int]) -> None:
    assert trimmed(text, start, end) == expected


BITS = ["U.S. ", "Mr. ", "said.", " Said ", "\n", "\n\n", " ", "🕊️", "e\u0301", "5 p.m. Monday", "-", "“", "”",
        "...", "?!", "1.", "\u00a0", "日本。", "a", "(", "https://a.b/c?d=e", "x" * 60]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.lists(st.sampled_from(BITS), max_size=20).map("".join))
@example(WRAPPED)
def test_every_visible_character_is_in_one_sentence(text: str) -> None:
    spans = sentences(text)

    covered = [place for start, end in spans for place in range(start, end) if not text[place].isspace()]
    assert covered == [place for place, character in enumerate(text) if not character.isspace()]
    assert all(start < end and text[start:end] == text[start:end].strip() for start, end in spans)


# Varied news, in a file of its own

NEWS = [
    [part.replace("\\n", "\n") for part in line.split(" | ")]
    for line in (Path(__file__).parent / "data/sentence_boundaries.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def boundaries(parts: list[str]) -> tuple[str, set[int]]:
    """The text of some sentences, and where all but the last of them end."""
    text, ends = "", set()
    for part in parts:
        if text:
            ends.add(len(text.rstrip()))
            text += "" if text.endswith(("\n", "。")) else " "
        text += part
    return text, ends


def test_boundaries_in_varied_news() -> None:
    right = wrong = 0
    for parts in NEWS:
        text, expected = boundaries(parts)
        found = {end for _, end in sentences(text)} - {len(text)}
        right += len(found & expected)
        wrong += len(found ^ expected)

    assert sum(map(len, NEWS)) >= 150
    assert right / (right + wrong) >= 0.98


def test_a_line_without_end_is_cut_into_its_sentences() -> None:
    text = "他说是的。" * 20_000
    assert [text[slice(*span)] for span in sentences(text, "zh")] == ["他说是的。"] * 20_000


@pytest.mark.parametrize("words", ["He said “yes” and left. ", "He said “yes. "])
def test_a_long_line_has_the_sentences_of_a_short_one(words: str) -> None:
    text = words * 2_000
    assert [text[slice(*span)] for span in sentences(text)] == [words.strip()] * 2_000


def test_a_sentence_without_end_is_one() -> None:
    text = "word " * 20_000
    assert sentences(text) == [(0, len(text) - 1)]
