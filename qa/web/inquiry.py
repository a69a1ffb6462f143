"""A question with its limits, as a reader puts it: what the page asks, keeps, and carries in a link."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from typing import Any, Literal, Self
from urllib.parse import parse_qs, quote_plus, urlencode

from qa.answer import Answer, Passage
from qa.question.request import Request
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
# A follow-up is completed from no more than the last few questions: so many, and characters of them in a link.
_MOST_TURNS, _LONGEST_HISTORY = 4, 12_000


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A request, the order of its passages, and the archive that is asked ("" for all)."""

    request: Request
    order: Order = "relevance"
    archive: str = ""

    @classmethod
    def read(cls, query: str) -> Self:
        """The inquiry in the query part of a link, with or without its "?"; its days are not checked here."""
        fields = parse_qs(query.removeprefix("?")[:LONGEST_QUERY])
        last = {name: values[-1] for name, values in fields.items()}
        passages = last.get("passages", "")
        wanted = int(passages[:9]) if passages.isascii() and passages.isdecimal() else _PASSAGES
        request = Request(
            last.get("q", ""),
            now=last.get("now"),
            since=last.get("since"),
            until=last.get("until"),
            sources=tuple(fields.get("source", [])[:_MOST_SOURCES]),
            k=min(max(wanted, 1), _MOST_PASSAGES),
            history=tuple(fields.get("after", []))[-_MOST_TURNS:],
            timeframe=last.get("time") != "off",
            spelling=last.get("spelling") != "off",
            timeline="timeline" in fields,
        )
        order = _ORDERS.get(last.get("sort", ""), "relevance")
        return cls(request, order, last.get("archive", ""))

    @property
    def query(self) -> str:
        """The query part of its link, without "?"; `read` gives the same inquiry back, with the last of its history."""
        request = self.request
        fields = {
            "q": request.question,
            "since": request.since,
            "until": request.until,
            "now": request.now,
            "source": request.sources,
            "sort": _ORDERS.get(self.order),
            "time": None if request.timeframe else "off",
            "spelling": None if request.spelling else "off",
            "passages": None if request.k == _PASSAGES else request.k,
            "after": _fitting(request.history),
            "timeline": "on" if request.timeline else None,
            "archive": self.archive,
        }
        return urlencode({name: value for name, value in fields.items() if value}, doseq=True)

    def limited(self, **limits: Any) -> Self:  # noqa: ANN401 (of as many types as a request)
        """The same with other limits, named as in `Request`."""
        return replace(self, request=replace(self.request, **limits))

    @property
    def unlimited(self) -> Self:
        """The same without filters, and without a limit in time."""
        return self.limited(since=None, until=None, sources=(), authors=(), timeframe=False)

    @property
    def longer(self) -> Self | None:
        """The same with more passages; None where there may be no more."""
        k = self.request.k
        return self.limited(k=k + _PASSAGES) if k < _MOST_PASSAGES else None

    def asked_of(self, archive: Retriever, *, closely: bool = True) -> Answer:
        """The answer of an archive, read `closely` as by `Retriever.answer`.

        By date it is a chronology of the best 50 passages: each article on the subject once, undated ones last.
        """
        if self.order == "relevance":
            return archive.answer(self.request, closely=closely)
        answer = archive.answer(replace(self.request, k=_MOST_PASSAGES))
        return replace(answer, passages=_by_date(answer.passages, self.order)[: self.request.k])


def _fitting(history: Sequence[str]) -> Sequence[str]:
    """The last questions, as many as a link has room for."""
    lengths = [len(quote_plus(question)) for question in history[-_MOST_TURNS:]]
    return history[len(history) - last_within(lengths, _LONGEST_HISTORY) :]


def last_within(lengths: Sequence[int], most: int) -> int:
    """How many of the last lengths come to no more than `most` together."""
    return sum(total <= most for total in accumulate(reversed(lengths)))


def _by_date(passages: Sequence[Passage], order: Order) -> tuple[Passage, ...]:
    """Of each article that has a passage on the subject its best one, by date, undated ones last."""
    best_first = sorted(passages, key=lambda passage: -passage.score)
    best: dict[str, Passage] = {}
    for passage in best_first:
        if passage.score >= _ON_SUBJECT * best_first[0].score or not best:
            best.setdefault(passage.article.id, passage)
    sign = -1 if order == "newest" else 1
    days = {name: passage.article.published for name, passage in best.items()}
    ordered = sorted(best, key=lambda name: (days[name] is None, sign * (days[name] or date.min).toordinal()))
    return tuple(best[name] for name in ordered)
