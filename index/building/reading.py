"""A corpus folder into the articles of a generation, cleaned and grouped into stories once all are read."""

import contextlib
import logging
from collections.abc import Callable, Container, Iterator
from pathlib import Path

from corpus import Problem, Settings, read_folder
from corpus.apart import Apart
from corpus.cleaning import Boilerplate
from corpus.stories import Stories, signature
from index.building.remarks import Remarks
from index.stores.articles import ArticleStore

LOG = "reading.log"
_TICK = 50  # articles after which progress is told again, so that a build can be stopped soon


def read_articles(
    settings: Settings,
    store: ArticleStore,
    previous: ArticleStore | None,
    progress: Callable[[int, int], None],
    left_out: Container[str] = (),
) -> tuple[list[Problem], Remarks]:
    """Fill the store; return the files and records that could not be read, and what to remark of the others.

    Files are read in a process of its own; `reading.log` in the index folder keeps what went wrong in it. Articles
    whose id or path is in `left_out` are skipped. Signatures of known texts come from the `previous` store. `progress`
    as `read_folder`.
    """
    problems, remarks, boilerplate = [], Remarks(), Boilerplate()
    done = [0, 1]

    def told(*sizes: int) -> None:
        done[:] = sizes
        progress(*sizes)

    with _logged(settings.index / LOG), Apart() as apart:
        for number, found in enumerate(read_folder(settings.corpus, told, settings.reading, apart.read)):
            if number % _TICK == 0:
                progress(*done)
            if isinstance(found, Problem):
                problems.append(found)
            elif found.id not in left_out and found.path not in left_out:
                store.add(found)
                boilerplate.count(found)
                remarks.note(found)
    store.settle()
    _clean_and_tie(store, previous, boilerplate, lambda: progress(*done))
    return problems, remarks


@contextlib.contextmanager
def _logged(file: Path) -> Iterator[None]:
    """What reading logs goes into this file, which is there only when there is something to say."""
    file.unlink(missing_ok=True)
    handler = logging.FileHandler(file, "w", "utf-8", delay=True)
    logger = logging.getLogger("corpus")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()


def _clean_and_tie(
    store: ArticleStore, previous: ArticleStore | None, boilerplate: Boilerplate, tick: Callable[[], None]
) -> None:
    """Remove repeated boilerplate and group the stories, which needs all articles."""
    stories = Stories()
    numbers: dict[str, int] = {}
    for number, article in enumerate(store.articles()):
        cleaned = boilerplate.without(article)
        if cleaned is not article:
            store.replace_text(cleaned)
        found = (previous and previous.signature(cleaned.text)) or signature(cleaned.text)
        store.keep_signature(cleaned.text, found)
        stories.add(found)
        numbers[article.id] = number
        if number % _TICK == 0:
            tick()
    known = store.stories()
    for number, story in enumerate(known):
        stories.tie(number, numbers[story])
        if number % _TICK == 0:
            tick()
    ids = list(numbers)
    for number, story in enumerate(known):
        if (first := ids[stories.first(number)]) != story:
            store.tie(ids[number], first)
