"""Dateline through its public interface, on the same articles."""

import json
from pathlib import Path

from benchmarks.peers.peer import Found, PeerArticle
from index import sync
from qa import Retriever


class Dateline:
    """As it is shipped; `no day` is asked without the day of the question, which nobody else can use."""

    ways = ("no day", "shipped")

    def build(self, articles: list[PeerArticle], folder: Path) -> None:
        """Write the corpus folder where it has changed, then sync."""
        corpus = folder / "corpus"
        corpus.mkdir(exist_ok=True)
        rows = []
        for article in articles:
            title, _, text = article.content.partition("\n\n")
            rows.append({"url": article.url, "title": title, "text": text, "published": article.published})
        content = "".join(json.dumps(row) + "\n" for row in rows)
        file = corpus / "articles.jsonl"
        if not file.exists() or file.read_text("utf-8") != content:
            file.write_text(content, "utf-8")
        sync(corpus, folder / "index")

    def open(self, folder: Path) -> None:
        """Open the index and wait for the model."""
        self._retriever = Retriever.open(folder / "index")

    def ask(self, way: str, question: str, count: int, asked: str | None) -> list[Found]:
        """The passages of `ask`, verdict and marked sentences included."""
        answer = self._retriever.ask(question, k=count, now=asked if way == "shipped" else None)
        return [Found(passage.article.url, passage.text) for passage in answer.passages]
