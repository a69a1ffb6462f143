"""Dateline as a LlamaIndex retriever: `pip install "dateline-qa[llamaindex]"`."""

from functools import partial
from typing import Any

from qa.answer import Passage
from qa.retriever import Retriever

try:
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
except ImportError as error:
    message = 'This adapter needs llama-index-core; install it with: pip install "dateline-qa[llamaindex]"'
    raise ImportError(message) from error


class DatelineRetriever(BaseRetriever):
    """Passages of an open `Retriever`, by its `search`, as nodes with scores; metadata are the rest of their JSON."""

    def __init__(self, archive: Retriever, k: int = 5, **limits: Any) -> None:  # noqa: ANN401 (those of `search`)
        super().__init__()
        self._search = partial(archive.search, k=k, **limits)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [_node(passage) for passage in self._search(question=query_bundle.query_str)]


def _node(passage: Passage) -> NodeWithScore:
    metadata = passage.as_json()
    node = TextNode(
        text=metadata.pop("text"),
        id_=f"{passage.article.id}:{passage.start}-{passage.end}",
        start_char_idx=metadata.pop("start"),
        end_char_idx=metadata.pop("end"),
        metadata=metadata,
    )
    return NodeWithScore(node=node, score=metadata.pop("score"))
