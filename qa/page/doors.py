"""The answers for programs: what the page's endpoints take and give."""

from typing import Any

from qa.retriever import Retriever


class Doors:
    """The verbs of a retriever as programs call them: its parameters, days as YYYY-MM-DD, JSON back.

    The annotations and docstrings are what the endpoints `/ask` and `/search` tell of themselves. All raise UserError.
    """

    def __init__(self, retriever: Retriever) -> None:
        """Store what the answers come from."""
        self.retriever = retriever

    def ask(
        self,
        question: str,
        k: int = 5,
        now: str | None = None,
        since: str | None = None,
        until: str | None = None,
        sources: list[str] | None = None,
        authors: list[str] | None = None,
        history: list[str] | None = None,
    ) -> dict[str, Any]:
        """The answer to a question, with up to k passages; history holds earlier questions, oldest first."""
        answer = self.retriever.ask(question, history or (), k, now, since, until, sources or (), authors or ())
        return answer.as_json()

    def search(
        self,
        question: str,
        k: int = 5,
        now: str | None = None,
        since: str | None = None,
        until: str | None = None,
        sources: list[str] | None = None,
        authors: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        """The k passages nearest to a question, best first."""
        passages = self.retriever.search(question, k, now, since, until, sources or (), authors or ())
        return [passage.as_json() for passage in passages]
