"""The data of languages: one file each, all of one form."""

import json
from importlib.resources import files

import pytest

from corpus.languages import ENGLISH, NAMES, language, name_of
from corpus.months import calendar_names
from corpus.words import keys

OTHERS = tuple(code for code in NAMES if code != ENGLISH)


@pytest.mark.parametrize("code", OTHERS)
def test_a_file_has_all_of_the_form(code: str) -> None:
    spoken = language(code)
    told = json.loads(files("corpus.languages").joinpath(f"{code}.json").read_text("utf-8"))

    assert sorted(told) == sorted(json.loads(files("corpus.languages").joinpath("fr.json").read_text("utf-8")))
    assert len(spoken.numbers) == 12
    assert set(spoken.before.values()) == {"in", "since", "before", "after", "until", "between", "from", "on"}
    assert set(spoken.between.values()) == {"and", "to"}
    assert set(spoken.units.values()) >= {"day", "week", "month", "year"}
    assert [len(table) for table in calendar_names(code)] == [12, 7]


@pytest.mark.parametrize("code", NAMES)
def test_no_small_word_stands_twice(code: str) -> None:
    told = json.loads(files("corpus.languages").joinpath(f"{code}.json").read_text("utf-8"))["small"].split()

    assert [word for word in told if told.count(word) > 1] == []
    assert all(len(keys(word)) == 1 for word in told)


@pytest.mark.parametrize("code", NAMES)
def test_what_is_asked_for_is_known_in_each_language(code: str) -> None:
    assert list(language(code).kinds) == ["time", "number", "name", "reason"]
    assert list(language(code).evidence) == ["number", "time", "reason"]


def test_a_language_without_a_file_is_read_as_english() -> None:
    assert language("xx") == language("en")
    assert language("en").periods == {}  # time in English is read as it stands
    assert (name_of("fr"), name_of("xx")) == ("French", "“xx”")
