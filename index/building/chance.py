"""How near to a question the nearest passage is by chance; the verdict compares a question's nearness with it.

The best cosine of a question that nothing answers grows with the number of passages, and differs between models.
Headlines serve as such questions: each is asked of all articles but its own.
"""

import numpy as np

from index.models.cone import Cone
from index.models.embedder import Embedder, Vectors, question_vectors
from index.stores.articles import ArticleStore

# With fewer articles there are too few headlines; where all vectors point one way, cosines differ less by subject.
FEWEST_ARTICLES, _FEWEST_IN_CONE = 200, 50
HEADLINES = 150
_ROWS_AT_ONCE = 20_000
# So many vectors show whether the model's point one way.
_SAMPLE = 2000


def nearness_by_chance(store: ArticleStore, vectors: Vectors, embedder: Embedder) -> float | None:
    """The lower quartile of the best cosines of headlines to other articles.

    None below 200 articles, or below 50 where all vectors point one way. The lower one, since much news is reported
    more than once, and reports of one event are not near by chance.
    `vectors` are those of the store's chunks, in row order. Up to 150 headlines, spread evenly over the archive, are
    asked: the same archive gives the same number.
    """
    table = store.table()
    articles = len(table.ids)
    narrow = Cone.of(np.asarray(vectors[:: max(1, len(vectors) // _SAMPLE)])).narrow
    if articles < (_FEWEST_IN_CONE if narrow else FEWEST_ARTICLES):
        return None
    chosen = dict.fromkeys(number * articles // HEADLINES for number in range(HEADLINES))
    asked = [
        (place, article.title) for place in chosen if (article := store.article(table.ids[place])) and article.title
    ]
    if not asked:
        return None
    questions = question_vectors(embedder, [title for _, title in asked])
    best = np.full(len(asked), -1.0, np.float32)
    for first in range(0, len(vectors), _ROWS_AT_ONCE):
        cosines = questions @ np.asarray(vectors[first : first + _ROWS_AT_ONCE]).T
        own = table.article[first : first + _ROWS_AT_ONCE] == np.array([[place] for place, _ in asked])
        best = np.maximum(best, np.where(own, -1.0, cosines).max(axis=1))
    return round(float(np.quantile(best, 0.25)), 4)
