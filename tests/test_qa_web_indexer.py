"""The indexer: one build at a time, which can be cancelled; a watched folder; feedback that qa.evaluate reads."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from archives import write
from fake_archive import FakeRetriever
from hashing_embedder import HashingEmbedder

from corpus import Problem, Settings, UserError
from index import SyncReport, sync
from index.audit import SOURCE
from index.building.publishing import roll_back
from index.generations.generation import live_manifest
from qa.evaluate import read_questions
from qa.page import views as page
from qa.web.indexer import Indexer, Work

REPORT = SyncReport("g", 1200, 3, 1, 2, 0, 4, (Problem("<b>.pdf", 3, "no <reader>"),) * 101, 2, 1.25)


def settings(folder: Path) -> Settings:
    return replace(Settings(), corpus=folder / "corpus", index=folder / "index")


def report(made: SyncReport, corpus: Path | None = None) -> str:
    keeper = Indexer(replace(Settings(), corpus=corpus, index=corpus / "index")) if corpus else None
    return page.filled("build_report", report=made, keeper=keeper)


def built(indexer: Indexer) -> Work:
    """How the build ended, once its thread has said so as well."""
    while indexer.work.running:
        time.sleep(0.01)
    ended("dateline-index")
    return indexer.work


_BEFORE = set[threading.Thread]()  # threads of other tests, which may follow their folders for ever


@pytest.fixture(autouse=True)
def _threads_before() -> None:
    _BEFORE.clear()
    _BEFORE.update(threading.enumerate())


def ended(name: str) -> None:
    """Wait for the threads of this test that have that name."""
    for thread in threading.enumerate():
        if thread.name == name and thread not in _BEFORE:
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
    indexer = Indexer(settings(tmp_path), builder, watch=False)
    indexer.rebuild()
    with pytest.raises(UserError, match="A build is running"):
        indexer.rebuild()
    builder.may_end.set()
    assert built(indexer) == Work(words="Done: 1 added, 2 updated, 0 removed.")
    indexer.rebuild()
    built(indexer)
    assert builder.calls == 2


def test_a_build_is_cancelled_and_another_may_begin(tmp_path: Path) -> None:
    builder = Builder()
    indexer = Indexer(settings(tmp_path), builder, watch=False)
    indexer.rebuild()
    indexer.cancel()
    assert built(indexer).words == "Cancelled. The previous index stays in use."
    builder.may_end.set()
    indexer.rebuild()
    assert built(indexer).words.startswith("Done")


def test_a_build_that_ends_while_it_is_cancelled_has_ended(tmp_path: Path) -> None:
    builder = Builder()

    class Ending(Indexer):
        """One whose build ends as soon as it is asked whether it runs."""

        @property
        def work(self) -> Work:
            now = self.now
            builder.may_end.set()
            if threading.current_thread().name != "dateline-index":
                time.sleep(0.5)
            return now

        @work.setter
        def work(self, now: Work) -> None:
            self.now = now

    indexer = Ending(settings(tmp_path), builder, watch=False)
    indexer.rebuild()
    indexer.cancel()
    ended("dateline-index")
    assert not indexer.work.running


def test_what_is_added_while_a_build_runs_is_indexed_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.watch._SECONDS_BETWEEN_LOOKS", 0.02)
    monkeypatch.setattr("index.watch._REST", 0.1)
    may_end = threading.Event()

    def late(*folders: Path, **options: Any) -> SyncReport:
        report = sync(*folders, **options)
        may_end.wait()
        return report

    write(tmp_path / "corpus")
    indexer = Indexer(settings(tmp_path), late, HashingEmbedder(), watch=False)
    indexer.rebuild()
    until((indexer.settings.index / "CURRENT").exists)
    assert indexer.add("Vote", "They voted.") == "Vote.json"
    may_end.set()
    until(lambda: indexer.work.words == "Done: 1 added, 0 updated, 0 removed.")
    ended("dateline-index")


def test_what_the_user_can_mend_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    indexer = Indexer(settings(tmp_path), watch=False)
    assert indexer.trouble == ""
    indexer.rebuild()
    assert "There is no corpus folder" in built(indexer).words
    assert indexer.trouble == indexer.work.words
    assert caplog.messages == [f"The index was not updated: {indexer.trouble}"]


def test_added_articles_are_indexed(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    write(tmp_path / "corpus")
    indexer = Indexer(settings(tmp_path), embedder=embedder, watch=False)
    indexer.rebuild()
    built(indexer)
    assert live_manifest(indexer.settings.index).report.articles == 6
    token = SOURCE.set("page, 10.0.0.7")
    assert indexer.add("Vote", "They voted.") == "Vote.json"
    built(indexer)
    assert indexer.add_files([("wire.txt", b"Wire\n\nA report.")]) == (["wire.txt"], [])
    SOURCE.reset(token)
    assert built(indexer).words == "Done: 1 added, 0 updated, 0 removed."
    assert live_manifest(indexer.settings.index).report.articles == 8
    audit = [json.loads(line) for line in (indexer.settings.index / "audit.jsonl").read_text("utf-8").splitlines()]
    assert [(row["from"], row.get("paths")) for row in audit if row["what"] == "add"] == [
        ("page, 10.0.0.7", ["Vote.json"]),
        ("page, 10.0.0.7", ["wire.txt"]),
    ]


def test_nothing_is_added_to_a_folder_that_lost_its_articles(tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus")
    indexer = Indexer(settings(tmp_path), embedder=HashingEmbedder(), watch=False)
    indexer.rebuild()
    built(indexer)
    corpus.rename(tmp_path / "elsewhere")
    corpus.mkdir()
    for add in (
        lambda: indexer.add("Vote", "They voted."),
        lambda: indexer.add_files([("wire.txt", b"Wire\n\nA report.")]),
    ):
        with pytest.raises(UserError, match=r"holds no articles any more.*put them back"):
            add()
    assert (list(corpus.iterdir()), live_manifest(indexer.settings.index).report.articles) == ([], 6)


def test_an_article_is_added_where_the_index_is_damaged(tmp_path: Path) -> None:
    write(tmp_path / "corpus")
    indexer = Indexer(settings(tmp_path), embedder=HashingEmbedder(), watch=False)
    indexer.rebuild()
    built(indexer)
    [manifest] = indexer.settings.index.glob("generations/*/manifest.json")
    manifest.write_text("{", "utf-8")
    indexer.add("Vote", "They voted.")
    built(indexer)
    assert live_manifest(indexer.settings.index).report.articles == 7


def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + 300
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_the_folder_is_watched_until_a_build_is_cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.watch._SECONDS_BETWEEN_LOOKS", 0.02)
    monkeypatch.setattr("index.watch._REST", 0.1)
    write(tmp_path / "corpus")
    indexer = Indexer(settings(tmp_path), embedder=HashingEmbedder())
    indexer.rebuild()
    until(lambda: indexer.work.words == "Done: 6 added, 0 updated, 0 removed.")
    write(tmp_path / "corpus", {"new.txt": "New\n\nText."})
    until(lambda: indexer.work.words == "Done: 1 added, 0 updated, 0 removed.")
    indexer.rebuild()
    until(lambda: indexer.work.words == "The index is up to date.")
    assert [thread.name for thread in threading.enumerate()].count("dateline-index") == 1
    indexer.cancel()
    ended("dateline-index")
    write(tmp_path / "corpus", {"newer.txt": "Newer\n\nText."})
    time.sleep(0.2)
    assert indexer.work.words == "The index is up to date."


def test_an_error_is_logged_once_while_the_folder_is_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("index.watch._SECONDS_BETWEEN_LOOKS", 0.02)
    indexer = Indexer(settings(tmp_path), embedder=HashingEmbedder())
    indexer.rebuild()
    until(lambda: "There is no corpus folder" in indexer.trouble)
    write(tmp_path / "corpus")
    until(lambda: indexer.work.words.startswith("Done: 6 added"))
    indexer.cancel()
    assert len(caplog.messages) == 1


def test_of_several_files_the_good_ones_are_added_and_the_others_named_at_once(tmp_path: Path) -> None:
    write(tmp_path / "corpus")
    indexer = Indexer(settings(tmp_path), embedder=HashingEmbedder(), watch=False)
    rows = b'{"title": "A row", "text": "It has a text."}\n{"title": "Another"}\n'
    sent = {"wire.txt": b"Wire\n\nA report.", "film.mp4": b"x", "broken.json": b"{", "rows.jsonl": rows}
    paths, refused = indexer.add_files([*sent.items(), ("wire.txt", sent["wire.txt"])])
    assert paths == ["wire.txt", "rows-2.jsonl"]
    for words, told in zip(
        refused,
        (
            "“film.mp4” cannot be read",
            "“broken.json” was not added; it could not be read: ",
            "“rows-2.jsonl” was added, but its record 2 could not be read: ",
            "“wire.txt” is in the folder already",
        ),
        strict=True,
    ):
        assert words.startswith(told)
    assert not (indexer.settings.corpus / "broken.json").exists()
    assert built(indexer).words == "Done: 8 added, 0 updated, 0 removed."


def test_files_may_not_be_too_large(tmp_path: Path) -> None:
    indexer = Indexer(settings(tmp_path), Builder())
    with pytest.raises(UserError, match="more than 20 MB"):
        indexer.add_files([("a.txt", b"A" * 20_000_001)])


def test_feedback_is_read_by_evaluate(tmp_path: Path) -> None:
    indexer = Indexer(settings(tmp_path), watch=False)
    indexer.settings.index.mkdir()
    answer = FakeRetriever().ask("Why is Obama wary of intervention?")
    indexer.note(answer, answer.passages[0], day_given=True)
    indexer.note(answer, answer.passages[1], day_given=False)
    assert (indexer.settings.index / "feedback.jsonl").stat().st_mode & 0o077 == 0
    first, second = read_questions(indexer.settings.index / "feedback.jsonl")
    assert (first.text, first.asked, second.asked) == (answer.searched, date(2016, 7, 5), None)
    assert first.answers == (answer.passages[0].quotation,)
    assert (first.gold, second.gold) == ((answer.passages[0].article.url,), ("caution.txt",))


def test_the_panel_escapes_what_it_reports() -> None:
    html = " ".join(report(REPORT, Path("<i>")).split())
    assert "<code>&lt;i&gt;</code>" in html
    assert "1,200 articles (1 added, 2 updated, 0 removed), 1.2 s" in html
    assert "101 items could not be read" in html
    assert "&lt;b&gt;.pdf</bdi>, record 3: no &lt;reader&gt;" in html
    assert "and 1 more" in html
    assert "details" not in report(replace(REPORT, failed=()), Path("<i>"))
    assert 'value="0.500"' in page.filled(
        "build_state", work=Work(running=True, share=0.5, words="Reading <b>"), writable=False
    )
    assert "Reading &lt;b&gt;" in page.filled(
        "build_state", work=Work(running=True, words="Reading <b>"), writable=False
    )
    assert "Update the index" in page.filled("build_state", work=Work(), writable=True)


def test_the_panel_names_the_earlier_states_that_are_kept_and_the_way_back(tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus")
    indexer = Indexer(settings(tmp_path), embedder=HashingEmbedder(), watch=False)
    indexer.rebuild()
    built(indexer)
    assert "No earlier state of the index is kept." in report(REPORT, tmp_path)
    first = live_manifest(indexer.settings.index).built
    write(corpus, {"new.txt": "New\n\nText."})
    indexer.rebuild()
    built(indexer)
    html = " ".join(report(REPORT, tmp_path).split())
    assert f"Kept from before: the index of {first:%Y-%m-%d %H:%M} UTC." in html
    assert f"<code>python -m index rollback --index {tmp_path}/index</code>" in html
    roll_back(indexer.settings.index)
    assert live_manifest(indexer.settings.index).built == first


def test_strangers_see_no_paths() -> None:
    html = report(REPORT)
    assert "1,200 articles" in html
    assert not [word for word in ("code", "pdf", "details") if word in html]
    assert "button" not in page.filled("build_state", work=Work(), writable=False)
