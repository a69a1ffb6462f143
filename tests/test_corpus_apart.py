"""Reading in a process of its own: what a file does to it costs that file alone."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from reading import write
from test_corpus_documents import tarred

from corpus import Article, Problem, read_folder
from corpus.apart import Apart, Budget

GOOD = "Juno arrives\n\nJuno is in orbit.\n"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the system has no such limit")
UNIX = pytest.mark.skipif(sys.platform == "win32", reason="the system has no such clock")


def read_apart(corpus: Path, files: Mapping[str, str | bytes], budget: Budget | None = None) -> list[Article | Problem]:
    with Apart(budget) as apart:
        return list(read_folder(write(corpus, files), read=apart.read))


def told(found: list[Article | Problem]) -> list[tuple[str, str]]:
    return [(one.path, one.text if isinstance(one, Article) else one.reason.partition(";")[0]) for one in found]


def test_the_same_comes_back_as_here(corpus: Path) -> None:
    files = {"a.txt": GOOD, "b.jsonl": '{"text": "One.", "id": 7}\nnot JSON\n', "c.pptx": "x", "d.html": "<html><p>x"}

    assert read_apart(corpus, files) == list(read_folder(corpus))


@UNIX
def test_a_file_that_takes_too_long(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It costs neither those beside it nor the disk what was unpacked."""
    (tmp_path / "room").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "room"))
    endless = tarred({"b.html": "<html><body><p>Juno.</p>" + "<br>" * 400_000}, "w")

    found = read_apart(corpus, {"a.txt": GOOD, "b.tar": endless, "c.txt": GOOD}, Budget(2.0, 0.0))

    assert told(found) == [
        ("a.txt", "Juno is in orbit."),
        ("b.tar", "takes too long to read"),
        ("c.txt", "Juno is in orbit."),
    ]
    assert list((tmp_path / "room").iterdir()) == []


@UNIX
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.eml", "Subject: Juno\nContent-Type: text/plain; charset=" + '"' * 40_000 + "\n\nJuno is in orbit.\n"),
        ("a.txt", "Juno\n\nJuno is in orbit.\n\n" + "\u00ff" * 80_000),
        ("a.json", '{"text": "Juno is in orbit.", "author": "[\'a\'' + " " * 40_000 + 'x"}'),
        ("a.txt", "Juno\n\nJuno is in orbit.\n\n" + "word " * 10_000 + "coun-\ncil " * 10_000),
    ],
)
def test_what_took_the_square_of_its_length_is_read(corpus: Path, name: str, content: str) -> None:
    [(path, text)] = told(read_apart(corpus, {name: content}, Budget(3.0, 0.0)))

    assert path == name
    assert text.startswith("Juno is in orbit.")


@UNIX
def test_blank_lines_in_a_wire_file_take_no_time(corpus: Path) -> None:
    content = "dpa0123 4 pl 55  Juno\n" + "\n" * 5_000

    [(_, reason)] = told(read_apart(corpus, {"a.iptc": content}, Budget(3.0, 0.0)))

    assert reason.startswith("not IPTC 7901")


@UNIX
def test_a_file_of_many_records_has_its_time_for_each(corpus: Path) -> None:
    page = '{"text": "' + "<p>Juno is in orbit, and works.</p>" * 20_000 + '", "id": %d}\n'
    found = read_apart(corpus, {"a.jsonl": "".join(page % number for number in range(10))}, Budget(1.0, 0.0, 100.0))

    assert len(found) == 10
    assert all(isinstance(one, Article) for one in found)


@LINUX
def test_a_file_that_needs_too_much_memory(corpus: Path) -> None:
    wide = "[" + "{}," * 8_000_000 + "{}]"

    found = read_apart(corpus, {"a.json": wide, "b.txt": GOOD}, Budget(memory=400 << 20))

    assert told(found) == [("a.json", "needs more memory than a file may take"), ("b.txt", "Juno is in orbit.")]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("import os; os._exit(7)", "ended the process that reads it (status 7)"),
        (
            "import sys; sys.path[:] = sys.argv[1:]; import time; from corpus import apart;"
            " apart.read_file = lambda *_: map(time.sleep, [60]); apart.serve()",
            "cannot be read: no answer for 1 s",
        ),
    ],
    ids=["ends", "waits"],
)
def test_a_process_that_does_not_answer(
    command: str, reason: str, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.apart._COMMAND", command)

    found = read_apart(corpus, {"a.txt": GOOD, "b.txt": GOOD}, Budget(waiting=1.0))

    assert told(found) == [("a.txt", reason), ("b.txt", reason)]


def test_the_log_keeps_the_traceback(corpus: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Of a record without an address, which breaks the library that reads web archives."""
    record = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\n"

    ((path, reason),) = told(read_apart(corpus, {"a.warc": record}))

    assert path == "a.warc"
    assert reason.startswith("cannot be read as .warc (AttributeError")
    assert "reading a.warc failed\nTraceback (most recent call last):" in caplog.text


def test_a_reading_that_is_given_up(corpus: Path) -> None:
    write(corpus, {f"{number}.txt": GOOD for number in range(200)})
    apart = Apart()
    with apart:
        reading = read_folder(corpus, read=apart.read)
        assert isinstance(next(reading), Article)
        process = apart._process
        assert process

    assert process.poll() is not None
