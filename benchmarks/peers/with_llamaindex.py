"""LlamaIndex with Chroma: its ingestion pipeline with a document store, and its BM25 and fusion retrievers."""

from pathlib import Path
from typing import Any

import chromadb
from llama_index.core import Document, MockEmbedding, Settings, VectorStoreIndex
from llama_index.core.ingestion import DocstoreStrategy, IngestionPipeline
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import MetadataMode
from llama_index.core.storage.docstore import SimpleDocumentStore
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.vector_stores.chroma import ChromaVectorStore

from benchmarks.peers.peer import Found, PeerArticle, model_folder

# All articles in one run are more nodes than Chroma takes at once (5,461), which ends the pipeline with an error.
_BATCH = 1000


class LlamaIndex:
    """The default SentenceSplitter: 1,024 tokens a chunk with 200 of overlap, of which MiniLM sees the first 256."""

    ways = ("dense", "hybrid")

    def build(self, articles: list[PeerArticle], folder: Path) -> None:
        """The pipeline's document store tells what has changed; the nodes are kept for the keyword half."""
        documents = [
            Document(text=article.content, doc_id=article.url, metadata={"url": article.url},
                     excluded_embed_metadata_keys=["url"])
            for article in articles
        ]  # fmt: skip
        pipeline = IngestionPipeline(
            transformations=[SentenceSplitter(), HuggingFaceEmbedding(model_name=model_folder())],
            vector_store=_vector_store(folder),
            docstore=SimpleDocumentStore(),
            docstore_strategy=DocstoreStrategy.UPSERTS,
        )
        nodes = SimpleDocumentStore()
        if (folder / "pipeline").exists():
            pipeline.load(str(folder / "pipeline"))
            nodes = SimpleDocumentStore.from_persist_path(str(folder / "nodes.json"))
        made = []
        for first in range(0, len(documents), _BATCH):
            made += pipeline.run(documents=documents[first : first + _BATCH])
        for url in {node.ref_doc_id for node in made}:
            nodes.delete_ref_doc(url, raise_error=False)
        for node in made:
            node.embedding = None
        nodes.add_documents(made)
        pipeline.persist(str(folder / "pipeline"))
        nodes.persist(str(folder / "nodes.json"))

    def open(self, folder: Path) -> None:
        """Open the vector store, and make the keyword half of the nodes."""
        Settings.llm, Settings.embed_model = MockLLM(), MockEmbedding(embed_dim=384)
        embedding = HuggingFaceEmbedding(model_name=model_folder())
        self._index = VectorStoreIndex.from_vector_store(_vector_store(folder), embed_model=embedding)
        nodes = SimpleDocumentStore.from_persist_path(str(folder / "nodes.json"))
        self._keywords = BM25Retriever.from_defaults(docstore=nodes, similarity_top_k=10)

    def ask(self, way: str, question: str, count: int, _asked: str | None) -> list[Found]:
        """The nearest chunks, or those of both halves fused by reciprocal rank."""
        dense: Any = self._index.as_retriever(similarity_top_k=count)
        if way == "hybrid":
            dense = QueryFusionRetriever(
                [dense, self._keywords],
                similarity_top_k=count,
                num_queries=1,
                mode="reciprocal_rerank",
                use_async=False,
            )
        found = dense.retrieve(question)
        return [Found(hit.node.metadata["url"], hit.node.get_content(MetadataMode.NONE)) for hit in found]


def _vector_store(folder: Path) -> ChromaVectorStore:
    client = chromadb.PersistentClient(str(folder / "chroma"), settings=chromadb.Settings(anonymized_telemetry=False))
    return ChromaVectorStore(chroma_collection=client.get_or_create_collection("articles"))
