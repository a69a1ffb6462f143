"""Dateline through its public interface, on the same articles."""

import json
from pathlib import Path

from benchmarks.peers.peer import Found, PeerArticle
from index import sync
from qa import Retriever
from qa.question.request import Request


class Dateline:
    """As shipped; `no day` without the day of the question, `no time` reads no time in it either, like all others."""

    ways = ("no time", "no day", "shipped")

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
        now = asked if way == "shipped" else None
        answer = self._retriever.answer(Request(question, k=count, now=now, timeframe=way != "no time"))
        return [Found(passage.article.url, passage.text) for passage in answer.passages]
