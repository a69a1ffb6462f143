"""bm25s as its README uses it, stemmed, on chunks of 200 words. Words alone; every build is a whole one."""

from pathlib import Path

import bm25s
import Stemmer

from benchmarks.peers.peer import Found, PeerArticle, word_chunks


class Bm25s:
    """Keywords alone."""

    ways = ("keywords",)

    def __init__(self) -> None:
        """Nothing is open yet."""
        self._stemmer = Stemmer.Stemmer("english")

    def build(self, articles: list[PeerArticle], folder: Path) -> None:
        """Index everything anew."""
        corpus = [{"url": article.url, "text": text} for article in articles for text in word_chunks(article.content)]
        retriever = bm25s.BM25()
        texts = [row["text"] for row in corpus]
        retriever.index(bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False), False)
        retriever.save(str(folder), corpus=corpus)

    def open(self, folder: Path) -> None:
        """Load the index with its texts."""
        self._retriever = bm25s.BM25.load(str(folder), load_corpus=True)

    def ask(self, _way: str, question: str, count: int, _asked: str | None) -> list[Found]:
        """The best chunks by BM25."""
        tokens = bm25s.tokenize(question, stopwords="en", stemmer=self._stemmer, show_progress=False)
        rows, _ = self._retriever.retrieve(tokens, k=count, show_progress=False)
        return [Found(row["url"], row["text"]) for row in rows[0]]
