"""Whether the stores of a generation agree: what every build checks before it publishes."""

from contextlib import closing
from pathlib import Path

import numpy as np

from index.generations.holding import readable
from index.models.embedder import Vectors
from index.stores.articles import ArticleStore
from index.stores.keywords import KeywordIndex
from index.stores.vectors import DATABASE, VectorStore, mapped_vectors

# So many chunks, evenly spread, search for themselves in Chroma, and all but one in fifty must find themselves or
# their like: the search is approximate, and misses a few even where nothing is wrong.
_SAMPLES, _NEIGHBOURS, _MOST_LOST = 200, 10, 0.02
# The cosine from which two vectors are the same but for rounding.
_SAME = 0.999
# So many are looked at with every question, in a few milliseconds.
_MOST_UNREACHED = 2000


def verify_stores(folder: Path, articles: ArticleStore, language: str) -> tuple[int, ...]:
    """The rows of chunks that no search in Chroma comes to, hardly ever any: searches must look at these as well.

    RuntimeError unless each store holds every chunk, these are few, and sampled ones of the others find themselves.
    """
    _, count = articles.counts()
    vectors = mapped_vectors(folder, count)
    with readable(folder / "chroma", DATABASE) as chroma, closing(VectorStore(chroma)) as store:
        distinct = {"texts": len(articles.embedded()), "chroma": store.count}
        unreached = _unreached(store, articles, vectors)
        rows = np.unique(np.linspace(0, count - 1, min(_SAMPLES, count), dtype=np.int64))
        rows = rows[~np.isin(rows, unreached)]
        lost = sum(not _finds_itself(row, store, articles, vectors) for row in rows.tolist()) / max(1, len(rows))
    keywords = KeywordIndex(folder / "keywords", language).chunks
    held = {"articles": count, "vectors.npy": len(vectors), "keywords": keywords}
    agree = len({*held.values()}) == len({*distinct.values()}) == 1
    if not agree or len(unreached) > _MOST_UNREACHED or lost > _MOST_LOST:
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


def _finds_itself(row: int, store: VectorStore, articles: ArticleStore, vectors: Vectors) -> bool:
    found = articles.rows_like(store.nearest(vectors[row], _NEIGHBOURS))
    return bool(np.any(vectors[found] @ vectors[row] >= _SAME))
