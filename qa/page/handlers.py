"""What the events of the page do: each takes what the browser sent, and gives the parts of the page that change."""

import base64
import binascii
import logging
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, Self, TypeVar

from corpus import UserError
from qa.answer import ArchiveStatus
from qa.page import views
from qa.page.exchange import Exchange, limits_of
from qa.page.views import filled
from qa.question.operators import read_operators
from qa.remembered import Remembered
from qa.retriever import Retriever
from qa.web import limits
from qa.web.access import admit
from qa.web.batch import completed
from qa.web.export import export
from qa.web.indexer import Indexer
from qa.web.inquiry import LONGEST_QUERY, Inquiry
from qa.web.model import Composer, LanguageModel, Work
from qa.web.watched import Watchlist

MOST_KEPT = 50  # questions of a conversation that are shown
_EXCHANGES = 200  # answers kept in memory, of all readers together
_BROKEN = "This did not work because of an error in Dateline. Try again; if it stays, its log has the details."
_NOTED = "Saved to feedback.jsonl, next to the index."
_READING = "Reading the first passages."
_GONE = "That answer is no longer on the page; ask the question again."
# Of an archive that cannot be opened.
_NO_STATUS = ArchiveStatus(
    "", "", 0, 0, None, None, {}, datetime.min.replace(tzinfo=UTC), date.min, "", model_ready=False, failed=0
)
log = logging.getLogger(__name__)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Event:
    """What the browser sends: what was typed or clicked, and `queries`, the questions of the conversation as shown."""

    question: str = ""
    limits: str = ""
    query: str = ""
    queries: tuple[str, ...] = ()
    turn: int = 0
    passage: int = 0
    article: str = ""
    quote: str = ""
    page: int = 0

    @classmethod
    def read(cls, values: object) -> Self:
        """The event; UserError where a value is of another kind, or too long."""
        sent: Mapping[str, Any] = values if isinstance(values, Mapping) else {}
        fields: dict[str, Any] = {
            **{name: limits.text(sent.get(name, ""), name, LONGEST_QUERY) for name in ("limits", "query", "quote")},
            **{name: limits.whole(sent.get(name, 0), name) for name in ("turn", "passage", "page")},
        }
        return cls(
            question=limits.text(sent.get("question", ""), "question"),
            article=limits.text(sent.get("article", ""), "article"),
            queries=limits.texts(sent.get("queries"), "queries", LONGEST_QUERY, MOST_KEPT),
            **fields,
        )


class Reply(NamedTuple):
    """The parts of the page that an event changes; None for one that stays."""

    message: str
    conversation: str | None = None
    viewer: str | None = None
    browse: str | None = None


