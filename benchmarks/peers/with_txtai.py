"""txtai as its introduction uses it: every article a row, with its text stored; hybrid by the setting of that name."""

import json
from pathlib import Path

from txtai import Embeddings

from benchmarks.peers.peer import Found, PeerArticle, changed, model_folder


class Txtai:
    """Whole articles, of which MiniLM sees the first 256 word pieces; asked for vectors alone as well."""

    ways = ("dense", "hybrid")

    def build(self, articles: list[PeerArticle], folder: Path) -> None:
        """Upsert what has changed, told by hand from digests beside the index."""
        digests = folder / "digests.json"
        kept: dict[str, str] = json.loads(digests.read_text("utf-8")) if digests.exists() else {}
        new = changed(articles, kept)
        if not new:
            return
        index = Embeddings(path=model_folder(), method="sentence-transformers", content=True, hybrid=True)
        if kept:
            index.load(str(folder / "index"))
        index.upsert([(article.url, article.content, None) for article in new])
        index.save(str(folder / "index"))
        digests.write_text(json.dumps(kept | {article.url: article.digest for article in new}), "utf-8")

    def open(self, folder: Path) -> None:
        """Load the index."""
        self._opened = Embeddings()
        self._opened.load(str(folder / "index"))

    def ask(self, way: str, question: str, count: int, _asked: str | None) -> list[Found]:
        """The best articles, by vectors alone or by both halves."""
        weights = 1.0 if way == "dense" else None
        return [Found(row["id"], row["text"]) for row in self._opened.search(question, count, weights=weights)]
