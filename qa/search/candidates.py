"""The chunks worth ranking: the best by keywords and the nearest by vectors, each with both scores."""

from dataclasses import dataclass

import numpy as np

from index.generations.generation import Generation
from index.models.embedder import Vectors
from index.stores.filter import Filter
from index.stores.keywords import UNDATED, Rows, Scores
from qa.question.words import Question

# The best of each half that are looked at. The right article is among them for 99 % of questions.
_POOL = 200
# Chroma is asked for twice as many as should be left of a filter, which takes as long as ten times as many exact rows.
_SPARE, _ROWS_A_NEIGHBOUR = 2, 10


@dataclass(frozen=True, slots=True)
class Candidates:
    """Chunks to rank, in row order, without repeats, with their leads and their cosines to the question.

    A lead is the first chunk of a chunk's article. Cosines are all 0 while there is no vector of the question.
    """

    rows: Rows
    leads: Rows
    cosine: Scores


def find_candidates(generation: Generation, question: Question, vector: Vectors | None, where: Filter) -> Candidates:
    """The candidates for a question among what `where` lets through; empty where nothing is."""
    rows, _ = generation.keywords.search(question.terms.terms, _POOL, where)
    if vector is not None:
        rows = np.concatenate([rows, _nearest(generation, vector, where)])
    rows = np.unique(rows).astype(np.int64)
    return Candidates(rows, generation.table.leads(rows), _cosines(generation, rows, vector))


def _cosines(generation: Generation, rows: Rows, vector: Vectors | None) -> Scores:
    if vector is None or not len(rows):
        return np.zeros(len(rows), np.float32)
    # Row by row: a product of matrices may differ in the last bit between equal rows, and equal scores have an order.
    return np.asarray((generation.vectors[rows] * vector).sum(axis=1), np.float32)


def allowed_rows(generation: Generation, where: Filter) -> Rows:
    """The rows of all chunks that the filter lets through, ascending."""
    table = generation.table
    articles = np.ones(len(table.days), bool)
    if where.by_day:
        first, last = where.since or 1, table.days.max(initial=0) if where.until is None else where.until
        within = (table.days >= max(first, 1)) & (table.days <= last)
        articles &= within | (table.days == UNDATED) if where.undated else within
    if where.sources is not None:
        articles &= np.isin(table.sources, [table.source_names.index(name) for name in where.sources])
    if where.authors is not None:
        articles &= np.isin(table.numbers, list(generation.articles.numbers_by(where.authors)))
    rows = np.flatnonzero(articles[table.article]).astype(np.int64)
    return np.intersect1d(rows, generation.keywords.rows_with(where.words)) if where.words.any else rows


def _nearest(generation: Generation, vector: Vectors, where: Filter) -> Rows:
    """The rows nearest to the vector: from Chroma when everything may be found, else exactly over what may be.

    Where much may be found, and enough of it is among the nearest of all, these stand for all that may be.
    """
    if where.open:
        return _nearest_of_all(generation, vector, _POOL)
    rows = allowed_rows(generation, where)
    if len(rows) <= _POOL:
        return rows
    wanted = _SPARE * _POOL * len(generation.vectors) // len(rows)
    if len(rows) > _ROWS_A_NEIGHBOUR * wanted:
        near = _nearest_of_all(generation, vector, wanted)
        near = near[np.isin(near, rows, kind="table")]
        rows = near if len(near) >= _POOL else rows
    cosines = generation.vectors[rows] @ vector
    return rows[np.argpartition(-cosines, _POOL - 1)[:_POOL]]


def _nearest_of_all(generation: Generation, vector: Vectors, count: int) -> Rows:
    """The nearest rows by Chroma, and those that it does not come to, which may be as near."""
    found = generation.vector_store.nearest(vector, count) if len(generation.vectors) else []
    return np.array([*generation.articles.rows_like(found), *generation.manifest.unreached], np.int64)
