"""How near to a question the nearest passage is by chance; the verdict compares a question's nearness with it.

The best cosine of a question that nothing answers grows with the number of passages, and differs between models.
Headlines serve as such questions: each is asked of all articles but its own.
"""

import numpy as np

from index.archive import Archive, Filter
from index.models.cone import Cone
from index.models.embedder import Embedder, question_vectors

# With fewer articles there are too few headlines; where all vectors point one way, cosines differ less by subject.
FEWEST_ARTICLES, _FEWEST_IN_CONE = 200, 50
# At least so many headlines, and twice as many at most.
_HEADLINES = 150
# Chunks: more than the article of a headline has, so that one of another article is among them.
_POOL = 200


def nearness_by_chance(archive: Archive, embedder: Embedder) -> float | None:
    """The lower quartile of the best cosines of headlines to other articles.

    None below 200 articles, or below 50 where all vectors point one way. The lower one, since much news is reported
    more than once, and reports of one event are not near by chance. The headlines are spread evenly over the archive:
    the same archive gives the same number.
    """
    if archive.summary.articles < (_FEWEST_IN_CONE if Cone.of(archive.sample).narrow else FEWEST_ARTICLES):
        return None
    asked = [article for article in archive.spread(_HEADLINES) if article.title]
    if not asked:
        return None
    best = []
    for article, vector in zip(asked, question_vectors(embedder, [one.title for one in asked]), strict=True):
        near = archive.candidates([], vector, Filter(), _POOL)
        best.append(max((piece.cosine for piece in near if piece.article != article.id), default=0.0))
    return round(float(np.quantile(best, 0.25)), 4)
