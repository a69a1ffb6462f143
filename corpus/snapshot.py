"""What a folder holds: the files to read, and what they were at one moment."""

import errno
import fnmatch
import hashlib
import os
import re
import stat
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path

from corpus.article import UserError
from corpus.message import Message
from corpus.readers.record import decoded

IGNORE_FILE = ".datelineignore"
# A file changed this shortly before it was looked at may be changed again under the same time stamp.
_SETTLED_SECONDS = 2.0
_RESTLESS = "changed while it was read"
# What a file was found to be, whether or not it may be changed again under the same time stamp.
_FOUND = attrgetter("size", "modified", "changed", "digest")


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as it was found: size in bytes, times of last change in nanoseconds, sha256 of its bytes."""

    size: int
    modified: int
    changed: int
    digest: str
    settled: bool


Snapshot = dict[str, FileState]


def files(folder: Path) -> dict[str, Path]:
    """The files to read, by their posix path below the folder (NFC), in sorted order; UserError if it cannot be read.

    README files, dot files, what `.datelineignore` names and an index of Dateline are left out. Folders that cannot be
    listed and links to folders, which are not followed, are among the files, so that they are reported.
    """
    if not folder.is_dir():
        form = "There is no corpus folder “%(folder)s”; create it, or name yours with --corpus DIR."
        raise UserError(Message(form, folder=str(folder)))
    if not os.access(folder, os.R_OK | os.X_OK):
        form = "The corpus folder “%(folder)s” cannot be read (permission denied); fix its permissions."
        raise UserError(Message(form, folder=str(folder)))
    ignored = _ignored(folder)
    # As text: paths would take most of the time in a folder of many files.
    listed: list[str] = []
    for parent, folders, names in os.walk(folder, onerror=lambda error: listed.append(error.filename)):
        folders[:] = [name for name in folders if not name.startswith(".") and not _is_index(Path(parent, name))]
        links = [name for name in folders if Path(parent, name).is_symlink()]
        articles = [name for name in names if not name.startswith(".") and not name.upper().startswith("README")]
        listed.extend(f"{parent}/{name}" for name in links + articles)
    found = _named(folder, listed)
    return {path: found[path] for path in sorted(found) if not ignored(path)}


def take_snapshot(folder: Path, before: Snapshot | None = None) -> Snapshot:
    """What the folder holds now; files that `before` shows with the same size and times are not read again."""
    before = before or {}
    return {path: state for path, file in files(folder).items() if (state := _state(file, folder, before.get(path)))}


def same_files(one: Snapshot, other: Snapshot) -> bool:
    """Whether two snapshots are of the same paths with the same bytes."""
    return {path: state.digest for path, state in one.items()} == {path: state.digest for path, state in other.items()}


def read_between(before: Snapshot, after: Snapshot) -> Snapshot:
    """What was read between two snapshots; a file that changed meanwhile gets a digest that no file has.

    What was read of it may be neither what it held before nor what it holds, so it counts as changed the next time.
    """
    return {
        path: state if path in after and _FOUND(state) == _FOUND(after[path]) else replace(state, digest=_RESTLESS)
        for path, state in before.items()
    }


def regular(file: Path, folder: Path) -> os.stat_result:
    """The state of a file; OSError for what is none, a closed folder, a pipe, and for a link out of the folder."""
    found = file.lstat()
    if is_link := stat.S_ISLNK(found.st_mode):
        found = file.stat()
        if not file.resolve().is_relative_to(folder.resolve()):
            raise OSError(errno.EXDEV, "a link that leads out of the corpus folder")
    if stat.S_ISDIR(found.st_mode):
        reason = "a link to a folder, which is not followed" if is_link else "permission denied for the folder"
        raise PermissionError(errno.EACCES, reason)
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "not a file")
    return found


def _named(folder: Path, listed: list[str]) -> dict[str, Path]:
    """Files by their path below the folder, in NFC and UTF-8; of two that are the same then, one keeps its own name."""
    named = [(file.removeprefix(str(folder)).replace(os.sep, "/").lstrip("/"), file) for file in listed]
    found: dict[str, Path] = {}
    for own, file in sorted(named, key=lambda one: (_storable(one[0]) != one[0], one)):
        path = _storable(own)
        if path in found and own == own.encode("utf-8", "replace").decode():
            path = own
        while path in found:
            path += "~"
        found[path] = Path(file)
    return found


def _is_index(folder: Path) -> bool:
    try:
        return (folder / "generations").is_dir() and (folder / "build.lock").exists()
    except PermissionError:  # It is closed, and is reported as such.
        return False


def _storable(path: str) -> str:
    r"""The path in NFC; bytes that are no UTF-8, which no store takes, are written out, "caf\xe9.txt"."""
    if path.isascii():
        return path
    return unicodedata.normalize("NFC", path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))


def _ignored(folder: Path) -> Callable[[str], bool]:
    """Whether `.datelineignore` names a path: one pattern a line, of a path, of a folder's, or of any name in them."""
    file = folder / IGNORE_FILE
    try:
        text = unicodedata.normalize("NFC", decoded(file.read_bytes()))
    except FileNotFoundError:
        text = ""
    except OSError as error:
        message = f"“{file}” cannot be read ({error.strerror}); fix or delete it."
        raise UserError(message) from error
    lines = (line.strip().rstrip("/") for line in text.splitlines())
    patterns = [re.compile(fnmatch.translate(line)) for line in lines if line and not line.startswith("#")]
    return lambda path: any(pattern.match(named) for pattern in patterns for named in _named_by(path))


def _named_by(path: str) -> list[str]:
    """A path, those of its folders, and the names in it."""
    names = path.split("/")
    return names + ["/".join(names[:end]) for end in range(2, len(names) + 1)]


def _state(file: Path, folder: Path, before: FileState | None) -> FileState | None:
    """The file's state; None when it is gone. An unreadable file has the digest "": it is tried again each time."""
    try:
        found = regular(file, folder)
        times = (found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        if before and before.settled and times == (before.size, before.modified, before.changed):
            return before
        settled = time.time() - max(found.st_mtime, found.st_ctime) > _SETTLED_SECONDS
        with file.open("rb") as stream:
            return FileState(*times, hashlib.file_digest(stream, "sha256").hexdigest(), settled)
    except FileNotFoundError:
        return None
    except OSError:
        return FileState(0, 0, 0, "", settled=False)
