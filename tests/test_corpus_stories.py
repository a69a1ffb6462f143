"""Which articles tell one story. The benchmark has a thousand pairs of each kind; here are a few."""

import random
import time
from dataclasses import replace

import pytest

from corpus import Article
from corpus.stories import Stories, corrects, signature

NAMES = "Ann Bo Carla Dan Eve Finn Gus Hana Ivo June Karl Lena Milo Nora Otto Pia Rosa Sam Tess Uli"
RNG = random.Random(1)
THINGS = "apples boats cats doves eggs figs goats hats inns jars kites lamps maps nets owls pans"
TEXT = " ".join(
    f"In {RNG.choice(NAMES.split())} {RNG.choice(NAMES.split())} counted {RNG.randint(2, 999)} {thing}, and the {thing}"
    " went on their way."
    for thing in THINGS.split()
)
OTHER = TEXT.translate(str.maketrans("aeiou1234", "ouiea5678"))
TEMPLATE = (
    "{} beat {} {}-{} before {} fans. “We were better,” said {}. They meet again in the cup next month, he added."
)


def grouped(*texts: str) -> list[int]:
    stories = Stories()
    for text in texts:
        stories.add(signature(text))
    return [stories.first(number) for number in range(len(texts))]


NOTICE = (
    "A magnitude {} earthquake struck {} km {} of {} at a depth of {} km, the institute of seismology said in its"
    " notice. No damage was reported. The institute measures every tremor of the region with stations on both coasts,"
    " asks those who felt it to fill in its form, and publishes a list of all of them at the end of the month."
)
COUNCIL = (
    "The council of {} met in the town hall and heard reports from its committees. Minutes of the last meeting were"
    " read and approved. Members of the public may speak for three minutes each, and must sign up at the door. It voted"
    " {} to {} for the budget. The next meeting is open to all, and is shown on the town's own channel as well."
)
LONG = " ".join(f"On that morning the crew of Pelican{number} counted {number} boats." for number in range(100, 130))

TIED = {
    "a long report with other names here and there": [
        LONG,
        LONG.replace("Pelican107", "Heron").replace(" 120 ", " 4 "),
    ],
    "the same": [TEXT, TEXT],
    "other line ends and case": [TEXT, TEXT.upper().replace(" ", "\n")],
    "another dateline": [f"LONDON (Reuters) - {TEXT}", f"PARIS, June 17 (AP) — {TEXT}"],
    "without its beginning": [TEXT, TEXT.partition("boats")[2]],
    "a few words edited": [TEXT, TEXT.replace("counted", "saw", 6).replace("way", "road", 3)],
    "short and the same": ["Juno is in orbit.", "Juno is in orbit"],
    "a name left out here and a word changed there": [TEXT.replace("Ann", "", 1), TEXT.replace("went", "kept", 1)],
    "a name that begins a sentence there": [TEXT, TEXT.replace("In Ann", "Ann")],
    "by way of a third": [TEXT, TEXT.partition("cats")[2], TEXT.partition("doves")[2] + " It ended."],
}
APART = {
    "a long report with more of them": [LONG, LONG.replace("Pelican11", "Heron11")],
    "two stories": [TEXT, OTHER],
    "short and nearly the same": ["Juno is in orbit.", "Juno is in orbit at last."],
    "one template": [
        TEMPLATE.format("Ayr", "Elgin", 2, 1, 900, "Bo"),
        TEMPLATE.format("Hull", "York", 3, 0, 850, "Al"),
    ],
    "notices that differ in place and numbers": [
        NOTICE.format("4.1", 20, "north", "Lowmere", 10),
        NOTICE.format("4.3", 20, "north", "Tarn", 10),
    ],
    "notices that differ in a single number": [
        NOTICE.format("4.1", 20, "north", "Lowmere", 10),
        NOTICE.format("4.3", 20, "north", "Lowmere", 10),
    ],
    "reports that differ in a number in words": [
        COUNCIL.format("Tarn", "seven", "two"),
        COUNCIL.format("Tarn", "six", "two"),
    ],
    "the same facts in other words": [
        TEXT,
        "They met " + " and ".join(NAMES.split()) + " at noon. " + "It was late then. " * 9,
    ],
}


@pytest.mark.parametrize("texts", TIED.values(), ids=TIED)
def test_copies_are_tied_to_the_first(texts: list[str]) -> None:
    assert grouped(*texts) == [0] * len(texts)


@pytest.mark.parametrize("texts", APART.values(), ids=APART)
def test_different_stories_are_not_tied(texts: list[str]) -> None:
    assert grouped(*texts) == list(range(len(texts)))


def test_copies_belong_to_the_first_article_of_the_story() -> None:
    assert grouped(TEXT, OTHER, "Juno is in orbit.", OTHER, TEXT) == [0, 1, 2, 1, 0]


def test_of_many_articles_those_are_compared_that_share_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.stories._MOST_LOOKED_AT", 1)
    template = [NOTICE.format(f"{number}.5", number, "south", "Tarn", number) for number in range(2, 12)]

    found = [grouped(*template[:place], template[5] + " Nobody was hurt.", *template[place:]) for place in (6, 9, 10)]

    assert [stories[place] for stories, place in zip(found, (6, 9, 10), strict=True)] == [5, 5, 5]


def test_versions_can_be_tied_explicitly() -> None:
    stories = Stories()
    for text in (TEXT, OTHER, "Juno."):
        stories.add(signature(text))

    stories.tie(2, 1)

    assert [stories.first(number) for number in range(3)] == [0, 1, 1]


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Correction: Juno is in orbit", "Juno.", True),
        ("Updated: Juno is in orbit", "Juno.", True),
        ("Juno is in orbit", "CORRECTION: An earlier version named Saturn.\n\nJuno.", True),
        ("Juno is in orbit", "Juno.\n\nThis story has been updated with new figures.", True),
        ("Juno is in orbit", "Juno.", False),
        ("Update your phone", "Correct answers only.", False),
    ],
)
def test_corrections_are_recognised(title: str, text: str, expected: bool) -> None:
    assert corrects(replace(Article("a", title, text))) is expected


def test_a_text_of_dashes_is_looked_through_once() -> None:
    began = time.process_time()
    assert not corrects(Article("a", "Juno", "-\n" * 20_000))
    assert time.process_time() - began < 5  # Looked at from each line on, it takes half a minute.
