"""What the keepers of an archive do from the page: rebuild its index, add articles, note which passage answered."""

import base64
import hmac
import ipaddress
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from corpus import Settings, UserError
from corpus.adding import add_article, add_file
from corpus.dates import today
from corpus.folder import Snapshot, take_snapshot
from index import SyncReport, sync
from index.generation import live_manifest
from qa.answer import Answer

log = logging.getLogger(__name__)
_SECONDS_BETWEEN_LOOKS = 60.0
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
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

    def __init__(self, settings: Settings, sync: Callable[..., SyncReport] = sync) -> None:
        """Store where articles and index are, and what brings the one to the other."""
        self.settings = settings
        self.work = Work()
        self._sync = sync
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
        with self._starting:
            if self.work.running:
                message = "A build is running; wait until it has ended, or cancel it."
                raise UserError(message)
            self._cancelled.clear()
            self.work = Work(running=True, words="Looking at the folder")
        threading.Thread(target=self._build, name="dateline-build", daemon=True).start()

    def cancel(self) -> None:
        """Stop the build at its next step; nothing where none runs."""
        self._cancelled.set()

    def add(self, title: str, text: str, published: str = "", source: str = "") -> str:
        """Put an article into the folder and index it; the path it got. UserError as `corpus.adding`."""
        path = add_article(self.settings.corpus, title, text, published, source)
        self._index_added()
        return path

    def add_files(self, files: Sequence[Mapping[str, str]]) -> list[str]:
        """Put files, as {"name", "content" in base64}, into the folder and index them; the paths they got."""
        if sum(len(file["content"]) for file in files) > _MOST_BYTES * 4 / 3:
            message = f"Files of more than {_MOST_BYTES // 1_000_000} MB are too large here; copy them into the folder."
            raise UserError(message)
        paths = [add_file(self.settings.corpus, file["name"], base64.b64decode(file["content"])) for file in files]
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

    def _build(self) -> None:
        done = Work(words="The build failed; the terminal says why. The last index stays.", failed=True)
        try:
            report = self._sync(self.settings.corpus, self.settings.index, progress=self._progress, may_empty=False)
            done = Work(words=f"Done: {report.added} added, {report.updated} updated, {report.removed} removed.")
        except _CancelledError:
            done = Work(words="Cancelled. The last index stays.")
        except UserError as error:
            log.warning("The index was not brought up to date: %s", error)
            done = Work(words=str(error), failed=True)
        finally:
            self._next_look = 0.0
            self.work = done

    def _progress(self, share: float, words: str) -> None:
        if self._cancelled.is_set():
            raise _CancelledError
        self.work = Work(running=True, share=share, words=words)


def refuse_strangers(client: str, headers: Mapping[str, str], token: str = "") -> None:
    """UserError for who may not write: not at this machine, and without the token in DATELINE_ADMIN_TOKEN.

    Whoever comes through a proxy or a tunnel, under another host's name, or from another site's page, is not at this
    machine.
    """
    expected = os.environ.get("DATELINE_ADMIN_TOKEN", "")
    if expected and hmac.compare_digest(token.encode(), expected.encode()):
        return
    names = [
        _host(f"//{headers.get('host', '')}"),
        *(_host(words) for name, words in headers.items() if name == "origin"),
    ]
    forwarded = any(name.startswith(("x-forwarded", "forwarded", "x-real-ip", "via")) for name in headers)
    if not _is_loopback(client) or forwarded or not all(name in _LOOPBACK for name in names):
        message = (
            "This is for who sits at the machine that Dateline runs on; from elsewhere, write its "
            "DATELINE_ADMIN_TOKEN into the field under Archive."
        )
        raise UserError(message)


def _is_loopback(client: str) -> bool:
    try:
        return ipaddress.ip_address(client).is_loopback
    except ValueError:
        return False


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
