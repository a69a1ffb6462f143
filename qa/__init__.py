"""Questions into ranked passages into answers: the public Python interface."""

from corpus import Article, UserError
from qa.answer import Answer, ArchiveStatus, Passage
from qa.figures import Disagreement
from qa.quotation import Quotation
from qa.quotes import QuoteCheck
from qa.retriever import Retriever
from qa.timeframe import Timeframe
from qa.timeline import Timeline

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
