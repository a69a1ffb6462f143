"""Other orders of the same candidates, to hold ours against: each half alone, and the usual ways to fuse the two."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from corpus import UserError
from index.archive import Archive, Field, Piece, TermText, TermTexts
from qa.question.understand import Clock
from qa.question.words import Question
from qa.search.bm25 import bm25
from qa.search.ranking import Ranked, Ranking, Shares, rank, scaled, weights

SHIPPED = "shipped"
# Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet", 2009.
_RANK_CONSTANT = 60


def ranking_named(name: str, *, headline: bool = True) -> Ranking:
    """The ranking of that name: `shipped`, `dense`, `keywords`, `rrf`, `convex`, or as `-recency` ours without one.

    `headline=False` takes the words of the headline out of it. UserError for other names.
    """
    ranking = _named(name)
    if headline:
        return ranking
    return lambda archive, question, pieces, clock: ranking(archive, question, without_headlines(pieces), clock)


def without_headlines(pieces: Sequence[Piece]) -> list[Piece]:
    """The same pieces, as if their articles had no headlines."""
    return [replace(piece, title_terms=TermText()) for piece in pieces]


def _named(name: str) -> Ranking:
    weigh = weights()
    if name in _FUSIONS:
        return partial(_fused, _FUSIONS[name])
    if name.startswith("-") and name[1:] in weigh:
        return partial(rank, weigh=weigh | {name[1:]: 0.0})
    if name == SHIPPED:
        return rank
    known = ", ".join([SHIPPED, *_FUSIONS, *(f"-{feature}" for feature in weigh)])
    message = f"There is no ranking “{name}”; name one of: {known}."
    raise UserError(message)


def _fused(
    fusion: Callable[[Shares, Shares], Shares],
    archive: Archive,
    question: Question,
    pieces: Sequence[Piece],
    _clock: Clock,
) -> Ranked:
    keywords = np.zeros(len(pieces))
    fields: tuple[Field, ...] = ("title", "body")
    for field in fields:
        texts = [piece.title_terms if field == "title" else piece.terms for piece in pieces]
        keywords += bm25(question.terms.terms, TermTexts(texts), archive.statistics, field)
    cosines = np.array([piece.cosine for piece in pieces], np.float64)
    return Ranked.by(pieces, {"fused": fusion(keywords, cosines)})


def _reciprocal(scores: Shares) -> Shares:
    """1 / (60 + rank from 1); 0 for what this half did not find."""
    ranks = np.empty(len(scores))
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return np.where(scores > 0, 1 / (_RANK_CONSTANT + ranks), 0.0)


# From the BM25 scores and the cosines of the candidates.
_FUSIONS: dict[str, Callable[[Shares, Shares], Shares]] = {
    "dense": lambda _, cosine: cosine,
    "keywords": lambda keywords, _: keywords,
    "rrf": lambda keywords, cosine: _reciprocal(keywords) + _reciprocal(cosine),
    "convex": lambda keywords, cosine: (scaled(keywords) + scaled(cosine)) / 2,
}
