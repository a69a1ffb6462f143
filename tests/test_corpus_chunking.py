"""Articles into chunks: what fits, where they are cut, how full they are."""

import itertools
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Article, Chunk, Settings
from corpus.chunking import TokenCounter, chunks, embedded_text, halves, header, token_counter
from corpus.sentences import sentences

LEAST, MOST = 32, 2000


class Words:
    """Counts words, so that a reader can count too."""

    def count(self, text: str) -> int:
        return len(text.split())


class Characters:
    """Counts characters, white space included."""

    def count(self, text: str) -> int:
        return len(text)


@pytest.fixture(scope="module")
def tokens() -> TokenCounter:
    return token_counter(Settings().encoding)


def article(text: str, title: str = "") -> Article:
    return Article("a", title, text)


def sentence(length: int) -> str:
    return " ".join(["Word", *["word"] * (length - 1)]) + "."


def paragraphs(lengths: Sequence[int]) -> str:
    """A text of sentences of so many words, each a paragraph."""
    return "\n\n".join(map(sentence, lengths))


def texts(of: Article, found: Sequence[Chunk]) -> list[str]:
    return [of.text[chunk.start : chunk.end] for chunk in found]


def fills(lengths: Sequence[int], size: int, title: str = "") -> list[int]:
    """How many words each chunk has."""
    of = article(paragraphs(lengths), title)
    return [len(text.split()) for text in texts(of, chunks(of, Words(), size))]


def assert_no_text_lost(of: Article, found: Sequence[Chunk]) -> None:
    ends = [0, *(chunk.end for chunk in found)]
    starts = [*(chunk.start for chunk in found), len(of.text)]
    assert all(chunk.start < chunk.end for chunk in found)
    assert all(end <= start for end, start in zip(ends, starts, strict=True))
    assert "".join(of.text[end:start] for end, start in zip(ends, starts, strict=True)).strip() == ""
    assert {chunk.article_id for chunk in found} <= {of.id}


def assert_fits(of: Article, found: Sequence[Chunk], counter: TokenCounter, size: int) -> None:
    head = header(of, counter, size)
    for chunk, text in zip(found, texts(of, found), strict=True):
        assert counter.count(embedded_text(head, text)) <= size or chunk.end - chunk.start == 1


# How full


@pytest.mark.parametrize(
    ("lengths", "size", "expected"),
    [
        ([5, 3], 10, [8]),
        ([5, 5], 10, [10]),
        ([5, 6], 10, [5, 6]),
        ([2] * 10, 12, [10, 10]),
        ([4, 4, 4, 1], 12, [8, 5]),
        ([6, 2, 2], 8, [6, 4]),
        ([9, 1, 9, 1], 10, [10, 10]),
        ([3] * 7, 9, [6, 6, 9]),
        ([1] * 11, 10, [5, 6]),
        ([1], 10, [1]),
    ],
    ids=[
        "all in one", "exactly full", "one too many", "evenly", "last sentence not alone", "rather even than full",
        "pairs", "three chunks", "one word beyond", "one word",
    ],
)  # fmt: skip
def test_words_of_each_chunk(lengths: list[int], size: int, expected: list[int]) -> None:
    assert fills(lengths, size) == expected


def test_no_tiny_last_chunk() -> None:
    # Filled one after the other, the last would have one word: 10, 10, 1.
    assert fills([5, 5, 5, 5, 1], 10) == [5, 10, 6]


def ways(lengths: Sequence[int], room: int) -> Iterator[list[int]]:
    """The fills of every way to divide sentences into chunks that have room for them: slow and obvious."""
    gaps = range(1, len(lengths))
    for count in range(len(lengths)):
        for cuts in itertools.combinations(gaps, count):
            runs = [lengths[start:end] for start, end in itertools.pairwise([0, *cuts, len(lengths)])]
            if all(sum(run) <= room for run in runs):
                yield [sum(run) for run in runs]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 10), min_size=1, max_size=8))
def test_fewest_chunks_then_the_most_even(lengths: list[int]) -> None:
    best = min(ways(lengths, 10), key=lambda way: (len(way), sum(fill**2 for fill in way)))

    found = fills(lengths, 10)

    assert (len(found), sum(fill**2 for fill in found)) == (len(best), sum(fill**2 for fill in best))


def test_the_headline_takes_its_room() -> None:
    assert fills([5, 5], 13, title="Three words here") == [10]
    assert fills([5, 5], 12, title="Three words here") == [5, 5]


class Grudging(Words):
    """Counts a word more for every full stop but the first: the whole has more tokens than its parts."""

    def count(self, text: str) -> int:
        return super().count(text) + max(0, text.count(".") - 1)


def test_the_joined_text_is_counted_not_only_its_parts() -> None:
    of = article(paragraphs([5, 5, 5, 5]))

    found = chunks(of, Grudging(), 10)

    assert_fits(of, found, Grudging(), 10)
    assert_no_text_lost(of, found)
    assert len(found) == 4


# Where cut


def test_chunks_are_whole_sentences() -> None:
    of = article("Juno is in orbit. It took five years.\n\nIts camera works. NASA is glad.", "Juno arrives")

    found = chunks(of, Words(), 11)

    assert texts(of, found) == ["Juno is in orbit. It took five years.", "Its camera works. NASA is glad."]
    assert found == [Chunk("a", 0, 37), Chunk("a", 39, 70)]


def test_only_a_sentence_longer_than_a_chunk_is_divided() -> None:
    of = article(f"{sentence(3)} {sentence(16)} {sentence(3)}")

    found = chunks(of, Words(), 10)

    assert [len(text.split()) for text in texts(of, found)] == [3, 8, 8, 3]


