"""LangChain with Chroma: its semantic search tutorial, its indexing API, and its EnsembleRetriever."""

from pathlib import Path
from typing import Any

from langchain_chroma import Chroma
from langchain_classic.indexes import SQLRecordManager, index
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from benchmarks.peers.peer import Found, PeerArticle, model_folder


class LangChain:
    """1,000 characters a chunk with 200 of overlap, as in the tutorial."""

    ways = ("dense", "hybrid")

    def build(self, articles: list[PeerArticle], folder: Path) -> None:
        """The indexing API compares what is to be kept with what was."""
        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
        documents = [
            Document(page_content=article.content, metadata={"source": article.url, "published": article.published})
            for article in articles
        ]
        manager = SQLRecordManager("articles", db_url=f"sqlite:///{folder / 'records.db'}")
        manager.create_schema()
        chunks = splitter.split_documents(documents)
        index(chunks, manager, self._store(folder), cleanup="full", source_id_key="source", key_encoder="sha256")

    def open(self, folder: Path) -> None:
        """Open the store; the keyword half is made of all its texts, since it is kept nowhere."""
        self._opened = self._store(folder)
        kept = self._opened.get()
        documents = [
            Document(page_content=text, metadata=meta)
            for text, meta in zip(kept["documents"], kept["metadatas"], strict=True)
        ]
        self._keywords = BM25Retriever.from_documents(documents)

    def ask(self, way: str, question: str, count: int, _asked: str | None) -> list[Found]:
        """The nearest chunks, or those of both halves fused by reciprocal rank."""
        if way == "dense":
            found = self._opened.similarity_search(question, k=count)
        else:
            self._keywords.k = count
            dense = self._opened.as_retriever(search_kwargs={"k": count})
            both = EnsembleRetriever(retrievers=[self._keywords, dense], weights=[0.5, 0.5])
            found = both.invoke(question)[:count]
        return [Found(document.metadata["source"], document.page_content) for document in found]

    def _store(self, folder: Path) -> Any:
        embeddings = HuggingFaceEmbeddings(model_name=model_folder())
        return Chroma("articles", embedding_function=embeddings, persist_directory=str(folder / "chroma"))
