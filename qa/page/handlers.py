"""What the events of the page do: each takes what the browser sent, and gives the parts of the page that change."""

import contextlib
import logging
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from pydantic import Base64Bytes, BaseModel, Field

from corpus import UserError
from corpus.message import Message
from qa.page import views
from qa.page.exchange import Exchange, limits_of
from qa.page.languages import say, speaking, translated
from qa.page.views import filled
from qa.question.operators import read_operators
from qa.remembered import Remembered
from qa.web.access import admit
from qa.web.archives import Archives, Served
from qa.web.batch import completed
from qa.web.export import export
from qa.web.indexer import Indexer
from qa.web.inquiry import LONGEST_QUERY, Inquiry
from qa.web.limits import Asked, Words, checked
from qa.web.model import Composer, LanguageModel, Work

MOST_KEPT = 50  # questions of a conversation that are shown
_EXAMPLES = 4  # headlines on the front page
_EXCHANGES = 200  # answers kept in memory, of all readers together
_BROKEN = Message("This did not work because of an error in Dateline. Try again; if it stays, its log has the details.")
_NOTED = Message("Saved to feedback.jsonl, next to the index.")
_READING = Message("Reading the first passages.")
_GONE = Message("That answer is no longer on the page; ask the question again.")
Reply = dict[str, Any]
log = logging.getLogger(__name__)
_Value = TypeVar("_Value")
_Query = Annotated[str, Field(max_length=LONGEST_QUERY)]
_Position = Annotated[int, Field(gt=-(10**9), lt=10**9)]


class File(BaseModel):
    """A file that was dropped or chosen."""

    name: str
    content: Base64Bytes


class Sent(BaseModel):
    """What the browser sends: what was typed or clicked, and `queries`, the questions of the conversation as shown.

    `archive` is the chosen one of several, or that of what was clicked; empty for all. Whether it may write,
    `writable`, is not the browser's own word.
    """

    question: Words = ""
    archive: _Query = ""
    limits: _Query = ""
    query: _Query = ""
    queries: Annotated[tuple[_Query, ...], Field(max_length=MOST_KEPT)] = ()
    turn: _Position = 0
    passage: _Position = 0
    page: _Position = 0
    article: str = ""
    quote: _Query = ""
    form: str = ""
    does: str = ""
    name: str = ""
    title: str = ""
    source: str = ""
    published: str = ""
    text: str = ""
    content: Base64Bytes = b""
    files: tuple[File, ...] = ()
    writable: bool = False


