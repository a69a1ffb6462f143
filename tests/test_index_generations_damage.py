"""A damaged generation is never opened: the one before serves, with a notice, and the next sync mends the index."""

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from archives import FILES, generations, held, write
from damage import emptied, flipped, halved, removed, zeroed
from hashing_embedder import HashingEmbedder

from corpus import UserError
from index import sync
from index.archive import Filter
from index.building.publishing import building, roll_back
from index.generations.generation import Generation, current, live_manifest
from index.generations.holding import file_sums
from qa import Retriever
from qa.__main__ import main as ask_by_command


@pytest.fixture(scope="module")
def two_generations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus, and its index of 306 chunks of which the last edition has been live for one build."""
    folder = tmp_path_factory.mktemp("two")
    rows = "".join(f'{{"title": "Item {place}", "text": "Report {place} on Syria."}}\n' for place in range(300))
    corpus = write(folder / "corpus", {**FILES, "rows300.jsonl": rows})
    sync(corpus, folder / "index", embedder=HashingEmbedder())
    write(corpus, {"juno.txt": FILES["juno.txt"].replace("entered", "left")})
    sync(corpus, folder / "index", embedder=HashingEmbedder())
    return folder


@pytest.fixture
def index(two_generations: Path, tmp_path: Path) -> Path:
    """A copy of it that may be damaged; the corpus lies beside it."""
    return Path(shutil.copytree(two_generations, tmp_path, dirs_exist_ok=True)) / "index"


# The files of a generation, and what tells one from the others of its folder.
NAMES = ["manifest.json", "articles.db", "vectors.npy", "chroma.sqlite3", "header.bin", "length.bin",
         "link_lists.bin", "data_level0.bin", "index_metadata.pickle", "meta.json", ".managed.json", "*.idx", "*.pos",
         "*.term", "*.store", "*.fast", "*.fieldnorm"]  # fmt: skip
DAMAGES = [
    *((name, halved) for name in NAMES),
    *((name, damage) for name in NAMES[:5] + NAMES[7:11] for damage in (emptied, zeroed, removed)),
    *((name, flipped) for name in NAMES if name != "manifest.json"),
]


@pytest.mark.parametrize(("name", "damage"), DAMAGES, ids=[f"{name} {damage.__name__}" for name, damage in DAMAGES])
def test_the_generation_before_serves(index: Path, name: str, damage: Callable[[Path], None]) -> None:
    live, before = current(index), generations(index)[0]
    damage(next((index / "generations" / live).rglob(name)))

    with Retriever.open(index, embedder=HashingEmbedder()) as retriever:
        status = retriever.status()
        [passage] = [found for found in retriever.search("Juno orbit Jupiter") if found.article.path == "juno.txt"]

    assert status.generation == before
    assert "entered orbit" in passage.text
    [notice] = status.notices
    assert notice.startswith("Answers come from the index as it was on ")
    assert f"“{index}” is damaged (" in notice
    assert "; rebuild it with: python -m index --full " in notice


@pytest.mark.parametrize("name", ["manifest.json", "vectors.npy", "header.bin", "meta.json"])
def test_a_sync_mends_it_with_what_is_sound(index: Path, name: str, embedder: HashingEmbedder) -> None:
    damaged, before = current(index), generations(index)[0]
    removed(next((index / "generations" / damaged).rglob(name)))

    report = sync(index.parent / "corpus", index, embedder=embedder)

    assert (report.updated, report.unchanged, report.embedded) == (1, 305, 1)
    # What is kept to go back to is sound.
    assert generations(index) == [before, report.generation]
    with Retriever.open(index, embedder=embedder) as retriever:
        assert retriever.status().notices == ()


def test_where_all_are_damaged_there_is_one_sentence(index: Path, embedder: HashingEmbedder) -> None:
    for name in generations(index):
        removed(index / "generations" / name / "vectors.npy")
    with pytest.raises(UserError, match=r"damaged \(.*vectors\.npy.*: python -m"):
        Retriever.open(index, embedder=embedder)
    assert sync(index.parent / "corpus", index, embedder=embedder).embedded == 305


def test_a_quotation_is_looked_for_in_the_generation_before(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    removed(index / "generations" / current(index) / "articles.db")
    assert ask_by_command(["--quote", "The probe Juno entered orbit", "--index", str(index)]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("Word for word in 1 story:")
    assert printed.err.startswith("Answers come from the index as it was on ")


def test_rolling_back(index: Path, embedder: HashingEmbedder) -> None:
    before, live = generations(index)
    with Retriever.open(index, embedder=embedder) as retriever:
        assert retriever.status().generation == live
        assert roll_back(index).name == before == current(index)
        assert retriever.status().generation == before
        assert retriever.status().notices == ()
        with pytest.raises(UserError, match=r"no generation in “.*” to go back to"):
            roll_back(index)
    report = sync(index.parent / "corpus", index, embedder=embedder)
    assert (report.updated, report.unchanged) == (1, 305)
    assert generations(index) == [before, report.generation]


def test_rolling_back_needs_a_sound_generation_and_the_index_for_itself(index: Path) -> None:
    with building(index), pytest.raises(UserError, match="Another build"):
        roll_back(index)
    removed(index / "generations" / generations(index)[0] / "articles.db")
    live = current(index)
    with pytest.raises(UserError, match="no generation"):
        roll_back(index)
    assert current(index) == live


def test_reading_changes_no_file(index: Path) -> None:
    """Opening and asking changes no file."""
    live = index / "generations" / current(index)
    for _ in range(2):
        with closing(Generation.open(index)) as generation:
            assert generation.vector_store.nearest(generation.vectors[0], 5)
            assert len(generation.keywords.search(["syria"], 5, Filter())[0]) == 5
    assert file_sums(live) == live_manifest(index).files
    assert len(held(index).texts) == 306
