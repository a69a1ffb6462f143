"""Dateline as a LlamaIndex retriever: `pip install "dateline-qa[llamaindex]"`."""

from collections.abc import Sequence
from functools import partial

from qa.answer import Passage
from qa.question.request import Day
from qa.retriever import Retriever

try:
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
except ImportError as error:
    message = 'This adapter needs llama-index-core; install it with: pip install "dateline-qa[llamaindex]"'
    raise ImportError(message) from error


class DatelineRetriever(BaseRetriever):
    """Passages of an archive as nodes with their scores, best first: a node's text is the passage, word for word.

    `archive` is an open `Retriever`; the rest are the keywords of its `search`. Metadata are all that a passage's JSON
    has besides its text, place and score.
    """

    def __init__(
        self,
        archive: Retriever,
        k: int = 5,
        *,
        now: Day = None,
        since: Day = None,
        until: Day = None,
        sources: Sequence[str] = (),
        authors: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._search = partial(archive.search, k=k, now=now, since=since, until=until, sources=sources, authors=authors)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [_node(passage) for passage in self._search(query_bundle.query_str)]


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
