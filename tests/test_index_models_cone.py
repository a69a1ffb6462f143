"""Vectors that all point one way."""

import numpy as np
import pytest

from index.models.cone import Cone


def rows(share: float, count: int = 40) -> np.ndarray:
    """Unit vectors that share a part, of that share of their square; the rest of each is an axis of its own."""
    found = np.eye(count, count + 1, k=1, dtype=np.float32) * np.float32(np.sqrt(1 - share))
    found[:, 0] = np.sqrt(share)
    return found


def test_cosines_in_a_cone_are_stretched() -> None:
    cone = Cone.of(rows(0.8))

    assert cone.narrow
    assert cone.least == pytest.approx(0.8 + 0.2 / 40)
    assert cone.stretched(np.float32([cone.least, 1.0])) == pytest.approx([0, 1], abs=1e-5)
    assert cone.stretched(np.float32(0.9), 0.7) == pytest.approx(0.2 / (1 - cone.least))


@pytest.mark.parametrize("sample", [rows(0.4), rows(0.99), rows(0.8, 20), np.zeros((0, 3), np.float32)])
def test_others_stay_what_they_are(sample: np.ndarray) -> None:
    cone = Cone.of(sample)

    assert not cone.narrow
    assert cone.stretched(np.float32([0.3, 0.7])) == pytest.approx([0.3, 0.7])
