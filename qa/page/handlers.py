"""What the events of the page do: each takes what the browser sent, and gives the parts of the page that change."""

import logging
from dataclasses import replace

from corpus import UserError
from corpus.message import Message, without_folders
from qa.page import views
from qa.page.conversation import Conversations
from qa.page.exchange import limits_of
from qa.page.languages import say, speaking, translated
from qa.page.views import Reply, filled, reply
from qa.question.operators import read_operators
from qa.web.access import admit
from qa.web.archives import Archives
from qa.web.batch import completed
from qa.web.indexer import Indexer
from qa.web.inquiry import Inquiry
from qa.web.limits import Sent, checked

_EXAMPLES = 4  # headlines on the front page
_BROKEN = Message("This did not work because of an error in Dateline. Try again; if it stays, its log has the details.")
log = logging.getLogger(__name__)


class Handlers:
    """The verbs that the page's scripts call, by their names."""

    def __init__(self, archives: Archives) -> None:
        self.archives = archives
        verbs = (
            self.whole, self.look, self.article, self.browse, self.quoted, self.batched, self.watched, self.archive,
            *Conversations(archives).verbs,
        )  # fmt: skip
        self.verbs = {verb.__name__: verb for verb in verbs}

    def call(self, name: str, sent: object, *, writable: bool = False) -> Reply:
        """What a verb gives, in the `language` sent along: parts of the page, None where one stays, or an "error"."""
        values = sent if isinstance(sent, dict) else {}
        with speaking(str(values.get("language", ""))):
            try:
                return self.verbs[name](checked(Sent, **{**values, "writable": writable}))
            except UserError as error:
                return {"error": translated(error.message if writable else without_folders(error.message))}
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

    def article(self, sent: Sent) -> Reply:
        """After an article was chosen by its id: the whole of it, with what is quoted of it marked."""
        return reply(viewer=views.article(self.archives.article(sent.article, sent.archive), sent.quote, sent.archive))

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
        return reply(viewer="", browse=filled("browse", listing=listing, limits=limits, page=page, **shown))

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
        """The archive panel after a wish: report, state of the build, what was `told` of it, whether all was done."""
        said, report, done, writable = "", "", True, sent.writable
        archives = self.archives.chosen(sent.archive)
        try:
            if sent.does == "look":
                for one in archives:
                    shown = {"report": one.indexer.report(), "keeper": one.indexer if writable else None}
                    report += filled("build_report", archive=one.name, **shown) if shown["report"] else ""
            elif sent.does != "peek":
                admit(writable=writable)
                said, done = _done(self.archives.one(sent.archive).indexer, sent)
        except UserError as error:
            # What an index suffers from names its folder, as what a build failed from does.
            said, done = translated(error.message) if writable or sent.does != "look" else "", False
        keeps, state = writable and len(archives) == 1, ""
        for one in archives:
            work = one.indexer.work
            if writable or not work.failed:
                state += filled("build_state", archive=one.name, work=work, writable=keeps)
        return {"report": report, "state": state, "told": said, "done": done}


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
        paths, refused = indexer.add_files(sent.files)
        added = [say("Added as %(paths)s.", paths=tuple(paths))] if paths else []
        return " ".join([*added, *map(translated, refused)]), not refused
    return "", True
