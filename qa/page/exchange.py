"""A question of a conversation with its answer: what the templates ask of it."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple, Self

from markupsafe import Markup

from corpus import Article, UserError
from qa.answer import LOADING, Answer, Passage
from qa.page.markup import day, period
from qa.question.timeframe import Timeframe
from qa.web.inquiry import Inquiry


@dataclass(frozen=True, slots=True)
class Exchange:
    """An inquiry with its answer, and the articles that its passages name as copies, by id."""

    inquiry: Inquiry
    answer: Answer
    copies: Mapping[str, Article] = field(default_factory=dict)

    @classmethod
    def of(cls, inquiry: Inquiry, answer: Answer, article: Callable[[str], Article]) -> Self:
        """The exchange of an answer; `article` gives the article of an id, and UserError for a copy to be left out."""
        copies: dict[str, Article] = {}
        for identity in {identity for passage in answer.passages for identity in passage.copies}:
            with contextlib.suppress(UserError):  # a newer generation may no longer have it
                copies[identity] = article(identity)
        return cls(inquiry, answer, copies)

    @property
    def lead(self) -> Passage | None:
        """The passage to quote first: the best that has a marked sentence, or of all; None where nothing answers."""
        if not self.answer.answered:
            return None
        return max(self.answer.passages, key=lambda passage: (bool(passage.highlights), passage.score), default=None)

    @property
    def notices(self) -> tuple[str, ...]:
        """What the reader should know of the search, beside corrections, which are chips."""
        return tuple(notice for notice in self.answer.notices if notice not in self.answer.corrections)

    @property
    def loading(self) -> bool:
        """Whether the model was still loading, so that asking again may find more."""
        return LOADING in self.answer.notices

    @property
    def limited_in_time(self) -> bool:
        """Whether only some days were searched."""
        request, timeframe = self.inquiry.request, self.answer.timeframe
        return bool(request.since or request.until or (timeframe and timeframe.kind == "window"))

    @property
    def has_more(self) -> bool:
        """Whether there may be further passages."""
        return self.inquiry.longer is not None and len(self.answer.passages) >= self.inquiry.request.k

    def copies_of(self, passage: Passage) -> list[Article]:
        """The other articles that tell the story of a passage."""
        return [self.copies[identity] for identity in passage.copies if identity in self.copies]

    def later_version(self, passage: Passage) -> Article | None:
        """The article that corrects or updates that of a passage."""
        return self.copies.get(passage.later)


class Chip(NamedTuple):
    """Something understood or chosen, in words, and the inquiry `without` it, None where it cannot be taken away."""

    words: str
    without: Inquiry | None = None


def chips(exchange: Exchange) -> list[Chip]:
    """The day, the limits and the words that were searched."""
    return [*_chosen(exchange), *_read(exchange)]


def _chosen(exchange: Exchange) -> Iterator[Chip]:
    """What the reader chose beside the question."""
    inquiry, request = exchange.inquiry, exchange.inquiry.request
    yield Chip(f"As of {day(exchange.answer.now)}", inquiry.limited(now=None) if request.now else None)
    if request.since or request.until:
        since, until = (date.fromisoformat(str(value)) if value else None for value in (request.since, request.until))
        yield Chip(f"Only {period((since, until))}", inquiry.limited(since=None, until=None))
    for name in request.sources:
        others = tuple(other for other in request.sources if other != name)
        yield Chip(Markup("<bdi>{}</bdi>").format(name), inquiry.limited(sources=others))
    if inquiry.order != "relevance":
        yield Chip(f"{inquiry.order.capitalize()} first", replace(inquiry, order="relevance"))


def _read(exchange: Exchange) -> Iterator[Chip]:
    """What was read in the question's words, or is not to be."""
    inquiry, request, answer = exchange.inquiry, exchange.inquiry.request, exchange.answer
    if answer.timeframe:
        yield Chip(_timeframe(answer.timeframe), inquiry.limited(timeframe=False))
    elif not request.timeframe:
        yield Chip("Time phrase ignored", inquiry.limited(timeframe=True))
    for correction in answer.corrections:
        yield Chip(correction, inquiry.limited(spelling=False))
    if not request.spelling:
        yield Chip("Spelling not corrected", inquiry.limited(spelling=True))
    if answer.searched != answer.question and (inquiry.history or not answer.corrections):
        alone = replace(inquiry, history=()) if inquiry.history else None
        yield Chip(Markup("Searched as <q>{}</q>").format(answer.searched), alone)


def _timeframe(timeframe: Timeframe) -> Markup:
    words = f"the {timeframe.order}" if timeframe.order else period((timeframe.since, timeframe.until))
    limit = "Only" if timeframe.kind == "window" else "Favouring"
    return Markup("{} {} (<q>{}</q>)").format(limit, words, timeframe.phrase)
