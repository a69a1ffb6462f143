"""The vector store against exact cosines."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.models.embedder import Vectors
from index.stores.vectors import VectorStore, vector_writer

ODD_IDS = [
    "example.org/a?b=1&c=%20#2@0123456789ab:0-5",
    "ünï/çødé.txt@0123456789ab:5-10",
    "🕊️@0:0-1",
    "a b\tc\nd@0:0-1",
    "'; DROP TABLE embeddings; --@0:0-1",
    "\"quoted\" \\ back@0:0-1",
    "x" * 3000,
    "0",
]  # fmt: skip


def unit_rows(count: int, dimension: int = 24) -> Vectors:
    vectors = np.random.default_rng(4).normal(size=(count, dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def write_vectors(folder: Path, ids: list[str], vectors: Vectors) -> None:
    with vector_writer(folder, len(ids)) as add:
        add(ids, vectors)


def test_the_nearest_are_those_of_the_exact_product(tmp_path: Path) -> None:
    vectors = unit_rows(500)
    ids = [f"chunk {row}" for row in range(500)]
    write_vectors(tmp_path, ids, vectors)
    with closing(VectorStore(tmp_path)) as store:
        assert store.count == 500
        for vector in unit_rows(540)[500:]:
            exact = np.argsort(-(vectors @ vector))[:10]
            assert store.nearest(vector, 10) == [ids[row] for row in exact]


def test_each_vector_is_nearest_to_itself_and_all_are_reached(tmp_path: Path) -> None:
    """In more than one batch of chromadb's."""
    vectors = unit_rows(1200)
    ids = [str(row) for row in range(1200)]
    with vector_writer(tmp_path, 1200) as add:
        add(ids[:50], vectors[:50])
        add(ids[50:], vectors[50:])
    with closing(VectorStore(tmp_path)) as store:
        assert [store.nearest(vectors[row], 1) for row in range(0, 1200, 100)] == [
            [str(row)] for row in range(0, 1200, 100)
        ]
        assert sorted(store.nearest(vectors[0], 1200)) == sorted(ids)


@pytest.mark.parametrize("count", [1, 30, 61, 100])
def test_hardly_anything_is_left_in_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Every opening would read it again."""
    monkeypatch.setattr("index.stores.vectors._MOST_IN_LOG", 20)
    vectors = unit_rows(count)
    with vector_writer(tmp_path, count) as add:
        for first in range(0, count, 7):
            add([str(row) for row in range(first, min(first + 7, count))], vectors[first : first + 7])
    with closing(sqlite3.connect(tmp_path / "chroma.sqlite3")) as database:
        [(left,)] = database.execute("SELECT COUNT(*) FROM embeddings_queue")
    assert left <= 5
    with closing(VectorStore(tmp_path)) as store:
        assert sorted(store.nearest(vectors[0], count), key=int) == [str(row) for row in range(count)]


def test_more_asked_than_there_is(tmp_path: Path) -> None:
    write_vectors(tmp_path, ["a", "b"], unit_rows(2))
    with closing(VectorStore(tmp_path)) as store:
        assert store.nearest(unit_rows(2)[1], 200) == ["b", "a"]


def test_an_empty_store(tmp_path: Path) -> None:
    write_vectors(tmp_path, [], unit_rows(0))
    with closing(VectorStore(tmp_path)) as store:
        assert store.count == 0
        assert store.nearest(unit_rows(1)[0], 5) == []


def test_ids_with_odd_characters(tmp_path: Path) -> None:
    vectors = unit_rows(len(ODD_IDS))
    write_vectors(tmp_path, ODD_IDS, vectors)
    with closing(VectorStore(tmp_path)) as store:
        assert [store.nearest(vector, 1) for vector in vectors] == [[name] for name in ODD_IDS]


def test_the_store_is_opened_twice_and_closed_once(tmp_path: Path) -> None:
    """Chromadb shares what is below two clients of one folder."""
    write_vectors(tmp_path, ["a"], unit_rows(1))
    with closing(VectorStore(tmp_path)) as one:
        with closing(VectorStore(tmp_path)) as other:
            assert other.nearest(unit_rows(1)[0], 1) == ["a"]
        assert one.nearest(unit_rows(1)[0], 1) == ["a"]


def test_a_folder_without_a_store(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"chroma\.sqlite3"):
        VectorStore(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_store(tmp_path: Path) -> None:
    write_vectors(tmp_path, ["a"], unit_rows(1))
    (tmp_path / "chroma.sqlite3").write_bytes(b"not a database" * 1000)
    with pytest.raises(ValueError, match="not a database"):
        VectorStore(tmp_path)


@pytest.mark.parametrize("count", [0, 1, 2, 150])
def test_opening_changes_no_file_but_one(tmp_path: Path, count: int) -> None:
    """All vectors are written where they belong; those left in Chroma's log would be moved at every opening."""
    write_vectors(tmp_path, [str(row) for row in range(count)], unit_rows(count))

    def others() -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in tmp_path.rglob("*.*") if file.name != "chroma.sqlite3"}

    before = others()
    for _ in range(2):
        with closing(VectorStore(tmp_path)) as store:
            assert len(store.nearest(unit_rows(1)[0], count)) == count
    assert others() == before
    assert bool(before) == bool(count)
