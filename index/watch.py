"""Following a corpus folder: the index is updated whenever the folder has changed and is at rest."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus import Settings, UserError
from corpus.snapshot import Snapshot, same_files, take_snapshot
from index.generations.manifest import SyncReport
from index.status import published

_SECONDS_BETWEEN_LOOKS = 2.0
# Between two builds passes so many times as long as the last one took, so that a folder that changes all day leaves
# time for other work.
_REST = 5


def follow(
    settings: Settings, update: Callable[[], SyncReport], stop: threading.Event
) -> Iterator[SyncReport | UserError]:
    """Update the index now, and again after every change, until `stop` is set; each report, or why there is none.

    A folder is at rest if two looks at it, two seconds apart, find the same files. An error is yielded once, and the
    update is tried again.
    """
    last_error = ""
    while True:
        began = time.monotonic()
        synced: Snapshot = {}
        try:
            found: SyncReport | UserError = update()
            synced = published(settings).snapshot
        except UserError as error:
            found = error
        rest = _REST * (time.monotonic() - began)
        if str(found) != last_error:
            yield found
        last_error = str(found) if isinstance(found, UserError) else ""
        if stop.wait(rest) or not _changed(settings.corpus, synced, stop):
            return


def _changed(corpus: Path, synced: Snapshot, stop: threading.Event) -> bool:
    """Wait until the folder holds other files than those synced, and is at rest; False if `stop` was set."""
    before = synced
    while not stop.wait(_SECONDS_BETWEEN_LOOKS):
        try:
            now = take_snapshot(corpus, before)
        except UserError:  # It is gone for now; the sync says so, once.
            now = {}
        if same_files(now, before) and not same_files(now, synced):
            return True
        before = now
    return False
