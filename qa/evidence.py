"""The sentence of a passage that answers."""

from dataclasses import dataclass

from corpus import Article
from corpus.sentences import Span, sentences
from index.keywords import KeywordIndex
from qa.question import Terms


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence, as a span of the article's text, and the share of the question's weight it holds, in [0, 1]."""

    span: Span
    coverage: float


def best_sentence(article: Article, span: Span, terms: Terms, keywords: KeywordIndex, language: str) -> Evidence | None:
    """The sentence of the passage that holds most of the question, by weight; the first of equals.

    None where no sentence holds any word of it. A passage never begins or ends inside a sentence, except in one that
    is longer than a chunk; then the part that lies in the passage stands for it.
    """
    start, end = span
    best: Evidence | None = None
    for first, last in sentences(article.text[start:end], language):
        found = terms.held(keywords.terms(article.text[start + first : start + last]))
        if found > (best.coverage if best else 0.0):
            best = Evidence((start + first, start + last), found)
    return best
