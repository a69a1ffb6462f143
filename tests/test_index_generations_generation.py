"""Generations: published at once, left alone by what fails, followed by readers, deleted when nobody reads them."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from archives import FILES, generations, held, write
from hashing_embedder import HashingEmbedder
from running import REPOSITORY

from corpus import Settings, UserError
from index import opening, sync
from index.archive import Filter
from index.building import publishing
from index.building.publishing import building
from index.generations.generation import Generation, current, live_manifest
from index.generations.manifest import Fingerprint, Manifest
from index.opening import LiveArchive
from index.stores import vectors
from qa import Retriever


class StoppedError(Exception):
    """What a caller's progress raises."""


def stop_at(words: str, error: BaseException) -> Callable[[float, str], None]:
    """Progress that raises when it is told something that begins so."""

    def progress(_share: float, told: str) -> None:
        if told.startswith(words):
            raise error

    return progress


def edition(corpus: Path, number: int, articles: int = 6) -> Path:
    """A corpus in which every text names the edition."""
    files = {
        f"{place}.txt": f"Report {place}\n\nThe memo of edition {number} tells of Syria and of item {place}.\n"
        for place in range(articles)
    }
    return write(corpus, files)


def fingerprint(embedder: HashingEmbedder) -> Fingerprint:
    return Fingerprint.of(Settings(), embedder)


