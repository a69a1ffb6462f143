"""Dateline as a LlamaIndex retriever: `pip install "dateline-qa[llamaindex]"`."""

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
    """Passages of an archive as nodes with their scores, best first: a node's text is the passage, word for word.

    `archive` is an open `Retriever`, `limits` are keywords of its `search`. Metadata are all that a passage's JSON
    has besides its text, place and score.
    """

    def __init__(self, archive: Retriever, k: int = 5, **limits: Any) -> None:  # noqa: ANN401 (as many as `search` has)
        super().__init__()
        self._archive, self._limits = archive, {"k": k, **limits}

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [_node(passage) for passage in self._archive.search(query_bundle.query_str, **self._limits)]


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
