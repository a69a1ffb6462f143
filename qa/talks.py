"""Conversations: how a question is meant after earlier ones, which are answered again where that is not remembered."""

import contextlib
from collections.abc import Hashable, Iterator
from dataclasses import replace

from corpus import UserError
from index.archive import Archive
from qa.finding import Found, find
from qa.loading import Models
from qa.question.followup import Turn, readings
from qa.question.request import Request
from qa.question.understand import Search, understand
from qa.remembered import Remembered

# A follow-up leans on what was said just before it: so many questions, each with so many sentences.
_MOST_TURNS, _EVIDENCE = 4, 3
# Questions whose evidence is remembered, of all conversations together.
_MOST_REMEMBERED = 1000


class Talks:
    """The conversations with one retriever, and the sentences that answered their questions."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._remembered = Remembered[Hashable, tuple[str, ...]](_MOST_REMEMBERED)

    def readings(self, archive: Archive, request: Request) -> Iterator[Search]:
        """The ways in which a request may be meant, the likeliest first; one where it follows up nothing."""
        turns = self._turns(archive, request)
        search = understand(archive, request, turns)
        yield search
        if search.searched != search.asked and turns:
            for question in readings(search.asked, turns):
                yield replace(understand(archive, replace(request, question=question)), asked=search.asked)

    def remember(self, archive: Archive, search: Search, found: Found) -> tuple[str, ...]:
        """Keep the sentences that answer, and return them: the next question may lean on them."""
        evidence = tuple(passage.quotation for passage in found.passages[:_EVIDENCE])
        self._remembered.put(_identity(archive, search, with_model=found.near is not None), evidence)
        return evidence

    def _turns(self, archive: Archive, request: Request) -> list[Turn]:
        turns: list[Turn] = []
        for earlier in [question for question in request.history if question.strip()][-_MOST_TURNS:]:
            with contextlib.suppress(UserError):  # It asked nothing; other errors are those of the request as well.
                search = understand(archive, replace(request, question=earlier), turns)
                if search.question.text:  # which a list of an outlet or a month has not
                    turns.append(Turn(search.question.text, self._evidence(archive, search)))
        return turns

    def _evidence(self, archive: Archive, search: Search) -> tuple[str, ...]:
        remembered = self._remembered.get(_identity(archive, search, with_model=self._models.ready))
        if remembered is not None:
            return remembered
        return self.remember(archive, search, find(archive, self._models, search, _EVIDENCE))


def _identity(archive: Archive, search: Search, *, with_model: bool) -> Hashable:
    phrase = search.timeframe.phrase if search.timeframe else ""
    return archive.summary.name, with_model, search.question.text, phrase, search.where, search.clock
