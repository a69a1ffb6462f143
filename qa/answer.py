"""What comes back from a question: the answer with its passages, and what the archive behind it holds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self

from corpus.message import Message
from index.archive import Archive
from qa.findings.composed import Composed
from qa.findings.coverage import Coverage
from qa.findings.figures import Disagreement
from qa.findings.premise import Premise
from qa.findings.timeline import Timeline
from qa.question.timeframe import Timeframe
from qa.question.understand import archive_period, default_now
from qa.reading.verdict import Verdict
from qa.search.quotation import Passage, shown

__all__ = ["LOADING", "UNREAD", "Answer", "ArchiveStatus", "Passage"]

# The notice of an answer that was found without the model.
LOADING = Message(
    "The language model is still loading: until it is there, passages are found by words and dates alone."
)
# The notice of an answer in whose archive the reader cannot read.
UNREAD = Message("Passages are read in English only; here words and meaning choose the sentence that is quoted.")


@dataclass(frozen=True, slots=True)
class Answer:
    """The passages for a question, best first, and whether the archive answers it; if not, only the nearest ones.

    `searched` is the question as searched, completed where it was a follow-up, `now` the day it counts as asked on,
    `confidence` the probability that the archive answers, `reasons` why, `notices` what the reader should know
    (`corrections` are those on misspelt words), `disagreements` figures that differ, newest first, `timeline` what
    happened, if asked, `premise` what the question wrongly takes for granted, `composed` what a language model wrote.
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
    disagreements: tuple[Disagreement, ...] = ()
    timeline: Timeline | None = None
    corrections: tuple[str, ...] = ()
    premise: Premise | None = None
    composed: Composed | None = None
    archive: str = ""
    counted: Callable[[], Coverage] | None = field(default=None, repr=False, compare=False)

    @property
    def coverage(self) -> Coverage | None:
        """How the articles on the subject lie over time, counted now; ValueError once its retriever is closed."""
        return self.counted() if self.counted else None

    @property
    def answered(self) -> bool:
        """Whether the archive holds the answer, as far as Dateline can tell."""
        return self.verdict == "answered"

    def as_json(self) -> dict[str, Any]:
        """The answer as every JSON output of Dateline shows it."""
        return {
            **shown(self, "question", "searched", "now", "verdict", "confidence", "reasons", "notices", "timeframe"),
            **shown(self, "passages", "disagreements", "timeline", "premise", "composed"),
            "confidence": round(self.confidence, 4),
            **({"archive": self.archive} if self.archive else {}),
        }


@dataclass(frozen=True, slots=True)
class ArchiveStatus:
    """What the archive behind a retriever holds, and in what state it is.

    `oldest` and `newest` are plausible days of publication, None in an undated archive; `sources` are outlets with
    their numbers of articles, largest first; `built` is in UTC; `now` is the day a question without one counts as asked
    on; without `model_ready` answers come from keywords and time alone; `failed` files and records gave no article.
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

    @classmethod
    def of(cls, archive: Archive, notices: Iterable[str] = (), *, model_ready: bool = True) -> Self:
        """What an archive holds; `notices` come before its own."""
        summary, period = archive.summary, archive_period(archive)
        names = ("corpus", "articles", "chunks", "built", "model", "failed")
        same: dict[str, Any] = {name: getattr(summary, name) for name in names}
        return cls(
            **same,
            generation=summary.name,
            oldest=period and period.first,
            newest=period and period.last,
            sources=archive.outlets(),
            now=default_now(period),
            model_ready=model_ready,
            notices=(*notices, *summary.notices),
        )
