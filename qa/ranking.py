"""Candidates into an order: named shares of a score, added up."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from index.articles import ChunkTable
from qa.candidates import Candidates

Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates in their order: rows best first, their scores, and the shares by name that add up to them."""

    rows: NDArray[np.int64]
    scores: Shares
    parts: dict[str, Shares]


_WEIGHTS = {"keyword": 0.5, "meaning": 0.5, "recency": 0.5}
# News is asked about while it is new: half-lives from 14 to 60 days did equally well.
_HALF_LIFE_DAYS = 30.0


def rank(candidates: Candidates, table: ChunkTable, now: date) -> Ranked:
    """Order the candidates by the sum of their shares; equal scores by article id, then place in the article.

    Keyword and vector scores are scaled to [0, 1] over the candidates before they are added, since neither has a
    fixed range (Bruch, Gai, Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", 2023).
    """
    features = {
        "keyword": _scaled(candidates.keyword),
        "meaning": np.zeros(len(candidates.rows)) if candidates.cosine is None else _scaled(candidates.cosine),
        "recency": recency(table.days[table.article[candidates.rows]], now),
    }
    parts = {name: _WEIGHTS[name] * values for name, values in features.items()}
    scores = np.sum(list(parts.values()), axis=0)
    # Rows ascend by article id, then start.
    order = np.lexsort((candidates.rows, -scores))
    return Ranked(candidates.rows[order], scores[order], {name: shares[order] for name, shares in parts.items()})


def recency(days: NDArray[np.int32], now: date) -> Shares:
    """0.5 ^ (age / half-life) for days up to `now`, 0 for later ones; undated articles get the dated ones' median."""
    age = now.toordinal() - days.astype(np.float64)
    values = np.where(age >= 0, 0.5 ** (np.maximum(age, 0) / _HALF_LIFE_DAYS), 0.0)
    dated = days > 0
    return np.where(dated, values, np.median(values[dated]) if dated.any() else 0.0)


def _scaled(scores: NDArray[np.float32]) -> Shares:
    """To [0, 1] from the least to the greatest; all 0 when there is no difference and nothing above 0."""
    values = scores.astype(np.float64)
    if not len(values):
        return values
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if high > low else np.full(len(values), float(high > 0))
