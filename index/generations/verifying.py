"""Whether the stores of a generation hold what they should, before it is published."""

from collections.abc import Collection
from contextlib import closing
from pathlib import Path

import numpy as np

from index.generations.holding import readable
from index.models.embedder import Vectors
from index.stores.articles import ArticleStore
from index.stores.keywords import KeywordIndex
from index.stores.vectors import DATABASE, VectorStore, mapped_vectors

_SAMPLES = 200
# Of so many sampled chunks that search for themselves, all but one in fifty must find themselves or their like: the
# search is approximate, and misses a few even where nothing is wrong.
_MOST_LOST = 0.02
# The cosine from which two vectors are the same but for rounding.
_SAME = 0.999
_NEIGHBOURS = 10
# So many are looked at with every question, in a few milliseconds.
_MOST_UNREACHED = 2000


def verify(folder: Path, articles: ArticleStore, language: str) -> tuple[int, ...]:
    """The rows of chunks that no search in Chroma comes to, hardly ever any: searches must look at these as well.

    RuntimeError unless each store holds every chunk, these are few, and sampled ones of the others find themselves.
    """
    _, count = articles.counts()
    vectors = mapped_vectors(folder, count)
    with readable(folder / "chroma", DATABASE) as chroma, closing(VectorStore(chroma)) as store:
        distinct = {"texts": articles.distinct(), "chroma": store.count}
        unreached = _unreached(store, articles, vectors)
        lost = _lost_share(store, articles, vectors, unreached)
    held = {
        "articles": count,
        "vectors.npy": len(vectors),
        "keywords": KeywordIndex(folder / "keywords", language).count,
    }
    too_many = len(unreached) > _MOST_UNREACHED
    if len({*held.values()}) > 1 or len({*distinct.values()}) > 1 or too_many or lost > _MOST_LOST:
        message = (
            f"the stores of {folder} disagree: chunks {held}, different ones {distinct}, {len(unreached)} out of reach,"
            f" {lost:.0%} do not find themselves"
        )
        raise RuntimeError(message)
    return unreached


def _unreached(store: VectorStore, articles: ArticleStore, vectors: Vectors) -> tuple[int, ...]:
    """The rows of the chunks that no search in Chroma comes to, nor to any with an equal vector.

    Its graph is made at random: where hundreds of texts have nearly the same vector, it may link them to one another
    and nothing else to them, or them to nothing else.
    """
    if not len(vectors):
        return ()
    reached = np.zeros(len(vectors), bool)
    reached[articles.rows_like(store.nearest(vectors[0], len(vectors)))] = True
    return tuple(int(row) for row in np.flatnonzero(~reached) if not np.any((vectors @ vectors[row])[reached] >= _SAME))


def _lost_share(store: VectorStore, articles: ArticleStore, vectors: Vectors, unreached: Collection[int]) -> float:
    """The share of some evenly spread vectors that Chroma, asked for them, does not find; they, or their equals.

    Those that are known to be out of reach do not count.
    """
    rows = np.unique(np.linspace(0, len(vectors) - 1, min(_SAMPLES, len(vectors)), dtype=np.int64))
    rows = rows[~np.isin(rows, list(unreached))]
    lost = 0
    for row in rows:
        found = articles.rows_like(store.nearest(vectors[row], _NEIGHBOURS))
        lost += not np.any(vectors[found] @ vectors[row] >= _SAME)
    return lost / max(1, len(rows))
