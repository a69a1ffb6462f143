"""The seam between a build and the stores: what a build does to an archive, wherever it is stored."""

import contextlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from corpus import Article
from index.archive import Archive
from index.generations.manifest import Manifest
from index.models.embedder import Vectors
from index.stores.articles import ArticleStore


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article ready to be stored: its story, its chunks as spans of the text, and a vector for each of them.

    `story` is the id of the earliest article that tells it; `vectors` has the shape (number of spans, dimension).
    """

    article: Article
    story: str
    spans: tuple[tuple[int, int], ...]
    vectors: Vectors


class Writer(contextlib.AbstractContextManager["Writer"], Protocol):
    """What a build does to an archive. Readers see none of it before `publish`; UserError if it cannot be written."""

    name: str
    articles_before: int
    forgotten: tuple[str, ...]
    """The ids and paths that were taken down, sorted: they are left out."""
    store: ArticleStore
    """What is read, cut and settled before it is put; on this machine it becomes a part of the archive."""

    def digests(self, ids: Collection[str]) -> dict[str, str]:
        """The digests of some articles as they are published now, without those that are not."""

    def begin(self, dimension: int, language: str) -> None:
        """Open what is written, once everything is in `store`."""

    def put(self, articles: Iterable[Prepared]) -> None:
        """Store articles, in order of id; one with a published id replaces it."""

    def verify(self, waiting: Callable[[], object]) -> None:
        """Check that everything was stored, and that a sample of it is found; RuntimeError if not.

        `waiting` is called repeatedly until everything is.
        """

    def counts(self) -> tuple[int, int]:
        """How many articles and chunks will be published."""

    def archive(self, manifest: Manifest) -> contextlib.AbstractContextManager[Archive]:
        """What was verified, as its readers will see it."""

    def publish(self, manifest: Manifest) -> None:
        """Show readers the new state at once, with what it was made of."""
