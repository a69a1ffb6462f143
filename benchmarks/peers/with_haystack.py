"""Haystack with its InMemoryDocumentStore: the hybrid retrieval tutorial without its reranker, which is a download."""

from pathlib import Path

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from benchmarks.peers.peer import Found, PeerArticle, changed, model_folder


class Haystack:
    """512 words a chunk with 32 of overlap, as in the tutorial, of which MiniLM sees the first 256 word pieces."""

    ways = ("dense", "hybrid")

    def build(self, articles: list[PeerArticle], folder: Path) -> None:
        """What has changed is told by hand, from digests in the meta data."""
        file = folder / "store.json"
        store = InMemoryDocumentStore.load_from_disk(str(file)) if file.exists() else InMemoryDocumentStore()
        kept = store.filter_documents()
        new = changed(articles, {document.meta["url"]: document.meta["digest"] for document in kept})
        if not new:
            return
        urls = {article.url for article in new}
        store.delete_documents([document.id for document in kept if document.meta["url"] in urls])
        documents = [
            Document(content=article.content, meta={"url": article.url, "digest": article.digest}) for article in new
        ]
        splitter = DocumentSplitter(split_by="word", split_length=512, split_overlap=32)
        embedder = SentenceTransformersDocumentEmbedder(model=model_folder(), progress_bar=False)
        embedder.warm_up()
        chunks = splitter.run(documents=documents)["documents"]
        store.write_documents(embedder.run(documents=chunks)["documents"])
        store.save_to_disk(str(file))

    def open(self, folder: Path) -> None:
        """Load the store and connect the pipelines."""
        store = InMemoryDocumentStore.load_from_disk(str(folder / "store.json"))
        self._hybrid, self._dense = Pipeline(), Pipeline()
        for pipeline in (self._hybrid, self._dense):
            pipeline.add_component(
                "embedder", SentenceTransformersTextEmbedder(model=model_folder(), progress_bar=False)
            )
            pipeline.add_component("dense", InMemoryEmbeddingRetriever(store))
            pipeline.connect("embedder", "dense")
        self._hybrid.add_component("keywords", InMemoryBM25Retriever(store))
        self._hybrid.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
        self._hybrid.connect("keywords", "joiner")
        self._hybrid.connect("dense", "joiner")

    def ask(self, way: str, question: str, count: int, _asked: str | None) -> list[Found]:
        """The nearest chunks, or those of both halves fused by reciprocal rank."""
        wanted = {"embedder": {"text": question}, "dense": {"top_k": count}}
        if way == "dense":
            found = self._dense.run(wanted)["dense"]["documents"]
        else:
            wanted |= {"keywords": {"query": question, "top_k": count}, "joiner": {"top_k": count}}
            found = self._hybrid.run(wanted)["joiner"]["documents"]
        return [Found(document.meta["url"], document.content) for document in found]
