"""Cosines of models whose vectors all point one way, such as E5's, stretched to where those of other models lie."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from index.models.embedder import Vectors

# Two passages have this cosine or more on average where the model, and not their subject, makes them alike.
# From the other on all passages are alike, and nothing is to be told from cosines.
_NARROW, _ALIKE = 0.6, 0.95
# From fewer passages it cannot be told.
_FEWEST = 30


@dataclass(frozen=True, slots=True)
class Cone:
    """`middle` is the mean of an archive's vectors and `least` the mean cosine of two of them; both 0 for most models.

    E5 has cosines from 0.7 to 0.9 and a `least` of 0.8, all-MiniLM-L6-v2 some 0 to 0.8 and 0.1.
    """

    middle: Vectors
    least: float

    @classmethod
    def of(cls, sample: Vectors) -> Self:
        """The cone of an archive, by some of its vectors, shape (passages, dimension)."""
        middle = np.asarray(sample, np.float32).mean(axis=0) if len(sample) else np.zeros(1, np.float32)
        least = float(middle @ middle)
        narrow = len(sample) >= _FEWEST and _NARROW <= least <= _ALIKE
        return cls(middle, least) if narrow else cls(np.zeros(sample.shape[1:], np.float32), 0.0)

    @property
    def narrow(self) -> bool:
        """Whether the vectors point one way."""
        return self.least > 0

    def stretched(self, cosines: Vectors, least: float | None = None) -> Vectors:
        """Cosines, with `least` (by default that of the cone) as 0, and 1 as 1 where that is the cone's own."""
        return np.asarray((cosines - (self.least if least is None else least)) / (1 - self.least), np.float32)
