"""From an order of chunks to passages: each story once with its copies, as many as asked for, marked sentences."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from asking import built, story
from hashing_embedder import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st

from corpus import UserError
from qa import Passage, Retriever

WIRE = "Fifty-one officials signed the memo on Syria. Kerry was in Copenhagen."
FILES = {
    "a/wire.txt": story("Officials sign memo", WIRE, date="2016-06-18", source="BBC"),
    "b/wire.txt": story("Officials sign memo", WIRE, date="2016-06-17", source="CNN"),
    "c/wire.txt": story("Officials sign memo", WIRE),
    "d.txt": story("What the memo says", "The memo on Syria asks for strikes.", date="2016-06-19", source="CNN"),
    "e.txt": story("Juno in orbit", "The probe Juno is in orbit 🪐 round Jupiter.", date="2016-07-05"),
}
# Three chunks of 32 tokens at most, and a copy.
LONG = (
    "Officials in the north signed one more memo that nobody read. It was about the war in Syria and its end."
    " Britain voted to leave the union, and the pound fell to a low. Judges in The Hague ruled on the South China Sea."
    " The probe Juno went into orbit round Jupiter. Doctors asked that the Games be moved because of Zika in Rio."
)


@contextmanager
def retrieving(folder: Path, files: dict[str, str], **settings: str) -> Iterator[Retriever]:
    embedder = HashingEmbedder()
    index = built(folder, files, embedder, **settings)
    with pytest.MonkeyPatch.context() as environment:
        for name, value in settings.items():
            environment.setenv(name, value)
        retriever = Retriever.open(index, embedder=embedder)
    with retriever:
        yield retriever


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    with retrieving(tmp_path_factory.mktemp("five"), FILES) as retriever:
        yield retriever


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    files = {"one.txt": story("Round up", LONG), "two.txt": story("Round up", LONG), "x.txt": story("Syria", WIRE)}
    with retrieving(tmp_path_factory.mktemp("long"), files, DATELINE_CHUNK_SIZE="40") as retriever:
        assert retriever.status().chunks == 3 + 3 + 1
        yield retriever


def told(passages: list[Passage]) -> list[tuple[str, tuple[str, ...]]]:
    return [(passage.article.id, passage.copies) for passage in passages]


COPIES: dict[str, tuple[str, dict[str, Any], str, tuple[str, ...]]] = {
    # Equal scores are in order of id.
    "by id": ("Who signed the memo?", {}, "a/wire.txt", ("b/wire.txt", "c/wire.txt")),
    "the newest": ("Who signed the memo?", {"now": "2016-06-20"}, "a/wire.txt", ("b/wire.txt", "c/wire.txt")),
    "the oldest": ("Who first signed the memo?", {}, "b/wire.txt", ("a/wire.txt", "c/wire.txt")),
    "of an outlet": ("Who signed it?", {"sources": ["CNN"]}, "b/wire.txt", ("a/wire.txt", "c/wire.txt")),
    "of a day": ("Who signed it?", {"until": "2016-06-17"}, "b/wire.txt", ("a/wire.txt", "c/wire.txt")),
}


@pytest.mark.parametrize(("question", "limits", "first", "copies"), COPIES.values(), ids=COPIES)
def test_copies_fill_one_place_and_are_named_earliest_first_undated_last(
    five: Retriever, question: str, limits: dict[str, Any], first: str, copies: tuple[str, ...]
) -> None:
    passages = five.search(question, k=10, **limits)
    assert told(passages)[0] == (first, copies)
    assert not {passage.article.id for passage in passages} & set(copies)


def test_an_article_without_copies_names_none(five: Retriever) -> None:
    assert [copies for name, copies in told(five.search("Juno memo", k=10)) if name in ("d.txt", "e.txt")] == [(), ()]


def test_a_place_taken_by_a_copy_goes_to_the_next_story(five: Retriever) -> None:
    # Which of the two stories leads is for the weights to say.
    assert {name for name, _ in told(five.search("Who signed the memo on Syria?", k=2))} == {"a/wire.txt", "d.txt"}


QUESTIONS = ["Who signed the memo on Syria?", "Britain", "Juno and Jupiter", "Zika in Rio", "The Hague", "Wimbledon"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_text_comes_twice_from_articles_of_several_chunks(long: Retriever, question: str) -> None:
    passages = long.search(question, k=100)
    assert len({(passage.text, passage.start) for passage in passages}) == len(passages)
    for passage in passages:
        assert passage.copies == (("two.txt",) if passage.article.id == "one.txt" else ())
    assert len(passages) >= 3
    assert {passage.article.id for passage in passages} <= {"one.txt", "x.txt"}


def test_what_is_beside_the_point_takes_no_place_after_the_third(tmp_path: Path) -> None:
    texts = {
        "a": "The memo on Syria asks for strikes.",
        "b": "Kerry read the memo on Syria.",
        "c": "Diplomats wrote a memo on Syria.",
        "d": "A memo on Syria came late.",
        "e": "Juno slipped into orbit.",
        "f": "The pound fell.",
    }
    with retrieving(tmp_path, {f"{name}.txt": story(name, text) for name, text in texts.items()}) as archive:
        assert {name for name, _ in told(archive.search("memo Syria", k=6))} == {"a.txt", "b.txt", "c.txt", "d.txt"}
        [first, *rest] = [name for name, _ in told(archive.search("Juno", k=6))]
    assert (first, len(rest)) == ("e.txt", 2)


@pytest.mark.parametrize(("k", "count"), [(1, 1), (2, 2), (3, 3), (4, 3), (10**9, 3)])
def test_as_many_as_asked_for_or_as_there_are(five: Retriever, k: int, count: int) -> None:
    question = "Who signed the memo?"
    passages = five.search(question, k=k)
    assert len(passages) == count
    assert passages == five.search(question, k=3)[:count]
    assert five.ask(question, k=k).passages == tuple(passages)


@pytest.mark.parametrize("k", [0, -1])
def test_fewer_than_one_passage(five: Retriever, k: int) -> None:
    with pytest.raises(UserError, match=rf"is {k}.* 1 or more"):
        five.search("Who signed the memo?", k=k)
    with pytest.raises(UserError, match=rf"is {k}.* 1 or more"):
        five.ask("Who signed the memo?", k=k)


def test_how_many_are_asked_for_does_not_change_the_verdict(five: Retriever) -> None:
    judged = [five.ask("What is said of the memo, Juno and Zika?", k=k) for k in (1, 2, 5, 100)]
    assert len({(answer.verdict, answer.confidence, answer.reasons) for answer in judged}) == 1


def test_the_answering_sentence_is_marked(five: Retriever) -> None:
    passage = five.search("Where was Kerry?")[0]
    assert passage.text == WIRE
    assert passage.highlights == ((46, 70),)
    assert passage.quotation == "Kerry was in Copenhagen."


def test_where_no_sentence_holds_a_word_of_the_question_or_means_it_none_is_marked(five: Retriever) -> None:
    passages = five.search("referee", k=3)
    assert [passage.highlights for passage in passages] == [(), (), ()]
    assert [passage.quotation for passage in passages] == [passage.text for passage in passages]


WORDS = ["memo", "Syria", "Juno", "Kerry", "orbit", "first", "latest", "in June 2016", "who", "CNN", "Zika", "?"]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join), st.integers(1, 9))
def test_every_passage_is_a_slice_of_its_article_and_its_parts_are_its_score(
    five: Retriever, long: Retriever, question: str, k: int
) -> None:
    if not question.strip("? "):
        return
    for retriever in (five, long):
        passages = retriever.search(question, k=k)
        assert len(passages) <= k
        for passage in passages:
            assert passage.text == passage.article.text[passage.start : passage.end] != ""
            assert retriever.article(passage.article.id) == passage.article
            assert all(passage.start <= start < end <= passage.end for start, end in passage.highlights)
            assert list(passage.highlights) == sorted(passage.highlights)
            assert sum(passage.parts.values()) == pytest.approx(passage.score)


STORY = (
    "Fifty-one diplomats in Washington signed a memo on Friday that urges strikes on Syria, the New York Times wrote."
    " It went to John Kerry by way of the dissent channel, and Barack Obama was told of it in Denver the same night."
)


def test_a_story_is_shown_once_as_its_later_version_has_it(tmp_path: Path) -> None:
    def dated(day: int, text: str, title: str = "A memo") -> str:
        return f"{title}\nDate: 2016-06-{day}\n\n{text}"

    files = {
        "a.txt": dated(17, f"WASHINGTON (AP) — {STORY}"),
        "b.txt": dated(18, f"LONDON (Reuters) - {STORY.replace('same', 'very')}"),
        "c.txt": dated(19, STORY.replace("Fifty-one", "Fifty-two"), "Correction: A memo"),
        "d.txt": dated(19, "Juno slipped into orbit round Jupiter."),
    }
    with retrieving(tmp_path, files) as archive:
        [limited] = archive.search("Who signed the memo on Friday?", k=10, until="2016-06-17")
        [found, *_] = archive.search("Who signed the memo on Friday?", k=10)

        assert told([limited, found]) == [("a.txt", ("b.txt", "c.txt")), ("c.txt", ("a.txt", "b.txt"))]
        assert (limited.later, found.later) == ("c.txt", "")
        assert found.quotation.startswith("Fifty-two diplomats")
        assert archive.ask("Who signed the memo on Friday?").passages[0].article.id == "c.txt"
