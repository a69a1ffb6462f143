"""The conversation on the page: the browser keeps its questions, and their answers stay here for a while."""

import contextlib
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import TypeVar

from corpus import UserError
from corpus.message import Message
from qa.page import views
from qa.page.exchange import Exchange
from qa.page.languages import translated
from qa.page.views import Reply, filled, reply
from qa.remembered import Remembered
from qa.web.access import admit
from qa.web.archives import Archives
from qa.web.export import export
from qa.web.inquiry import Inquiry, last_within
from qa.web.limits import MOST_KEPT, Asked, Sent, checked
from qa.web.model import Composer, LanguageModel, Work

_EXCHANGES = 200  # answers kept in memory, of all readers together
_MOST_SENT = 40_000  # characters of the queries of a conversation; a call has 64,000 bytes
_NOTED = Message("Saved to feedback.jsonl, next to the index.")
_READING = Message("Reading the first passages.")
_GONE = Message("That answer is no longer on the page; ask the question again.")
_Value = TypeVar("_Value")


class Conversations:
    """The verbs of the page that ask, and those on what was asked."""

    def __init__(self, archives: Archives) -> None:
        self.archives = archives
        model = LanguageModel.from_environment()
        self.composer = Composer(model) if model else None
        self._answered = Remembered[Hashable, Exchange](_EXCHANGES)
        self.verbs = (
            self.ask, self.refine, self.settle, self.open, self.show, self.read, self.approve, self.exported,
            self.related, self.composed,
        )  # fmt: skip

    def ask(self, sent: Sent) -> Reply:
        """After a question was typed, or chosen on the page."""
        exchanges = self._restored(sent.queries)
        history = tuple(exchange.answer.question for exchange in exchanges)
        inquiry = Inquiry.read(sent.limits).limited(question=sent.question, history=history)
        reads = any(one.retriever.reads for one in self.archives.chosen(inquiry.archive))
        unread = inquiry.order == "relevance" and reads and self._answered.get(self._key(inquiry)) is None
        if not unread:
            return self._shown([*exchanges, self._exchange(inquiry)])
        # Shown at once; the page asks for the rest, which takes several times as long.
        first = replace(self._asked(inquiry, closely=False), unread=True)
        return {**self._shown([*exchanges, first]), "said": translated(_READING)}

    def refine(self, sent: Sent) -> Reply:
        """After a question of the conversation was asked in another way."""
        exchange, exchanges = self._exchange(Inquiry.read(sent.query)), self._restored(sent.queries)
        later = exchanges[sent.turn + 1 :]
        return self._shown([*exchanges[: sent.turn], exchange, *later], len(later))

    def settle(self, sent: Sent) -> Reply:
        """After passages were shown unread: the same, read; what was opened meanwhile stays."""
        return {**self.refine(sent), "viewer": None, "browse": None}

    def open(self, sent: Sent) -> Reply:
        """After a conversation was opened, its last question shown; what cannot be asked now is left out."""
        if not sent.queries:
            return reply()
        # Where none can be asked, the last one says why.
        return self._shown(self._restored(sent.queries) or [self._exchange(Inquiry.read(sent.queries[-1]))])

    def show(self, sent: Sent) -> Reply:
        """After another answer of the conversation was opened."""
        exchanges = self._restored(sent.queries)
        _at(exchanges, sent.turn)
        return {**self._shown(exchanges, len(exchanges) - 1 - sent.turn), "said": ""}

    def read(self, sent: Sent) -> Reply:
        """After a passage was chosen: its article."""
        answer = self._chosen(sent).answer
        _at(answer.passages, sent.passage)
        return reply(viewer=views.viewer(answer, sent.turn, sent.passage))

    def approve(self, sent: Sent) -> Reply:
        """After a reader said that a passage answers the question."""
        admit(writable=sent.writable)
        exchange = self._chosen(sent)
        answer, day_given = exchange.answer, bool(exchange.inquiry.request.now)
        passage = _at(answer.passages, sent.passage)
        self.archives.one(answer.archive).indexer.note(answer, passage, day_given=day_given)
        return reply(_NOTED, "done")

    def exported(self, sent: Sent) -> Reply:
        """The answer to an inquiry as a file of the wanted form: name, kind, content. UserError for no such form."""
        inquiry = Inquiry.read(sent.query)
        answer, work = self._exchange(inquiry).answer, self._work(inquiry)
        composed = work.composed if work and work.done else None
        return export(replace(answer, composed=composed), sent.form)._asdict()

    def related(self, sent: Sent) -> Reply:
        """What to read and ask after the answer to an inquiry: headlines of the archive."""
        exchange = self._exchange(Inquiry.read(sent.query))
        if exchange.lead is None:
            return {"html": ""}
        shown = {name for passage in exchange.answer.passages for name in (passage.article.id, *passage.copies)}
        article, archive = exchange.lead.article, self.archives.one(exchange.answer.archive)
        return {"html": views.related(article, archive.retriever.related(article, shown))}

    def composed(self, sent: Sent) -> Reply:
        """What the language model has written so far on the answer to an inquiry, and whether it is done."""
        work = self._work(Inquiry.read(sent.query))
        if work is None:
            return {"done": True}
        return {"html": filled("composed", composed=work.composed, done=work.done), "done": work.done}

    def _work(self, inquiry: Inquiry) -> Work | None:
        """The work of the language model on an inquiry; None without a model, and where the archive does not answer."""
        answer = self._exchange(inquiry).answer
        if not (self.composer and answer.answered):
            return None
        return self.composer.work((inquiry, self.archives.status(inquiry.archive).generation), answer)

    def _shown(self, exchanges: Sequence[Exchange], after: int = 0) -> Reply:
        """The conversation, as far as the page can send it back, with the answer open that has so many `after` it."""
        kept = _kept(exchanges)
        shown = max(0, len(kept) - 1 - after)
        html = filled("conversation", exchanges=kept, shown=shown, composes=bool(self.composer))
        return reply(views.found(kept[shown].answer), conversation=html, viewer="", browse="")

    def _restored(self, queries: Sequence[str]) -> list[Exchange]:
        exchanges = []
        for query in queries:
            with contextlib.suppress(UserError):
                exchanges.append(self._exchange(Inquiry.read(query)))
        return exchanges

    def _chosen(self, sent: Sent) -> Exchange:
        """That of the turn that was chosen; the others are not asked for it."""
        return self._exchange(Inquiry.read(_at(sent.queries, sent.turn)))

    def _key(self, inquiry: Inquiry) -> Hashable:
        status = self.archives.status(inquiry.archive)
        return inquiry, status.generation, status.now, status.notices

    def _exchange(self, inquiry: Inquiry) -> Exchange:
        """The inquiry with its answer; that of before where the archive is the same. UserError as `Retriever.ask`."""
        checked(Asked, question=inquiry.request.question)
        asked = self._key(inquiry)
        exchange = self._answered.get(asked)
        if exchange is None:
            exchange = self._asked(inquiry)
            self._answered.put(asked, exchange)
        return exchange

    def _asked(self, inquiry: Inquiry, *, closely: bool = True) -> Exchange:
        """The inquiry with its answer from the chosen archive, or with those of all."""
        first, *others = self.archives.chosen(inquiry.archive)
        if others:
            each = [replace(inquiry, archive=name) for name in self.archives.names]
            asked = map(self._exchange, each) if closely else (self._asked(one, closely=False) for one in each)
            return Exchange.together(inquiry, list(asked))
        answer = replace(inquiry.asked_of(first.retriever, closely=closely), archive=first.name)
        exchange = Exchange.of(inquiry, answer, first.retriever.article)
        if closely and exchange.limits and not answer.answered:
            exchange = replace(exchange, unlimited=inquiry.unlimited.asked_of(first.retriever))
        return exchange


def _kept(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """The last ones, as many as the page can send back with its next call."""
    lengths = [len(exchange.inquiry.query) for exchange in exchanges[-MOST_KEPT:]]
    return list(exchanges[-max(1, last_within(lengths, _MOST_SENT)) :])


def _at(values: Sequence[_Value], position: int) -> _Value:
    if not 0 <= position < len(values):
        raise UserError(_GONE)
    return values[position]
