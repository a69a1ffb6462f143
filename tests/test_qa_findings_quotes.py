"""Quotations checked: where they stand, how they were altered, and what is not there."""

import pytest
from asking import story
from memory_archive import MemoryArchive

from corpus import UserError
from corpus.sentences import sentences
from qa.findings.quotes import QuoteCheck, check_quote

MEMO = (
    "Fifty-one officials signed the memo. “We can’t wait any longer,” one of them said on Tuesday – in Geneva… The"
    " White House answered that the president sees no military solution to the war in Syria and remains open to ideas."
)
FILES = {
    "a.txt": story("Diplomats urge strikes on Syria", MEMO, date="2016-06-17", source="Desk"),
    "b.txt": story("Memo urges strikes", MEMO, date="2016-06-16", source="Wire"),
    "c.txt": story("Who signed", "Later it was said that fifty-one officials signed the memo.", date="2016-06-20"),
    "d.txt": story("Undated", "A note: Fifty-one officials signed the memo, and nobody else."),
    "e.txt": story("Penguins tour", "Penguins left the island of Grytviken on a ship.", date="2016-06-21"),
}


@pytest.fixture(scope="module")
def archive() -> MemoryArchive:
    return MemoryArchive.of(FILES, cut=sentences)


def runs(check: QuoteCheck) -> list[tuple[str, str, str]]:
    return [(run.kind, run.quoted, run.archived) for run in check.diff]


def test_a_verbatim_quotation_names_each_story_once_earliest_first(archive: MemoryArchive) -> None:
    check = check_quote(archive, "fifty-one officials signed the memo")
    assert (check.verdict, check.similarity, check.stories) == ("verbatim", 1.0, 3)
    assert [found.article.path for found in check.found] == ["b.txt", "c.txt", "d.txt"]
    assert [found.text for found in check.found] == [
        "Fifty-one officials signed the memo",
        "fifty-one officials signed the memo",
        "Fifty-one officials signed the memo",
    ]
    assert check.found[0].copies == ("a.txt",)
    assert check.first == check.nearest == check.found[0]


@pytest.mark.parametrize(
    "quote",
    [
        '"we can\'t wait any longer", one of them said on Tuesday - in Geneva',
        "WE CAN’T   WAIT\nANY LONGER",
        "«We can't wait» … said on Tuesday",
        "… one of them said [...] in Geneva …",
        "signed the memo. “We can’t wait any longer,” one of them said on Tuesday – in Geneva… The White House answered"
        " that the president sees no military solution to the war",
    ],
)
def test_verbatim_whatever_its_marks_and_across_chunks(archive: MemoryArchive, quote: str) -> None:
    check = check_quote(archive, quote)
    assert check.verdict == "verbatim"
    assert check.found[0].article.path == "b.txt"
    assert {run.kind for run in check.diff} <= {"same", "elided"}


def test_a_clause_left_out_is_named_as_such(archive: MemoryArchive) -> None:
    quote = "one of them said that the president sees no military solution to the war in Syria"
    check = check_quote(archive, quote)
    assert [run for run in runs(check) if run[0] != "same"] == [
        ("left_out", "", "on Tuesday – in Geneva… The White House answered")
    ]


@pytest.mark.parametrize(
    ("quote", "speaker", "attributed"),
    [
        ("“We can’t wait any longer,” said John Kerry.", "John Kerry", "one of them"),
        ("John Kerry: “We can’t wait any longer”", "John Kerry", "one of them"),
        ("“We can’t wait” … “any longer”, Mr Kerry told the BBC", "Mr Kerry", "one of them"),
        ("“We can’t wait any longer,” one of them said on Friday", "", ""),
        ("“Fifty-one officials signed the memo,” said John Kerry.", "", ""),
    ],
    ids=["after it", "before it", "in two parts", "the same speaker", "nobody in the archive"],
)
def test_right_words_of_another_speaker(archive: MemoryArchive, quote: str, speaker: str, attributed: str) -> None:
    check = check_quote(archive, quote)
    assert (check.speaker, check.attributed) == (speaker, attributed)
    assert (check.verdict == "verbatim") is bool(speaker)


def test_a_pronoun_may_stand_for_who_was_named_before_it() -> None:
    told = "Anna Weiss spoke in Kett. “The tide has turned against us,” she said."
    archive = MemoryArchive.of({"a.txt": story("Kett", told)})
    assert check_quote(archive, "“The tide has turned against us,” said Weiss").attributed == ""
    assert check_quote(archive, "“The tide has turned against us,” said Bruno Kahl").attributed == "she"


def test_a_quotation_from_a_headline_is_found(archive: MemoryArchive) -> None:
    check = check_quote(archive, "Diplomats urge strikes")
    assert (check.verdict, check.found[0].headline, check.found[0].text) == ("verbatim", True, "Diplomats urge strikes")


def test_an_altered_quotation_names_the_changed_words(archive: MemoryArchive) -> None:
    check = check_quote(archive, "“We can’t wait any longer,” one of them said on Friday in Geneva.")
    assert (check.verdict, round(check.similarity, 2), check.stories) == ("altered", 0.92, 1)
    assert runs(check) == [
        ("same", "We can’t wait any longer,” one of them said on", "We can’t wait any longer,” one of them said on"),
        ("changed", "Friday", "Tuesday"),
        ("same", "in Geneva", "in Geneva"),
    ]
    assert check.nearest
    assert check.nearest.text == "We can’t wait any longer,” one of them said on Tuesday – in Geneva"


def test_leaving_out_a_no_is_an_alteration(archive: MemoryArchive) -> None:
    check = check_quote(archive, "the president sees military solution to the war in Syria and remains open to ideas")
    assert check.verdict == "altered"
    assert [run for run in runs(check) if run[0] != "same"] == [("left_out", "", "no")]


@pytest.mark.parametrize("quote", ["Elephants left the harbour of Durban on a train.", "Zyzzyva!", "the of and"])
def test_not_in_corpus(archive: MemoryArchive, quote: str) -> None:
    check = check_quote(archive, quote)
    assert (check.verdict, check.found, check.first, check.stories) == ("not_in_corpus", (), None, 0)


def test_not_in_corpus_shows_the_nearest(archive: MemoryArchive) -> None:
    check = check_quote(archive, "Elephants left the island of Madagascar by plane on Sunday.")
    assert check.verdict == "not_in_corpus"
    assert check.nearest
    assert check.nearest.text == "Penguins left the island of Grytviken on a"


@pytest.mark.parametrize(("quote", "complaint"), [("", "is empty"), (" “…” ", "is empty"), ("a" * 2001, "2,001 char")])
def test_refusals(archive: MemoryArchive, quote: str, complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        check_quote(archive, quote)


def test_json(archive: MemoryArchive) -> None:
    content = check_quote(archive, "penguins left the island").as_json()
    assert list(content) == [
        *("quote", "verdict", "similarity", "stories", "speaker", "attributed", "first", "found", "nearest", "diff")
    ]
    assert content["first"] == content["found"][0] == content["nearest"]
    assert content["first"]["published"] == "2016-06-21"
    assert content["diff"] == [
        {"kind": "same", "quoted": "penguins left the island", "archived": "Penguins left the island"}
    ]


def test_nothing_in_an_empty_archive() -> None:
    check = check_quote(MemoryArchive(), "Fifty-one officials signed")
    assert (check.verdict, check.nearest, check.diff) == ("not_in_corpus", None, ())