class Handlers:
    """The events of the page. The conversation is kept by the browser, the answers in it for a while here."""

    def __init__(self, retriever: Retriever, indexer: Indexer) -> None:
        self.retriever = retriever
        self.indexer = indexer
        model = LanguageModel.from_environment()
        self.composer = Composer(model) if model else None
        self.watchlist = Watchlist(retriever, indexer.settings.index)
        self._answered = Remembered[Hashable, Exchange](_EXCHANGES)

    def look(self, *, writable: bool = False) -> tuple[str, str, str, str, bool]:
        """Masthead, front page, tools, outlets, and whether the archive has articles and its model is loaded."""
        trouble, corpus = self.indexer.trouble if writable else "", self.indexer.settings.corpus if writable else None
        try:
            status = self.retriever.status()
            front = views.front_page(status, self.retriever.examples(), corpus)
        except UserError as error:  # as of an index of an earlier version, until it is updated
            status = replace(_NO_STATUS, notices=(str(error),))
            front = views.front_page(status, (), corpus, unusable=True)
        complete = bool(status.model_ready and status.articles)
        masthead = views.masthead(status, trouble, writable=writable)
        return masthead, front, views.tools(status, saved=self.watchlist.any()), views.rail(status), complete

    def call(self, name: str, sent: object, *, writable: bool = False) -> dict[str, Any]:
        """What a script of the page gets from one of the verbs below; {"error": why} else."""
        values: Mapping[str, Any] = sent if isinstance(sent, Mapping) else {}
        try:
            if name in ("archive", "watched"):
                writing = self.archive if name == "archive" else self.watched
                return writing(values, writable=writable)
            verbs = {
                "exported": self.exported, "quoted": self.quoted, "related": self.related, "batched": self.batched,
                "composed": self.composed,
            }  # fmt: skip
            return verbs[name](values)
        except UserError as error:
            return {"error": str(error)}
        except Exception:
            log.exception("The call “%s” failed", name)
            return {"error": _BROKEN}

    def handle(self, name: str, values: object, *, writable: bool = False) -> Reply:
        """The reply to an event of that name; where it cannot be done, a message that says why."""
        try:
            event = Event.read(values)
            if name == "approve":
                admit(writable=writable)
            reply: Reply = getattr(self, name)(event)
        except UserError as error:
            return Reply(views.message(str(error), "trouble"))
        except Exception:
            log.exception("The event “%s” failed", name)
            return Reply(views.message(_BROKEN, "trouble"))
        return reply

    def ask(self, event: Event) -> Reply:
        """After a question was typed, or chosen on the page."""
        exchanges = self._restored(event.queries)
        history = tuple(exchange.answer.question for exchange in exchanges)
        inquiry = replace(Inquiry.read(event.limits).limited(question=event.question), history=history)
        if inquiry.order == "relevance" and self.retriever.reads and self._answered.get(self._key(inquiry)) is None:
            # Shown at once; the page asks for the rest, which takes several times as long.
            found = self.retriever.answer(inquiry.request, history, closely=False)
            first = replace(Exchange.of(inquiry, found, self.retriever.article), unread=True)
            exchanges = [*exchanges, first][-MOST_KEPT:]
            return self._shown(exchanges, len(exchanges) - 1, views.message(_READING))
        return self._with(inquiry, exchanges, len(exchanges))

    def refine(self, event: Event) -> Reply:
        """After a question of the conversation was asked in another way."""
        return self._with(Inquiry.read(event.query), self._restored(event.queries), event.turn)

    def settle(self, event: Event) -> Reply:
        """After passages were shown unread: the same, read; what was opened meanwhile stays."""
        return self.refine(event)._replace(viewer=None, browse=None)

    def open(self, event: Event) -> Reply:
        """After a conversation was opened, its last question shown; what cannot be asked now is left out."""
        if not event.queries:
            return Reply(views.message())
        *earlier, last = event.queries
        exchanges = self._restored(earlier)
        try:
            return self._with(Inquiry.read(last), exchanges, len(exchanges))
        except UserError:
            if not exchanges:
                raise
            return self._shown(exchanges, len(exchanges) - 1)

    def show(self, event: Event) -> Reply:
        """After another answer of the conversation was opened."""
        exchanges = self._restored(event.queries)
        _at(exchanges, event.turn)
        return self._shown(exchanges, event.turn, views.message())

    def read(self, event: Event) -> Reply:
        """After a passage was chosen: its article."""
        answer = _at(self._restored(event.queries), event.turn).answer
        _at(answer.passages, event.passage)
        return Reply(views.message(), viewer=views.viewer(answer, event.turn, event.passage))

    def article(self, event: Event) -> Reply:
        """After an article was chosen by its id: the whole of it, with what is quoted of it marked."""
        return Reply(views.message(), viewer=views.article(self.retriever.article(event.article), event.quote))

    def browse(self, event: Event) -> Reply:
        """After the list of articles was asked for: a page of it, within the limits of a query or those chosen."""
        query = event.query or event.limits
        request, page = Inquiry.read(query).request, max(0, event.page)
        limits = limits_of(request, read_operators(request.question))
        listing = self.retriever.listing(request, page)
        html = filled("browse", listing=listing, limits=limits, page=page, query=query)
        return Reply(views.message(), viewer="", browse=html)

    def approve(self, event: Event) -> Reply:
        """After a reader said that a passage answers the question."""
        exchange = _at(self._restored(event.queries), event.turn)
        _at(exchange.answer.passages, event.passage)
        self.indexer.note(exchange.answer, event.passage, day_given=bool(exchange.inquiry.request.now))
        return Reply(views.message(_NOTED, "done"))

    def restart(self, _: Event) -> Reply:
        """After a new conversation was begun."""
        return Reply(views.message(), "", "", "")

    def exported(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to an inquiry as a file of the wanted form: name, kind, content. UserError for no such form."""
        query, form = limits.text(sent.get("query"), "query", LONGEST_QUERY), limits.text(sent.get("form"), "form")
        inquiry = Inquiry.read(query)
        answer, work = self._exchange(inquiry).answer, self._work(inquiry)
        try:
            return export(replace(answer, composed=work.composed) if work and work.done else answer, form)._asdict()
        except ValueError as error:
            raise UserError(str(error)) from error

    def related(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """What to read and ask after the answer to an inquiry: headlines of the archive."""
        query = limits.text(sent.get("query"), "query", LONGEST_QUERY)
        exchange = self._exchange(Inquiry.read(query))
        if exchange.lead is None:
            return {"html": ""}
        shown = {name for passage in exchange.answer.passages for name in (passage.article.id, *passage.copies)}
        article = exchange.lead.article
        return {"html": views.related(article, self.retriever.related(article, shown))}

    def composed(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """What the language model has written so far on the answer to an inquiry, and whether it is done."""
        work = self._work(Inquiry.read(limits.text(sent.get("query"), "query", LONGEST_QUERY)))
        return (
            {"html": filled("composed", composed=work.composed, done=work.done), "done": work.done}
            if work
            else {"done": True}
        )

    def _work(self, inquiry: Inquiry) -> Work | None:
        """The work of the language model on an inquiry; None without a model, and where the archive does not answer."""
        answer = self._exchange(inquiry).answer
        if not (self.composer and answer.answered):
            return None
        return self.composer.work((inquiry, self.retriever.status().generation), answer)

    def quoted(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """What the archive knows of a quotation. UserError as `Retriever.check_quote`."""
        check = self.retriever.check_quote(limits.text(sent.get("text"), "quotation"))
        return {"html": filled("quote_check", check=check)}

    def batched(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """A CSV of questions or quotations (in base64), completed: name, kind, content. UserError as `completed`."""
        try:
            content = base64.b64decode(limits.text(sent.get("content"), "content", 10**8), validate=True)
        except binascii.Error as error:
            message = "The file did not arrive whole; drop it again."
            raise UserError(message) from error
        return completed(content, self.retriever)._asdict()

    def watched(self, sent: Mapping[str, Any], *, writable: bool = False) -> dict[str, Any]:
        """The saved questions after one was saved or deleted, or as they are, and how many have something new."""
        if sent.get("does") != "look":
            admit(writable=writable)
        if sent.get("does") == "save":
            self.watchlist.save(Inquiry.read(limits.text(sent.get("query"), "query", LONGEST_QUERY)))
        elif sent.get("does") == "delete":
            self.watchlist.delete(limits.text(sent.get("name"), "name"))
        saved = self.watchlist.look()
        return {"html": filled("saved", questions=saved), "fresh": sum(one.fresh for one in saved)}

    def archive(self, sent: Mapping[str, Any], *, writable: bool = False) -> dict[str, Any]:
        """What the archive panel shows after it was looked at, built or added to.

        The report (or ""), the state of the build, what was `told` of the wish (or ""), and whether all was done.
        """
        said, report, done, does = "", "", True, sent.get("does")
        try:
            if does == "look":
                report = self._report(writable=writable)
            elif does != "peek":
                admit(writable=writable)
                said, done = self._done(sent)
        except UserError as error:
            said, done = str(error), False
        told = views.message(said, "done" if done else "trouble") if said else ""
        state = filled("build_state", work=self.indexer.work, writable=writable)
        return {"report": report, "state": state, "told": told, "done": done}

    def _report(self, *, writable: bool) -> str:
        report = self.indexer.report()
        if report is None:
            return ""
        return views.build_report(report, self.indexer.settings.corpus if writable else None)

    def _done(self, sent: Mapping[str, Any]) -> tuple[str, bool]:
        does, indexer = sent.get("does"), self.indexer
        if does == "rebuild":
            indexer.rebuild()
        elif does == "cancel":
            indexer.cancel()
        elif does == "add":
            fields = (limits.text(sent.get(name, ""), name, 10**6) for name in ("title", "text", "published", "source"))
            return f"Added as {indexer.add(*fields)}.", True
        elif does == "drop":
            paths, refused = indexer.add_files(_files(sent.get("files")))
            added = [f"Added as {', '.join(paths)}."] if paths else []
            return " ".join(added + refused), not refused
        else:
            message = "“does” is none of look, peek, rebuild, cancel, add, drop."
            raise UserError(message)
        return "", True

    def _with(self, inquiry: Inquiry, exchanges: Sequence[Exchange], position: int) -> Reply:
        exchange = self._exchange(inquiry)
        exchanges = [*exchanges[:position], exchange, *exchanges[position + 1 :]][-MOST_KEPT:]
        # A question before it may be one that cannot be asked any more.
        return self._shown(exchanges, min(position, len(exchanges) - 1))

    def _shown(self, exchanges: Sequence[Exchange], position: int, message: str = "") -> Reply:
        said = message or views.message(views.found(exchanges[position].answer))
        return Reply(said, views.conversation(exchanges, position, composes=bool(self.composer)), "", "")

    def _restored(self, queries: Sequence[str]) -> list[Exchange]:
        exchanges = []
        for query in queries:
            try:
                exchanges.append(self._exchange(Inquiry.read(query)))
            except UserError:
                continue
        return exchanges

    def _key(self, inquiry: Inquiry) -> Hashable:
        status = self.retriever.status()
        return inquiry, status.generation, status.now, status.notices

    def _exchange(self, inquiry: Inquiry) -> Exchange:
        """The inquiry with its answer; that of before where the archive is the same. UserError as `Retriever.ask`."""
        limits.text(inquiry.request.question, "question")
        asked = self._key(inquiry)
        exchange = self._answered.get(asked)
        if exchange is None:
            exchange = Exchange.of(inquiry, inquiry.asked_of(self.retriever), self.retriever.article)
            if exchange.limits and not exchange.answer.answered:
                exchange = replace(exchange, unlimited=inquiry.unlimited.asked_of(self.retriever))
            self._answered.put(asked, exchange)
        return exchange


def _at(values: Sequence[_Value], position: int) -> _Value:
    if not 0 <= position < len(values):
        raise UserError(_GONE)
    return values[position]


def _files(sent: object) -> list[dict[str, str]]:
    if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent):
        message = "“files” must be a list of files."
        raise UserError(message)
    longest = 10**8
    return [{name: limits.text(one.get(name), name, longest) for name in ("name", "content")} for one in sent]
