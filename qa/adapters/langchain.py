"""Dateline as a LangChain retriever: `pip install "dateline-qa[langchain]"`."""

from datetime import date

from qa.retriever import Retriever

try:
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
    from pydantic import ConfigDict
except ImportError as error:
    message = 'This adapter needs langchain-core; install it with: pip install "dateline-qa[langchain]"'
    raise ImportError(message) from error


class DatelineRetriever(BaseRetriever):
    """Passages of an open `Retriever`, by its `search`, as documents; metadata are the rest of their JSON."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    archive: Retriever
    k: int = 5
    now: date | str | None = None
    since: date | str | None = None
    until: date | str | None = None
    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 (LangChain passes it by name)
    ) -> list[Document]:
        found = self.archive.search(query, self.k, self.now, self.since, self.until, self.sources, self.authors)
        rows = ((f"{one.article.id}:{one.start}-{one.end}", one.as_json()) for one in found)
        return [Document(metadata.pop("text"), id=name, metadata=metadata) for name, metadata in rows]
