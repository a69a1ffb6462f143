"""Candidates into an order: named features of each, weighed and added up.

Keyword scores are divided by the best score that the question allows, not the best found: where the archive lacks its
words, meaning decides (Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", 2023).
"""

import functools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.archive import UNDATED, Archive, Piece, Statistics
from index.terms import Field, TermTexts
from qa.question.understand import Clock
from qa.question.words import Question, Terms
from qa.search.quotation import TIME_PARTS

Shares = NDArray[np.float64]
Days = NDArray[np.int64]

# Half-lives in days. This week's news is asked about this week; who asks for recent news means some weeks.
_HALF_LIFE, _WANTED_HALF_LIFE = 7.0, 30.0
_FRESH_DAYS = 10
# A passage is on the subject of the best one from this share of its relevance on. Below the lower one it is noise: none
# of the questions that the weights were fitted to loses an answer by it.
_ON_SUBJECT, _FLOOR = 0.85, 0.55


_K1, _B = 1.2, 0.75
# The best possible score of one term is its idf times this.
_SATURATION = _K1 + 1
# Lengths are kept in a byte as Lucene and tantivy do: those below 24 beside the rounding.
_FREE_LENGTHS, _EXACT_LENGTHS = 24, 40


@dataclass(frozen=True, slots=True)
class Ranked:
    """Pieces, best first, their scores, the shares by name that add up to them, and which pieces are no noise."""

    pieces: tuple[Piece, ...]
    scores: Shares
    parts: dict[str, Shares]
    relevant: NDArray[np.bool_]

    @classmethod
    def by(cls, pieces: Sequence[Piece], parts: Mapping[str, Shares], floor: float = 0.0) -> Self:
        """The pieces by the sum of their parts; what is below `floor` of the greatest relevance is noise."""
        scores = np.sum(list(parts.values()), axis=0)
        order = np.argsort(-scores, kind="stable")
        shares = {name: share[order] for name, share in parts.items()}
        relevance = _relevance(shares)
        relevant = relevance >= (floor * relevance.max(initial=0.0) if floor else -np.inf)
        return cls(tuple(pieces[position] for position in order.tolist()), scores[order], shares, relevant)


Ranking = Callable[[Archive, Question, Sequence[Piece], Clock], Ranked]


@functools.cache
def weights() -> dict[str, float]:
    """The weight of each feature, as `benchmarks/fit_ranking.py` found and wrote them."""
    return dict(json.loads(resources.files("qa.search").joinpath("weights.json").read_text("utf-8"))["weights"])


def rank(
    archive: Archive,
    question: Question,
    pieces: Sequence[Piece],
    clock: Clock,
    weigh: Mapping[str, float] | None = None,
) -> Ranked:
    """Order candidates by their features, weighed as shipped or by `weigh`; equal scores by article id, then start."""
    columns = features(archive, question, pieces, clock)
    parts = {name: weight * columns[name] for name, weight in (weigh or weights()).items()}
    if clock.strict:
        parts["in_order"] = _in_order(pieces, parts, clock)
    return Ranked.by(pieces, parts, _FLOOR)


def _relevance(parts: Mapping[str, Shares]) -> Shares:
    return np.asarray(np.sum([share for name, share in parts.items() if name not in TIME_PARTS], axis=0), np.float64)


def features(archive: Archive, question: Question, pieces: Sequence[Piece], clock: Clock) -> dict[str, Shares]:
    """What can be said of each candidate; every column of the candidates' length, about 0 to 1.

    `keywords`: BM25 in the text. `coverage`: the share of the question's words, by weight, in text or headline.
    `headline`: 1 where the headline has them all. `meaning`: the cosine, scaled from the least to the greatest.
    `lead_keywords`: BM25 in the lead of its article. `phrases`: the share of the question's neighbouring words that
    stand side by side in the text, by weight. `recency`: how new it is, which falls by half in a week;
    `wanted_recency`: by half in a month, where the question wants recent news. `later`: 1 for what was published after
    the day of the question. `fresh_lead`: how near the beginning of an article of the last ten days. `unmatched`: 1 for
    what has none of the question's words where something has them all, as for questions of a word or two.
    """
    days = np.array([piece.day for piece in pieces], np.int64)
    positions = np.array([piece.position for piece in pieces], np.int64)
    texts = TermTexts([piece.terms for piece in pieces])
    articles = {piece.article: piece.title_terms for piece in pieces}
    places = {article: place for place, article in enumerate(articles)}
    of_article = np.array([places[piece.article] for piece in pieces], np.int64)
    first = archive.leads(articles)
    titles, leads = TermTexts([*articles.values()]), TermTexts([first[article] for article in articles])
    terms, statistics = question.terms, archive.statistics
    shape = (len(terms.terms), len(pieces))
    in_title = np.array([titles.count(term)[of_article] > 0 for term in terms.terms], bool).reshape(shape)
    holds = in_title | np.array([texts.count(term) > 0 for term in terms.terms], bool).reshape(shape)
    nothing, age = np.zeros(len(pieces)), (clock.now or date.min).toordinal() - days
    fresh = (days != UNDATED) & (age >= 0) & (age <= _FRESH_DAYS) & (not clock.oldest_first)
    return {
        "keywords": bm25(question.asked.terms, texts, statistics) / _best_possible(question.asked),
        "coverage": (holds.T * np.array(terms.weights)).sum(axis=1) / (terms.total or 1.0),
        "headline": in_title.all(axis=0) * float(in_title.any()),
        "meaning": scaled(np.array([piece.cosine for piece in pieces])),
        "lead_keywords": (bm25(terms.terms, leads, statistics) / _best_possible(terms))[of_article],
        "phrases": sum((weight * (texts.count(*pair) > 0) for pair, weight in question.pairs.items()), nothing),
        "recency": recency(days, clock),
        "wanted_recency": recency(days, clock, _WANTED_HALF_LIFE) if clock.wanted else nothing,
        "later": np.asarray(days > (clock.now or date.max).toordinal(), np.float64),
        "fresh_lead": fresh / (1.0 + positions),
        "unmatched": np.asarray(~holds.any(axis=0) & holds.all(axis=0).any(), np.float64),
    }


