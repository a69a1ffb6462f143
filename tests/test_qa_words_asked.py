"""How words are written, and what that does to answers, operators, filters and quotations, end to end."""

from collections.abc import Iterator
from typing import Any

import pytest
from asking import built, story
from hashing_embedder import HashingEmbedder

from qa import Retriever

ROOMS = " ".join(f"Room {number} holds the chest {number} of the queen." for number in range(1, 30))
FILES = {
    "cook.txt": story(
        "Cook opens the bridge", "Governor Cook opened the bridge. Cook thanked the masons.", date="2015-05-02"
    ),
    "cooking.txt": story("Cooking in copper", "Cooking in copper pots is back in the inns.", date="2015-05-03"),
    "wells.txt": story(
        "Judge for the dam", "Ida Wells, a judge, will hear the dam case.", by="Zoë O’Dell", date="2015-05-04"
    ),
    "well.txt": story("A well dug", "A well was dug at noon, and another well is planned.", date="2015-05-05"),
    "who.txt": story("WHO sends nurses", "The WHO sent nurses to Brask.", source="Daily Mast", date="2015-05-06"),
    "rooms.txt": story("The queen's chests", ROOMS, date="2015-05-07"),
    "fire.txt": story("Mill burns", "The paper mill of Brask burned down.", date="1871-10-09"),
    "undated.txt": story("A mill on fire", "The mill burned, and who burned the mill is not known."),
    "rate.txt": story(
        "Rates", "The bank kept its rate at -0.5 percent and its grade at BBB+ on Monday.", date="2015-05-08"
    ),
    "hymn.txt": story(
        "Hymn", "The old hymn praises the night-\nin-\ngale and under-\nstand it who may.", date="1922-02-02"
    ),
}


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    embedder = HashingEmbedder()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATELINE_CHUNK_SIZE", "32")
        index = built(tmp_path_factory.mktemp("words"), FILES, embedder, DATELINE_CHUNK_SIZE="32")
        retriever = Retriever.open(index, embedder=embedder)
    with retriever:
        yield retriever


def paths(retriever: Retriever, question: str, **limits: Any) -> list[str]:
    return [passage.article.path for passage in retriever.search(question, k=20, **limits)]


def test_a_name_is_not_its_stem(retriever: Retriever) -> None:
    answer = retriever.ask("Who is Cooking?")
    assert retriever.ask("What did Cook open?").reasons == ("The first passage speaks of “Cook” and “open”.",)
    assert "“say”" not in str(retriever.ask("What did Cook say?").reasons)
    assert not retriever.ask("Who is Cooker?").answered
    assert answer.passages[0].article.path == "cooking.txt"
    assert paths(retriever, "Who is Wells?")[0] == "wells.txt"


def test_a_name_that_stands_nowhere_is_told_and_lowers_the_confidence(retriever: Retriever) -> None:
    known, unknown = retriever.ask("Which bridge did Cook open?"), retriever.ask("Which bridge did Cooke open?")
    assert any("“Cooke” occurs in none" in reason for reason in unknown.reasons)
    assert unknown.confidence < known.confidence


def test_a_quoted_word_is_that_word(retriever: Retriever) -> None:
    assert paths(retriever, '"wells" dug') == ["wells.txt"]
    assert paths(retriever, "“well” dug") == ["well.txt"]


def test_an_excluded_word_takes_its_article_and_no_other_ending(retriever: Retriever) -> None:
    left = paths(retriever, "rooms with copper -queen")
    assert "rooms.txt" not in left
    assert "cooking.txt" in paths(retriever, "copper pots -cook")
    assert "who.txt" not in paths(retriever, "nurses of Brask -WHO")
    assert "undated.txt" in paths(retriever, "mill burned -WHO")


@pytest.mark.parametrize("number", range(1, 29))
def test_a_phrase_goes_on_in_the_next_chunk(retriever: Retriever, number: int) -> None:
    phrase = f"chest {number} of the queen. Room {number + 1} holds"
    answer = retriever.ask(f'"{phrase}"')
    assert {passage.article.path for passage in answer.passages} == {"rooms.txt"}
    assert not any("nowhere" in notice for notice in answer.notices)


@pytest.mark.parametrize("question", ["WHO", "World Health Organization", "What did WHO send?"])
def test_small_words_in_capitals_are_names(retriever: Retriever, question: str) -> None:
    assert paths(retriever, question)[0] == "who.txt"


@pytest.mark.parametrize("author", ["O'Dell", "Zoe O’Dell", "ODell"])
def test_an_author_is_found_however_written(retriever: Retriever, author: str) -> None:
    assert paths(retriever, "dam case", authors=[author]) == ["wells.txt"]
    assert paths(retriever, "nurses", sources=["the daily mast"]) == ["who.txt"]


TIMES = {
    "a day": ("What happened on 3 May 2015?", {}, ["cooking.txt"]),
    "yesterday": ("What happened yesterday?", {"now": "2015-05-07"}, ["who.txt"]),
    "news of a year": ("news of 1871", {}, ["fire.txt"]),
    "latest first": ("What was in the news in May 2015?", {}, ["rate.txt", "rooms.txt", "who.txt", "well.txt"]),
}


@pytest.mark.parametrize(("question", "limits", "expected"), TIMES.values(), ids=TIMES)
def test_a_time_alone_shows_its_stories(
    retriever: Retriever, question: str, limits: dict[str, str], expected: list[str]
) -> None:
    answer = retriever.ask(question, k=4, **limits)  # type: ignore[arg-type]
    assert answer.answered
    assert [passage.article.path for passage in answer.passages] == expected
    assert all(passage.highlights for passage in answer.passages)


def test_a_day_without_articles_is_refused(retriever: Retriever) -> None:
    answer = retriever.ask("What happened on 1 January 2000?")
    assert (answer.verdict, answer.passages) == ("not_in_corpus", ())


def test_an_undated_article_comes_last_where_a_time_is_named(retriever: Retriever) -> None:
    assert paths(retriever, "Which mill burned in 1871?") == ["fire.txt", "undated.txt"]


QUOTES = {
    "as it is": ("kept its rate at −0.5 percent and its grade at BBB+ on Monday", "verbatim"),
    "minus lost": ("kept its rate at 0.5 percent and its grade at BBB+ on Monday", "altered"),
    "grade changed": ("kept its rate at -0.5 percent and its grade at BBB- on Monday", "altered"),
    "grade bare": ("kept its rate at -0.5 percent and its grade at BBB on Monday", "altered"),
    "cut at a line end": ("and understand it who may", "verbatim"),
}


@pytest.mark.parametrize(("quote", "verdict"), QUOTES.values(), ids=QUOTES)
def test_what_counts_in_a_quotation(retriever: Retriever, quote: str, verdict: str) -> None:
    assert retriever.check_quote(quote).verdict == verdict
