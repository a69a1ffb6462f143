"""Candidates into an order: named features of each, weighed and added up.

Keyword scores are divided by the best score that the question allows, not by the best one found: where the archive has
few of the question's words they count little, and meaning decides (the theoretical min-max of Bruch, Gai and Ingber,
"An Analysis of Fusion Functions for Hybrid Retrieval", 2023).
"""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.generations.generation import Generation
from index.stores.keywords import SATURATION, Rows, Scores
from qa.question.words import Question, Terms
from qa.search.candidates import Candidates

Shares = NDArray[np.float64]

# News is asked about while it is new: half-lives from 14 to 60 days did equally well.
_HALF_LIFE_DAYS = 30.0
_FRESH_DAYS = 10


@dataclass(frozen=True, slots=True)
class Clock:
    """The day a question is asked on, and whether the oldest articles count most ("first", "originally").

    Without a day time does not count: in a question put to an archive of the past newer is not better.
    """

    now: date | None
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates in their order: rows best first, their scores, and the shares by name that add up to them."""

    rows: Rows
    scores: Shares
    parts: dict[str, Shares]

    @classmethod
    def by(cls, rows: Rows, parts: Mapping[str, Shares]) -> Self:
        """The rows by the sum of their parts; equal scores by row, which is article id, then place."""
        scores = np.sum(list(parts.values()), axis=0)
        order = np.lexsort((rows, -scores))
        return cls(rows[order], scores[order], {name: shares[order] for name, shares in parts.items()})


@functools.cache
def weights() -> dict[str, float]:
    """The weight of each feature, as `benchmarks/fit_ranking.py` found and wrote them."""
    return dict(json.loads(resources.files("qa.search").joinpath("weights.json").read_text("utf-8"))["weights"])


def rank(
    generation: Generation,
    question: Question,
    candidates: Candidates,
    clock: Clock,
    weigh: Mapping[str, float] | None = None,
) -> Ranked:
    """Order the candidates by their weighed features; equal scores by article id, then place in the article.

    `weigh` stands in for the shipped weights, for measuring; it names the same features.
    """
    columns = features(generation, question, candidates, clock)
    return Ranked.by(candidates.rows, {name: weight * columns[name] for name, weight in (weigh or weights()).items()})


def features(generation: Generation, question: Question, candidates: Candidates, clock: Clock) -> dict[str, Shares]:
    """What can be said of each candidate; every column of the candidates' length, about 0 to 1.

    `keywords` and `headline`: BM25 in the text and in the headline. `meaning`: the cosine, scaled from the least to the
    greatest. `lead_keywords`: BM25 in the lead of its article, which says what the article is about without favouring
    the lead itself. `phrases`: the share of the question's neighbouring words that stand side by side in the text, by
    weight. `recency`: how new it is. `fresh_lead`: how near the beginning of an
    article of the last ten days, since this week's news is told at the top. `outlet`: 1 if from one that is asked for.
    """
    keywords, rows, leads = generation.keywords, candidates.rows, candidates.leads
    days = generation.table.days[generation.table.article[rows]]
    text = keywords.scores(question.asked.terms, rows, ["body"])
    headline = keywords.scores(question.terms.terms, rows, ["title"])
    lead_text = keywords.scores(question.terms.terms, leads, ["body"])
    return {
        "keywords": _of_best_possible(text, question.asked),
        "headline": _of_best_possible(headline, question.terms),
        "meaning": scaled(candidates.cosine),
        "lead_keywords": _of_best_possible(lead_text, question.terms),
        "phrases": keywords.pair_scores(question.pairs, rows).astype(np.float64),
        "recency": recency(days, clock),
        "outlet": _from_outlets(generation, question, rows),
        "fresh_lead": _fresh(days, clock) / (1.0 + rows - leads),
    }


def recency(days: NDArray[np.int32], clock: Clock) -> Shares:
    """0.5 ^ (age / 30 days) for articles up to the clock, 0 for later ones; all 0 without a clock.

    Where the oldest count most, age is counted from the oldest article. Undated articles get what is middling among
    the dated ones, so that they are neither favoured nor lost.
    """
    dated = days > 0
    if clock.now is None or not dated.any():
        return np.zeros(len(days))
    age = days - days[dated].min() if clock.oldest_first else clock.now.toordinal() - days
    values = np.where(age >= 0, 0.5 ** (np.maximum(age, 0) / _HALF_LIFE_DAYS), 0.0)
    return np.where(dated, values, np.median(values[dated]))


def scaled(scores: Scores) -> Shares:
    """Scores scaled to [0, 1] from the least to the greatest; all 0 where none differs."""
    values = scores.astype(np.float64)
    spread = float(np.ptp(values)) if len(values) else 0.0
    return (values - values.min()) / spread if spread else np.zeros(len(values))


def _fresh(days: NDArray[np.int32], clock: Clock) -> Shares:
    """1 for articles of the days up to the clock, 0 for all others."""
    if clock.now is None or clock.oldest_first:
        return np.zeros(len(days))
    age = clock.now.toordinal() - days
    return ((days > 0) & (age >= 0) & (age <= _FRESH_DAYS)).astype(np.float64)


def _from_outlets(generation: Generation, question: Question, rows: Rows) -> Shares:
    table = generation.table
    wanted = [place for place, name in enumerate(table.source_names) if name in question.outlets]
    return np.isin(table.sources[table.article[rows]], wanted).astype(np.float64)


def _of_best_possible(scores: Scores, terms: Terms) -> Shares:
    return scores.astype(np.float64) / (SATURATION * terms.total or 1.0)
