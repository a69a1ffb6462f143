"""The road through this room: a folder into articles, and the files and records that give none."""

import contextlib
import logging
import zlib
from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from corpus.article import Article, Problem
from corpus.dates import DAY_FIRST, MONTH_FIRST
from corpus.fields import Reading, UnknownFieldsError, article_from, orders_of
from corpus.readers import records
from corpus.readers.packed import sources
from corpus.readers.record import Source, UnreadableError
from corpus.snapshot import files, regular

# Raised with every change of reading, cleaning or chunking that can give other articles for the same files.
READING_VERSION = 6
_log = logging.getLogger(__name__)


Read = Callable[[Path, str, Path, Reading], Iterator[Article | Problem]]


def read_folder(
    folder: Path,
    progress: Callable[[int, int], None] | None = None,
    reading: Reading | None = None,
    read: Read | None = None,
    only: Container[str] | None = None,
) -> Iterator[Article | Problem]:
    """The articles of a folder one at a time, and the files and records that give none, in order of path and record.

    Whoever stores them tells them apart by id. `progress` gets the bytes read and the bytes there are, after each file.
    `read` stands in for `read_file`. With `only`, files of other paths are not read.
    """
    found = {path: file for path, file in files(folder).items() if only is None or path in only}
    sizes = dict.fromkeys(found, 0)
    for path, file in found.items():
        with contextlib.suppress(OSError):
            sizes[path] = regular(file, folder).st_size
    total, done = sum(sizes.values()), 0
    for path, file in found.items():
        yield from (read or read_file)(file, path, folder, reading or Reading())
        done += sizes[path]
        if progress:
            progress(done, total)


def read_file(file: Path, path: str, folder: Path, reading: Reading) -> Iterator[Article | Problem]:
    """The articles and problems of one file of a folder; never raises: the log keeps the tracebacks."""
    try:
        regular(file, folder)
        found = False
        for source in sources(file, path):
            found = True
            yield from _read_source(replace(source, charset=reading.charset), reading)
        if not found:
            yield Problem(path, None, "no text")
    except Exception as error:  # noqa: BLE001
        yield Problem(path, None, _why_unread(error, path))


def _read_source(source: Source, reading: Reading) -> Iterator[Article | Problem]:
    empty, ordered, mark = True, reading.month_first, ""
    unknown: dict[str, list[int | None]] = {}
    try:
        for given in records(source):
            empty = False
            try:
                record = given.whole()
                if not ordered and record.number is not None and orders_of(record, reading):
                    ordered, reading = True, replace(reading, month_first=_is_month_first(source, reading))
                    mark = f", {MONTH_FIRST}" if reading.month_first else ""
                article = article_from(record, source.path, reading)
                yield replace(article, dated_by=article.dated_by and article.dated_by + mark)
            except UnknownFieldsError as error:
                # As many as the file has records: named once.
                unknown.setdefault(str(error), []).append(given.number)
            except Exception as error:  # noqa: BLE001
                yield Problem(source.path, given.number, _why_unread(error, source.path))
    except Exception as error:  # noqa: BLE001
        empty = False
        yield Problem(source.path, None, _why_unread(error, source.path))
    for reason, numbers in unknown.items():
        more = f" (so in {len(numbers):,} records)" if len(numbers) > 1 else ""
        yield Problem(source.path, numbers[0], reason + more)
    if empty:
        yield Problem(source.path, None, "no articles")


def _is_month_first(source: Source, reading: Reading) -> bool:
    """Whether some dates of a file can only be read with the month first, and none with the day first."""
    try:
        orders = {order for record in records(source) for order in orders_of(record.whole(), reading)}
    except Exception:  # noqa: BLE001 (what it is, the reading of its articles reports)
        return False
    return MONTH_FIRST in orders and DAY_FIRST not in orders


def _why_unread(error: Exception, path: str) -> str:
    if isinstance(error, EOFError | zlib.error):
        return "the packed content is cut off or damaged"
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or error}"
    if isinstance(error, RecursionError):
        return "nested too deep"
    if isinstance(error, MemoryError):
        return "needs more memory than a file may take; divide it"
    if isinstance(error, UnreadableError):
        return str(error)
    _log.error("reading %s failed", path, exc_info=error)
    said = str(getattr(error, "msg", error))  # lxml's errors name a file of theirs as well.
    words = f"{type(error).__name__}: {said}" if said else type(error).__name__
    kind = PurePosixPath(path).suffix or "what it is"
    return f"cannot be read as {kind} ({' '.join(words.split())[:120]}); is it damaged?"
