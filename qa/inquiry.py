"""A question with its limits, as a reader puts it: what the page asks, keeps, and carries in a link."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, Self, get_args
from urllib.parse import parse_qs, urlencode

from qa.answer import Answer, Passage
from qa.understanding import Request

Order = Literal["relevance", "newest", "oldest"]
_PASSAGES = 5
_MOST_PASSAGES = 50
# A follow-up is completed from no more than the last few questions.
_MOST_TURNS = 4


class Archive(Protocol):
    """What answers: a `Retriever`."""

    def answer(self, request: Request, history: Sequence[str] = (), *, coverage: bool = False) -> Answer:
        """The answer to a request."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question and what the reader chose beside it; days are YYYY-MM-DD, "" for none.

    `timeframe` is False where the words of time in the question shall not limit what is found; `history` are the
    questions before it, oldest first.
    """

    question: str
    since: str = ""
    until: str = ""
    now: str = ""
    sources: tuple[str, ...] = ()
    order: Order = "relevance"
    timeframe: bool = True
    passages: int = _PASSAGES
    history: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: str) -> Self:
        """The inquiry that the query part of a link carries, with or without its "?"; what is no order counts as none.

        Days are taken as they stand: whoever answers refuses those that are none.
        """
        fields = parse_qs(query.removeprefix("?"))
        words = {
            name: fields.get(name, [""])[-1] for name in ("q", "since", "until", "now", "sort", "time", "passages")
        }
        count = words["passages"]
        return cls(
            question=words["q"],
            since=words["since"],
            until=words["until"],
            now=words["now"],
            sources=tuple(fields.get("source", [])),
            order=next((order for order in get_args(Order) if order == words["sort"]), "relevance"),
            timeframe=words["time"] != "off",
            passages=min(max(int(count), 1), _MOST_PASSAGES) if count.isdecimal() else _PASSAGES,
            history=tuple(fields.get("after", []))[-_MOST_TURNS:],
        )

    @property
    def query(self) -> str:
        """The query part of its link, without "?"; `read` gives the same inquiry back."""
        fields = [("q", self.question), ("since", self.since), ("until", self.until), ("now", self.now)]
        fields += [("source", name) for name in self.sources]
        fields.append(("sort", "" if self.order == "relevance" else self.order))
        fields.append(("time", "" if self.timeframe else "off"))
        fields.append(("passages", "" if self.passages == _PASSAGES else str(self.passages)))
        fields += [("after", question) for question in self.history[-_MOST_TURNS:]]
        return urlencode([(name, value) for name, value in fields if value])

    @property
    def longer(self) -> Self | None:
        """The same with more passages; None where there may be no more."""
        return replace(self, passages=self.passages + _PASSAGES) if self.passages < _MOST_PASSAGES else None

    def asked_of(self, archive: Archive) -> Answer:
        """The answer of an archive with its passages in this order, undated ones last, and its coverage."""
        request = Request(
            self.question,
            now=self.now,
            since=self.since,
            until=self.until,
            sources=self.sources,
            k=self.passages,
            timeframe=self.timeframe,
        )
        answer = archive.answer(request, self.history, coverage=True)
        return replace(answer, passages=_in_order(answer.passages, self.order))


def _in_order(passages: tuple[Passage, ...], order: Order) -> tuple[Passage, ...]:
    if order == "relevance":
        return passages
    sign = -1 if order == "newest" else 1

    def place(passage: Passage) -> tuple[bool, int]:
        published = passage.article.published
        return published is None, sign * published.toordinal() if published else 0

    return tuple(sorted(passages, key=place))
