"""Whether the archive answers, with what probability, and why, in sentences that a reader can check."""

import math
from dataclasses import dataclass

from qa.answer import Verdict

# Logistic regression on the signals below.
_INTERCEPT, _COVERAGE, _COSINE = -6.0, 5.0, 6.0
# Above this probability the archive is said to answer.
_ANSWERED = 0.5


@dataclass(frozen=True, slots=True)
class Signals:
    """What the verdict is drawn from.

    `coverage` is the largest share of the question's weight held by one passage with its headline, in [0, 1];
    `cosine` the best cosine, None while there is no model; `unknown` the question's words that occur nowhere.
    """

    coverage: float
    cosine: float | None
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, the probability in [0, 1] that the archive answers, and the reasons."""

    verdict: Verdict
    confidence: float
    reasons: tuple[str, ...]


def judge(signals: Signals, articles: int) -> Judgement:
    """Weigh the signals; `articles` is how many the archive has, for the reasons."""
    if not articles:
        return Judgement("not_in_corpus", 0.0, ("The archive is empty.",))
    # While there is no model, coverage has to speak for both.
    cosine = signals.coverage * 0.7 if signals.cosine is None else signals.cosine
    confidence = 1 / (1 + math.exp(-(_INTERCEPT + _COVERAGE * signals.coverage + _COSINE * cosine)))
    answered = confidence >= _ANSWERED
    return Judgement(
        "answered" if answered else "not_in_corpus", confidence, tuple(_reasons(signals, articles, answered))
    )


def _reasons(signals: Signals, articles: int, answered: bool) -> list[str]:
    share = f"{signals.coverage:.0%} of what the question names stands in one passage"
    reasons = [f"“{word}” occurs in none of the {articles:,} articles." for word in signals.unknown]
    return [*reasons, f"{share}." if answered else f"Only {share}."]
