"""A question with its limits, as a reader puts it: what the page asks, keeps, and carries in a link."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urlencode

from qa.answer import Answer, Passage
from qa.question.days import Days
from qa.question.understand import Request
from qa.retriever import Retriever

Order = Literal["relevance", "newest", "oldest"]
_ORDERS: dict[str, Order] = {"newest": "newest", "oldest": "oldest"}
_PASSAGES = 5
_MOST_PASSAGES = 50
_MOST_SOURCES = 50
# A link of more characters is none of ours: the longest question, with four before it.
LONGEST_QUERY = 40_000
# By date, a passage stands for an article on the subject when it scores this share of the best one.
_ON_SUBJECT = 2 / 3
# A follow-up is completed from no more than the last few questions.
_MOST_TURNS = 4


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A request, and what the reader chose beside it.

    `history` are the questions before it, oldest first.
    """

    request: Request
    order: Order = "relevance"
    history: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: str) -> Self:
        """The inquiry that the query part of a link carries, with or without its "?"; what is no order counts as none.

        Days are taken as they are: whoever answers refuses those that are none.
        """
        fields = parse_qs(query.removeprefix("?")[:LONGEST_QUERY])
        last = {name: values[-1] for name, values in fields.items()}
        request = Request(
            last.get("q", ""),
            now=last.get("now"),
            since=last.get("since"),
            until=last.get("until"),
            sources=tuple(fields.get("source", [])[:_MOST_SOURCES]),
            k=_passages(last.get("passages", "")),
            timeframe=last.get("time") != "off",
            spelling=last.get("spelling") != "off",
            timeline="timeline" in fields,
        )
        order = _ORDERS.get(last.get("sort", ""), "relevance")
        return cls(request, order, tuple(fields.get("after", []))[-_MOST_TURNS:])

    @property
    def query(self) -> str:
        """The query part of its link, without "?"; `read` gives the same inquiry back."""
        request = self.request
        fields: Iterable[tuple[str, object]] = [
            ("q", request.question),
            ("since", request.since),
            ("until", request.until),
            ("now", request.now),
            *(("source", name) for name in request.sources),
            ("sort", "" if self.order == "relevance" else self.order),
            ("time", "" if request.timeframe else "off"),
            ("spelling", "" if request.spelling else "off"),
            ("passages", "" if request.k == _PASSAGES else request.k),
            *(("after", question) for question in self.history[-_MOST_TURNS:]),
            ("timeline", "on" if request.timeline else ""),
        ]
        return urlencode([(name, value) for name, value in fields if value])

    def limited(self, **limits: Any) -> Self:  # noqa: ANN401 (of as many types as a request)
        """The same with other limits, named as in `Request`."""
        return replace(self, request=replace(self.request, **limits))

    def between(self, days: Days) -> Self:
        """The same for these days only."""
        return self.limited(since=days.first.isoformat(), until=days.last.isoformat())

    @property
    def unlimited(self) -> Self:
        """The same without filters, and without a limit in time."""
        return self.limited(since=None, until=None, sources=(), authors=(), timeframe=False)

    @property
    def longer(self) -> Self | None:
        """The same with more passages; None where there may be no more."""
        k = self.request.k
        return self.limited(k=k + _PASSAGES) if k < _MOST_PASSAGES else None

    def asked_of(self, archive: Retriever) -> Answer:
        """The answer of an archive.

        By date it is a chronology: each article on the subject once, by its best passage, undated ones last. What is
        on the subject is taken from the best 50 passages.
        """
        if self.order == "relevance":
            return archive.answer(self.request, self.history)
        request = replace(self.request, k=_MOST_PASSAGES)
        answer = archive.answer(request, self.history)
        return replace(answer, passages=_by_date(answer.passages, self.order)[: self.request.k])


def _passages(words: str) -> int:
    if not words.isascii() or not words.isdecimal():
        return _PASSAGES
    return min(max(int(words[:9]), 1), _MOST_PASSAGES)


def _by_date(passages: Sequence[Passage], order: Order) -> tuple[Passage, ...]:
    """Of each article that has a passage on the subject its best one, by date."""
    least = _ON_SUBJECT * max((passage.score for passage in passages), default=0.0)
    best: dict[str, Passage] = {}
    for passage in sorted(passages, key=lambda passage: -passage.score):
        if passage.score >= least or not best:
            best.setdefault(passage.article.id, passage)
    sign = -1 if order == "newest" else 1

    def age(passage: Passage) -> tuple[bool, int]:
        published = passage.article.published
        return published is None, sign * published.toordinal() if published else 0

    return tuple(sorted(best.values(), key=age))
