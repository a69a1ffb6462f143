"""Other orders of the same candidates, to hold ours against: each half alone, and the usual ways to fuse the two."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np

from corpus import Settings, UserError
from index.generations.generation import Generation
from index.generations.manifest import Fingerprint
from index.models.embedder import Embedder, SentenceTransformerEmbedder, Vectors
from index.stores.keywords import FIELDS, Scores
from qa.answer import Passage
from qa.question.understand import Request, Search, understand
from qa.question.words import Question
from qa.reading.evidence import near
from qa.search.candidates import Candidates, find_candidates
from qa.search.passages import best_passages
from qa.search.ranking import Clock, Ranked, Shares, rank, scaled, weights

Ranking = Callable[[Generation, Question, Candidates, Clock], Ranked]

SHIPPED = "shipped"
# Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet", 2009.
_RANK_CONSTANT = 60


@dataclass(frozen=True, slots=True)
class Workbench:
    """An index with its model, opened to try rankings on."""

    generation: Generation
    embedder: Embedder

    @classmethod
    @contextmanager
    def open(cls, index: str | Path | None = None, embedder: Embedder | None = None) -> Iterator[Self]:
        """Open the live generation until the block ends; as `Retriever.open`, and with its UserErrors."""
        settings = Settings.from_environment(index=index)
        with closing(Generation.open(settings.index, Fingerprint.of(settings, embedder))) as generation:
            yield cls(generation, embedder or SentenceTransformerEmbedder(settings.model))

    def candidates(self, search: Search) -> Candidates:
        """The candidates of a search, which all rankings share."""
        return find_candidates(self.generation, search.question, self._vector(search), search.where)

    def passages(self, request: Request, rankings: Sequence[Ranking]) -> list[list[Passage]]:
        """The passages by each ranking: the road of `Retriever.search`, which forks where it ranks."""
        search = understand(self.generation, request)
        question, vector = search.question, self._vector(search)
        candidates = find_candidates(self.generation, question, vector, search.where)
        orders = [ranking(self.generation, question, candidates, search.clock) for ranking in rankings]
        meaning = near(self.embedder, vector)
        return [best_passages(self.generation, ranked, question, request.k, meaning) for ranked in orders]

    def _vector(self, search: Search) -> Vectors:
        vector: Vectors = self.embedder.encode([search.question.text])[0]
        return vector


def ranking_named(name: str, *, headline: bool = True) -> Ranking:
    """The ranking of that name: `shipped`, `dense`, `keywords`, `rrf`, `convex`, or as `-recency` ours without one.

    `headline=False` takes the words of the headline out of it. UserError for other names.
    """
    weigh = weights() if headline else weights() | {"headline": 0.0}
    if name in _FUSIONS:
        return partial(_fused, _FUSIONS[name], FIELDS if headline else ("body",))
    if name.startswith("-") and name[1:] in weigh:
        return partial(rank, weigh=weigh | {name[1:]: 0.0})
    if name == SHIPPED:
        return partial(rank, weigh=weigh)
    known = ", ".join([SHIPPED, *_FUSIONS, *(f"-{feature}" for feature in weigh)])
    message = f"There is no ranking “{name}”; name one of: {known}."
    raise UserError(message)


def _fused(
    fusion: Callable[[Scores, Scores], Scores | Shares],
    fields: Sequence[str],
    generation: Generation,
    question: Question,
    candidates: Candidates,
    _clock: Clock,
) -> Ranked:
    keywords = generation.keywords.scores(question.terms.terms, candidates.rows, fields)
    scores = fusion(keywords, candidates.cosine).astype(np.float64)
    return Ranked.by(candidates.rows, {"fused": scores})


def _reciprocal(scores: Scores) -> Shares:
    """1 / (60 + rank from 1); 0 for what this half did not find."""
    ranks = np.empty(len(scores))
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return np.where(scores > 0, 1 / (_RANK_CONSTANT + ranks), 0.0)


# From the BM25 scores and the cosines of the candidates.
_FUSIONS: dict[str, Callable[[Scores, Scores], Scores | Shares]] = {
    "dense": lambda _, cosine: cosine,
    "keywords": lambda keywords, _: keywords,
    "rrf": lambda keywords, cosine: _reciprocal(keywords) + _reciprocal(cosine),
    "convex": lambda keywords, cosine: (scaled(keywords) + scaled(cosine)) / 2,
}
