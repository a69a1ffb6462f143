"""What those who may write do from the page: update the index, add articles, note which passage answered."""

import contextlib
import functools
import logging
import threading
from collections.abc import Callable, Sequence
from contextvars import copy_context
from dataclasses import dataclass, replace

from corpus import Article, Problem, Settings, UserError
from corpus.adding import add_article, add_file
from corpus.apart import Apart
from corpus.dates import today
from corpus.message import Message
from corpus.snapshot import files
from index import SyncReport, sync
from index.audit import FEEDBACK, SOURCE, append_row, note
from index.generations.generation import DamagedError, NoIndexError, earlier_generations, sync_command
from index.generations.origin import refuse_to_empty
from index.models.embedder import Embedder
from index.status import published
from index.watch import follow
from qa.answer import Answer, Passage

log = logging.getLogger(__name__)
_MOST_BYTES = 20_000_000
_MOST_UNREAD = 5  # of one file, told one by one
_PARTLY_READ = "“%(path)s” was added, but its record %(record)s could not be read: %(why)s."
_NOT_READ = "“%(path)s” was not added; it could not be read: %(why)s."
_BROKEN = Message("The update failed because of an error in Dateline; its log has the details.")
_BEGUN = Message("Checking the folder")
_DONE = "Done: %(added)s added, %(updated)s updated, %(removed)s removed."


@dataclass(frozen=True, slots=True)
class Work:
    """How far the build is, from 0 to 1, and in words; when it is not running, how it ended, and whether it failed."""

    running: bool = False
    share: float = 0.0
    words: str = ""
    failed: bool = False


class _CancelledError(Exception):
    """The build, or what waits for the next one, is to end."""


