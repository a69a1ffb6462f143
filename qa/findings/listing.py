"""The archive as a list: its articles day by day, newest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from corpus import Article
from index.archive import UNDATED, Archive, Filter

PAGE = 50


@dataclass(frozen=True, slots=True)
class Day:
    """A day, None for undated articles; how many articles were published on it, and those of the page."""

    published: date | None
    total: int
    articles: Sequence[Article]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list of `total` articles, whose first has the position `start`, from 0."""

    total: int
    start: int
    days: tuple[Day, ...]

    @property
    def end(self) -> int:
        """The position after the last article of the page."""
        return self.start + sum(len(day.articles) for day in self.days)


def listing(archive: Archive, where: Filter, page: int = 0) -> Listing:
    """The articles that may be found, 50 a page, newest first and undated ones last; `page` counts from 0."""
    counts = archive.days_on({}, 0.0, where)
    articles = archive.newest(where, page * PAGE, PAGE)
    days = tuple(
        Day(published, counts[published.toordinal() if published else UNDATED], list(of_day))
        for published, of_day in groupby(articles, lambda article: article.published)
    )
    return Listing(counts.total(), page * PAGE, days)
