"""A question of a conversation with its answer: what the templates ask of it."""

import contextlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from corpus import Article, UserError
from corpus.languages import ENGLISH, language
from qa.answer import LOADING, Answer, Passage
from qa.findings.versions import earlier_versions
from qa.page.languages import period, say
from qa.question.operators import Operators, read_operators
from qa.question.request import Request
from qa.question.words import spoken_in, telling
from qa.search.quotation import Quotation
from qa.web.inquiry import Inquiry

_BEGINNING = 5  # letters that forms of one word share


@dataclass(frozen=True, slots=True)
class Exchange:
    """An inquiry with its answer, and the articles that its passages name as copies, by id.

    `unlimited` is the answer without filters, where under them there is none; `unread` passages are still to be read;
    `others` are those of further archives asked together.
    """

    inquiry: Inquiry
    answer: Answer
    copies: Mapping[str, Article] = field(default_factory=dict)
    unlimited: Answer | None = None
    unread: bool = False
    others: "tuple[Exchange, ...]" = ()

    @classmethod
    def of(cls, inquiry: Inquiry, answer: Answer, article: Callable[[str], Article]) -> Self:
        """The exchange of an answer; `article` gives the article of an id, and UserError for a copy to be left out."""
        copies: dict[str, Article] = {}
        for identity in {identity for passage in answer.passages for identity in passage.copies}:
            with contextlib.suppress(UserError):  # a newer generation may no longer have it
                copies[identity] = article(identity)
        return cls(inquiry, answer, copies)

    @classmethod
    def together(cls, inquiry: Inquiry, asked: Sequence[Self]) -> Self:
        """The exchange of the likeliest archive, with the `others`; scores of passages compare in one archive only."""
        first, *others = sorted(asked, key=lambda one: -one.answer.confidence)
        return replace(first, inquiry=inquiry, others=tuple(others))

    @property
    def lead(self) -> Passage | None:
        """The passage to quote first: the best that has a marked sentence, or of all; None where nothing answers."""
        if not self.answer.answered or self.unread:
            return None
        return max(self.answer.passages, key=lambda passage: (bool(passage.highlights), passage.score), default=None)

    @property
    def misled(self) -> bool:
        """Whether the question takes something false for granted and no passage answers: what is said of that leads."""
        return self.answer.premise is not None and not any(passage.answer for passage in self.answer.passages)

    @property
    def loading(self) -> bool:
        """Whether the model was still loading, so that asking again may find more."""
        return LOADING in self.answer.notices

    @property
    def windowed(self) -> bool:
        """Whether the question itself asks for some days only."""
        return bool(self.answer.timeframe and self.answer.timeframe.kind == "window")

    @property
    def limits(self) -> list[str]:
        """What limited the search, in words: days and outlets."""
        limits, timeframe = limits_of(self.inquiry.request), self.answer.timeframe
        return [*limits, period((timeframe.since, timeframe.until))] if timeframe and self.windowed else limits

    @property
    def lists(self) -> bool:
        """Whether nothing but outlets, authors and days were asked for."""
        return not read_operators(self.inquiry.request.question).text

    def why(self, passage: Passage) -> list[str]:
        """Why a passage was found, in sentences that a reader can check."""
        small = language(spoken_in(self.answer.searched, ENGLISH)).small
        words = list(dict.fromkeys(telling(self.answer.searched, small)))
        in_text, in_title = _held(words, passage.text), _held(words, passage.article.title)
        form, sentences = "It has %(number)s of the %(all)s words of the question: %(words)s.", []
        if in_text:
            sentences.append(say(form, number=len(in_text), all=len(words), words=in_text))
        if in_title:
            sentences.append(say("Its headline has: %(words)s.", words=in_title))
        return sentences or [say("It is close to the question in meaning.")]

    def copies_of(self, passage: Passage) -> list[Article]:
        """The other articles that tell the story of a passage."""
        return [self.copies[identity] for identity in passage.copies if identity in self.copies]

    def earlier_versions(self, passage: Passage) -> list[Quotation]:
        """What the versions that a passage's article corrects or updates said in its place."""
        return earlier_versions(passage, self.copies_of(passage))


def limits_of(request: Request, operators: Operators | None = None) -> list[str]:
    """The days and outlets that limit a search, and those that operators name, in words."""
    days = [request.days[1:], (operators.since, operators.until) if operators else (None, None)]
    sources = (*request.sources, *(operators.sources if operators else ()))
    return [*(period(one) for one in days if any(one)), *sources]


def _held(words: list[str], text: str) -> tuple[str, ...]:
    beginnings = {word[:_BEGINNING] for word in re.findall(r"\w+", text.casefold())}
    return tuple(word for word in words if word.casefold()[:_BEGINNING] in beginnings)
