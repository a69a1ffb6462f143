"""Builds of an archive on a true cluster: whole and by what has changed, stopped, two at once, and taken back."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from archives import FILES, write
from asking import story
from hashing_embedder import HashingEmbedder
from running import REPOSITORY, Command

from corpus import Settings, UserError
from index import SyncReport, sync
from index.archive import Archive, Filter
from index.generations.generation import Generation
from index.generations.manifest import Fingerprint
from index.keeping import forget
from index.local import LocalArchive
from index.opensearch import beside, live
from index.opensearch.archive import OpenSearchArchive
from index.opensearch.beside import building
from index.opensearch.editions import live_edition, roll_back
from index.opensearch.engine import Address, Engine
from index.opensearch.live import LiveStore
from index.opensearch.writer import OpenSearchWriter
from index.status import check, published, taken_down

EMBEDDER = HashingEmbedder()
# One story in four wordings, long enough to be told apart by them.
DAM = (
    "The dam above the town of Kett broke on Monday night after three weeks of heavy rain and the water carried away"
    " houses, two bridges and the railway station; the mayor said that most people had left in time."
)


def update(corpus: Path, index: Path, **options: object) -> SyncReport:
    return sync(corpus, index, embedder=EMBEDDER, **options)  # type: ignore[arg-type]


def engine_of(store: str) -> Engine:
    return Engine(Address.parse(store))


def opened(store: str) -> OpenSearchArchive:
    engine = engine_of(store)
    return OpenSearchArchive(engine, live_edition(engine))


@contextmanager
def local(corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalArchive]:
    """A new index of the same folder on this machine."""
    with monkeypatch.context() as environment:
        environment.delenv("DATELINE_STORE")
        sync(corpus, index, embedder=EMBEDDER)
        with closing(Generation.open(index)) as generation:
            yield LocalArchive(generation)


def assert_same(ours: Archive, theirs: Archive) -> None:
    """Everything that can be asked of two archives."""
    articles = list(theirs.every_article())
    ids = [article.id for article in articles]
    assert list(ours.every_article()) == articles
    assert ours.stories(ids) == theirs.stories(ids)
    assert ours.outlets() == theirs.outlets()
    assert ours.statistics.chunks == theirs.statistics.chunks
    assert ours.statistics.mean_length == pytest.approx(theirs.statistics.mean_length)
    terms = ["memo", "dam", "orbit", "=kett"]
    assert ours.statistics.frequencies(terms) == theirs.statistics.frequencies(terms)
    vector = EMBEDDER.encode(["memo dam orbit"])[0]
    ours_found, theirs_found = (each.candidates(terms, vector, Filter(), 50) for each in (ours, theirs))
    assert [(one.article, one.start, one.terms) for one in ours_found] == [
        (one.article, one.start, one.terms) for one in theirs_found
    ]
    np.testing.assert_allclose([one.cosine for one in ours_found], [one.cosine for one in theirs_found], atol=1e-6)


def test_each_change_is_written_alone_and_gives_what_a_new_index_would(
    corpus: Path, tmp_path: Path, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(corpus, {**FILES, "dam.txt": story("Dam of Kett breaks", DAM, date="2016-01-02", source="Post")})
    first = update(corpus, tmp_path / "on-cluster")
    changes: list[Callable[[], object]] = [
        lambda: write(corpus, {"new.txt": story("Dam gone", f"{DAM} Nobody died.", date="2016-01-03")}),
        lambda: write(corpus, {"juno.txt": FILES["juno.txt"].replace("Juno entered", "Juno at last entered")}),
        (corpus / "dam.txt").unlink,
        lambda: (corpus / "memo.txt").rename(corpus / "moved.txt"),
        lambda: write(corpus, {"rows.jsonl": FILES["rows.jsonl"].splitlines()[0] + "\n"}),
        lambda: write(corpus, {"twice.jsonl": FILES["rows.jsonl"].splitlines()[0].replace("Doctors", "Nurses")}),
    ]
    reports = []
    for number, change in enumerate(changes):
        change()
        put = len(EMBEDDER.encoded)
        reports.append(update(corpus, tmp_path / "on-cluster"))
        assert len(EMBEDDER.encoded) - put <= 2
        with local(corpus, tmp_path / f"local{number}", monkeypatch) as fresh:
            assert_same(opened(store), fresh)

    assert (first.articles, first.chunks, first.added) == (7, 7, 7)
    assert [(each.added, each.updated, each.removed) for each in reports] == [
        (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (0, 0, 1), (1, 0, 0),
    ]  # fmt: skip
    assert update(corpus, tmp_path / "on-cluster").unchanged == reports[-1].articles
    assert published(Settings.from_environment()).snapshot.keys() == {
        str(file.relative_to(corpus)) for file in corpus.rglob("*.*")
    }


def test_going_back_through_editions_and_a_whole_build(corpus: Path, index: Path, store: str) -> None:
    titles = []
    for number, full in enumerate((False, True, False)):
        write(corpus, {"memo.txt": story(f"Memo {number}", "Officials signed the memo.")})
        update(corpus, index, full=full)
        titles.append(opened(store).articles(["memo.txt"])[0].title)
    backwards = []
    for _ in range(2):
        roll_back(engine_of(store))
        backwards.append(opened(store).articles(["memo.txt"])[0].title)
    with pytest.raises(UserError, match="no earlier state"):
        roll_back(engine_of(store))
    report = update(corpus, index)

    assert (titles, backwards) == (["Memo 0", "Memo 1", "Memo 2"], ["Memo 1", "Memo 0"])
    assert (report.updated, opened(store).articles(["memo.txt"])[0].title) == (1, "Memo 2")


@pytest.mark.parametrize("full", [False, True])
def test_a_build_that_stops_leaves_the_live_edition(
    corpus: Path, index: Path, store: str, full: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(write(corpus), index)
    before = [*opened(store).every_article()]
    write(corpus, {"juno.txt": "Juno lands\n\nThe probe Juno landed.\n", "more.txt": "More\n\nMore was said.\n"})
    (corpus / "brexit.txt").unlink()
    with monkeypatch.context() as broken:
        broken.setattr(OpenSearchWriter, "publish", lambda *_: exec("raise RuntimeError('killed')"))
        with pytest.raises(RuntimeError, match="killed"):
            update(corpus, index, full=full)
    assert [*opened(store).every_article()] == before
    assert opened(store).statistics.frequencies(["land"]) == {"land": 0}

    report = update(corpus, index)

    assert (report.added, report.updated, report.removed) == (1, 1, 1)
    with local(corpus, index.with_name("local"), monkeypatch) as fresh:
        assert_same(opened(store), fresh)


# What stops itself as soon as it has stored something, as a machine that loses its power does.
KILLED = """
import os, signal, sys
from hashing_embedder import HashingEmbedder
from index import sync
from index.building import writing
from index.opensearch.writer import OpenSearchWriter
writing._WINDOW = 1
write = OpenSearchWriter._documents
def counted(self, articles):
    yield from write(self, articles)
    if self._put["article"] == 2:
        self._engine.ask("POST", f"/{self.index}/_refresh")
        os.kill(os.getpid(), signal.SIGKILL)