class Handlers:
    """The verbs that the page's scripts call. The conversation is kept by the browser, its answers for a while here."""

    CALLED = (
        "whole", "look", "ask", "refine", "settle", "open", "show", "read", "article", "browse", "approve", "exported",
        "related", "composed", "quoted", "batched", "watched", "archive",
    )  # fmt: skip

    def __init__(self, archives: Archives) -> None:
        self.archives = archives
        model = LanguageModel.from_environment()
        self.composer = Composer(model) if model else None
        self._answered = Remembered[Hashable, Exchange](_EXCHANGES)

    def call(self, name: str, sent: object, *, writable: bool = False) -> Reply:
        """What the verb of that name gives: parts of the page by name, None for one that stays; or {"error": why}.

        `writable` is whether the caller may write, whatever the browser says. All is said in the `language` that is
        sent beside the rest.
        """
        values = sent if isinstance(sent, dict) else {}
        with speaking(str(values.get("language", ""))):
            try:
                verb: Callable[[Sent], Reply] = getattr(self, name)
                return verb(checked(Sent, **{**values, "writable": writable}))
            except UserError as error:
                return {"error": translated(error.message)}
            except Exception:
                log.exception("“%s” failed", name)
                return {"error": translated(_BROKEN)}

    def whole(self, sent: Sent) -> Reply:
        """The whole page, before anything is asked."""
        return {"html": filled("page", archives=self.archives.names, **self.look(sent))}

    def look(self, sent: Sent) -> Reply:
        """Masthead, front page, filters and outlets, and whether the archive has articles and its model is loaded."""
        chosen, status = self.archives.chosen(sent.archive), self.archives.status(sent.archive)
        keepers = [one.indexer for one in chosen] if sent.writable else []
        trouble = " ".join(keeper.trouble for keeper in keepers if keeper.trouble)
        corpus = keepers[0].settings.corpus if len(keepers) == 1 else None
        examples = [title for one in chosen for title in one.retriever.examples(max(1, _EXAMPLES // len(chosen)))]
        return {
            "masthead": filled("masthead", status=status, trouble=trouble, writable=sent.writable),
            "front": filled("front", status=status, corpus=corpus, examples=examples),
            "filter": filled("filter", status=status),
            "rail": filled("rail", status=status),
            "generation": status.generation,
            "saved": any(one.watchlist.any() for one in self.archives),
            "complete": bool(status.model_ready and status.articles),
        }

    def ask(self, sent: Sent) -> Reply:
        """After a question was typed, or chosen on the page."""
        exchanges = self._restored(sent.queries)
        history = tuple(exchange.answer.question for exchange in exchanges)
        inquiry = replace(Inquiry.read(sent.limits).limited(question=sent.question), history=history)
        reads = any(one.retriever.reads for one in self.archives.chosen(inquiry.archive))
        if inquiry.order == "relevance" and reads and self._answered.get(self._key(inquiry)) is None:
            # Shown at once; the page asks for the rest, which takes several times as long.
            first = replace(self._asked(inquiry, closely=False), unread=True)
            exchanges = [*exchanges, first][-MOST_KEPT:]
            return {**self._shown(exchanges, len(exchanges) - 1), "said": translated(_READING)}
        return self._with(inquiry, exchanges, len(exchanges))

    def refine(self, sent: Sent) -> Reply:
        """After a question of the conversation was asked in another way."""
        return self._with(Inquiry.read(sent.query), self._restored(sent.queries), sent.turn)

    def settle(self, sent: Sent) -> Reply:
        """After passages were shown unread: the same, read; what was opened meanwhile stays."""
        return {**self.refine(sent), "viewer": None, "browse": None}

    def open(self, sent: Sent) -> Reply:
        """After a conversation was opened, its last question shown; what cannot be asked now is left out."""
        if not sent.queries:
            return _reply()
        *earlier, last = sent.queries
        exchanges = self._restored(earlier)
        try:
            return self._with(Inquiry.read(last), exchanges, len(exchanges))
        except UserError:
            if not exchanges:
                raise
            return self._shown(exchanges, len(exchanges) - 1)

    def show(self, sent: Sent) -> Reply:
        """After another answer of the conversation was opened."""
        exchanges = self._restored(sent.queries)
        _at(exchanges, sent.turn)
        return {**self._shown(exchanges, sent.turn), "said": ""}

    def read(self, sent: Sent) -> Reply:
        """After a passage was chosen: its article."""
        answer = _at(self._restored(sent.queries), sent.turn).answer
        _at(answer.passages, sent.passage)
        return _reply(viewer=views.viewer(answer, sent.turn, sent.passage))

    def article(self, sent: Sent) -> Reply:
        """After an article was chosen by its id: the whole of it, with what is quoted of it marked."""
        return _reply(viewer=views.article(self.archives.article(sent.article, sent.archive), sent.quote, sent.archive))

    def browse(self, sent: Sent) -> Reply:
        """After the list of articles was asked for: a page of it, within the limits of a query or those chosen.

        Of several archives it is that of one, the first for all, with ways to the others.
        """
        inquiry, page = Inquiry.read(sent.query or sent.limits), max(0, sent.page)
        request, archive = inquiry.request, self.archives.chosen(inquiry.archive)[0]
        limits = limits_of(request, read_operators(request.question))
        queries = {name: replace(inquiry, archive=name).query for name in self.archives.names}
        shown = {"archive": archive.name, "queries": queries, "query": queries.get(archive.name, inquiry.query)}
        listing = archive.retriever.listing(request, page)
        return _reply(viewer="", browse=filled("browse", listing=listing, limits=limits, page=page, **shown))

    def approve(self, sent: Sent) -> Reply:
        """After a reader said that a passage answers the question."""
        admit(writable=sent.writable)
        exchange = _at(self._restored(sent.queries), sent.turn)
        _at(exchange.answer.passages, sent.passage)
        day_given = bool(exchange.inquiry.request.now)
        self.archives.one(exchange.answer.archive).indexer.note(exchange.answer, sent.passage, day_given=day_given)
        return _reply(_NOTED, "done")

    def exported(self, sent: Sent) -> Reply:
        """The answer to an inquiry as a file of the wanted form: name, kind, content. UserError for no such form."""
        inquiry = Inquiry.read(sent.query)
        answer, work = self._exchange(inquiry).answer, self._work(inquiry)
        try:
            return export(
                replace(answer, composed=work.composed) if work and work.done else answer, sent.form
            )._asdict()
        except ValueError as error:
            raise UserError(str(error)) from error

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

    def quoted(self, sent: Sent) -> Reply:
        """What each archive knows of a quotation, the surest first. UserError as `Retriever.check_quote`."""
        checks = [(one.name, one.retriever.check_quote(sent.text)) for one in self.archives.chosen(sent.archive)]
        checks.sort(key=lambda each: -each[1].similarity)
        return {"html": "".join(filled("quote_check", archive=name, check=check) for name, check in checks)}

    def batched(self, sent: Sent) -> Reply:
        """A CSV of questions or quotations, completed: name, kind, content. UserError as `completed`."""
        asked = {one.name: one.retriever for one in self.archives.chosen(sent.archive)}
        return completed(sent.content, asked)._asdict()

    def watched(self, sent: Sent) -> Reply:
        """The saved questions after one was saved or deleted, or as they are, and how many have something new."""
        if sent.does != "look":
            admit(writable=sent.writable)
        if sent.does == "save":
            inquiry = Inquiry.read(sent.query)
            for one in self.archives.chosen(inquiry.archive):
                one.watchlist.save(inquiry)
        elif sent.does == "delete":
            self.archives.one(sent.archive).watchlist.delete(sent.name)
        saved = [watched for one in self.archives for watched in one.watchlist.look()]
        return {"html": filled("saved", questions=saved), "fresh": sum(one.fresh for one in saved)}

    def archive(self, sent: Sent) -> Reply:
        """What the archive panel shows after it was looked at, built or added to.

        The report (or ""), the state of the build, what was `told` of the wish (or ""), and whether all was done.
        """
        said, report, done, writable = "", "", True, sent.writable
        archives = self.archives.chosen(sent.archive)
        try:
            if sent.does == "look":
                report = "".join(_report(one, keeps=writable) for one in archives)
            elif sent.does != "peek":
                admit(writable=writable)
                said, done = _done(self.archives.one(sent.archive).indexer, sent)
        except UserError as error:
            said, done = translated(error.message), False
        changes = writable and len(archives) == 1
        state = "".join(
            filled("build_state", archive=one.name, work=one.indexer.work, writable=changes) for one in archives
        )
        return {"report": report, "state": state, "told": said, "done": done}

    def _work(self, inquiry: Inquiry) -> Work | None:
        """The work of the language model on an inquiry; None without a model, and where the archive does not answer."""
        answer = self._exchange(inquiry).answer
        if not (self.composer and answer.answered):
            return None
        return self.composer.work((inquiry, self.archives.status(inquiry.archive).generation), answer)

    def _with(self, inquiry: Inquiry, exchanges: Sequence[Exchange], position: int) -> Reply:
        exchange = self._exchange(inquiry)
        exchanges = [*exchanges[:position], exchange, *exchanges[position + 1 :]][-MOST_KEPT:]
        # A question before it may be one that cannot be asked any more.
        return self._shown(exchanges, min(position, len(exchanges) - 1))

    def _shown(self, exchanges: Sequence[Exchange], position: int) -> Reply:
        html = views.conversation(exchanges, position, composes=bool(self.composer))
        return _reply(views.found(exchanges[position].answer), conversation=html, viewer="", browse="")

    def _restored(self, queries: Sequence[str]) -> list[Exchange]:
        exchanges = []
        for query in queries:
            with contextlib.suppress(UserError):
                exchanges.append(self._exchange(Inquiry.read(query)))
        return exchanges

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


def _reply(said: str = "", kind: str = "unseen", **parts: str) -> Reply:
    """Parts of the page, and what is said below the question box; "unseen" is for screen readers alone."""
    return {"said": translated(said), "kind": kind, **parts}


def _at(values: Sequence[_Value], position: int) -> _Value:
    if not 0 <= position < len(values):
        raise UserError(_GONE)
    return values[position]


def _report(archive: Served, *, keeps: bool) -> str:
    found, keeper = archive.indexer.report(), archive.indexer if keeps else None
    return filled("build_report", archive=archive.name, report=found, keeper=keeper) if found else ""


def _done(indexer: Indexer, sent: Sent) -> tuple[str, bool]:
    """What is said of a wish after it was tried, and whether all of it was done."""
    if sent.does == "rebuild":
        indexer.rebuild()
    elif sent.does == "cancel":
        indexer.cancel()
    elif sent.does == "add":
        path = indexer.add(sent.title, sent.text, sent.published, sent.source)
        return say("Added as %(paths)s.", paths=path), True
    elif sent.does == "drop":
        paths, refused = indexer.add_files([(file.name, file.content) for file in sent.files])
        added = [say("Added as %(paths)s.", paths=tuple(paths))] if paths else []
        return " ".join([*added, *map(translated, refused)]), not refused
    return "", True