class Indexer:
    """Keeps the index of one corpus folder up to date, one build at a time, in a thread; safe from many threads.

    After `rebuild` the index follows the folder until a build is cancelled; with `watch=False` each build is asked for.
    """

    def __init__(
        self,
        settings: Settings,
        sync: Callable[..., SyncReport] = sync,
        embedder: Embedder | None = None,
        *,
        watch: bool = True,
    ) -> None:
        self.settings = settings
        self.work = Work()
        self._sync = functools.partial(
            sync, settings.corpus, settings.index, progress=self._progress, embedder=embedder, may_empty=False
        )
        self._watch = watch
        self._starting = threading.Lock()
        self._added = False  # while a build was running, which may have read the folder before
        self._stop = threading.Event()
        self._cancelled = threading.Event()

    def report(self) -> SyncReport | None:
        """What the last build did, None where there is no index; UserError where it is damaged."""
        try:
            return published(self.settings).report
        except NoIndexError:
            return None

    @property
    def earlier(self) -> list[str]:
        """When the earlier states of the index that are kept were built (UTC), newest first."""
        names = earlier_generations(self.settings.index)
        return [f"{one[:4]}-{one[4:6]}-{one[6:8]} {one[9:11]}:{one[11:13]}" for one in names]

    @property
    def way_back(self) -> str:
        """The command that makes the newest earlier state live again."""
        return sync_command(self.settings.index, action="rollback")

    @property
    def trouble(self) -> str:
        """Why the last build failed, "" where it did not."""
        return self.work.words if self.work.failed else ""

    def rebuild(self) -> None:
        """Begin to update the index, in a thread, and to watch the folder; UserError while a build is running."""
        with self._starting:
            if self.work.running:
                raise UserError(Message("A build is running; wait until it ends, or cancel it."))
            self._begin()

    def cancel(self) -> None:
        """Stop the build at its next step, and watch the folder no more until `rebuild`."""
        with self._starting:
            self._cancelled.set()
            self._stop.set()
            if self.work.running:
                self.work = replace(self.work, words=Message("Stopping …"))

    def add(self, title: str, text: str, published: str = "", source: str = "") -> str:
        """Put an article into the folder and index it; returns its path. UserError as `corpus.adding`."""
        self._refuse_if_lost()
        path = add_article(self.settings.corpus, title, text, published, source)
        self._index_added([path])
        return path

    def add_files(self, given: Sequence[tuple[str, bytes]]) -> tuple[list[str], list[str]]:
        """Add files by name and content; their paths, and what could not be read. May raise UserError."""
        if sum(len(content) for _, content in given) > _MOST_BYTES:
            form = "Files of more than %(most)s MB are too large here; copy them into the folder."
            raise UserError(Message(form, most=_MOST_BYTES // 1_000_000))
        self._refuse_if_lost()
        paths, refused = [], []
        with Apart() as apart:
            for name, content in given:
                try:
                    path = add_file(self.settings.corpus, name, content)
                except UserError as error:
                    refused.append(error.message)
                else:
                    kept, unread = self._looked_into(apart, path)
                    paths += [path] if kept else []
                    refused += unread
        if paths:
            self._index_added(paths)
        return paths, refused

    def _looked_into(self, apart: Apart, path: str) -> tuple[bool, list[str]]:
        """Whether a file just added has an article, else it goes again; and what of it cannot be read, in sentences."""
        corpus = self.settings.corpus
        found = list(apart.read(corpus / path, path, corpus, self.settings.reading))
        kept = any(isinstance(one, Article) for one in found)
        if not kept:
            (corpus / path).unlink(missing_ok=True)
        form, unread = _PARTLY_READ if kept else _NOT_READ, [one for one in found if isinstance(one, Problem)]
        told: list[str] = []
        told += (Message(form, path=path, record=str(one.record), why=one.reason) for one in unread[:_MOST_UNREAD])
        if len(unread) > len(told):
            told.append(Message("%(rest)s more could not be read.", rest=len(unread) - len(told)))
        return kept, told

    def note(self, answer: Answer, passage: Passage, *, day_given: bool) -> None:
        """Append to feedback.jsonl, as `qa.evaluate` reads it, that a passage of an answer answers the question.

        Its day is left out unless it was given or is today. Only the owner may read the file: it tells what was asked.
        """
        row = {
            "question": answer.searched,
            "asked": answer.now.isoformat() if day_given or answer.now == today() else None,
            "answers": [passage.quotation],
            "gold": [passage.article.url or passage.article.path],
        }
        append_row(self.settings.index / FEEDBACK, row)

    def _refuse_if_lost(self) -> None:
        """UserError where the folder is as empty as when its disk is not mounted: the index would become it."""
        with contextlib.suppress(NoIndexError, DamagedError):  # The build then makes it anew.
            if not files(self.settings.corpus):
                refuse_to_empty(self.settings, published(self.settings).report.articles)

    def _index_added(self, paths: Sequence[str]) -> None:
        self.settings.index.mkdir(parents=True, exist_ok=True)
        note(self.settings.index, "add", paths=list(paths))
        with self._starting:
            self._added = self.work.running
            if not self.work.running:
                self._begin()

    def _begin(self) -> None:
        self._stop.set()  # for the thread that watched so far
        self._stop = threading.Event()
        self._cancelled.clear()
        self.work = Work(running=True, words=_BEGUN)
        run = functools.partial(copy_context().run, self._run, self._stop)  # the audit log's SOURCE goes along
        threading.Thread(target=run, name="dateline-index", daemon=True).start()

    def _run(self, stop: threading.Event) -> None:
        with contextlib.suppress(_CancelledError):
            for found in follow(self.settings, functools.partial(self._build, stop), stop):
                if isinstance(found, UserError):
                    log.warning("The index was not updated: %s", found)
                if not (self._watch or self._added):
                    return
                SOURCE.set("watching the folder")

    def _build(self, stop: threading.Event) -> SyncReport:
        """The report of a build; `work` tells how it ended, also where it raises an error."""
        with self._starting:
            if self._stop is not stop:  # another thread builds and watches now
                raise _CancelledError
            self._added = False
            self.work = Work(running=True, words=_BEGUN)
        done = Work(words=_BROKEN, failed=True)
        try:
            report = self._sync()
            changed = {"added": report.added, "updated": report.updated, "removed": report.removed}
            told = Message(_DONE, **changed) if any(changed.values()) else Message("The index is up to date.")
            done = Work(words=told)
        except _CancelledError:
            done = Work(words=Message("Cancelled. The previous index stays in use."))
            raise
        except UserError as error:
            done = Work(words=error.message, failed=True)
            raise
        finally:
            with self._starting:
                self.work = done
        return report

    def _progress(self, share: float, words: str) -> None:
        if self._cancelled.is_set():
            raise _CancelledError
        self.work = Work(running=True, share=share, words=words)
