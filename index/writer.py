"""The seam between a build and the stores: what a build does to an archive, wherever it is stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from corpus import Article
from corpus.stories import Signature
from index.generations.manifest import Manifest
from index.models.embedder import Vectors


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article ready to be stored: its story, its chunks as spans of the text, and a vector for each of them.

    `story` is the id of the earliest article that tells it; `vectors` has the shape (number of spans, dimension).
    A store that is not written whole keeps the `signature`, by which stories are told apart, and the `files` that hold
    a record of the article's id.
    """

    article: Article
    story: str
    spans: tuple[tuple[int, int], ...]
    vectors: Vectors
    signature: Signature | None = None
    files: tuple[str, ...] = ()


class Writer(Protocol):
    """What a build does to an archive. Readers see none of it before `publish`; UserError if it cannot be written."""

    def digests(self, ids: Iterable[str]) -> dict[str, str]:
        """The digests of some articles as they are published now, without those that are not."""

    def put(self, articles: Iterable[Prepared]) -> None:
        """Store articles, in order of id; one with a published id replaces it."""

    def withdraw(self, ids: Iterable[str]) -> None:
        """Leave out published articles."""

    def verify(self) -> None:
        """Check that everything was stored, and that a sample of it is found. RuntimeError if not."""

    def publish(self, manifest: Manifest) -> str:
        """Show readers the new state at once, with what it was made of; the name of the state."""

    def roll_back(self) -> str:
        """Show readers the state before the published one again; its name. UserError if there is none."""
