"""The archives that a page serves, one or several: which folders they are, and who answers for each."""

import contextlib
import functools
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from corpus import Article, Settings, UserError
from corpus.message import Message
from index.generations.origin import settings_for
from index.models.embedder import Embedder
from index.status import exists
from qa.answer import ArchiveStatus
from qa.reading.reader import Reader
from qa.retriever import Retriever
from qa.web.indexer import Indexer
from qa.web.watched import Watchlist

One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Served:
    """An archive with what keeps its index; `name` is empty where it is the only one."""

    retriever: Retriever
    indexer: Indexer
    name: str = ""

    @property
    def watchlist(self) -> Watchlist:
        """Its saved questions, beside its index."""
        return Watchlist(self.retriever, self.indexer.settings.index, self.name)


def chosen(archives: Mapping[str, One], name: str) -> Mapping[str, One]:
    """The archive of a name, all for ""; UserError where none has it. The only archive has every name."""
    if not name or len(archives) == 1:
        return archives
    if name not in archives:
        form = "There is no archive “%(name)s” here; choose one of: %(names)s."
        raise UserError(Message(form, name=name, names=tuple(archives)))
    return {name: archives[name]}


class Archives:
    """The archives of a page in the order they were given, at least one."""

    def __init__(self, served: Sequence[Served]) -> None:
        self._served = {one.name: one for one in served}

    def __iter__(self) -> Iterator[Served]:
        return iter(self._served.values())

    @property
    def names(self) -> tuple[str, ...]:
        """What readers choose from; empty where there is one archive."""
        return tuple(self._served) if len(self._served) > 1 else ()

    def chosen(self, name: str) -> list[Served]:
        """As `chosen`, of the archives of the page."""
        return list(chosen(self._served, name).values())

    def one(self, name: str) -> Served:
        """The archive of a name; UserError where none has it, and for "" where there are several."""
        found, *others = self.chosen(name)
        if others:
            message = Message("This is done to one archive at a time; choose one of: %(names)s.", names=self.names)
            raise UserError(message)
        return found

    def article(self, article_id: str, name: str = "") -> Article:
        """The article of an id in the archive of a name, for "" in the first that has it; UserError as `Retriever`."""
        *first, last = self.chosen(name)
        for one in first:
            with contextlib.suppress(UserError):
                return one.retriever.article(article_id)
        return last.retriever.article(article_id)

    def status(self, name: str) -> ArchiveStatus:
        """What the archive of a name holds; of all together for ""."""
        each = [one.retriever.status() for one in self.chosen(name)]
        days = [day for one in each for day in (one.oldest, one.newest) if day]
        return replace(
            each[0],
            generation=" ".join(one.generation for one in each),
            articles=sum(one.articles for one in each),
            chunks=sum(one.chunks for one in each),
            oldest=min(days, default=None),
            newest=max(days, default=None),
            sources=dict(sum((Counter(one.sources) for one in each), Counter[str]()).most_common()),
            built=max(one.built for one in each),
            now=max(one.now for one in each),
            model_ready=all(one.model_ready for one in each),
            failed=sum(one.failed for one in each),
            notices=tuple(dict.fromkeys(notice for one in each for notice in one.notices)),
        )


@contextlib.contextmanager
def opened(found: Mapping[str, Settings], embedder: Embedder) -> Iterator[dict[str, Retriever]]:
    """The retrievers of archives by their names, sharing models that load meanwhile; UserError as `Retriever.open`."""
    reader = Reader()
    with contextlib.ExitStack() as closing:
        asking = functools.partial(Retriever.open, wait=False, embedder=embedder, reader=reader)
        yield {name: closing.enter_context(asking(one.index)) for name, one in found.items()}


def settings_of(indexes: Sequence[str], corpora: Sequence[str]) -> dict[str, Settings]:
    """The settings of each index by its archive's name, that of the folder ("" for one only). May raise UserError."""
    if len(indexes) < 2 and len(corpora) < 2:  # noqa: PLR2004 (one of each)
        return {"": settings_for(*(given[0] if given else None for given in (corpora, indexes)))}
    if corpora and len(corpora) != len(indexes):
        message = "Give --corpus once for each --index, in the same order, or leave it out: an index knows its folder."
        raise UserError(message)
    for variable in ("DATELINE_CORPUS", "DATELINE_STORE"):
        if os.environ.get(variable):
            message = f"{variable} is of one archive; unset it to serve several."
            raise UserError(message)
    found = [settings_for(corpora[place] if corpora else None, index) for place, index in enumerate(indexes)]
    for settings in found if not corpora else ():
        if not exists(settings):
            message = f"There is no index in “{settings.index}”; name its folder of articles with --corpus."
            raise UserError(message)
    return dict(zip(_names([settings.index for settings in found]), found, strict=True))


def _names(folders: Sequence[Path]) -> list[str]:
    """The last parts of each path, as few as tell all apart."""
    parts = [folder.resolve().parts for folder in folders]
    if len(set(parts)) < len(parts):
        message = "The same --index is given twice; name each once."
        raise UserError(message)
    names = (["/".join(each[-length:]) for each in parts] for length in range(1, max(map(len, parts)) + 1))
    return next(each for each in names if len(set(each)) == len(each))
