"""The archive over time: how many articles are on a question's subject, and its articles as a list, day by day."""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, get_args

from corpus import Article
from corpus.dates import today
from index.archive import UNDATED, Archive, Filter
from qa.question.days import Days, unit_of
from qa.question.words import Question

Unit = Literal["day", "week", "month", "year"]
# The finest unit is taken that gives no more bars than these.
_MOST_BARS = 62
# An article is on the subject when it holds this share of the weight of the question's words.
_ON_SUBJECT = 0.5
# The heaviest words are looked up as long as they stand in no more chunks together: it bounds the time, 2 µs a chunk.
_MOST_LOOKED_UP = 6_000
# Wrong dates lie far off: at each end this share of the articles may stay outside, where that gives finer bars.
_STRAY = 0.02
# In days: what lies farther ahead is no day of publication, and no part of the bars.
_AHEAD = 366
# Articles on a page of the list.
PAGE = 50


@dataclass(frozen=True, slots=True)
class Bar:
    """A day, week, month or year, and how many articles were published in it."""

    days: Days
    articles: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """The articles on a subject over time, in bars without a gap, oldest first; `outside` lie too far off for one."""

    unit: Unit = "day"
    bars: tuple[Bar, ...] = ()
    outside: int = 0

    @property
    def articles(self) -> int:
        """All articles in bars."""
        return sum(bar.articles for bar in self.bars)


def coverage(archive: Archive, question: Question, where: Filter) -> Coverage:
    """The dated articles with at least half of the question's words by weight, inside what `where` lets through."""
    terms = question.terms
    frequencies = archive.statistics.frequencies(terms.terms)
    rare: dict[str, float] = {}
    looked_up = 0
    for weight, term in sorted(zip(terms.weights, terms.terms, strict=True), reverse=True):
        looked_up += frequencies[term]
        if not rare or looked_up <= _MOST_LOOKED_UP:
            rare[term] = weight
    counted = archive.days_on(rare, _ON_SUBJECT, where) if rare else Counter[int]()
    del counted[UNDATED]
    latest = today().toordinal() + _AHEAD
    found = by_unit([date.fromordinal(day) for day in sorted(counted.elements()) if day <= latest])
    return replace(found, outside=found.outside + sum(count for day, count in counted.items() if day > latest))


def by_unit(published: Sequence[date]) -> Coverage:
    """The days of some articles, ascending, in bars of the finest unit that does not give too many."""
    if not published:
        return Coverage()
    stray = int(_STRAY * len(published))
    for unit, far in itertools.product(get_args(Unit), (0, stray)):
        bars = _bars(published[far : len(published) - far], unit)
        if len(bars) <= _MOST_BARS:
            break
    return Coverage(unit, tuple(bars), far * 2)


def _bars(published: Sequence[date], unit: Unit) -> list[Bar]:
    sums = Counter(unit_of(unit, day, 0).first for day in published)
    bars: list[Bar] = []
    here, last = min(sums), max(sums)
    while here <= last and (len(bars) <= _MOST_BARS or unit == "year"):
        days = unit_of(unit, here, 0)
        bars.append(Bar(days, sums[here]))
        here = days.last + timedelta(days=1)
    return bars


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


def listing(archive: Archive, where: Filter, page: int = 0) -> Listing:
    """The articles that may be found, 50 a page, newest first and undated ones last; `page` counts from 0."""
    counts = archive.days_on({}, 0.0, where)
    articles = archive.newest(where, page * PAGE, PAGE)
    days = tuple(
        Day(published, counts[published.toordinal() if published else UNDATED], list(of_day))
        for published, of_day in itertools.groupby(articles, lambda article: article.published)
    )
    return Listing(counts.total(), page * PAGE, days)
