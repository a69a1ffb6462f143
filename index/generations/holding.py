"""Generations in use: readers keep them from being deleted, by a lock that ends with their process, and unchanged."""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows refuses to delete a file in use, so there nobody needs a lock.
    fcntl = None  # type: ignore[assignment]

MANIFEST = "manifest.json"
_LINKS = "dateline-links-"
# A folder of links is locked by then, or its maker is gone.
_SECONDS_TO_LOCK = 60


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
    _delete_abandoned()
    with tempfile.TemporaryDirectory(prefix=_LINKS, ignore_cleanup_errors=True) as name, _locked(Path(name)):
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


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a folder of links; BlockingIOError where another does, other OSErrors where it is gone or not ours."""
    if not fcntl:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _delete_abandoned() -> None:
    """Delete the folders of links of readers that were killed: the kernel has let go of their locks."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_LINKS}*") if fcntl else ():
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > _SECONDS_TO_LOCK:
                with _locked(folder):
                    shutil.rmtree(folder, ignore_errors=True)


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
