"""How near to a question the nearest passage is by chance; the verdict compares a question's nearness with it.

The best cosine of a question that nothing answers grows with the number of passages, and differs between models.
Headlines serve as such questions: each is asked of all articles but its own.
"""

from collections.abc import Sequence

import numpy as np

from index.models.cone import Cone
from index.models.embedder import Embedder, Vectors, question_vectors
from index.stores.articles import ArticleStore
from index.writer import Writer

# With fewer articles there are too few headlines; where all vectors point one way, cosines differ less by subject.
FEWEST_ARTICLES, _FEWEST_IN_CONE = 200, 50
_HEADLINES = 150
_ROWS_AT_ONCE = 20_000


def nearness_by_chance(store: ArticleStore, writer: Writer, embedder: Embedder) -> float | None:
    """The lower quartile of the best cosines of headlines to other articles of an archive that was just written.

    None below 200 articles, or below 50 where all vectors point one way. The lower one, since much news is reported
    more than once, and reports of one event are not near by chance. Up to 150 headlines, spread evenly over the
    archive, are asked: the same archive gives the same number.
    """
    ids = [article for article, _ in store.places()]
    if len(ids) < (_FEWEST_IN_CONE if Cone.of(writer.sample()).narrow else FEWEST_ARTICLES):
        return None
    chosen = dict.fromkeys(number * len(ids) // _HEADLINES for number in range(_HEADLINES))
    asked = [article for place in chosen if (article := store.article(ids[place])) and article.title]
    if not asked:
        return None
    questions = question_vectors(embedder, [article.title for article in asked])
    best = writer.nearest_to_others(questions, [article.id for article in asked])
    return round(float(np.quantile(best, 0.25)), 4)


def exact_nearest_to_others(
    store: ArticleStore, vectors: Vectors, questions: Vectors, articles: Sequence[str]
) -> Sequence[float]:
    """As `Writer.nearest_to_others`, with the vectors of the store's chunks in row order."""
    table = store.table()
    positions = {article: position for position, article in enumerate(table.ids)}
    own = np.array([[positions[article]] for article in articles])
    best = np.full(len(questions), -1.0, np.float32)
    for first in range(0, len(vectors), _ROWS_AT_ONCE):
        cosines = questions @ np.asarray(vectors[first : first + _ROWS_AT_ONCE]).T
        others = table.article[first : first + _ROWS_AT_ONCE] != own
        best = np.maximum(best, np.where(others, cosines, -1.0).max(axis=1))
    found: list[float] = best.tolist()
    return found
