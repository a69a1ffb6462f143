"""What stopped builds leave of their embedding is found again."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from damage import emptied, halved, zeroed

from index.building.embedding import EncodedTexts, forget_encoded
from index.models.embedder import Vectors

DIGESTS = [bytes([number]) * 16 for number in range(3)]


def unit_rows(count: int) -> Vectors:
    return np.eye(count, 4, dtype=np.float32)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Three vectors of length 4, kept by a builder that is gone; the digest of the first is all zero."""
    with closing(EncodedTexts(tmp_path, "model", 4)) as encoded:
        encoded.add(DIGESTS[:2], unit_rows(3)[:2])
        encoded.add(DIGESTS[2:], unit_rows(3)[2:])
    return next(tmp_path.glob("encoded-*"))


def known(folder: Path) -> list[int]:
    """Which of the three are found, each with its vector."""
    with closing(EncodedTexts(folder, "model", 4)) as encoded:
        found = {number: encoded.vector(digest) for number, digest in enumerate(DIGESTS)}
    numbers = [number for number, vector in found.items() if vector is not None]
    assert [found[number].tolist() for number in numbers] == unit_rows(3)[numbers].tolist()
    return numbers


def test_encoded_vectors_are_read_back(file: Path) -> None:
    assert known(file.parent) == [0, 1, 2]


@pytest.mark.parametrize("damage", [emptied, halved, zeroed])
def test_a_damaged_file_is_begun_anew(file: Path, damage: object) -> None:
    damage(file)
    assert known(file.parent) == []
    with closing(EncodedTexts(file.parent, "model", 4)) as encoded:
        encoded.add(DIGESTS[2:], unit_rows(3)[2:])
    assert known(file.parent) == [2]


def test_a_file_that_is_damaged_in_the_middle_is_begun_anew(tmp_path: Path) -> None:
    """Its first page, which opening reads, is as it was."""
    with closing(EncodedTexts(tmp_path, "model", 4)) as encoded:
        encoded.add([bytes([number]) * 16 for number in range(250)], np.ones((250, 4), np.float32))
    [file] = tmp_path.glob("encoded-*")
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"?" * (len(content) - 4096))
    assert known(tmp_path) == []


def test_a_file_that_cannot_be_read_now_is_kept(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(_: EncodedTexts) -> None:
        raise sqlite3.OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(EncodedTexts, "_opened", locked)
        with pytest.raises(sqlite3.OperationalError):
            EncodedTexts(file.parent, "model", 4)
    assert known(file.parent) == [0, 1, 2]


def test_each_model_has_its_own_file(file: Path) -> None:
    for model, dimension in (("another", 4), ("model", 5)):
        with closing(EncodedTexts(file.parent, model, dimension)) as encoded:
            assert encoded.vector(DIGESTS[0]) is None


def test_without_vectors_there_is_no_file(tmp_path: Path) -> None:
    EncodedTexts(tmp_path, "model", 4).close()
    assert list(tmp_path.iterdir()) == []


def test_forgetting(file: Path) -> None:
    forget_encoded(file.parent)
    assert known(file.parent) == []
