"""A question with its limits, as a reader puts it: what the page asks, keeps, and carries in a link."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, Self, get_args
from urllib.parse import parse_qs, urlencode

from qa.answer import Answer, Passage
from qa.question.understand import Request

Order = Literal["relevance", "newest", "oldest"]
_PASSAGES = 5
_MOST_PASSAGES = 50
# By date, a passage stands for an article on the subject when it scores this share of the best one.
_ON_SUBJECT = 2 / 3
# A follow-up is completed from no more than the last few questions.
_MOST_TURNS = 4


class Archive(Protocol):
    """What answers: a `Retriever`."""

    def answer(self, request: Request, history: Sequence[str] = ()) -> Answer:
        """The answer to a request."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question and what the reader chose beside it; days are YYYY-MM-DD, "" for none.

    `timeframe` is False where the words of time in the question shall not limit what is found, `spelling` where its
    misspelt words shall stay as they are; `history` are the questions before it, oldest first. With
    `timeline` it is answered by one as well, whatever its form.
    """

    question: str
    since: str = ""
    until: str = ""
    now: str = ""
    sources: tuple[str, ...] = ()
    order: Order = "relevance"
    timeframe: bool = True
    spelling: bool = True
    passages: int = _PASSAGES
    history: tuple[str, ...] = ()
    timeline: bool = False

    @classmethod
    def read(cls, query: str) -> Self:
        """The inquiry that the query part of a link carries, with or without its "?"; what is no order counts as none.

        Days are taken as they stand: whoever answers refuses those that are none.
        """
        fields = parse_qs(query.removeprefix("?"))
        names = ("q", "since", "until", "now", "sort", "time", "spelling", "passages")
        words = {name: fields.get(name, [""])[-1] for name in names}
        count = words["passages"]
        return cls(
            question=words["q"],
            since=words["since"],
            until=words["until"],
            now=words["now"],
            sources=tuple(fields.get("source", [])),
            order=next((order for order in get_args(Order) if order == words["sort"]), "relevance"),
            timeframe=words["time"] != "off",
            spelling=words["spelling"] != "off",
            passages=min(max(int(count), 1), _MOST_PASSAGES) if count.isdecimal() else _PASSAGES,
            history=tuple(fields.get("after", []))[-_MOST_TURNS:],
            timeline="timeline" in fields,
        )

    @property
    def query(self) -> str:
        """The query part of its link, without "?"; `read` gives the same inquiry back."""
        fields = [("q", self.question), ("since", self.since), ("until", self.until), ("now", self.now)]
        fields += [("source", name) for name in self.sources]
        fields.append(("sort", "" if self.order == "relevance" else self.order))
        fields += [("time", "" if self.timeframe else "off"), ("spelling", "" if self.spelling else "off")]
        fields.append(("passages", "" if self.passages == _PASSAGES else str(self.passages)))
        fields += [("after", question) for question in self.history[-_MOST_TURNS:]]
        fields.append(("timeline", "on" if self.timeline else ""))
        return urlencode([(name, value) for name, value in fields if value])

    @property
    def longer(self) -> Self | None:
        """The same with more passages; None where there may be no more."""
        return replace(self, passages=self.passages + _PASSAGES) if self.passages < _MOST_PASSAGES else None

    def asked_of(self, archive: Archive) -> Answer:
        """The answer of an archive.

        By date it is a chronology: each article on the subject once, by its best passage, undated ones last. What is
        on the subject is taken from the best 50 passages.
        """
        request = Request(
            self.question,
            now=self.now,
            since=self.since,
            until=self.until,
            sources=self.sources,
            k=self.passages if self.order == "relevance" else _MOST_PASSAGES,
            timeframe=self.timeframe,
            spelling=self.spelling,
            timeline=self.timeline,
        )
        answer = archive.answer(request, self.history)
        if self.order == "relevance":
            return answer
        return replace(answer, passages=_by_date(answer.passages, self.order)[: self.passages])


def _by_date(passages: Sequence[Passage], order: Order) -> tuple[Passage, ...]:
    """Of each article that has a passage on the subject its best one, by date."""
    least = _ON_SUBJECT * max((passage.score for passage in passages), default=0.0)
    best: dict[str, Passage] = {}
    for passage in sorted(passages, key=lambda passage: -passage.score):
        if passage.score >= least or not best:
            best.setdefault(passage.article.id, passage)
    sign = -1 if order == "newest" else 1

    def place(passage: Passage) -> tuple[bool, int]:
        published = passage.article.published
        return published is None, sign * published.toordinal() if published else 0

    return tuple(sorted(best.values(), key=place))
