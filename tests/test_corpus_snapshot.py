"""What a folder held at one moment, and whether it holds the same now."""

import hashlib
import os
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from archives import write

from corpus import UserError
from corpus.snapshot import FileState, Snapshot, same_files, take_snapshot

FILES = {"a.txt": "Juno arrives", "sub/b.txt": "Zika in Rio"}


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock ten seconds ahead: what was written just now lies still."""
    monkeypatch.setattr("corpus.snapshot.time", SimpleNamespace(time=lambda: time.time() + 10))


def digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def trusted(snapshot: Snapshot) -> Snapshot:
    """The snapshot with digests that show which of its states were taken over without reading the file."""
    return {path: replace(state, digest="taken over") for path, state in snapshot.items()}


def taken_over(corpus: Path, before: Snapshot) -> list[str]:
    now = take_snapshot(corpus, trusted(before))
    assert {state.digest for state in now.values()} <= {"taken over", *map(digest, [*FILES.values(), "Juno departs"])}
    return [path for path, state in now.items() if state.digest == "taken over"]


def test_a_snapshot(corpus: Path) -> None:
    found = (write(corpus, FILES) / "a.txt").stat()

    snapshot = take_snapshot(corpus)

    assert list(snapshot) == ["a.txt", "sub/b.txt"]
    assert snapshot["a.txt"] == FileState(
        12, found.st_mtime_ns, found.st_ctime_ns, digest("Juno arrives"), settled=False
    )


def test_skipped_files_are_not_in_the_snapshot(corpus: Path) -> None:
    write(corpus, {"README.md": "", ".hidden.txt": "", "old.txt": "", ".datelineignore": "old.txt", "a.pdf": ""})

    assert list(take_snapshot(corpus)) == ["a.pdf"]


def test_an_empty_and_a_missing_folder(corpus: Path) -> None:
    assert take_snapshot(corpus) == {}
    with pytest.raises(UserError, match="There is no corpus folder"):
        take_snapshot(corpus / "nowhere")


@pytest.mark.usefixtures("settled")
def test_unchanged_files_are_not_read_again(corpus: Path) -> None:
    before = take_snapshot(write(corpus, FILES))

    assert [state.settled for state in before.values()] == [True, True]
    assert taken_over(corpus, before) == ["a.txt", "sub/b.txt"]


def test_files_changed_just_now_are_read_again(corpus: Path) -> None:
    before = take_snapshot(write(corpus, FILES))

    # Another edit within the grain of the clock would leave size and times as they are.
    assert [state.settled for state in before.values()] == [False, False]
    assert taken_over(corpus, before) == []


@pytest.mark.parametrize(("seconds", "settled"), [(1.9, False), (2.1, True)])
def test_a_file_settles_after_two_seconds(
    seconds: float, settled: bool, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = max((write(corpus, FILES) / "a.txt").stat().st_mtime, (corpus / "a.txt").stat().st_ctime)
    monkeypatch.setattr("corpus.snapshot.time", SimpleNamespace(time=lambda: changed + seconds))

    assert take_snapshot(corpus)["a.txt"].settled is settled


def test_a_file_from_the_future_never_settles(corpus: Path) -> None:
    ahead = time.time() + 3600
    os.utime(write(corpus, FILES) / "a.txt", (ahead, ahead))

    assert not take_snapshot(corpus)["a.txt"].settled


@pytest.mark.usefixtures("settled")
def test_an_edited_file(corpus: Path) -> None:
    before = take_snapshot(write(corpus, FILES))

    write(corpus, {"a.txt": "Juno departs"})

    assert taken_over(corpus, before) == ["sub/b.txt"]
    assert not same_files(before, take_snapshot(corpus, before))


@pytest.mark.usefixtures("settled")
def test_same_size_and_restored_time_do_not_hide_an_edit(corpus: Path) -> None:
    file = write(corpus, FILES) / "a.txt"
    before = take_snapshot(corpus)
    # The time of the last change of the inode, which nobody can set back, goes on by a grain of the clock.
    while file.stat().st_ctime_ns == before["a.txt"].changed:
        write(corpus, {"a.txt": "Juno departs"})
        os.utime(file, ns=(file.stat().st_atime_ns, before["a.txt"].modified))

    now = take_snapshot(corpus, before)

    assert (now["a.txt"].size, now["a.txt"].modified) == (before["a.txt"].size, before["a.txt"].modified)
    assert now["a.txt"].digest == digest("Juno departs")
    assert not same_files(before, now)


@pytest.mark.parametrize("field", ["size", "modified", "changed"])
@pytest.mark.usefixtures("settled")
def test_any_different_value_means_reading_the_file_again(field: str, corpus: Path) -> None:
    before = take_snapshot(write(corpus, FILES))
    before["a.txt"] = replace(before["a.txt"], **{field: 1})

    assert taken_over(corpus, before) == ["sub/b.txt"]


@pytest.mark.usefixtures("settled")
def test_a_touched_file_is_the_same_file(corpus: Path) -> None:
    before = take_snapshot(write(corpus, FILES))
    os.utime(corpus / "a.txt", (0, 0))

    now = take_snapshot(corpus, before)

    assert now["a.txt"] != before["a.txt"]
    assert same_files(before, now)


@pytest.mark.usefixtures("settled")
def test_a_renamed_file(corpus: Path) -> None:
    before = take_snapshot(write(corpus, FILES))
    (corpus / "a.txt").rename(corpus / "c.txt")

    now = take_snapshot(corpus, before)

    assert {path: state.digest for path, state in now.items()} == {
        "c.txt": digest("Juno arrives"),
        "sub/b.txt": digest("Zika in Rio"),
    }
    assert not same_files(before, now)


@pytest.mark.usefixtures("settled")
def test_two_files_that_swap_names(corpus: Path) -> None:
    before = take_snapshot(write(corpus, {"a.txt": "Juno arrives", "b.txt": "Juno departs"}))
    (corpus / "a.txt").rename(corpus / "c")
    (corpus / "b.txt").rename(corpus / "a.txt")
    (corpus / "c").rename(corpus / "b.txt")

    now = take_snapshot(corpus, before)

    assert [state.digest for state in now.values()] == [digest("Juno departs"), digest("Juno arrives")]
    assert not same_files(before, now)


@pytest.mark.usefixtures("settled")
def test_a_deleted_file(corpus: Path) -> None:
    before = take_snapshot(write(corpus, FILES))
    (corpus / "a.txt").unlink()

    now = take_snapshot(corpus, before)

    assert now == {"sub/b.txt": before["sub/b.txt"]}
    assert not same_files(before, now)


@pytest.mark.usefixtures("settled")
def test_an_added_file(corpus: Path) -> None:
    before = take_snapshot(write(corpus, FILES))

    now = take_snapshot(write(corpus, {"c.txt": "Juno departs"}), before)

    assert list(now) == ["a.txt", "c.txt", "sub/b.txt"]
    assert not same_files(before, now)


def test_a_file_deleted_meanwhile(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(corpus, FILES)
    monkeypatch.setattr("corpus.snapshot.files", lambda _: {"gone.txt": corpus / "gone.txt", "a.txt": corpus / "a.txt"})

    assert list(take_snapshot(corpus)) == ["a.txt"]


def test_two_empty_snapshots_are_the_same() -> None:
    assert same_files({}, {})