OpenSearchWriter._documents = counted
sync(sys.argv[1], sys.argv[2], embedder=HashingEmbedder(), full=sys.argv[3] == "full")
"""


@pytest.mark.parametrize("how", ["first", "full", "changes"])
def test_a_build_that_is_killed_leaves_the_live_edition(
    corpus: Path, index: Path, store: str, how: str, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(corpus)
    before = []
    if how != "first":
        update(corpus, index)
        before = [*opened(store).every_article()]
    write(corpus, {f"{name}.txt": f"{name}\n\nOf {name}.\n" for name in ("more", "much", "many")})
    (corpus / "brexit.txt").unlink()
    path = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "tests")])
    killed = command("-c", KILLED, str(corpus), str(index), how, DATELINE_STORE=store, PYTHONPATH=path)
    assert killed.returncode == -signal.SIGKILL
    if before:
        assert [*opened(store).every_article()] == before
    monkeypatch.setattr(beside, "_SECONDS_OF_SILENCE", 1.0)

    report = update(corpus, index)

    assert report.articles == 8
    with local(corpus, index.with_name("local"), monkeypatch) as fresh:
        assert_same(opened(store), fresh)


def test_an_article_is_taken_down_for_good(corpus: Path, index: Path, store: str) -> None:
    write(corpus)
    update(corpus, index)
    write(corpus, {"memo.txt": story("Memo", "Officials signed the memo.")})
    update(corpus, index)
    put = len(EMBEDDER.encoded)

    articles, report, _ = forget(corpus, index, "rows.jsonl#zika", embedder=EMBEDDER)

    assert ([one.id for one in articles], report.articles) == (["rows.jsonl#zika"], 5)
    assert len(EMBEDDER.encoded) == put
    assert "rows.jsonl#zika" not in {one.id for one in opened(store).every_article()}
    engine = engine_of(store)
    held, _ = engine.counted(f"{engine.address.name}.*", {"term": {"article": "rows.jsonl#zika"}})
    assert held == 0
    with pytest.raises(UserError, match="no earlier state"):
        roll_back(engine)
    assert update(corpus, index, full=True).articles == 5


def test_what_one_machine_takes_down_none_reads_again(corpus: Path, index: Path, store: str) -> None:
    one, other = index.with_name("one"), index.with_name("other")
    other.mkdir()
    (other / "forgotten.txt").write_text("juno.txt\n", "utf-8")  # Of an index folder that was there before.
    update(write(corpus), one)
    forget(corpus, one, "memo.txt", embedder=EMBEDDER)
    articles = [update(corpus, folder, full=full).articles for folder in (other, one) for full in (False, True)]
    settings = Settings.from_environment(corpus, one)
    (other / "forgotten.txt").unlink()

    assert articles == [4, 4, 4, 4]
    assert taken_down(settings) == published(settings).forgotten == ("juno.txt", "memo.txt")
    engine = engine_of(store)
    engine.ask("PUT", f"/{engine.address.name}.forgotten/_doc/names", {"names": ["juno.txt"]})
    assert update(corpus, other).articles == 5


def test_what_was_lost_is_told(corpus: Path, index: Path, store: str) -> None:
    update(write(corpus), index)
    settings, engine = Settings.from_environment(corpus, index), engine_of(store)
    assert check(settings).report.articles == 6
    lost = {"query": {"term": {"article": "memo.txt"}}}
    engine.ask("POST", f"/{engine.address.name}/_delete_by_query", lost, refresh="true")
    with pytest.raises(UserError, match=r"holds 5 articles in 5 chunks, not all .* python -m index --full"):
        check(settings)


def test_of_two_builders_one_waits(corpus: Path, index: Path, store: str) -> None:
    write(corpus)
    waits, done = threading.Event(), []

    def tell(_share: float, words: str) -> None:
        if "Waiting" in words:
            waits.set()

    with building(engine_of(store)):
        other = threading.Thread(target=lambda: done.append(update(corpus, index, progress=tell)))
        other.start()
        assert waits.wait(600)
        assert done == []
    other.join(600)

    assert done[0].articles == 6


def test_a_dead_builder_is_not_waited_for(
    corpus: Path, index: Path, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "_SECONDS_OF_SILENCE", 1.0)
    engine = engine_of(store)
    engine.ask("PUT", f"/{engine.address.name}.lock/_doc/builder", {"owner": "dead", "sign": 0})

    assert update(write(corpus), index).articles == 6


def test_a_builder_that_lost_its_place_publishes_nothing(store: str) -> None:
    engine = engine_of(store)
    with building(engine) as check:
        check()
        engine.ask("PUT", f"/{engine.address.name}.lock/_doc/builder", {"owner": "other", "sign": 0})
        with pytest.raises(UserError, match="took over"):
            check()


@pytest.mark.usefixtures("store")
def test_readers_notice_a_new_edition(corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_SECONDS_BETWEEN_LOOKS", 0.0)
    update(write(corpus), index)
    settings = Settings.from_environment(corpus, index)
    reader = LiveStore(settings, Fingerprint.of(settings, EMBEDDER))
    counts = []
    for name in ("one", "two"):
        with reader.use() as archive:
            counts.append(archive.summary.articles)
        write(corpus, {f"{name}.txt": f"{name}\n\nIt is {name}.\n"})
        update(corpus, index, full=name == "two")
    with reader.use() as archive:
        counts.append(archive.summary.articles)

    assert counts == [6, 7, 8]


def test_what_is_refused(corpus: Path, index: Path, store: str) -> None:
    engine = engine_of(store)
    with pytest.raises(UserError, match=r"no archive .* make it with: python -m index"):
        live_edition(engine)
    update(write(corpus), index)
    with pytest.raises(UserError, match=r"made with model hashing \(now other\).* python -m index --full"):
        sync(corpus, index, embedder=HashingEmbedder(name="other"))
    settings = Settings.from_environment(corpus, index)
    with pytest.raises(UserError, match=r"made with model hashing \(now other\).* python -m index --full"):
        LiveStore(settings, Fingerprint.of(settings, HashingEmbedder(name="other")))
    for file in corpus.rglob("*.*"):
        file.unlink()
    with pytest.raises(UserError, match="holds no articles any more"):
        sync(corpus, index, embedder=EMBEDDER, may_empty=False)


def test_an_index_that_dateline_did_not_make(new_store: Callable[[], str]) -> None:
    engine = engine_of(new_store())
    engine.ask("PUT", f"/{engine.address.name}", {"settings": {"number_of_shards": 1}})

    with pytest.raises(UserError, match=r"not made by Dateline; .*DATELINE_STORE"):
        live_edition(engine)
