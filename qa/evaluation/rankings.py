"""Other orders of the same candidates, to hold ours against: each half alone, and the usual ways to fuse the two."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from corpus import UserError
from index.archive import Archive, Piece
from index.terms import TermText, TermTexts
from qa.question.understand import Clock
from qa.question.words import Question
from qa.search.ranking import Ranked, Ranking, Shares, bm25, rank, scaled, weights

Fusion = Callable[[Shares, Shares], Shares]
SHIPPED = "shipped"
# Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet", 2009.
_RANK_CONSTANT = 60


def ranking_named(name: str, *, headline: bool = True) -> Ranking:
    """The ranking of a name: `shipped`, one of `OTHERS`, or as `-recency` ours without it. UserError for others."""
    weigh = weights()
    without = {f"-{feature}": functools.partial(rank, weigh=weigh | {feature: 0.0}) for feature in weigh}
    known: dict[str, Ranking] = {SHIPPED: rank, **OTHERS, **without}
    if name not in known:
        message = f"There is no ranking “{name}”; name one of: {', '.join(known)}."
        raise UserError(message)
    ranking = known[name]
    if headline:
        return ranking
    return lambda archive, question, pieces, clock: ranking(archive, question, without_headlines(pieces), clock)


def without_headlines(pieces: Sequence[Piece]) -> list[Piece]:
    """The same pieces, as if their articles had no headlines."""
    return [replace(piece, title_terms=TermText()) for piece in pieces]


def _fused(fusion: Fusion, archive: Archive, question: Question, pieces: Sequence[Piece], _clock: Clock) -> Ranked:
    titles, texts = TermTexts([piece.title_terms for piece in pieces]), TermTexts([piece.terms for piece in pieces])
    terms, statistics = question.terms.terms, archive.statistics
    keywords = bm25(terms, titles, statistics, "title") + bm25(terms, texts, statistics)
    cosines = np.array([piece.cosine for piece in pieces], np.float64)
    return Ranked.by(pieces, {"fused": fusion(keywords, cosines)})


def _reciprocal(scores: Shares) -> Shares:
    """1 / (60 + rank from 1); 0 for what this half did not find."""
    ranks = np.empty(len(scores))
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return np.where(scores > 0, 1 / (_RANK_CONSTANT + ranks), 0.0)


# By name; the fusions are of the BM25 scores and the cosines of the candidates.
OTHERS: dict[str, Ranking] = {
    "dense": functools.partial(_fused, lambda _, cosine: cosine),
    "keywords": functools.partial(_fused, lambda keywords, _: keywords),
    "rrf": functools.partial(_fused, lambda keywords, cosine: _reciprocal(keywords) + _reciprocal(cosine)),
    "convex": functools.partial(_fused, lambda keywords, cosine: (scaled(keywords) + scaled(cosine)) / 2),
}
