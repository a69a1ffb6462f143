"""A corpus folder into a build's articles, cleaned and grouped into stories once all are read."""

import contextlib
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TypeVar

from corpus import Problem, Settings, read_folder
from corpus.apart import Apart
from corpus.cleaning import Boilerplate
from corpus.stories import Signature, Stories, signature
from index.building.remarks import Remarks
from index.stores.articles import ArticleStore
from index.stores.chunks import base_of

LOG = "reading.log"
_TICK = 50  # articles after which progress is told again, so that a build can be stopped soon
_Each = TypeVar("_Each")


class Reading:
    """Fills a store with what a folder holds; `problems` are the files and records that could not be read."""

    def __init__(
        self,
        settings: Settings,
        store: ArticleStore,
        known: ArticleStore | None,
        progress: Callable[[int, int], object],
        habits: Mapping[str, list[str]] | None = None,
    ) -> None:
        """Signatures of `known` texts are taken over; `habits` are outlets' boilerplate that was counted before.

        `progress` as `read_folder`.
        """
        self.problems: list[Problem] = []
        self.remarks = Remarks()
        self._boilerplate = Boilerplate(habits)
        self._settings, self._store, self._known, self._progress = settings, store, known, progress
        self._done = (0, 1)

    def read(
        self, left_out: Collection[str], only: Collection[str] | None = None, ids: Collection[str] | None = None
    ) -> None:
        """Read all files, or `only` those, and of them the records of these ids, whatever their version.

        Articles whose ids or paths are `left_out` are skipped. Files are read in a process of its own; `reading.log` in
        the index folder keeps what went wrong in it.
        """
        skipped = {*left_out}
        file = self._settings.index / LOG
        file.unlink(missing_ok=True)
        handler = logging.FileHandler(file, "w", "utf-8", delay=True)  # There only where there is something to say.
        logger = logging.getLogger("corpus")
        logger.addHandler(handler)
        with contextlib.ExitStack() as ending:
            ending.enter_context(contextlib.closing(handler))
            ending.callback(logger.removeHandler, handler)
            apart = ending.enter_context(Apart())
            read = read_folder(self._settings.corpus, self._tell, self._settings.reading, apart.read, only)
            for found in self._ticking(read):
                if isinstance(found, Problem):
                    self.problems.append(found)
                elif not {found.id, found.path} & skipped and (ids is None or base_of(found.id) in ids):
                    self._store.add(found)
                    self._boilerplate.count(found)
                    self.remarks.note(found)

    def settle(self) -> dict[str, list[str]]:
        """Once all is read, give each article an id of its own, and take out boilerplate, which is returned."""
        store = self._store
        store.settle()
        for article in self._ticking(store.articles()):
            cleaned = self._boilerplate.without(article)
            if cleaned is not article:
                store.replace_text(cleaned)
            found = (self._known and self._known.signature(cleaned.text)) or signature(cleaned.text)
            store.keep_signature(cleaned.text, found)
        return self._boilerplate.habits

    def tie(self) -> None:
        """Tell the stories apart."""
        self._store.tie(told_stories(self._ticking(self._store.signatures())))

    def _tell(self, *sizes: int) -> None:
        self._done = sizes[0], sizes[1]
        self._progress(*self._done)

    def _ticking(self, items: Iterable[_Each]) -> Iterator[_Each]:
        for number, item in enumerate(items):
            if number % _TICK == 0:
                self._progress(*self._done)
            yield item


def told_stories(signatures: Iterable[tuple[str, Signature]]) -> dict[str, str]:
    """The story of each article, as the id of the first that tells it; ids come in order, each with its signature."""
    stories = Stories()
    numbers: dict[str, int] = {}
    for number, (name, found) in enumerate(signatures):
        stories.add(found)
        numbers[name] = number
    for name, number in numbers.items():
        stories.tie(number, numbers.get(base_of(name), number))
    ids = list(numbers)
    return {name: ids[stories.first(number)] for name, number in numbers.items()}
