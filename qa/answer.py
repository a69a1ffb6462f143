"""What comes back from a question: passages, and the answer that holds them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from corpus import Article
from qa.figures import Disagreement
from qa.findings.coverage import Coverage
from qa.findings.quotation import Quotation, citation
from qa.findings.timeline import Timeline
from qa.question.timeframe import Timeframe

# The notice of an answer that was found without the model.
LOADING = "The language model is still loading: until it is there, passages are found by words and dates alone."

Span = tuple[int, int]
Verdict = Literal["answered", "not_in_corpus"]
_TIME_PARTS = frozenset({"recency", "fresh_lead"})


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of an article that was found, `article.text[start:end]`, with the sentence or two in it that answer.

    `highlights` are (start, end) spans of `article.text` inside the passage, each of a sentence or two; `score`
    orders passages of one search and means nothing between two; `parts` are the named shares it is the sum of;
    `copies` are the ids of other articles that tell the story in the same or nearly the same words, earliest first;
    `later` is that of the one among them that corrects or updates this one, empty where none does.
    """

    article: Article
    start: int
    end: int
    score: float
    parts: dict[str, float]
    highlights: tuple[Span, ...] = ()
    copies: tuple[str, ...] = ()
    later: str = ""

    @property
    def text(self) -> str:
        """The passage, word for word."""
        return self.article.text[self.start : self.end]

    @property
    def quoted(self) -> Span:
        """Where the quotation stands in the article: what is marked, the whole passage where nothing is."""
        return self.highlights[0] if self.highlights else (self.start, self.end)

    @property
    def quotation(self) -> str:
        """What is marked, word for word; the whole passage where nothing is."""
        start, end = self.quoted
        return self.article.text[start:end]

    @property
    def cited(self) -> Quotation:
        """The quotation with its article."""
        return Quotation(self.article, *self.quoted, copies=self.copies)

    @property
    def relevance(self) -> float:
        """How much it is about the question, whenever it was published: its score without what time adds."""
        return sum(share for name, share in self.parts.items() if name not in _TIME_PARTS)

    def as_json(self) -> dict[str, Any]:
        """The passage as every JSON output of Dateline shows it."""
        return {
            "text": self.text,
            "score": round(self.score, 6),
            "parts": {name: round(share, 6) for name, share in self.parts.items()},
            "start": self.start,
            "end": self.end,
            "highlights": [list(span) for span in self.highlights],
            **citation(self.article),
            "copies": list(self.copies),
            "later": self.later or None,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """The passages for a question, best first, and whether the archive answers it.

    `searched` is the question as searched, completed where it was a follow-up; `now` is the day it counts as asked on;
    `confidence` is the probability, in [0, 1], that the archive answers; `reasons` say why, in sentences that a reader
    can check; `notices` tell what the reader should know of this search, those in `corrections` which misspelt words
    were put right for it; `coverage` is there where it was asked for. `disagreements` are figures in the passages that
    differ; `timeline` is there where the question asks what happened.
    With verdict "not_in_corpus" the passages are only the nearest ones.
    """

    question: str
    searched: str
    now: date
    verdict: Verdict
    confidence: float
    reasons: tuple[str, ...]
    timeframe: Timeframe | None
    notices: tuple[str, ...]
    passages: tuple[Passage, ...]
    coverage: Coverage | None = None
    disagreements: tuple[Disagreement, ...] = ()
    timeline: Timeline | None = None
    corrections: tuple[str, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether the archive holds the answer, as far as Dateline can tell."""
        return self.verdict == "answered"

    def as_json(self) -> dict[str, Any]:
        """The answer as every JSON output of Dateline shows it."""
        return {
            "question": self.question,
            "searched": self.searched,
            "now": self.now.isoformat(),
            "verdict": self.verdict,
            "confidence": round(self.confidence, 4),
            "reasons": list(self.reasons),
            "notices": list(self.notices),
            "timeframe": self.timeframe.as_json() if self.timeframe else None,
            "passages": [passage.as_json() for passage in self.passages],
            "disagreements": [disagreement.as_json() for disagreement in self.disagreements],
            "timeline": self.timeline.as_json() if self.timeline else None,
        }


@dataclass(frozen=True, slots=True)
class ArchiveStatus:
    """What the archive behind a retriever holds, and in what state it is.

    `oldest` and `newest` are the first and last plausible days of publication, None in an undated archive; `sources`
    are the outlets with their numbers of articles, largest first; `built` is when the generation was published (UTC);
    `now` is the day a question without one counts as asked on; `model_ready` is False while answers still come from
    keywords and time alone; `failed` counts the files and records that gave no article.
    """

    generation: str
    corpus: str
    articles: int
    chunks: int
    oldest: date | None
    newest: date | None
    sources: dict[str, int]
    built: datetime
    now: date
    model: str
    model_ready: bool
    failed: int
    notices: tuple[str, ...] = ()
