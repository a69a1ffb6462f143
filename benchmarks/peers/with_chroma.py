"""The plain loop: 200 words a chunk into a Chroma collection, and its query. Nothing tells it what has changed."""

from pathlib import Path
from typing import Any

import chromadb
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

from benchmarks.peers.peer import Found, PeerArticle, model_folder, word_chunks

_BATCH = 1000


class ChromaLoop:
    """Every build embeds every chunk again."""

    ways = ("dense",)

    def build(self, articles: list[PeerArticle], folder: Path) -> None:
        """Upsert every chunk under its article's url and place."""
        rows = [
            (f"{article.url}#{place}", text, {"url": article.url})
            for article in articles
            for place, text in enumerate(word_chunks(article.content))
        ]
        collection = self._collection(folder)
        for first in range(0, len(rows), _BATCH):
            ids, texts, urls = zip(*rows[first : first + _BATCH], strict=True)
            collection.upsert(ids=list(ids), documents=list(texts), metadatas=list(urls))

    def open(self, folder: Path) -> None:
        """Open the collection."""
        self._opened = self._collection(folder)

    def ask(self, _way: str, question: str, count: int, _asked: str | None) -> list[Found]:
        """The nearest chunks."""
        found = self._opened.query(query_texts=[question], n_results=count)
        return [
            Found(meta["url"], text) for meta, text in zip(found["metadatas"][0], found["documents"][0], strict=True)
        ]

    def _collection(self, folder: Path) -> Any:
        client = chromadb.PersistentClient(str(folder), settings=chromadb.Settings(anonymized_telemetry=False))
        function = SentenceTransformerEmbeddingFunction(model_name=model_folder())
        return client.get_or_create_collection("articles", embedding_function=function)
