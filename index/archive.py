"""The seam between questions and stores: an archive as pieces of articles, wherever and however they are stored."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from corpus import Article
from index.models.embedder import Vectors
from index.terms import Field, TermText

UNDATED = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk of an article, `text[start:end]`, with what ranking needs to know of it.

    `position` is how many chunks lie between it and the first of its article; `day` is the day of publication as
    `date.toordinal()`, 0 for undated; `terms` are those of its text, `title_terms` those of the headline; `cosine` is
    that to the question's vector, 0 without one.
    """

    article: str
    start: int
    end: int
    position: int
    day: int
    source: str
    terms: TermText
    title_terms: TermText
    cosine: float = 0.0


@dataclass(frozen=True, slots=True)
class Words:
    """What must be found, and what must not.

    `phrases` stand side by side, as written, in a chunk (and may go on in the next one) or its headline; `excluded`
    stand so nowhere in the article; the headline has the words of `title`, with whatever endings.
    """

    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    title: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is any such word."""
        return bool(self.phrases or self.excluded or self.title)


@dataclass(frozen=True, slots=True)
class Filter:
    """What may be found: days as `date.toordinal()`, inclusive; outlets and authors as the archive spells them.

    None is no restriction; an empty set of outlets or authors lets nothing through. Undated articles are outside
    every window of days unless `undated`.
    """

    since: int | None = None
    until: int | None = None
    sources: frozenset[str] | None = None
    authors: frozenset[str] | None = None
    undated: bool = False
    words: Words = field(default_factory=Words)

    @property
    def by_day(self) -> bool:
        """Whether there is a window of days."""
        return self.since is not None or self.until is not None

    @property
    def open(self) -> bool:
        """Whether everything may be found."""
        return not self.by_day and self.sources is None and self.authors is None and not self.words.any


@dataclass(frozen=True, slots=True)
class Summary:
    """What an archive is: its name changes with its content, `built` (UTC) is when that was published.

    `failed` counts the files and records that could not be read; `notices` are for the keepers of the archive;
    `nearness_by_chance` is the best cosine of a headline to articles on something else, None where it was not measured;
    `probe` is the vector by which a model on a server is known again. Sentences and stems are of the `language`, most
    articles in one of the `languages`.
    """

    name: str
    corpus: str
    language: str
    model: str
    built: datetime
    articles: int
    chunks: int
    failed: int = 0
    notices: tuple[str, ...] = ()
    nearness_by_chance: float | None = None
    probe: tuple[float, ...] = ()
    languages: tuple[str, ...] = ()

    def speaks(self, language: str) -> bool:
        """Whether a good part of the articles is in a language."""
        return language in (self.language, *self.languages)


class Statistics(Protocol):
    """Counts over the whole archive, the same for each of its parts; they hold as long as its name does."""

    @property
    def chunks(self) -> int:
        """How many chunks there are."""

    @property
    def mean_length(self) -> Mapping[Field, float]:
        """How many terms the text of a chunk, and its headline, have on average."""

    def frequencies(self, terms: Iterable[str], field: Field = "body") -> dict[str, int]:
        """In how many chunks each of some terms occurs, in the text or in the headline."""


class Archive(Protocol):
    """What can be asked of an archive. An id that it does not hold is left out of what comes back."""

    @property
    def summary(self) -> Summary:
        """What it is."""

    @property
    def statistics(self) -> Statistics:
        """Its counts."""

    @property
    def sample(self) -> Vectors:
        """Vectors of some 2,000 chunks, spread evenly; all in a smaller archive. Shape (chunks, dimension)."""

    def terms(self, text: str) -> list[str]:
        """The terms of a text, in order: one spelling, folded and stemmed. Computed here, whatever the store.

        Names as they are written are terms as well, wherever terms are asked for: `index.stores.spelling.name_terms`.
        """

    def candidates(self, terms: Sequence[str], vector: Vectors | None, where: Filter, pool: int) -> list[Piece]:
        """The best `pool` chunks by BM25 and the `pool` nearest to the vector among what may be found, ordered.

        In order of article id, then start. BM25 is taken over headline and text.
        """

    def leads(self, articles: Iterable[str]) -> dict[str, TermText]:
        """The terms of the first chunk of each article."""

    def articles(self, ids: Sequence[str]) -> list[Article]:
        """The articles, in the order asked."""

    def every_article(self) -> Iterator[Article]:
        """All articles, in order of id."""

    def spread(self, count: int) -> list[Article]:
        """About so many articles, spread evenly over all, the newest first and undated ones last."""

    def newest(self, where: Filter, start: int, count: int) -> list[Article]:
        """Articles `start` to `start + count` of those that may be found, newest first, undated last, then by id."""

    def stories(self, ids: Iterable[str]) -> dict[str, list[Article]]:
        """For each article all that tell its story, itself included, earliest first and undated ones last."""

    def pieces_with(self, phrases: Sequence[str], limit: int) -> list[Piece]:
        """The first `limit` chunks that hold every phrase as written: earliest first, undated last."""

    def top_stories(self, where: Filter, limit: int) -> list[Piece]:
        """The first chunk of one article of each of the weightiest stories among what may be found.

        The stories of most articles come first, then the latest, then the longest; of each its latest, longest article.
        """

    def days_on(self, weights: Mapping[str, float], share: float, where: Filter) -> Counter[int]:
        """How many articles that may be found are on a subject, by day of publication (0: undated).

        The subject is terms with their weights; an article is on it when it holds at least that share of them all,
        in whichever of its chunks. Without terms every article is.
        """

    def outlets(self) -> dict[str, int]:
        """The outlets with their numbers of articles, largest first, then by name; "" for none named."""

    def authors_like(self, name: str) -> list[str]:
        """The names in bylines that hold every word of a name by its `corpus.words.name_key`, or more."""
