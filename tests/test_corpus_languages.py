"""The data of languages: one file each, all of one form."""

import json
from importlib.resources import files

import pytest

from corpus.languages import CODES, language, name_of
from corpus.months import calendar_names
from corpus.words import keys


@pytest.mark.parametrize("code", CODES)
def test_a_file_has_all_of_the_form(code: str) -> None:
    spoken = language(code)
    told = json.loads(files("corpus.languages").joinpath(f"{code}.json").read_text("utf-8"))

    assert spoken
    assert sorted(told) == sorted(json.loads(files("corpus.languages").joinpath("fr.json").read_text("utf-8")))
    assert list(spoken.kinds) == ["time", "number", "name", "reason"]
    assert list(spoken.evidence) == ["number", "time", "reason"]
    assert len(spoken.numbers) == 12
    assert set(spoken.before.values()) == {"in", "since", "before", "after", "until", "between", "from", "on"}
    assert set(spoken.between.values()) == {"and", "to"}
    assert set(spoken.units.values()) >= {"day", "week", "month", "year"}
    assert [len(table) for table in calendar_names(code)] == [12, 7]


@pytest.mark.parametrize("code", CODES)
def test_no_small_word_stands_twice(code: str) -> None:
    told = json.loads(files("corpus.languages").joinpath(f"{code}.json").read_text("utf-8"))["small"].split()

    assert [word for word in told if told.count(word) > 1] == []
    assert all(len(keys(word)) == 1 for word in told)


def test_english_has_no_file() -> None:
    assert language("en") is None
    assert language("xx") is None
    assert (name_of("fr"), name_of("xx")) == ("French", "“xx”")
