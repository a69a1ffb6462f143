"""The reader: the sentence that answers, the words in it, and whether any does."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from corpus import Article, UserError
from corpus.sentences import passage_sentences
from corpus.settings import BUNDLED_MODEL
from index.models.model_files import model_location
from qa.reading import reader
from qa.reading.close import ANSWERS
from qa.reading.reader import Read, Reader, Unread

FERRY = (
    "The ferry to Lerwick was cancelled on Monday because of high winds. 🌊 About 180 passengers spent the night in"
    " Aberdeen. The company said that sailings would start again on Wednesday morning. Captain Ingrid Moen called it"
    " the worst storm of her career."
)
HARBOUR = "Storm keeps ferries in harbour"
ANSWERED = {
    "Why did the ferry not sail?": (0, "high winds"),
    "How many people had to stay in Aberdeen?": (1, "180"),
    "When will the boats run again?": (2, "Wednesday"),
    "Whose worst storm was it?": (3, "Ingrid Moen"),
    "why ferry lerwick cancelled": (0, "high winds"),
}
UNRELATED = ("Who won the election in Peru?", "How much does a loaf of bread cost?", "qwx zzkp", "Thank you!")


@pytest.fixture(scope="module")
def loaded() -> Reader:
    return Reader()


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    found = Tokenizer.from_file(str(Path(model_location(BUNDLED_MODEL), "tokenizer.json")))
    found.no_padding()
    found.no_truncation()
    return found


def unread(question: str, text: str = FERRY) -> Unread:
    return Unread(question, Article("a", HARBOUR, text, published=date(2024, 1, 15)), passage_sentences(text))


def read(using: Reader, passages: Sequence[Unread]) -> list[Read | None]:
    return [reading.result() for reading in [using.begin(passage) for passage in passages]]


def read_one(using: Reader, passage: Unread) -> Read:
    [found] = read(using, [passage])
    assert found is not None
    return found


@pytest.mark.parametrize("question", ANSWERED)
def test_the_sentence_and_its_words_are_found(loaded: Reader, question: str) -> None:
    number, words = ANSWERED[question]

    found = read_one(loaded, unread(question))

    assert found.best == number
    assert words in FERRY[slice(*found.answers[number])]
    assert found.margin > ANSWERS


@pytest.mark.parametrize("question", UNRELATED)
def test_where_nothing_answers_none_of_them_stands_first(loaded: Reader, question: str) -> None:
    assert read_one(loaded, unread(question)).margin < 0


@pytest.mark.parametrize("question", ANSWERED)
def test_without_the_sentence_that_answers_the_passage_answers_less(loaded: Reader, question: str) -> None:
    whole = unread(question)
    number, _ = ANSWERED[question]
    cut = replace(whole, sentences=whole.sentences[:number] + whole.sentences[number + 1 :])

    assert read_one(loaded, cut).margin < read_one(loaded, whole).margin


def test_each_sentence_has_an_answer_inside_it(loaded: Reader) -> None:
    passage = unread("Who called it the worst storm?")
    found = read_one(loaded, passage)

    assert list(found.answers) == list(range(len(passage.sentences)))
    for number, (start, end) in enumerate(passage.sentences):
        assert start <= found.answers[number][0] < found.answers[number][1] <= end


def test_each_passage_is_read_alone(loaded: Reader) -> None:
    passages = [unread(question, text) for question in ANSWERED for text in (FERRY, FERRY[:67])]

    together = read(loaded, passages)

    for passage, found in zip(passages, together, strict=True):
        alone = read_one(loaded, passage)
        assert found is not None
        assert found.answers == alone.answers
        assert found.sentences == pytest.approx(alone.sentences, abs=0.1)


def test_many_threads_read_the_same(loaded: Reader) -> None:
    passages = [unread(question) for question in ANSWERED]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: read(loaded, passages), range(16)))

    assert all(each == found[0] for each in found)


def test_a_passage_without_a_sentence_is_not_read(loaded: Reader) -> None:
    empty = replace(unread("Why?"), sentences=())

    assert read(loaded, [empty, unread("Why?")])[0] is None


def test_an_empty_sentence_is_not_read(loaded: Reader) -> None:
    whole = unread("How many people had to stay in Aberdeen?")
    found = read_one(loaded, replace(whole, sentences=((0, 0), *whole.sentences[1:])))

    assert (found.best, found.sentences[0]) == (1, float("-inf"))


def test_sentences_beyond_what_is_seen_are_never_best(loaded: Reader) -> None:
    found = read_one(loaded, unread("Why did the ferry not sail?", FERRY + " The sea was rough." * 200))

    assert found.best == 0
    assert found.sentences[-1] == float("-inf")


def test_damaged_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "reader.safetensors"
    monkeypatch.setattr(reader, "_FILE", damaged)
    for content in (None, b"damaged"):
        if content:
            damaged.write_bytes(content)
        with pytest.raises(UserError, match=r"reader\.safetensors.*install Dateline again"):
            Reader().begin(unread("Why?"))


def test_word_pieces_know_their_places(tokenizer: Tokenizer) -> None:
    found = reader.encode(tokenizer, "Why?", "Storm", date(2024, 1, 15), ["", "No ferries", "🌊 sail"])
    places = list(zip((tokenizer.id_to_token(each) for each in found.pieces.ids), found.places, strict=True))

    assert [word for word, place in places if place[0] < 0] == [
        *("[CLS]", "why", "?", "[SEP]"),
        *("storm", "15", "january", "202", "##4", "[SEP]"),
    ]
    assert found.pieces.question == 4
    assert found.sentences == (1, 2)
    assert found.pieces.sentences == ((10, 12), (12, 14))
    assert places[10:12] == [("no", (1, 0, 2)), ("ferries", (1, 3, 10))]
    assert places[-1] == ("sail", (2, 2, 6))


def test_what_is_too_long_is_cut_off_at_its_end(tokenizer: Tokenizer) -> None:
    found = reader.encode(tokenizer, "why " * 500, "storm " * 500, None, ["wind " * 100, "sea " * 500, "sky"])

    assert found.pieces.question == 82
    assert found.pieces.sentences == ((131, 231), (231, 352))
    assert found.sentences == (0, 1)


def test_nothing_to_read_is_told(tokenizer: Tokenizer) -> None:
    with pytest.raises(ValueError, match="no sentence"):
        reader.encode(tokenizer, "Why?", "Storm", None, ["", "\n"])


@pytest.mark.parametrize(
    ("begins", "ends", "found"),
    [
        ([9, 0, 3, 0], [9, 0, 0, 2], (2, 3)),  # What lies outside the sentence counts nothing.
        ([0, 0, 0, 5], [0, 5, 4, 0], (1, 1)),  # No end before its beginning.
        ([0, 1, 0, 0], [0, 0, 0, 1], (1, 3)),
    ],
)
def test_the_likeliest_words_in_their_order(begins: list[int], ends: list[int], found: tuple[int, int]) -> None:
    import torch

    from qa.reading import network

    words = torch.tensor([begins, ends], dtype=torch.float32).T

    assert network.best_words(words, (1, 4)) == found
