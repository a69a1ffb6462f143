"""A damaged generation is never opened: whoever opens it is told how to mend it, by a sync or by going back."""

import re
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
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


def with_a_chunk_less(file: Path) -> None:
    """Well-formed, and yet not the vectors of this generation."""
    np.save(file, np.array(np.load(file)[:-1]))


# The files of a generation, and what tells one from the others of its folder.
NAMES = ["manifest.json", "articles.db", "vectors.npy", "chroma.sqlite3", "header.bin", "length.bin",
         "link_lists.bin", "data_level0.bin", "index_metadata.pickle", "meta.json", ".managed.json", "*.idx", "*.pos",
         "*.term", "*.store", "*.fast", "*.fieldnorm"]  # fmt: skip
DAMAGES = [
    *((name, halved) for name in NAMES),
    *((name, damage) for name in NAMES[:5] + NAMES[7:11] for damage in (emptied, zeroed, removed)),
    *((name, flipped) for name in NAMES if name != "manifest.json"),
    *((name, removed) for name in ("keywords", "chroma")),
    ("vectors.npy", with_a_chunk_less),
]


@pytest.mark.parametrize(("name", "damage"), DAMAGES, ids=[f"{name} {damage.__name__}" for name, damage in DAMAGES])
def test_damage_is_told_with_the_command_that_rebuilds(
    index: Path, name: str, damage: Callable[[Path], None], embedder: HashingEmbedder
) -> None:
    damage(next((index / "generations" / current(index)).rglob(name)))
    cure = rf"python -m index --full (?:--corpus /\S+/corpus )?--index {re.escape(str(index))}$"
    with pytest.raises(UserError, match=rf"“{re.escape(str(index))}” is damaged \(.+\); rebuild it with: {cure}"):
        Retriever.open(index, embedder=embedder)


def test_a_quotation_is_not_looked_for_in_what_is_damaged(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    removed(index / "generations" / current(index) / "articles.db")
    assert ask_by_command(["--quote", "The probe Juno entered orbit", "--index", str(index)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "is damaged" in printed.err


@pytest.mark.parametrize("names", [("manifest.json",), ("articles.db", "vectors.npy", "keywords", "chroma")])
@pytest.mark.parametrize("full", [False, True])
def test_a_sync_mends_it(index: Path, names: Sequence[str], *, full: bool, embedder: HashingEmbedder) -> None:
    for name in names:
        removed(index / "generations" / current(index) / name)

    report = sync(index.parent / "corpus", index, embedder=embedder, full=full)

    assert (report.articles, report.embedded) == (306, 305)
    with Retriever.open(index, embedder=embedder) as retriever:
        assert retriever.status().generation == report.generation


def test_going_back_mends_it(index: Path, embedder: HashingEmbedder) -> None:
    before, live = generations(index)
    removed(index / "generations" / live / "vectors.npy")
    assert roll_back(index).name == before
    with Retriever.open(index, embedder=embedder) as retriever:
        assert retriever.status().generation == before


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


@pytest.mark.parametrize("keep", [2, 3])
def test_a_state_that_was_gone_back_from_is_none_to_go_back_to(
    tmp_path: Path, embedder: HashingEmbedder, keep: int
) -> None:
    corpus, index = tmp_path / "news", tmp_path / "index"
    first, second, third = (
        sync(write(corpus, {"a.txt": f"News\n\nEdition {number}."}), index, embedder=embedder, keep=keep).generation
        for number in range(3)
    )
    with closing(Generation.open(index)):  # So that it cannot be deleted.
        assert roll_back(index).name == second
        fourth = sync(corpus, index, embedder=embedder, keep=keep).generation
        fifth = sync(write(corpus, {"a.txt": "News\n\nMore."}), index, embedder=embedder, keep=keep).generation
    kept = [first, second, fourth][-keep:]
    assert [name for name in generations(index) if name != third] == [*kept, fifth]
    for name in reversed(kept):
        assert roll_back(index).name == name == current(index)
    with pytest.raises(UserError, match=r"no generation in “.*” to go back to"):
        roll_back(index)


def test_an_index_without_the_names_of_what_was_replaced_goes_back_by_age(index: Path) -> None:
    """As earlier versions wrote it."""
    before, live = generations(index)
    replace(live_manifest(index), replaced="").write(index / "generations" / live)
    assert roll_back(index).name == before


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