def bm25(terms: Sequence[str], texts: TermTexts, statistics: Statistics, field: Field = "body") -> NDArray[np.float64]:
    """The score of each text for some terms, 0 without any of them; a term that is given twice counts twice.

    That is BM25 (Robertson and Zaragoza 2009) as the keyword index computes it: the sum over terms of
    idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / mean length)), with idf = ln(1 + (n - f + 0.5) / (f + 0.5)),
    f of n chunks holding the term. Equal texts have equal scores, to the last bit.
    """
    mean = statistics.mean_length[field] or 1.0
    lengths = np.array([kept_length(length) for length in texts.lengths], np.float64)
    norms = _K1 * (1 - _B + _B * lengths / mean)
    scores = np.zeros(len(lengths))
    frequencies = statistics.frequencies(terms, field)
    for term in terms:
        if frequency := frequencies[term]:
            idf = math.log(1 + (statistics.chunks - frequency + 0.5) / (frequency + 0.5))
            counts = texts.count(term)
            scores += idf * _SATURATION * counts / (counts + norms)
    return scores


@functools.cache
def kept_length(length: int) -> int:
    """A length in terms, rounded down to four binary digits beyond 24: exact to 40, at most a ninth less further up."""
    if length <= _EXACT_LENGTHS:
        return length
    free = _FREE_LENGTHS
    step = int(2 ** max(0, (length - free).bit_length() - 4))
    return free + (length - free) // step * step


def recency(days: Days, clock: Clock, half_life: float = _HALF_LIFE) -> Shares:
    """0.5 ^ (age / half-life in days) up to the clock, 0 for later and without a clock; undated ones get the median.

    Where the oldest count most, age is counted from the oldest article.
    """
    dated = days != UNDATED
    if clock.now is None or not dated.any():
        return np.zeros(len(days))
    age = days - days[dated].min() if clock.oldest_first else clock.now.toordinal() - days
    values: Shares = np.where(age >= 0, 0.5 ** (np.maximum(age, 0) / half_life), 0.0)
    return np.where(dated, values, np.median(values[dated]))


def _in_order(pieces: Sequence[Piece], parts: Mapping[str, Shares], clock: Clock) -> Shares:
    """What puts passages on the subject first in order of their days, above all else together; 0 for all others."""
    relevance, days = _relevance(parts), np.array([piece.day for piece in pieces], np.int64)
    latest = days.max(initial=0) if clock.now is None else clock.now.toordinal()
    ordered = (days != UNDATED) & (days <= latest) & (relevance >= _ON_SUBJECT * relevance.max(initial=0.0))
    positions = np.searchsorted(np.unique(days[ordered]), days) + 1.0
    if clock.oldest_first:
        positions = positions.max(initial=0.0) + 1 - positions
    step = 1 + float(np.ptp(np.sum(list(parts.values()), axis=0))) if len(pieces) else 0.0
    return np.where(ordered, step * positions, 0.0)


def scaled(values: Shares) -> Shares:
    """Values scaled to [0, 1] from the least to the greatest; all 0 where none differs."""
    spread = float(np.ptp(values)) if len(values) else 0.0
    return (values - values.min()) / spread if spread else np.zeros(len(values))


def _best_possible(terms: Terms) -> float:
    return _SATURATION * terms.total or 1.0
