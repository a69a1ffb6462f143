"""The road through this room: a folder into articles and problems, and what the folder held at one moment."""

import errno
import fnmatch
import hashlib
import os
import stat
import time
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from corpus.article import Article, Problem, UserError
from corpus.fields import NoArticleError, article_from
from corpus.readers import READERS, NotTextError, Record, Source, decoded

# Raised with every change of reading, cleaning or chunking that can give other articles for the same files.
READING_VERSION = 1
IGNORE_FILE = ".datelineignore"
# A file changed this shortly before it was looked at may be changed again under the same time stamp.
_SETTLED_SECONDS = 2.0


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
    """The files to read, by their posix path below the folder (NFC), in sorted order.

    README files, dot files and what `.datelineignore` names are left out; a folder that cannot be listed stands among
    the files, so that it is reported. UserError when there is no such folder, or it is closed itself.
    """
    if not folder.is_dir():
        message = f"There is no corpus folder “{folder}”; create it, or name yours with --corpus DIR."
        raise UserError(message)
    if not os.access(folder, os.R_OK | os.X_OK):
        message = f"The corpus folder “{folder}” is closed to you; give yourself the right to read it."
        raise UserError(message)
    ignored = _ignored(folder)
    listed: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=lambda error: listed.append(Path(error.filename))):
        folders[:] = [name for name in folders if not name.startswith(".")]
        listed.extend(
            Path(parent, name) for name in names if not name.startswith(".") and not name.upper().startswith("README")
        )
    found = {_posix(file.relative_to(folder)): file for file in listed}
    return {path: found[path] for path in sorted(found) if not ignored(path)}


def take_snapshot(folder: Path, before: Snapshot | None = None) -> Snapshot:
    """What the folder holds now; files that `before` shows with the same size and times are not read again."""
    before = before or {}
    return {path: state for path, file in files(folder).items() if (state := _state(file, before.get(path)))}


def same_files(one: Snapshot, other: Snapshot) -> bool:
    """Whether two snapshots are of the same paths with the same bytes."""
    return {path: state.digest for path, state in one.items()} == {path: state.digest for path, state in other.items()}


def read_folder(folder: Path, progress: Callable[[int, int], None] | None = None) -> Iterator[Article | Problem]:
    """The articles of a folder, and the files and records that give none, in order of path and record.

    Articles come one at a time and are not yet told apart by id: that is for whoever stores them. `progress` gets the
    bytes read and the bytes there are, after each file.
    """
    found = files(folder)
    sizes = {path: _size(file) for path, file in found.items()}
    total, done = sum(sizes.values()), 0
    for path, file in found.items():
        yield from _read_file(Source(file, path))
        done += sizes[path]
        if progress:
            progress(done, total)


def _read_file(source: Source) -> Iterator[Article | Problem]:
    empty = True
    try:
        for record in _records(source):
            empty = False
            yield _article_or_problem(record, source.path)
    except (OSError, EOFError, zlib.error, NotTextError) as error:
        yield Problem(source.path, None, _why_unread(error))
    else:
        if empty:
            yield Problem(source.path, None, "no text")


def _records(source: Source) -> Iterator[Record]:
    _regular(source.file)
    reader = READERS.get(PurePosixPath(source.path.lower().removesuffix(".gz")).suffix)
    if reader:
        yield from reader(source)
    else:
        endings = ", ".join(READERS)
        yield Record(reason=f"no reader for this ending; Dateline reads {endings} and these with .gz")


def _why_unread(error: Exception) -> str:
    if isinstance(error, EOFError | zlib.error):
        return "the packed content is cut off or damaged"
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or error}"
    return str(error)


def _article_or_problem(record: Record, path: str) -> Article | Problem:
    if record.reason:
        return Problem(path, record.number, record.reason)
    try:
        return article_from(record, path)
    except NoArticleError as error:
        return Problem(path, record.number, str(error))
    except RecursionError:
        return Problem(path, record.number, "nested too deep")


def _posix(path: Path) -> str:
    r"""The path with "/" in NFC; bytes that are no UTF-8, which no store takes, are written out, "caf\xe9.txt"."""
    name = path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", name)


def _ignored(folder: Path) -> Callable[[str], bool]:
    """Whether `.datelineignore` names a path: one pattern a line, of the whole path or of any part of it."""
    file = folder / IGNORE_FILE
    try:
        text = unicodedata.normalize("NFC", decoded(file.read_bytes()))
    except FileNotFoundError:
        text = ""
    except OSError as error:
        message = f"“{file}” cannot be read ({error.strerror}); mend or delete it."
        raise UserError(message) from error
    patterns = [line.strip().rstrip("/") for line in text.splitlines()]
    patterns = [pattern for pattern in patterns if pattern and not pattern.startswith("#")]
    return lambda path: any(
        fnmatch.fnmatchcase(part, pattern) for pattern in patterns for part in (path, *path.split("/"))
    )


def _regular(file: Path) -> os.stat_result:
    """The state of a file; OSError for what is none: a closed folder, a pipe that nobody writes to."""
    found = file.stat()
    if stat.S_ISDIR(found.st_mode):
        raise PermissionError(errno.EACCES, "a folder that is closed to you")
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "not a file")
    return found


def _size(file: Path) -> int:
    try:
        return _regular(file).st_size
    except OSError:
        return 0


def _state(file: Path, before: FileState | None) -> FileState | None:
    """The file's state; None when it is gone. An unreadable file has the digest "": it is tried again each time."""
    try:
        found = _regular(file)
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