def test_a_part_of_a_long_sentence_may_share_a_chunk() -> None:
    of = article(f"{sentence(1)} {sentence(12)} {sentence(1)}")

    assert [len(text.split()) for text in texts(of, chunks(of, Words(), 10))] == [7, 7]


def test_a_long_word_is_cut_between_characters() -> None:
    of = article("x" * 10)

    assert texts(of, chunks(of, Characters(), 5)) == ["xxxxx", "xxxxx"]
    assert texts(of, chunks(of, Characters(), 1)) == ["x"] * 10


@pytest.mark.parametrize("text", ["", " ", "\n\n"], ids=["empty", "space", "lines"])
def test_blank_text_gives_no_chunk(text: str) -> None:
    assert chunks(article(text, "A headline"), Words(), 10) == []


def test_offsets_count_code_points() -> None:
    of = article("🕊️ Talks began. Cafe\u0301 talk.", "")

    assert chunks(of, Words(), 3) == [Chunk("a", 0, 15), Chunk("a", 16, 27)]


# The headline


@pytest.mark.parametrize(
    ("title", "expected"),
    [("", ""), ("Juno arrives", "Juno arrives"), ("  Juno \n arrives ", "Juno arrives"),
     ("w " * 10, "w " * 9 + "w"), ("w " * 11, "w " * 7 + "w"), ("w " * 20, "w " * 7 + "w")],
    ids=["none", "short", "on one line", "a quarter", "a word too long", "far too long"],
)  # fmt: skip
def test_a_long_headline_is_cut_to_a_quarter(title: str, expected: str) -> None:
    assert header(article("", title), Words(), 40) == expected


def test_a_headline_of_one_long_word_is_cut_between_characters() -> None:
    assert header(article("", "x" * 12), Characters(), 40) == "x" * 9
    assert header(article("", "首相が辞任した夜"), Characters(), 20) == "首相が辞"


def test_embedded_text() -> None:
    assert embedded_text("Juno arrives", "It took five years.") == "Juno arrives\nIt took five years."
    assert embedded_text("", "It took five years.") == "It took five years."


# Halves


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One two. Three four.", ["One two.", "Three four."]),
        ("One. Two three four. Five six.", ["One. Two three four.", "Five six."]),
        ("One two three four", ["One two", "three four"]),
        ("Abcdefg\u00a0hi", ["Abcdefg", "hi"]),
        ("abcdef", ["abc", "def"]),
        ("ab", ["a", "b"]),
        ("🕊🕊", ["🕊", "🕊"]),
    ],
    ids=[
        "sentences",
        "the nearest boundary",
        "white space",
        "the only white space",
        "a word",
        "two characters",
        "emoji",
    ],
)
def test_halves(text: str, expected: list[str]) -> None:
    of = article(f"Before. {text} After.")

    assert texts(of, halves(of, Chunk("a", 8, 8 + len(text)))) == expected


# Any text, real tokens

HOSTILE = {
    "dashes": "-" * 5000,
    "long dashes": "—" * 2000 + " – " * 500,
    "addresses": "https://example.com/a/b?c=d&e=f#g " * 100,
    "emoji": "👩‍👩‍👧🕊️🇸🇾" * 300,
    "digits": "1234567890 " * 300 + "7" * 3000,
    "one word": "a" * 10_000,
    "one word of all letters": "abcdefghijklmnopqrstuvwxyz" * 385,
    "combining marks": "e\u0301\u0323" * 1500,
    "Japanese": "首相は金曜日に辞任した。" * 200,
    "lines": "word\n" * 1000,
    "stops": ". " * 2000,
    "tokens that look special": "<|endoftext|>" * 300,
    "white space": "a" + " " * 5000 + "b",
}


@pytest.mark.parametrize("size", [LEAST, MOST])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_fit(text: str, size: int, tokens: TokenCounter) -> None:
    of = article(text, "Dashes — “and” 🕊️ digits 123, " * 12)

    found = chunks(of, tokens, size)

    assert_fits(of, found, tokens, size)
    assert_no_text_lost(of, found)


BITS = ["Mr. Lee said so. ", "It fell.\n\n", " ", "\n", "🕊️", "e\u0301", "-" * 90, "https://a.b/c?d=e ",
        "1234567", "日本。", "word " * 40, "“Why?” ", "x" * 200, "\t", "U.S. "]  # fmt: skip
ANY_TEXT = st.text(max_size=80) | st.lists(st.sampled_from(BITS), max_size=12).map("".join)


@settings(max_examples=80, deadline=None)
@given(text=ANY_TEXT, title=ANY_TEXT, size=st.sampled_from([LEAST, 50, 200, MOST]))
def test_any_text(text: str, title: str, size: int, tokens: TokenCounter) -> None:
    of = article(text, title)

    found = chunks(of, tokens, size)

    assert_fits(of, found, tokens, size)
    assert_no_text_lost(of, found)
    assert found == chunks(of, tokens, size)
    room = size - tokens.count(embedded_text(header(of, tokens, size), ""))
    short = [(start, end) for start, end in sentences(text) if tokens.count(text[start:end]) <= room]
    for chunk in found:
        assert not [span for span in short if span[0] < chunk.start < span[1] or span[0] < chunk.end < span[1]]


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT.filter(lambda text: len(text.strip()) > 1))
def test_halves_of_any_chunk_lose_nothing(text: str) -> None:
    of = article(text.strip())

    found = halves(of, Chunk("a", 0, len(of.text)))

    assert len(found) == 2
    assert_no_text_lost(of, found)
