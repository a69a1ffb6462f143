"""Generations in use: readers keep them from being deleted, by a lock that ends with their process, and unchanged."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows refuses to delete a file in use, so there nobody needs a lock.
    fcntl = None  # type: ignore[assignment]

MANIFEST = "manifest.json"


@contextlib.contextmanager
def held(generation: Path) -> Iterator[None]:
    """Keep a generation from being deleted; FileNotFoundError where it is deleted before the lock is had."""
    with (generation / MANIFEST).open("rb") as stream:
        if fcntl:
            fcntl.flock(stream, fcntl.LOCK_SH)
            (generation / MANIFEST).stat()
        yield


@contextlib.contextmanager
def left_alone(store: Path, written: str = "") -> Iterator[Path]:
    """A folder of links to the files of a store, and a copy of the one that its library writes to when it reads.

    So a store can be read where nothing may be written, by any number of processes, and stays as it was published.
    Where no such folder can be made (Windows keeps links for some), the store itself.
    """
    with tempfile.TemporaryDirectory(prefix="dateline-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        try:
            for path in store.resolve().iterdir():
                if path.name == written:
                    shutil.copyfile(path, folder / path.name)
                elif not path.name.endswith(".lock"):
                    (folder / path.name).symlink_to(path)
        except OSError:
            folder = store
        yield folder


def delete_unless_held(generation: Path) -> None:
    """Delete a generation that nobody reads, its manifest first, so that none takes hold of it meanwhile."""
    manifest = generation / MANIFEST
    if fcntl and manifest.exists():  # An unfinished one has no readers.
        with manifest.open("rb") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            manifest.unlink()
    shutil.rmtree(generation, ignore_errors=True)