def test_a_generation_is_published_whole(
    corpus: Path, index: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When CURRENT is replaced, all files of the generation have been flushed, and nothing else is left."""
    flushed: list[Path] = []
    real = publishing._flush
    monkeypatch.setattr(publishing, "_flush", lambda path: (flushed.append(path), real(path)))

    report = sync(write(corpus), index, embedder=embedder)

    folder = index / "generations" / report.generation
    assert set(flushed) == {*folder.rglob("*"), folder, folder.parent, index / "CURRENT.new", index}
    assert flushed[-2:] == [index / "CURRENT.new", index]
    assert (index / "CURRENT").read_text("utf-8") == f"{report.generation}\n"
    assert sorted(path.name for path in index.iterdir()) == ["CURRENT", "audit.jsonl", "build.lock", "generations"]
    assert live_manifest(index).report == report


@pytest.mark.parametrize("error", [StoppedError("enough"), KeyboardInterrupt(), PermissionError(13, "no")], ids=repr)
def test_what_progress_raises_stops_a_first_build(
    corpus: Path, index: Path, embedder: HashingEmbedder, error: BaseException
) -> None:
    write(corpus)
    with pytest.raises(type(error)) as raised:
        sync(corpus, index, embedder=embedder, progress=stop_at("Cutting", error))
    assert raised.value is error
    assert sorted(path.name for path in index.iterdir()) == ["build.lock", "generations"]
    assert generations(index) == []
    assert sync(corpus, index, embedder=embedder).added == 6


STEPS = (
    "Reading",
    "Cutting into passages",
    "Embedding, 0 of 6 texts",
    "Writing the index",
    "Verifying the index",
    "Done",
)


def test_progress_tells_the_steps(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    told: list[tuple[float, str]] = []
    sync(edition(corpus, 1), index, embedder=embedder, progress=lambda *step: told.append(step))
    assert tuple(dict.fromkeys(words for _, words in told)) == STEPS
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("first", [True, False], ids=["first build", "later build"])
def test_a_build_stopped_at_any_step_leaves_the_live_generation_and_keeps_what_was_embedded(
    corpus: Path, index: Path, embedder: HashingEmbedder, step: str, first: bool
) -> None:
    before = "" if first else sync(edition(corpus, 1), index, embedder=embedder).generation
    edition(corpus, 2)
    embedder.encoded.clear()

    with pytest.raises(StoppedError, match="enough"):
        sync(corpus, index, embedder=embedder, progress=stop_at(step, StoppedError("enough")))

    assert current(index) == before
    assert generations(index) == ([] if first else [before])
    embedded = len(embedder.encoded)
    assert embedded == (0 if step in STEPS[:3] else 6)
    report = sync(corpus, index, embedder=embedder)
    assert (report.articles, report.embedded, len(embedder.encoded)) == (6, 6 - embedded, 6)
    assert all("edition 2 " in text for text in held(index).texts.values())
    assert sorted(path.name for path in index.iterdir()) == ["CURRENT", "audit.jsonl", "build.lock", "generations"]


def test_an_encoder_that_fails_leaves_the_live_generation(corpus: Path, index: Path) -> None:
    class Failing(HashingEmbedder):
        def encode(self, texts: object) -> np.ndarray:
            message = f"out of memory at {len(list(texts))} texts"
            raise RuntimeError(message)

    first = sync(edition(corpus, 1), index, embedder=HashingEmbedder())
    edition(corpus, 2)
    with pytest.raises(RuntimeError, match="out of memory at 6 texts"):
        sync(corpus, index, embedder=Failing())
    assert generations(index) == [current(index)] == [first.generation]


def test_stores_that_disagree_are_not_published(
    corpus: Path, index: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here a chunk gets lost on its way to Chroma, there its neighbours get each other's vectors."""
    real = vectors.vector_writer

    @contextmanager
    def losing(folder: Path, count: int) -> Iterator[Callable[..., None]]:
        with real(folder, count) as add:
            yield lambda ids, rows: add(ids[:-1], rows[:-1])

    @contextmanager
    def mixing(folder: Path, count: int) -> Iterator[Callable[..., None]]:
        with real(folder, count) as add:
            yield lambda ids, rows: add(ids[::-1], rows)

    edition(corpus, 1, articles=30)
    for writer, what in ((losing, "'chroma': 29"), (mixing, "% do not find themselves")):
        monkeypatch.setattr("index.building.local_writer.vector_writer", writer)
        with pytest.raises(RuntimeError, match=f"disagree: chunks .*{what}"):
            sync(corpus, index, embedder=embedder)
        assert generations(index) == []


def test_a_second_builder_is_told_so(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    write(corpus)
    with building(index), pytest.raises(UserError, match=r"“.*index” is running.*wait"):
        sync(corpus, index, embedder=embedder)
    assert sync(corpus, index, embedder=embedder).added == 6


def test_a_second_builder_for_another_store_of_the_same_folder(
    corpus: Path, index: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both keep in the folder what they have read and embedded so far."""
    monkeypatch.setenv("DATELINE_STORE", "opensearch://127.0.0.1:9/news")
    monkeypatch.setattr("index.opensearch.build.Engine", lambda _: None)
    monkeypatch.setattr("index.opensearch.build.building", lambda *_: nullcontext())
    with building(index), pytest.raises(UserError, match=f"Another build of “{index}” is running"):
        sync(write(corpus), index, embedder=embedder)


def test_a_second_builder_in_the_middle_of_the_first(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    refused: list[str] = []

    def progress(_share: float, _words: str) -> None:
        try:
            sync(corpus, index, embedder=HashingEmbedder())
        except UserError as error:
            refused.append(str(error))

    report = sync(write(corpus), index, embedder=embedder, progress=progress)
    assert set(refused) == {f"Another build of “{index}” is running; wait until it ends."}
    assert generations(index) == [report.generation]


def test_a_builder_that_was_killed_leaves_no_lock_and_no_rubbish(
    corpus: Path, index: Path, embedder: HashingEmbedder
) -> None:
    script = (
        "import sys, time; from pathlib import Path; from index.building.publishing import building, unpublished;"
        "index = Path(sys.argv[1]);\n"
        "with building(index), unpublished(index) as folder:\n"
        " (folder / 'articles.db').touch(); print(folder.name, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(index)], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    ) as builder:
        unfinished = builder.stdout.readline().strip()
        with pytest.raises(UserError, match="Another build"):
            sync(write(corpus), index, embedder=embedder)
        builder.send_signal(signal.SIGKILL)
    assert generations(index) == [unfinished]

    report = sync(corpus, index, embedder=embedder)

    assert generations(index) == [report.generation]


SLOW_BUILD = """
import sys, time
from hashing_embedder import HashingEmbedder
from index import sync
from index.building import embedding
embedding._BLOCK = 16
class Slow(HashingEmbedder):
    def encode(self, texts):
        print(len(texts), flush=True)
        time.sleep(0 if len(self.encoded) < 40 else 60)
        return super().encode(texts)
sync(*sys.argv[1:], embedder=Slow())
"""


def test_a_killed_build_loses_a_block_of_embedding(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    rows = "".join(f'{{"title": "Item {place}", "text": "Report {place}."}}\n' for place in range(60))
    write(corpus, {"rows.jsonl": rows})
    with subprocess.Popen(
        [sys.executable, "-c", SLOW_BUILD, str(corpus), str(index)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'tests'}"},
    ) as builder:
        blocks = [builder.stdout.readline() for _ in range(4)]
        builder.kill()
    assert blocks == ["16\n", "16\n", "16\n", "12\n"]

    report = sync(corpus, index, embedder=embedder)

    assert (report.articles, report.embedded) == (60, 12)
    assert held(index) == held(build_of(corpus, index.parent / "fresh"))


def build_of(corpus: Path, index: Path) -> Path:
    sync(corpus, index, embedder=HashingEmbedder())
    return index


def test_the_live_generation_and_the_one_before_are_kept(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    names = [sync(edition(corpus, number), index, embedder=embedder).generation for number in range(4)]
    assert sorted(generations(index)) == sorted(names[-2:])


def test_a_generation_is_not_deleted_while_it_is_read(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    first = sync(edition(corpus, 0), index, embedder=embedder).generation
    with closing(Generation.open(index)) as reader:
        for number in range(1, 4):
            sync(edition(corpus, number), index, embedder=embedder)
        assert first in generations(index)
        assert len(generations(index)) == 3
        # All of it can still be read, also what was not open before.
        assert len(reader.vector_store.nearest(reader.vectors[0], 9)) == 6
        assert "edition 0 " in next(reader.articles.articles()).text
    last = sync(edition(corpus, 4), index, embedder=embedder)
    assert first not in generations(index)
    assert len(generations(index)) == 2
    assert last.generation in generations(index)


def test_an_unfinished_generation_goes_with_the_next_build(
    corpus: Path, index: Path, embedder: HashingEmbedder
) -> None:
    first = sync(edition(corpus, 0), index, embedder=embedder)
    (index / "generations" / "99999999T000000-aaaaaa").mkdir()
    second = sync(edition(corpus, 1), index, embedder=embedder)
    assert generations(index) == [first.generation, second.generation]


def test_opening_tries_again_when_the_generation_is_replaced_meanwhile(
    corpus: Path, index: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading CURRENT and opening what it names, two builds may end and delete that."""
    sync(edition(corpus, 0), index, embedder=embedder)
    real = Manifest.read
    builds = iter([1, 2])

    def read(folder: Path) -> Manifest:
        manifest = real(folder)
        monkeypatch.setattr(Manifest, "read", real)
        for number in builds:
            sync(edition(corpus, number), index, embedder=embedder)
        return manifest

    monkeypatch.setattr(Manifest, "read", read)
    with closing(Generation.open(index)) as generation:
        assert generation.manifest.name == current(index)
        assert "edition 2 " in next(generation.articles.articles()).text


def test_failing_to_open_leaves_nothing_open(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    """The folder could otherwise not be deleted by the next builds; and pytest tells of files left to the collector."""
    first = sync(edition(corpus, 0), index, embedder=embedder).generation
    (index / "generations" / first / "vectors.npy").unlink()
    with pytest.raises(UserError, match=r"vectors\.npy"):
        Generation.open(index)
    for number in (1, 2):
        sync(edition(corpus, number), index, embedder=embedder, full=True)
    assert first not in generations(index)


@contextmanager
def live(index: Path, embedder: HashingEmbedder) -> Iterator[LiveArchive]:
    with closing(LiveArchive(Settings(index=index), Fingerprint.of(Settings(), embedder))) as followed:
        yield followed


@contextmanager
def used(followed: LiveArchive) -> Iterator[Generation]:
    with followed.use() as archive:
        yield archive.generation


def test_a_reader_follows_to_the_new_generation(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    first = sync(edition(corpus, 0), index, embedder=embedder).generation
    with live(index, embedder) as followed:
        with used(followed) as generation:
            assert generation.manifest.name == first
        second = sync(edition(corpus, 1), index, embedder=embedder).generation
        with used(followed) as newer:
            assert newer.manifest.name == second
        with used(followed) as again:
            assert again is newer


def test_the_old_generation_is_closed_after_its_last_user(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    sync(edition(corpus, 0), index, embedder=embedder)
    with live(index, embedder) as followed:
        with used(followed) as one:
            sync(edition(corpus, 1), index, embedder=embedder)
            with used(followed) as two:
                assert two is not one
            assert one.articles.counts() == (6, 6)
        with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
            one.articles.counts()
        with used(followed) as now:
            assert now is two
            assert now.articles.counts() == (6, 6)


def test_closing_waits_for_the_last_user(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    sync(edition(corpus, 0), index, embedder=embedder)
    followed = LiveArchive(Settings(index=index), Fingerprint.of(Settings(), embedder))
    with used(followed) as generation:
        followed.close()
        assert generation.articles.counts() == (6, 6)
    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        generation.articles.counts()
    followed.close()
    with pytest.raises(ValueError, match="closed"), used(followed):
        pass


@pytest.mark.parametrize("damage", ["nothing there", "articles.db", "chroma.sqlite3"])
def test_a_reader_keeps_the_last_generation_when_the_new_one_cannot_be_used(
    corpus: Path, index: Path, embedder: HashingEmbedder, damage: str
) -> None:
    first = sync(edition(corpus, 0), index, embedder=embedder).generation
    with live(index, embedder) as followed:
        followed.open_vectors()
        with used(followed) as generation:
            assert generation.vector_store.count == 6
        assert followed.notice == ""
        if damage == "nothing there":
            (index / "CURRENT").write_text("gone\n", "utf-8")
        else:
            second = sync(edition(corpus, 1), index, embedder=embedder).generation
            next((index / "generations" / second).rglob(damage)).write_bytes(b"damaged" * 1000)
        for _ in range(2):
            with used(followed) as generation:
                assert generation.manifest.name == first
                assert generation.articles.counts() == (6, 6)
            assert followed.notice.startswith(f"The index in “{index}” is damaged (")
            assert "); rebuild it with: python -m index --full " in followed.notice
            assert followed.notice.endswith(f" --index {index}")
        third = sync(edition(corpus, 2), index, embedder=embedder, full=True).generation
        with used(followed) as generation:
            assert generation.manifest.name == third
        assert followed.notice == ""


@pytest.mark.parametrize("trouble", ["no room for links", "CURRENT out of reach"])
def test_a_reader_tries_again_what_could_not_be_used(
    corpus: Path, index: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    name = "_opened" if trouble == "no room for links" else "current"
    monkeypatch.setattr(opening, "_SECONDS_BETWEEN_TRIES", 0.0)
    sync(edition(corpus, 0), index, embedder=embedder)
    with live(index, embedder) as followed:
        second = sync(edition(corpus, 1), index, embedder=embedder).generation

        def fails(*_: object, **__: object) -> None:
            raise UserError(trouble)

        with monkeypatch.context() as patch:
            patch.setattr(opening, name, fails)
            with used(followed):
                assert followed.notice == trouble
        with used(followed) as generation:
            assert generation.manifest.name == second
        assert followed.notice == ""


def test_a_reader_tells_of_an_index_made_with_another_model(
    corpus: Path, index: Path, embedder: HashingEmbedder
) -> None:
    first = sync(edition(corpus, 0), index, embedder=embedder).generation
    with Retriever.open(index, embedder=embedder) as retriever:
        sync(corpus, index, embedder=HashingEmbedder(name="another", dimension=16), full=True)
        answer = retriever.ask("Which memo tells of Syria?")
        assert {passage.article.text.split("edition ")[1][0] for passage in answer.passages} == {"0"}
        [notice] = [notice for notice in answer.notices if "rebuild" in notice]
        assert "was made with model another (now hashing)" in notice
        assert f"“…/{index.name}”" in notice
        assert str(index.parent) not in notice
        assert retriever.status().generation == first


def mixed_in_the_stores(generation: Generation) -> list[str]:
    """What the stores of a generation hold of another one."""
    chunks = {chunk.id for _, chunk in generation.articles.chunked()}
    near = set(generation.vector_store.nearest(generation.vectors[0], 6))
    rows, _ = generation.keywords.search(["memo"], 6, Filter())
    return [] if near == chunks and sorted(rows.tolist()) == list(range(6)) else [f"{near} of {chunks}, rows {rows}"]


def mixed_in_an_answer(retriever: Retriever, seen: set[str]) -> list[str]:
    """What the passages of one search hold of another edition; their edition goes to `seen`."""
    passages = retriever.search("Which memo tells of Syria?", k=6)
    editions = {passage.article.text.split("edition ")[1].split()[0] for passage in passages}
    seen |= editions
    whole = len(passages) >= 3 and all(passage.text == passage.article.text for passage in passages)
    return [] if len(editions) == 1 and whole else [f"editions {editions} in {passages}"]


def test_queries_from_many_threads_while_the_index_is_rebuilt(
    corpus: Path, index: Path, embedder: HashingEmbedder
) -> None:
    """No error, and no answer that mixes two editions."""
    sync(edition(corpus, 0), index, embedder=embedder)
    ended = threading.Event()
    problems: list[str] = []
    seen: set[str] = set()

    def ask(retriever: Retriever, followed: LiveArchive) -> None:
        try:
            while not ended.is_set():
                with used(followed) as generation:
                    problems.extend(mixed_in_the_stores(generation))
                problems.extend(mixed_in_an_answer(retriever, seen))
        except Exception as error:  # noqa: BLE001 (whatever it is, the test tells it)
            problems.append(repr(error))

    with Retriever.open(index, embedder=embedder) as retriever, live(index, embedder) as followed:
        threads = [threading.Thread(target=ask, args=(retriever, followed)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(1, 4):
            sync(edition(corpus, number), index, embedder=HashingEmbedder())
        ended.set()
        for thread in threads:
            thread.join(600)
        assert problems == []
        assert mixed_in_an_answer(retriever, seen) == []
    assert "3" in seen
    assert len(seen) > 1
    assert len(generations(index)) <= 3


def test_a_manifest_is_read_as_it_was_written(corpus: Path, index: Path, embedder: HashingEmbedder) -> None:
    report = sync(write(corpus, {**FILES, "empty.txt": ""}), index, embedder=embedder)
    manifest = live_manifest(index)
    assert manifest.report == report
    assert [problem.path for problem in manifest.report.failed] == ["empty.txt"]
    assert sorted(manifest.snapshot) == sorted([*FILES, "empty.txt"])
    assert manifest.corpus == str(corpus)
    assert manifest.fingerprint == fingerprint(embedder).speaking(manifest.fingerprint)
    assert manifest.fingerprint.language == "en"
    assert manifest.built.tzinfo is not None
    copy = index.parent / "copy"
    copy.mkdir()
    manifest.write(copy)
    assert Manifest.read(copy) == replace(manifest, name="copy")
