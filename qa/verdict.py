"""Whether the archive answers, with what probability, and why, in sentences that a reader can check."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from index.keywords import KeywordIndex
from qa.answer import Passage, Verdict
from qa.question import Question

# Logistic regression on the signals below. The cosine weighs more than fitting says, since coverage tells nothing where
# questions are put in other words than the text; the intercept keeps false refusals of the fitted set under 5 %.
_INTERCEPT, _COVERAGE, _ASKED, _COSINE = -5.8, 3.0, 1.5, 6.0
# While there is no model coverage speaks for the cosine, which is about this much of it.
_COSINE_BY_COVERAGE = 0.75
# Above this probability the archive is said to answer.
_ANSWERED = 0.5
# What is left of the probability where the question names a time that the archive does not cover.
_OUT_OF_PERIOD = 0.1


@dataclass(frozen=True, slots=True)
class Signals:
    """What the verdict is drawn from.

    `coverage` is the largest share of the question's weight held by one passage with its headline, `asked` the same of
    the sentence that asks by one sentence of a passage, both in [0, 1]; `cosine` the best cosine, None while there is
    no model; `unknown` the question's words that occur nowhere; `passages` how many were found.
    """

    coverage: float
    asked: float
    cosine: float | None
    unknown: tuple[str, ...]
    passages: int = 1

    @classmethod
    def read(
        cls, keywords: KeywordIndex, question: Question, passages: Sequence[Passage], cosine: float | None
    ) -> Self:
        """The signals of a question, the passages found for it, and the best cosine in the archive."""
        whole = [question.terms.held(keywords.terms(f"{found.article.title}\n{found.text}")) for found in passages]
        marked = [question.asked.held(keywords.terms(found.quotation)) for found in passages if found.highlights]
        spelled = zip(question.terms.words, question.terms.terms, strict=True)
        unknown = (word for word, term in spelled if not keywords.knows(term))
        return cls(
            coverage=max(whole, default=0.0),
            asked=max(marked, default=0.0),
            cosine=cosine,
            unknown=tuple(dict.fromkeys(unknown)),
            passages=len(passages),
        )


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, the probability in [0, 1] that the archive answers, and the reasons."""

    verdict: Verdict
    confidence: float
    reasons: tuple[str, ...]


def judge(signals: Signals, articles: int, out_of_period: str = "") -> Judgement:
    """Weigh the signals; `articles` is how many the archive has, `out_of_period` why it cannot know, if so."""
    if not articles:
        return Judgement("not_in_corpus", 0.0, ("The archive is empty.",))
    cosine = signals.coverage * _COSINE_BY_COVERAGE if signals.cosine is None else signals.cosine
    weighed = _INTERCEPT + _COVERAGE * signals.coverage + _ASKED * signals.asked + _COSINE * cosine
    confidence = 1 / (1 + math.exp(-weighed))
    if not signals.passages:
        return Judgement("not_in_corpus", 0.0, ("Nothing meets these limits; widen the dates, outlets or words.",))
    if out_of_period:
        return Judgement("not_in_corpus", confidence * _OUT_OF_PERIOD, (out_of_period,))
    answered = confidence >= _ANSWERED
    reasons = tuple(_reasons(signals, articles, answered=answered))
    return Judgement("answered" if answered else "not_in_corpus", confidence, reasons)


def _reasons(signals: Signals, articles: int, *, answered: bool) -> list[str]:
    unknown = [f"“{word}” occurs in none of the {articles:,} articles." for word in signals.unknown]
    share = f"{signals.coverage:.0%} of what the question names stands in one passage."
    return [*unknown, share if answered else f"Only {share}"]
