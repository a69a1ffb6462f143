"""Whether the archive answers, with what probability, and why, in sentences that a reader can check."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from index.archive import Archive
from index.models.embedder import Vectors
from index.stores.spelling import NAME
from qa.question.words import Question, Terms, terms_in
from qa.search.quotation import Passage
from qa.search.ranking import weights

Verdict = Literal["answered", "not_in_corpus"]

# Logistic regression on the signals below, fitted to answerable questions, questions on later news, and questions on
# the same news whose articles were taken out; nearness weighs more than fitted there, since it is all that tells where
# questions are put in other words than the text. The intercept refuses 5 % of the answerable ones.
_INTERCEPT, _COVERAGE, _LEAD, _NEARNESS, _SPREAD = -1.38, 8.0, 4.0, 7.0, 6.0
# What it tells when all that the question names stands nowhere: not fitted, since questions of the sets name what is.
_NAMELESS = 2.0
# Up to here a passage holds words of any question by chance: to count less would tell nothing.
_COVERAGE_BY_CHANCE, _LEAD_BY_CHANCE = 0.6, 0.2
# The nearness by chance in an archive too small to measure it: that of some 100 articles, rather strict than lenient.
_NEARNESS_BY_CHANCE = 0.37
# While there is no model coverage speaks for nearness, which goes with it about so.
_NEARNESS_WITHOUT_COVERAGE, _NEARNESS_BY_COVERAGE = -0.23, 0.43
_USUAL_SPREAD = 0.09
# Above this probability the archive is said to answer.
_ANSWERED = 0.5
# What is left of the probability where the archive cannot answer, by the time asked about or for want of a subject.
_HOPELESS = 0.1
# How many passages the verdict looks at, however many were asked for.
LOOKED_AT = 5


@dataclass(frozen=True, slots=True)
class Near:
    """How near an archive comes to a question in meaning.

    `nearness` is the best cosine less what headlines find by chance in this archive, `spread` the standard deviation of
    the cosines of all passages: a question that tells nothing is equally far from all.
    """

    nearness: float
    spread: float

    @classmethod
    def read(cls, archive: Archive, vector: Vectors, best: float) -> Self:
        """How near the archive is to a question with that vector, whose best cosine is known."""
        by_chance, sample = archive.summary.nearness_by_chance, archive.sample
        spread = float((sample @ vector).std()) if len(sample) else 0.0
        return cls(best - (_NEARNESS_BY_CHANCE if by_chance is None else by_chance), spread)


@dataclass(frozen=True, slots=True)
class Signals:
    """What the verdict is drawn from.

    `coverage` is the largest share of the question's weight held by one passage with its headline, `lead` the best
    keyword score of the lead of a passage's article, as a share of the best possible, both in [0, 1]; `near` is how
    near the archive comes to the question in meaning, None while there is no model; `unknown` are the question's words
    that occur nowhere; `nameless` is the share of the weight of its names that stand nowhere as they are written;
    `passages` how many were found.
    """

    coverage: float
    lead: float
    near: Near | None
    unknown: tuple[str, ...] = ()
    passages: int = 1
    nameless: float = 0.0

    @classmethod
    def read(cls, archive: Archive, question: Question, passages: Sequence[Passage], near: Near | None) -> Self:
        """The signals of a question, of the passages found for it, and of how near the archive comes to it."""
        seen = passages[:LOOKED_AT]
        whole = [question.terms.held(terms_in(f"{found.article.title}\n{found.text}", archive)) for found in seen]
        leads = [found.parts["lead_keywords"] / weights()["lead_keywords"] for found in seen]
        texts, titles = (archive.statistics.frequencies(question.terms.terms, field) for field in ("body", "title"))
        spelled = zip(question.terms.words, question.terms.terms, strict=True)
        nowhere = {term for term in question.terms.terms if not (texts[term] or titles[term])}
        unknown = (word for word, term in spelled if term in nowhere)
        return cls(
            coverage=max(whole, default=0.0),
            lead=max(leads, default=0.0),
            near=near,
            unknown=tuple(dict.fromkeys(unknown)),
            passages=len(seen),
            nameless=_nameless(question.terms, nowhere),
        )

    @property
    def probability(self) -> float:
        """The probability that the archive answers, by these signals alone."""
        nearness = _NEARNESS_WITHOUT_COVERAGE + _NEARNESS_BY_COVERAGE * self.coverage
        near = self.near or Near(nearness, _USUAL_SPREAD)
        weighed = (
            _INTERCEPT
            + _COVERAGE * max(0.0, self.coverage - _COVERAGE_BY_CHANCE)
            + _LEAD * max(0.0, self.lead - _LEAD_BY_CHANCE)
            + _NEARNESS * near.nearness
            + _SPREAD * near.spread
            - _NAMELESS * self.nameless
        )
        return 1 / (1 + math.exp(-weighed))


def _nameless(terms: Terms, unknown: Collection[str]) -> float:
    """The share of the weight of some names that unknown ones have; 0 without names."""
    names = {term: weight for term, weight in zip(terms.terms, terms.weights, strict=True) if term.startswith(NAME)}
    missing = sum(weight for term, weight in names.items() if term in unknown)
    return missing / sum(names.values()) if missing else 0.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, the probability in [0, 1] that the archive answers, and the reasons."""

    verdict: Verdict
    confidence: float
    reasons: tuple[str, ...]


def judge(signals: Signals, articles: int, hopeless: str = "") -> Judgement:
    """Weigh the signals; `articles` is how many the archive has, `hopeless` why it cannot answer, if so."""
    if not articles:
        return Judgement("not_in_corpus", 0.0, ("The archive is empty.",))
    if not signals.passages:
        return Judgement("not_in_corpus", 0.0, ("Nothing matches these filters; widen the dates, outlets or words.",))
    confidence = signals.probability
    if hopeless:
        return Judgement("not_in_corpus", confidence * _HOPELESS, (hopeless,))
    answered = confidence >= _ANSWERED
    reasons = tuple(_reasons(signals, articles, answered=answered))
    return Judgement("answered" if answered else "not_in_corpus", confidence, reasons)


def judge_stories(stories: Sequence[Passage]) -> Judgement:
    """For a question that asks for nothing but the news of a time: it is answered by any story of that time."""
    if not stories:
        return Judgement("not_in_corpus", 0.0, ("The archive has no article from that time.",))
    return Judgement("answered", 1.0, ("These are the stories of that time, those of most articles first.",))


def _reasons(signals: Signals, articles: int, *, answered: bool) -> list[str]:
    unknown = [f"“{word}” occurs in none of the {articles:,} articles." for word in signals.unknown]
    return [*unknown, _share(signals.coverage, answered=answered)]


def _share(coverage: float, *, answered: bool) -> str:
    """How much of the question one passage holds, in a sentence."""
    percent = round(100 * coverage)
    if percent in (0, 100):
        return f"{'One' if percent else 'No'} passage holds {'all' if percent else 'anything'} that the question names."
    return f"{'' if answered else 'Only '}{percent}% of what the question names stands in one passage."
