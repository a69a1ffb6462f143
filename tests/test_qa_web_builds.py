"""The newsroom: one build at a time, which can be cancelled; feedback that qa.evaluate reads; no strangers."""

import base64
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from archives import FILES, write
from fake_archive import FakeRetriever
from hashing_embedder import HashingEmbedder

from corpus import Problem, Settings, UserError
from index import SyncReport, sync
from qa import page
from qa.evaluate import read_questions
from qa.web.access import refuse_strangers
from qa.web.builds import Newsroom, Work

REPORT = SyncReport("g", 1200, 3, 1, 2, 0, 4, (Problem("<b>.pdf", 3, "no <reader>"),) * 101, 2, 1.25)


def settings(folder: Path) -> Settings:
    return replace(Settings(), corpus=folder / "corpus", index=folder / "index")


def built(room: Newsroom) -> Work:
    """How the build ended, once its thread has said so as well."""
    while room.work.running:
        time.sleep(0.01)
    ended("dateline-build")
    return room.work


def ended(name: str) -> None:
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join()


class Builder:
    """A sync that goes on until it may end, or is stopped by its progress."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.calls = 0

    def __call__(
        self, _corpus: Path, _index: Path, *, progress: Callable[[float, str], object], **_: object
    ) -> SyncReport:
        self.calls += 1
        while not self.may_end.is_set():
            progress(0.5, "Reading")
            time.sleep(0.01)
        return REPORT


def test_one_build_runs_at_a_time(tmp_path: Path) -> None:
    builder = Builder()
    room = Newsroom(settings(tmp_path), builder)
    room.rebuild()
    with pytest.raises(UserError, match="A build is running"):
        room.rebuild()
    builder.may_end.set()
    assert built(room) == Work(words="Done: 1 added, 2 updated, 0 removed.")
    room.rebuild()
    built(room)
    assert builder.calls == 2


def test_a_build_is_cancelled_and_another_may_begin(tmp_path: Path) -> None:
    builder = Builder()
    room = Newsroom(settings(tmp_path), builder)
    room.rebuild()
    room.cancel()
    assert built(room).words == "Cancelled. The last index stays."
    builder.may_end.set()
    room.rebuild()
    assert built(room).words.startswith("Done")


def test_user_errors_are_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    room = Newsroom(settings(tmp_path))
    assert room.trouble == ""
    room.rebuild()
    assert "There is no corpus folder" in built(room).words
    assert room.trouble == room.work.words
    assert caplog.messages == [f"The index was not brought up to date: {room.trouble}"]


def looked(room: Newsroom) -> int | None:
    """What the next look in a thread finds."""
    _ = room.changes
    ended("dateline-look")
    return room._changes


def test_changes_are_looked_for_in_a_thread_and_no_file_is_read_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Newsroom(settings(tmp_path))
    assert looked(room) is None  # there is no index
    monkeypatch.setattr("qa.web.builds._SECONDS_BETWEEN_LOOKS", 0.0)
    monkeypatch.setattr("corpus.folder._SETTLED_SECONDS", 0.0)
    write(tmp_path / "corpus")
    sync(room.settings.corpus, room.settings.index, embedder=HashingEmbedder())
    room = Newsroom(room.settings)
    assert looked(room) == 0
    write(tmp_path / "corpus", {"new.txt": "New\n\nText.", "juno.txt": "Other\n\nText."})
    assert looked(room) == 2
    monkeypatch.setattr("corpus.folder.hashlib.file_digest", None)  # reading a file would fail
    assert looked(room) == 2


def test_added_articles_are_indexed_and_changes_counted(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    write(tmp_path / "corpus")
    room = Newsroom(settings(tmp_path), embedder=embedder)
    room.rebuild()
    built(room)
    assert (room.report().articles, room.changed()) == (6, 0)
    write(tmp_path / "corpus", {"new.txt": "New\n\nText.", "juno.txt": "Other\n\nText."})
    (tmp_path / "corpus" / "brexit.txt").unlink()
    assert room.changed() == 3
    assert room.add("Vote", "They voted.") == "Vote.json"
    built(room)
    assert room.add_files([{"name": "wire.txt", "content": base64.b64encode(b"Wire\n\nA report.").decode()}]) == [
        "wire.txt"
    ]
    assert built(room).words == "Done: 1 added, 0 updated, 0 removed."
    assert (room.report().articles, room.changed()) == (len(FILES) + 3, 0)


def test_nothing_is_added_to_a_folder_that_lost_its_articles(tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus")
    room = Newsroom(settings(tmp_path), embedder=HashingEmbedder())
    room.rebuild()
    built(room)
    corpus.rename(tmp_path / "elsewhere")
    corpus.mkdir()
    for add in (
        lambda: room.add("Vote", "They voted."),
        lambda: room.add_files([{"name": "wire.txt", "content": base64.b64encode(b"Wire\n\nA report.").decode()}]),
    ):
        with pytest.raises(UserError, match="holds no articles any more; bring them back"):
            add()
    assert (list(corpus.iterdir()), room.report().articles) == ([], 6)


def test_an_article_is_added_where_the_index_is_damaged(tmp_path: Path) -> None:
    write(tmp_path / "corpus")
    room = Newsroom(settings(tmp_path), embedder=HashingEmbedder())
    room.rebuild()
    built(room)
    [manifest] = room.settings.index.glob("generations/*/manifest.json")
    manifest.write_text("{", "utf-8")
    room.add("Vote", "They voted.")
    built(room)
    assert room.report().articles == 7


def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + 20
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_the_folder_is_followed_on_request_until_a_build_is_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.watch._SECONDS_BETWEEN_LOOKS", 0.02)
    monkeypatch.setattr("index.watch._REST", 0.1)
    write(tmp_path / "corpus")
    room = Newsroom(settings(tmp_path), embedder=HashingEmbedder())
    room.follow()
    room.follow()
    until(lambda: room.work.words == "Done: 6 added, 0 updated, 0 removed.")
    assert [thread.name for thread in threading.enumerate()].count("dateline-follow") == 1
    write(tmp_path / "corpus", {"new.txt": "New\n\nText."})
    until(lambda: room.work.words == "Done: 1 added, 0 updated, 0 removed.")
    room.unfollow()
    assert not room.following
    builder = Builder()
    slow = Newsroom(settings(tmp_path), builder)
    slow.follow()
    until(lambda: builder.calls == 1)
    with pytest.raises(UserError, match="A build is running"):
        slow.rebuild()
    slow.cancel()
    until(lambda: slow.work.words == "Cancelled. The last index stays.")
    assert not slow.following


def test_an_error_is_said_once_while_the_folder_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("index.watch._SECONDS_BETWEEN_LOOKS", 0.02)
    room = Newsroom(settings(tmp_path), embedder=HashingEmbedder())
    room.follow()
    until(lambda: "There is no corpus folder" in room.trouble)
    write(tmp_path / "corpus")
    until(lambda: room.work.words.startswith("Done: 6 added"))
    room.unfollow()
    assert len(caplog.messages) == 1


def test_files_may_not_be_too_large(tmp_path: Path) -> None:
    room = Newsroom(settings(tmp_path), Builder())
    with pytest.raises(UserError, match="more than 20 MB"):
        room.add_files([{"name": "a.txt", "content": "A" * 27_000_000}])


def test_feedback_is_read_by_evaluate(tmp_path: Path) -> None:
    room = Newsroom(settings(tmp_path))
    room.settings.index.mkdir()
    answer = FakeRetriever().ask("Why is Obama wary of intervention?")
    room.note(answer, 0, day_given=True)
    room.note(answer, 1, day_given=False)
    first, second = read_questions(room.settings.index / "feedback.jsonl")
    assert (first.text, first.asked, second.asked) == (answer.searched, date(2016, 7, 5), None)
    assert first.answers == (answer.passages[0].quotation,)
    assert (first.gold, second.gold) == ((answer.passages[0].article.url,), ("caution.txt",))


HERE = {"host": "127.0.0.1:7860", "origin": "http://localhost:7860"}


@pytest.mark.parametrize(
    ("client", "headers"),
    [("127.0.0.1", HERE), ("::1", {"host": "[::1]:7860"}), ("127.0.0.1", {"host": "localhost"})],
)
def test_local_users_may_write(client: str, headers: dict[str, str]) -> None:
    refuse_strangers(client, headers)


@pytest.mark.parametrize(
    ("client", "headers", "token"),
    [
        ("192.168.1.7", HERE, ""),
        ("", HERE, ""),
        ("testclient", HERE, ""),
        ("127.0.0.1", {}, ""),
        ("127.0.0.1", HERE | {"host": "news.example.org"}, ""),
        ("127.0.0.1", HERE | {"origin": "https://evil.example"}, ""),
        ("127.0.0.1", HERE | {"origin": "null"}, ""),
        ("127.0.0.1", HERE | {"x-forwarded-for": "127.0.0.1"}, ""),
        ("192.168.1.7", HERE, "wrong"),
    ],
    ids=["lan", "nobody", "no address", "no host", "rebound", "other site", "no site", "proxy", "wrong token"],
)
def test_other_users_may_not_write(
    client: str, headers: dict[str, str], token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match="DATELINE_ADMIN_TOKEN"):
        refuse_strangers(client, headers, token)
    monkeypatch.setenv("DATELINE_ADMIN_TOKEN", "sésame")
    with pytest.raises(UserError, match="DATELINE_ADMIN_TOKEN"):
        refuse_strangers(client, headers, token)
    refuse_strangers(client, headers, "sésame")


def test_the_panel_escapes_what_it_reports() -> None:
    html = page.build_report(replace(Settings(), corpus=Path("<i>")), REPORT, 12)
    assert "12 files changed since" in html
    assert "<code>&lt;i&gt;</code>" in html
    assert "1,200 articles in 3 chunks (1 added, 2 updated, 0 removed) in 1.2 s" in html
    assert "101 gave no article" in html
    assert "&lt;b&gt;.pdf</bdi>, record 3: no &lt;reader&gt;" in html
    assert "and 1 more" in html
    whole = page.build_report(Settings(), replace(REPORT, failed=()), 0)
    assert "no file changed since" in whole
    assert "details" not in whole
    assert 'value="0.500"' in page.build_state(Work(running=True, share=0.5, words="Reading <b>"))
    assert "Reading &lt;b&gt;" in page.build_state(Work(running=True, words="Reading <b>"))
    assert "Rebuild" in page.build_state(Work(), "Added.")
    assert "Follow the folder" in page.build_state(Work())
    assert "Stop following" in page.build_state(Work(), following=True)
