"""What is quoted: passages that were found, quotations, and all that is needed to cite them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from corpus import Article
from corpus.sentences import Span
from index.archive import Archive

# Shares of a score that come from the day of publication.
TIME_PARTS = frozenset({"recency", "wanted_recency", "later", "fresh_lead", "in_order"})


def shown(value: object, *names: str) -> dict[str, Any]:
    """Attributes of a value for JSON: days as YYYY-MM-DD, tuples as lists, what has an `as_json` by that."""
    return {name: _plain(getattr(value, name)) for name in names}


def _plain(value: Any) -> Any:  # noqa: ANN401 (of as many types as there are attributes)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.as_json() if hasattr(value, "as_json") else value


def citation(article: Article) -> dict[str, Any]:
    """What is needed to cite an article, as every JSON output of Dateline shows it."""
    return {**shown(article, "title", "source", "published", "authors", "url", "path"), "article_id": article.id}


@dataclass(frozen=True, slots=True)
class Quotation:
    """The span `article.text[start:end]`, or of its title if `headline`; `copies` are ids of the story's others."""

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
    def one_a_story(cls, archive: Archive, found: Iterable[Self]) -> list[Self]:
        """Quotations from the earliest to the latest, the earliest of each story only, with its copies."""
        quotations = sorted(found, key=lambda quotation: quotation.age)
        stories = archive.stories({quotation.article.id for quotation in quotations})
        told: set[str] = set()
        first: list[Self] = []
        for quotation in quotations:
            article = quotation.article
            if article.id in told:
                continue
            copies = tuple(other.id for other in stories[article.id] if other.id != article.id)
            told.update((article.id, *copies))
            first.append(cls(article, quotation.start, quotation.end, quotation.headline, copies))
        return first

    def as_json(self) -> dict[str, Any]:
        """The quotation as every JSON output of Dateline shows it."""
        return {**shown(self, "text", "start", "end", "headline"), **citation(self.article), **shown(self, "copies")}


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of an article that was found, `article.text[start:end]`, with the sentence or two in it that answer.

    `highlights` are spans of `article.text` inside it, each of a sentence or two; `answer` is that of the words in the
    first that answer, None where the reader sees none; `score`, the sum of its `parts`, orders passages of one search;
    `copies` are ids of other articles of the story, earliest first; `later` is that of its correction or update.
    """

    article: Article
    start: int
    end: int
    score: float
    parts: dict[str, float]
    highlights: tuple[Span, ...] = ()
    copies: tuple[str, ...] = ()
    later: str = ""
    answer: Span | None = None

    @property
    def text(self) -> str:
        """The passage, word for word."""
        return self.article.text[self.start : self.end]

    @property
    def quoted(self) -> Span:
        """Where the quotation stands in the article: what is marked, the whole passage where nothing is."""
        return self.highlights[0] if self.highlights else (self.start, self.end)

    @property
    def quotation(self) -> str:
        """What is marked, word for word; the whole passage where nothing is."""
        return self.cited.text

    @property
    def cited(self) -> Quotation:
        """The quotation with its article."""
        return Quotation(self.article, *self.quoted, copies=self.copies)

    @property
    def relevance(self) -> float:
        """How much it is about the question, whenever it was published: its score without what time adds."""
        return sum(share for name, share in self.parts.items() if name not in TIME_PARTS)

    def as_json(self) -> dict[str, Any]:
        """The passage as every JSON output of Dateline shows it."""
        return {
            **shown(self, "text", "score", "parts", "start", "end", "highlights", "answer"),
            **citation(self.article),
            **shown(self, "copies", "later"),
            "score": round(self.score, 6),
            "parts": {name: round(share, 6) for name, share in self.parts.items()},
            "later": self.later or None,
        }
