"""What the keepers of an archive do from the page: rebuild its index, add articles, note which passage answered."""

import base64
import contextlib
import functools
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from corpus import Settings, UserError
from corpus.adding import add_article, add_file
from corpus.dates import today
from corpus.folder import Snapshot, files, take_snapshot
from index import SyncReport, sync
from index.generations.generation import DamagedError, NoIndexError, live_manifest
from index.models.embedder import Embedder
from index.watch import follow
from qa.answer import Answer

log = logging.getLogger(__name__)
_SECONDS_BETWEEN_LOOKS = 60.0
_MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Work:
    """How far the build is, from 0 to 1, and in words; when it is not running, how it ended, and whether it failed."""

    running: bool = False
    share: float = 0.0
    words: str = ""
    failed: bool = False


class _CancelledError(Exception):
    """The reader wants the build to stop."""


class Newsroom:
    """One corpus folder and its index, safe from many threads; at most one build runs at a time."""

    def __init__(
        self, settings: Settings, sync: Callable[..., SyncReport] = sync, embedder: Embedder | None = None
    ) -> None:
        """Store where articles and index are, what brings the one to the other, and a model that is lent to it."""
        self.settings = settings
        self.work = Work()
        self._sync = functools.partial(
            sync, settings.corpus, settings.index, progress=self._progress, embedder=embedder, may_empty=False
        )
        self._unfollowed: threading.Event | None = None
        self._starting = threading.Lock()
        self._cancelled = threading.Event()
        self._looking = threading.Lock()
        self._next_look = 0.0
        self._changes: int | None = None
        self._read_since: Snapshot = {}

    def report(self) -> SyncReport:
        """What the last build did; UserError where there is no index."""
        return live_manifest(self.settings.index).report

    def changed(self) -> int:
        """How many files of the folder are new, changed or gone since; looks at every file. UserError without any.

        A file is read only where its size or times differ from those of the build or the last look.
        """
        before = live_manifest(self.settings.index).snapshot
        now = take_snapshot(self.settings.corpus, before | self._read_since)
        self._read_since = {path: state for path, state in now.items() if state != before.get(path)}
        digests = ({(path, state.digest) for path, state in files.items()} for files in (before, now))
        self._changes = len({path for path, _ in set.symmetric_difference(*digests)})
        return self._changes

    @property
    def changes(self) -> int | None:
        """What `changed` gave last, at once; None before. A look of a minute ago is renewed in a thread."""
        if time.monotonic() >= self._next_look and self._looking.acquire(blocking=False):
            threading.Thread(target=self._look, name="dateline-look", daemon=True).start()
        return self._changes

    def rebuild(self) -> None:
        """Begin to bring the index to what the folder holds, in a thread; UserError while a build is running."""
        self._begin()
        threading.Thread(target=self._build, name="dateline-build", daemon=True).start()

    def cancel(self) -> None:
        """Stop the build at its next step, and follow the folder no more; nothing where none runs."""
        self._cancelled.set()
        self.unfollow()

    @property
    def following(self) -> bool:
        """Whether the index is brought to the folder whenever that has changed and is at rest."""
        return self._unfollowed is not None

    def follow(self) -> None:
        """Follow the folder from now on, in a thread; nothing where it is followed already."""
        with self._starting:
            if not self._unfollowed:
                self._unfollowed = threading.Event()
                name = "dateline-follow"
                threading.Thread(target=self._follow, args=[self._unfollowed], name=name, daemon=True).start()

    def unfollow(self) -> None:
        """Follow the folder no more; a build that is under way goes on."""
        with self._starting:
            if self._unfollowed:
                self._unfollowed.set()
            self._unfollowed = None

    def add(self, title: str, text: str, published: str = "", source: str = "") -> str:
        """Put an article into the folder and index it; the path it got.

        UserError as `corpus.adding`, and where the folder has lost all that the index was made of.
        """
        self._refuse_if_lost()
        path = add_article(self.settings.corpus, title, text, published, source)
        self._index_added()
        return path

    def add_files(self, given: Sequence[Mapping[str, str]]) -> list[str]:
        """Put files, as {"name", "content" in base64}, into the folder and index them; the paths they got.

        UserError as `add`, and where they are too large.
        """
        if sum(len(file["content"]) for file in given) > _MOST_BYTES * 4 / 3:
            message = f"Files of more than {_MOST_BYTES // 1_000_000} MB are too large here; copy them into the folder."
            raise UserError(message)
        self._refuse_if_lost()
        paths = [add_file(self.settings.corpus, file["name"], base64.b64decode(file["content"])) for file in given]
        self._index_added()
        return paths

    def note(self, answer: Answer, place: int, *, day_given: bool) -> None:
        """Append to feedback.jsonl, as `qa.evaluate` reads it, that the passage at a place answers the question.

        The day it counts as asked on is left out unless the reader gave it (`day_given`) or it is today.
        """
        passage = answer.passages[place]
        row = {
            "question": answer.searched,
            "asked": answer.now.isoformat() if day_given or answer.now == today() else None,
            "answers": [passage.quotation],
            "gold": [passage.article.url or passage.article.path],
        }
        with (self.settings.index / "feedback.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")

    def _refuse_if_lost(self) -> None:
        """UserError where the folder is as empty as when its disk is not mounted: the index would become it."""
        with contextlib.suppress(NoIndexError, DamagedError):  # The build then makes it anew.
            if live_manifest(self.settings.index).snapshot and not files(self.settings.corpus):
                message = (
                    f"The folder “{self.settings.corpus}” holds no articles any more; bring them back, then add yours."
                )
                raise UserError(message)

    def _index_added(self) -> None:
        """Index what was added, unless a build runs: then the next one does."""
        if not self.work.running:
            self.rebuild()

    @property
    def trouble(self) -> str:
        """Why the last build failed, in a sentence; empty where it did not."""
        return self.work.words if self.work.failed else ""

    def _look(self) -> None:
        try:
            self.changed()
        except UserError:
            self._changes = None
        finally:
            self._next_look = time.monotonic() + _SECONDS_BETWEEN_LOOKS
            self._looking.release()

    def _begin(self) -> None:
        """Take the place of the one build that may run; UserError where it is taken."""
        with self._starting:
            if self.work.running:
                message = "A build is running; wait until it has ended, or cancel it."
                raise UserError(message)
            self._cancelled.clear()
            self.work = Work(running=True, words="Looking at the folder")

    def _build(self) -> None:
        with contextlib.suppress(_CancelledError):
            try:
                self._built()
            except UserError as error:
                _warn(error)

    def _built(self) -> SyncReport:
        """The report of the build that has begun; tells in `work` how it ended, also where it raises an error."""
        done = Work(words="The build failed; the terminal says why. The last index stays.", failed=True)
        try:
            report = self._sync()
            done = Work(words=f"Done: {report.added} added, {report.updated} updated, {report.removed} removed.")
        except _CancelledError:
            done = Work(words="Cancelled. The last index stays.")
            raise
        except UserError as error:
            done = Work(words=str(error), failed=True)
            raise
        finally:
            self._next_look = 0.0
            self.work = done
        return report

    def _follow(self, stop: threading.Event) -> None:
        def bring() -> SyncReport:
            self._begin()
            return self._built()

        try:
            for found in follow(self.settings, bring, stop):
                if isinstance(found, UserError):
                    _warn(found)
        except _CancelledError:
            pass
        finally:
            if self._unfollowed is stop:
                self.unfollow()

    def _progress(self, share: float, words: str) -> None:
        if self._cancelled.is_set():
            raise _CancelledError
        self.work = Work(running=True, share=share, words=words)


def _warn(error: UserError) -> None:
    log.warning("The index was not brought up to date: %s", error)
