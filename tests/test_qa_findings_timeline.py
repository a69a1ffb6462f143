"""What happened over time: one sentence a story, dated, word for word, ascending."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from asking import AxesEmbedder, built, story

from qa import Retriever, Timeline
from qa.findings.timeline import asks_for_timeline
from qa.web.export import export

LEAK = "Oil leaked into the harbour of Kett."
FILES = {
    "a.txt": story("Oil in Kett", LEAK + " It came from a tanker.", date="2015-03-02", source="Kett Post"),
    "wire.txt": story("Kett: oil leak", LEAK + " It came from a tanker.", date="2015-03-01", source="Wire"),
    "b.txt": story("Kett oil: beaches close", "The oil leak in Kett closed = *all* beaches.", date="2015-03-05"),
    "again.txt": story("Kett weekly", LEAK + " That was the week's news.", date="2015-03-07"),
    "c.txt": story("Kett oil trial", "The captain of the Kett oil tanker was fined.", date="2016-01-09"),
    "notes.txt": story("Notes on oil in Kett", "Kett has seen oil in its harbour before."),
    "zoo.txt": story("Zoo opens", "Penguins came to the zoo of Arlo.", date="2015-03-03"),
}


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    model = AxesEmbedder("oil leak tanker", "zoo penguins")
    index = built(tmp_path_factory.mktemp("timeline"), FILES, model)
    with Retriever.open(index, embedder=model) as opened:
        yield opened


def told(timeline: Timeline) -> list[tuple[str, str, str]]:
    return [(str(entry.published), entry.text, timeline.mark(place)) for place, entry in enumerate(timeline.entries)]


def test_one_sentence_a_story_earliest_first(retriever: Retriever) -> None:
    timeline = retriever.timeline("oil in Kett")
    assert told(timeline) == [
        ("2015-03-01", LEAK, "first report"),
        ("2015-03-05", "The oil leak in Kett closed = *all* beaches.", ""),
        ("2016-01-09", "The captain of the Kett oil tanker was fined.", "latest report"),
    ]
    assert timeline.undated == 1
    assert [(entry.article.path, entry.copies) for entry in timeline.entries[:1]] == [("wire.txt", ("a.txt",))]
    for entry in timeline.entries:
        assert entry.article.text[entry.start : entry.end] == entry.text


def test_what_lacks_the_subject_is_no_report_on_it(retriever: Retriever) -> None:
    assert retriever.timeline("penguins").entries[0].article.path == "zoo.txt"
    assert retriever.timeline("tapirs in Patagonia") == Timeline((), 0)


def test_limits_apply_to_the_timeline(retriever: Retriever) -> None:
    assert [entry.published for entry in retriever.timeline("oil in Kett", since="2015-03-03").entries] == [
        date(2015, 3, 5),
        date(2015, 3, 7),
        date(2016, 1, 9),
    ]


def test_an_answer_has_one_where_the_question_asks_for_it(retriever: Retriever) -> None:
    asked = retriever.ask("What happened with the oil in Kett?", k=2)
    assert asked.timeline
    assert len(asked.timeline.entries) == 3
    assert len(asked.passages) == 2
    assert asked.as_json()["timeline"]["entries"][0]["mark"] == "first report"
    assert retriever.ask("Who was fined in Kett?").timeline is None


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("What happened with the oil leak?", True),
        ("what has been happening in Kett", True),
        ("What's happened to Griner?", True),
        ("How did the outbreak develop?", True),
        ("How has the trial unfolded since May?", True),
        ("Give me a timeline of the strike", True),
        ("What happened?", False),
        ("How did the captain die?", False),
        ("Who developed the vaccine?", False),
        ("Which country has a history as a kingdom?", False),
    ],
)
def test_questions_that_ask_for_a_timeline(question: str, *, asks: bool) -> None:
    assert asks_for_timeline(question) is asks


def test_it_is_exported_with_the_answer(retriever: Retriever) -> None:
    answer = retriever.ask("What happened with the oil in Kett?")
    lines = export(answer, "markdown").content.splitlines()
    assert [line for line in lines if line.startswith("- ")][:2] == [
        f"- **2015-03-01** (first report): “{LEAK}” Kett: oil leak. Wire, 2015-03-01, wire.txt, characters 0 to 36",
        "- **2015-03-05**: “The oil leak in Kett closed = \\*all\\* beaches.” Kett oil: beaches close."
        " 2015-03-05, b.txt, characters 0 to 44",
    ]
    exported = json.loads(export(answer, "json").content)["timeline"]["entries"]
    assert answer.timeline
    assert [one["text"] for one in exported] == [one[1] for one in told(answer.timeline)]


def test_nothing_in_an_empty_archive(tmp_path: Path) -> None:
    model = AxesEmbedder("oil")
    with Retriever.open(built(tmp_path, {}, model), embedder=model) as empty:
        assert empty.timeline("oil") == Timeline((), 0)
