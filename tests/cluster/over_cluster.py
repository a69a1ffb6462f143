"""A plugin of pytest: the archives in memory of the tests of qa are kept on a cluster, and asked there."""

import itertools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import memory_archive
import numpy as np
import pytest

from corpus import Article
from index.archive import Archive
from index.generations.manifest import Fingerprint, Manifest, SyncReport
from index.opensearch.archive import OpenSearchArchive
from index.opensearch.editions import live_edition
from index.opensearch.engine import Address, Engine
from index.opensearch.writer import OpenSearchWriter
from index.stores.articles import ArticleStore
from index.writer import Prepared

ADDRESS = os.environ["CLUSTER_OF_TESTS"]
VERBS = [name for name in vars(Archive) if not name.startswith("_") and name not in ("summary", "sample", "terms")]
_NUMBERS = itertools.count()
_KEPT: dict[Any, OpenSearchArchive] = {}


class ArchiveOnCluster(memory_archive.MemoryArchive):
    """The same; only what is not asked of an archive, as `lets_through`, is answered from memory."""

    def __init__(self, articles: Iterable[Article] = (), *rest: Any, **options: Any) -> None:
        super().__init__(articles, *rest, **options)
        key = (tuple(self._articles.values()), tuple(self.pieces), self.sample.tobytes())
        if key not in _KEPT:
            _KEPT[key] = self._stored()
        for verb in VERBS:
            setattr(self, verb, getattr(_KEPT[key], verb))

    def _stored(self) -> OpenSearchArchive:
        engine = Engine(Address.parse(ADDRESS.replace("NAME", f"qa-{os.getpid()}-{next(_NUMBERS)}")))
        vectors = self.sample if self.sample.any() else np.ones((len(self.pieces), 2), np.float32)
        earliest = sorted(self._articles.values(), key=lambda article: (article.published is None, article.published))
        story_of = {article.text: article.id for article in reversed(earliest)}
        prepared = []
        for article in self._articles.values():
            rows = [row for row, piece in enumerate(self.pieces) if piece.article == article.id]
            spans = tuple((self.pieces[row].start, self.pieces[row].end) for row in rows)
            story = story_of[article.text]
            prepared.append(Prepared(article, story, spans, vectors[rows]))
        report = SyncReport("g1", len(self._articles), len(self.pieces), 0, 0, 0, 0, (), 0, 0.0)
        made = Fingerprint(self.summary.model, "none", 200, self.summary.language)
        with OpenSearchWriter(engine, None, ArticleStore.create(Path(":memory:")), whole=True) as writer:
            writer.begin(vectors.shape[1], "en")
            writer.put(prepared)
            writer.verify(lambda: None)
            writer.publish(Manifest("g1", "corpus", {}, made, self.summary.built, report, {}))
        return OpenSearchArchive(engine, live_edition(engine))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that build an index folder, or that ask no archive, would be the same again."""
    items[:] = [item for item in items if isinstance(item, pytest.Function) and asks(item)]


def asks(item: pytest.Function) -> bool:
    """Whether a test, what it calls in its module or one of its fixtures, comes to an archive."""
    fixtures = {name: found[-1].func for name, found in item._fixtureinfo.name2fixturedefs.items()}
    test = item.function.hypothesis.inner_test if hasattr(item.function, "hypothesis") else item.function
    return "index" not in fixtures and any(reaches(part, set()) for part in (test, *fixtures.values()))


def reaches(thing: Any, seen: set[int]) -> bool:
    """Whether something of a test module is, or names in its code, an archive as above."""
    if isinstance(thing, ArchiveOnCluster) or thing is ArchiveOnCluster:
        return True
    if id(thing) in seen or not isinstance(thing, FunctionType | type):
        return False
    seen.add(id(thing))
    if isinstance(thing, type):
        return any(reaches(part, seen) for part in vars(thing).values())
    return any(reaches(thing.__globals__.get(name), seen) for name in names(thing.__code__))


def names(code: CodeType) -> Iterator[str]:
    """What some code names, the code inside it included."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names(constant)


memory_archive.MemoryArchive = ArchiveOnCluster  # type: ignore[misc]
