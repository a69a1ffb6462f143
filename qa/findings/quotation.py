"""A quotation: a span of an article, or of its headline, with all that is needed to cite it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from corpus import Article
from index.generations.generation import Generation


def citation(article: Article) -> dict[str, Any]:
    """What is needed to cite an article, as every JSON output of Dateline shows it."""
    return {
        "title": article.title,
        "source": article.source,
        "published": article.published.isoformat() if article.published else None,
        "authors": list(article.authors),
        "url": article.url,
        "path": article.path,
        "article_id": article.id,
    }


@dataclass(frozen=True, slots=True)
class Quotation:
    """The span `article.text[start:end]`, or of `article.title` where `headline`.

    `copies` are the ids of the other articles of the same story, earliest first.
    """

    article: Article
    start: int
    end: int
    headline: bool = False
    copies: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is quoted, word for word."""
        return (self.article.title if self.headline else self.article.text)[self.start : self.end]

    @property
    def published(self) -> date | None:
        """The day its article was published, None where that is not known."""
        return self.article.published

    @property
    def age(self) -> tuple[bool, date, str]:
        """What orders quotations from the earliest to the latest, undated ones last."""
        return self.published is None, self.published or date.min, self.article.id

    @property
    def origin(self) -> str:
        """Where it stands, in words: headline, outlet, day, and address or path."""
        article = self.article
        published = article.published.isoformat() if article.published else "undated"
        origin = ", ".join(words for words in (article.source, published, article.url or article.path) if words)
        return f"{article.title} ({origin})"

    @classmethod
    def one_a_story(cls, generation: Generation, found: Iterable[Self]) -> list[Self]:
        """Quotations from the earliest to the latest, the earliest of each story only, with its copies."""
        told: set[str] = set()
        first: list[Self] = []
        for quotation in sorted(found, key=lambda quotation: quotation.age):
            article = quotation.article
            if article.id in told:
                continue
            copies = tuple(other.id for other in generation.articles.same_story(article) if other.id != article.id)
            told.update((article.id, *copies))
            first.append(cls(article, quotation.start, quotation.end, quotation.headline, copies))
        return first

    def as_json(self) -> dict[str, Any]:
        """The quotation as every JSON output of Dateline shows it."""
        return {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "headline": self.headline,
            **citation(self.article),
            "copies": list(self.copies),
        }
