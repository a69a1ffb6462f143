"""Chunks as they are kept, and what ids and paths of articles tell."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_VERSION = re.compile(r"#\d+$")


@dataclass(frozen=True, slots=True)
class ChunkTable:
    """All chunks of a generation as columns, in row order: ascending by article id, then start.

    `article` gives each chunk's position in `ids`, `days` and `sources`, which have one entry an article, in order of
    id. Days are `date.toordinal()`, 0 for undated; sources are positions in `source_names`.
    """

    article: NDArray[np.int32]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    ids: tuple[str, ...]
    days: NDArray[np.int32]
    sources: NDArray[np.int32]
    source_names: tuple[str, ...]

    def leads(self, articles: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        """The row of the first chunk of each of some articles, by their positions."""
        return np.searchsorted(self.article, articles).astype(np.int64)


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk as it is kept: its row in every store, its id, its span, and the digest of what was embedded for it."""

    row: int
    id: str
    start: int
    end: int
    embedded: bytes


def chunk_id(article_id: str, digest: str, start: int, end: int) -> str:
    """The id of a span of an article: another edition of the article gives other ids."""
    return f"{article_id}@{digest[:12]}:{start}-{end}"


def base_of(article_id: str) -> str:
    """The id that an article shares with its other versions."""
    return _VERSION.sub("", article_id)


def file_of(path: str) -> str:
    """The file of the corpus that holds what has this path: the archive file, where it is in one."""
    return path.partition("!")[0]
