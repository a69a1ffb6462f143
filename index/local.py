"""The `Archive` of one generation on this machine: its stores behind the seam."""

import functools
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus import Article
from corpus.words import name_key
from index.archive import UNDATED, Filter, Piece, Words
from index.generations.generation import Generation
from index.models.embedder import Vectors
from index.stores.keywords import Rows
from index.terms import TermText

# Chroma is asked for twice as many as should be left of a filter, which takes as long as ten times as many exact rows.
_SPARE, _ROWS_A_NEIGHBOUR = 2, 10
# So many cosines tell their spread to about 2 %.
_SAMPLE = 2000


class LocalArchive:
    """A generation as an `Archive`; usable while the generation is open."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.statistics = generation.keywords
        self.summary = generation.manifest.summary
        self.terms = generation.keywords.terms
        self._table, self._store, self._keywords = generation.table, generation.articles, generation.keywords
        self.every_article = self._store.articles
        self._outlets = functools.cache(self._store.sources)
        self._all_stories = functools.cache(self._store.stories)
        self._days = functools.cache(lambda: Counter(generation.table.days.tolist()))

    @functools.cached_property
    def sample(self) -> Vectors:
        return np.array(self.generation.vectors[:: max(1, len(self.generation.vectors) // _SAMPLE)])

    def candidates(self, terms: Sequence[str], vector: Vectors | None, where: Filter, pool: int) -> list[Piece]:
        """As `Archive` says; the nearest are those that Chroma finds, nearly always the exact ones."""
        rows, _ = self._keywords.search(terms, pool, where)
        if vector is not None:
            rows = np.concatenate([rows, self._nearest(vector, where, pool)])
        return self._pieces(np.unique(rows).astype(np.int64), vector)

    def leads(self, articles: Iterable[str]) -> dict[str, TermText]:
        positions = self._positions(articles)
        rows = self._table.leads(positions)
        ids = [self._table.ids[position] for position in positions.tolist()]
        return {name: body for name, (_, body) in zip(ids, self._keywords.texts(rows), strict=True)}

    def articles(self, ids: Sequence[str]) -> list[Article]:
        return [article for article in map(self._store.article, ids) if article]

    def spread(self, count: int) -> list[Article]:
        newest_first = self._newest_first(Filter())
        return self.articles(newest_first[:: max(1, len(newest_first) // max(1, count))])

    def newest(self, where: Filter, start: int, count: int) -> list[Article]:
        return self.articles(self._newest_first(where)[start : start + count])

    def stories(self, ids: Iterable[str]) -> dict[str, list[Article]]:
        stories = ((article, self._store.same_story(article)) for article in ids)
        return {article: story for article, story in stories if story}

    def pieces_with(self, phrases: Sequence[str], limit: int) -> list[Piece]:
        rows = self._keywords.rows_with(Words(phrases=tuple(phrases)))
        days = self._table.days[self._table.article[rows]]
        rows = rows[np.lexsort((rows, days, days == UNDATED))[:limit]]
        return self._pieces(rows)

    def days_on(self, weights: Mapping[str, float], share: float, where: Filter) -> Counter[int]:
        if not weights and where.open:
            return Counter(self._days())
        held = np.zeros(len(self._table.days))
        for term, weight in weights.items():
            rows = self._keywords.rows_of(term)
            held[np.unique(self._table.article[rows])] += weight
        matching = (held >= share * sum(weights.values())) & ((held > 0) | (not weights))
        if not where.open:
            matching &= np.isin(np.arange(len(matching)), self._allowed(where))
        return Counter(self._table.days[matching].tolist())

    def outlets(self) -> dict[str, int]:
        return dict(self._outlets())

    def authors_like(self, name: str) -> list[str]:
        words = name_key(name).split()
        return [author for author, key in self._author_keys.items() if all(word in key for word in words)]

    def top_stories(self, where: Filter, limit: int) -> list[Piece]:
        table, allowed, stories = self._table, self._allowed(where), self._all_stories()
        sizes = Counter(stories[position] for position in allowed.tolist())
        last_rows = np.searchsorted(table.article, allowed, side="right") - 1
        latest_first = allowed[np.lexsort((allowed, -table.end[last_rows], -table.days[allowed]))].tolist()
        first = {stories[position]: position for position in reversed(latest_first)}
        best = sorted(dict.fromkeys(stories[position] for position in latest_first), key=lambda it: -sizes[it])
        rows = table.leads(np.array([first[story] for story in best[:limit]], np.int64))
        return self._pieces(rows)

    def allowed_rows(self, where: Filter) -> Rows:
        """The rows of all chunks that the filter lets through, ascending."""
        table = self._table
        articles = np.ones(len(table.days), bool)
        if where.by_day:
            first, last = where.since or 1, table.days.max(initial=0) if where.until is None else where.until
            within = (table.days >= max(first, 1)) & (table.days <= last)
            articles &= within | (table.days == UNDATED) if where.undated else within
        if where.sources is not None:
            chosen = [position for position, name in enumerate(table.source_names) if name in where.sources]
            articles &= np.isin(table.sources, chosen)
        if where.authors is not None:
            theirs = np.zeros(len(articles), bool)
            theirs[self._positions(self._store.ids_by(where.authors))] = True
            articles &= theirs
        rows = np.flatnonzero(articles[table.article]).astype(np.int64)
        return np.intersect1d(rows, self._keywords.rows_with(where.words)) if where.words.any else rows

    def _allowed(self, where: Filter) -> NDArray[np.int64]:
        """The positions of the articles that the filter lets through, in order of id."""
        return np.unique(self._table.article[self.allowed_rows(where)]).astype(np.int64)

    def _newest_first(self, where: Filter) -> list[str]:
        """The ids of the articles that the filter lets through, undated ones last."""
        allowed = self._allowed(where)
        newest_first = allowed[np.argsort(-self._table.days[allowed], kind="stable")]
        return [self._table.ids[position] for position in newest_first.tolist()]

    @functools.cached_property
    def _author_keys(self) -> dict[str, str]:
        return {author: name_key(author) for author in self._store.authors()}

    def _positions(self, ids: Iterable[str]) -> NDArray[np.int64]:
        """The positions of those articles that there are, in order of id; each has a chunk at least."""
        known = self._table.ids
        positions = ((article, bisect_left(known, article)) for article in ids)
        held = (position for article, position in positions if known[position : position + 1] == (article,))
        return np.fromiter(held, np.int64)

    def _pieces(self, rows: Rows, vector: Vectors | None = None) -> list[Piece]:
        table = self._table
        articles = table.article[rows]
        # Row by row: a product of matrices may differ in the last bit between equal rows, and ties have an order.
        cosines = np.zeros(len(rows)) if vector is None else (self.generation.vectors[rows] * vector).sum(axis=1)
        columns = (
            articles.tolist(), table.start[rows].tolist(), table.end[rows].tolist(),
            (rows - table.leads(articles)).tolist(), table.days[articles].tolist(), table.sources[articles].tolist(),
            self._keywords.texts(rows), cosines.tolist(),
        )  # fmt: skip
        return [
            Piece(table.ids[article], start, end, position, day, table.source_names[source], body, title, cosine)
            for article, start, end, position, day, source, (title, body), cosine in zip(*columns, strict=True)
        ]

    def _nearest(self, vector: Vectors, where: Filter, pool: int) -> Rows:
        """The rows nearest to the vector: from Chroma when everything may be found, else exactly over what may be.

        Where much may be found, and enough of it is among the nearest of all, these stand for all that may be.
        """
        if where.open:
            return self._nearest_of_all(vector, pool)
        vectors, rows = self.generation.vectors, self.allowed_rows(where)
        if len(rows) <= pool:
            return rows
        wanted = _SPARE * pool * len(vectors) // len(rows)
        if len(rows) > _ROWS_A_NEIGHBOUR * wanted:
            near = self._nearest_of_all(vector, wanted)
            near = near[np.isin(near, rows, kind="table")]
            rows = near if len(near) >= pool else rows
        cosines = vectors[rows] @ vector
        return rows[np.argpartition(-cosines, pool - 1)[:pool]]

    def _nearest_of_all(self, vector: Vectors, count: int) -> Rows:
        """The nearest rows: of those that Chroma finds, all with equal vectors, and those that it does not come to.

        No more than asked for: one that is far away would set the scale of all cosines.
        """
        generation = self.generation
        found = generation.vector_store.nearest(vector, count) if len(generation.vectors) else []
        rows = np.unique(np.array([*self._store.rows_like(found), *generation.manifest.unreached], np.int64))
        cosines = (generation.vectors[rows] * vector).sum(axis=1)
        return rows[np.argsort(-cosines, kind="stable")[:count]]
