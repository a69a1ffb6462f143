"""Questions into ranked passages into answers: the public Python interface."""

from corpus import Article, UserError
from qa.answer import Answer, ArchiveStatus, Passage
from qa.findings.figures import Disagreement
from qa.findings.quotes import QuoteCheck
from qa.findings.timeline import Timeline
from qa.question.timeframe import Timeframe
from qa.retriever import Retriever
from qa.search.quotation import Quotation

__all__ = [
    "Answer",
    "ArchiveStatus",
    "Article",
    "Disagreement",
    "Passage",
    "Quotation",
    "QuoteCheck",
    "Retriever",
    "Timeframe",
    "Timeline",
    "UserError",
]
