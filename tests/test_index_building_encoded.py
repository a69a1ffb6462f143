"""What stopped builds leave of their embedding: found again, whatever happened to the end of the file."""

import os
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.building.encoded import EncodedTexts, forget_encoded
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
    return next(tmp_path.glob("encoded-*.bin"))


def known(folder: Path) -> list[int]:
    """Which of the three are found, each with its vector."""
    with closing(EncodedTexts(folder, "model", 4)) as encoded:
        numbers = [number for number, digest in enumerate(DIGESTS) if digest in encoded]
        for number in numbers:
            assert encoded.vector(DIGESTS[number]).tolist() == unit_rows(3)[number].tolist()
        return numbers


def test_what_was_added_is_there_again(file: Path) -> None:
    assert known(file.parent) == [0, 1, 2]


@pytest.mark.parametrize("lost", [1, 31, 32])
def test_an_unfinished_end_is_cut_off_and_written_over(file: Path, lost: int) -> None:
    os.truncate(file, file.stat().st_size - lost)
    assert known(file.parent) == [0, 1]
    with closing(EncodedTexts(file.parent, "model", 4)) as encoded:
        encoded.add(DIGESTS[2:], unit_rows(3)[2:])
        assert encoded.vector(DIGESTS[2]).tolist() == unit_rows(3)[2].tolist()
    assert known(file.parent) == [0, 1, 2]
    assert file.stat().st_size == 3 * 32


def test_zeros_that_a_failing_disk_left_are_no_vectors(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:64] + bytes(32))
    assert known(file.parent) == [0, 1]


def test_another_model_has_its_own(file: Path) -> None:
    for model, dimension in (("another", 4), ("model", 5)):
        with closing(EncodedTexts(file.parent, model, dimension)) as encoded:
            assert DIGESTS[0] not in encoded


def test_nothing_added_leaves_nothing(tmp_path: Path) -> None:
    EncodedTexts(tmp_path, "model", 4).close()
    assert list(tmp_path.iterdir()) == []


def test_forgetting(file: Path) -> None:
    forget_encoded(file.parent)
    assert known(file.parent) == []
