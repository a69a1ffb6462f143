"""Whether the archive answers, with what probability, and why, in sentences that a reader can check."""

import functools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Literal, Self

import numpy as np

from corpus.languages import name_of
from corpus.message import Message
from index.archive import Archive
from index.models.cone import Cone
from index.models.embedder import Vectors
from index.stores.spelling import NAME
from qa.question.english import FUNCTION, LISTS
from qa.question.words import Question, terms_in
from qa.reading.reader import Read
from qa.search.quotation import Passage
from qa.search.ranking import weights

Verdict = Literal["answered", "not_in_corpus"]

# Up to here a passage holds words of any question by chance: to count less would tell nothing.
_COVERAGE_BY_CHANCE, _LEAD_BY_CHANCE = 0.6, 0.2
# The nearness by chance in an archive too small to measure it: that of some 100 articles, rather strict than lenient.
_NEARNESS_BY_CHANCE = 0.37
# The same where the model's vectors all point one way, stretched; and how much farther than in the archive's language
# a question in another one is from all passages, which its mean distance tells.
_NARROW_NEARNESS_BY_CHANCE, _FARTHER = 0.07, 0.05
# In logits: beyond these the reader's margins tell nothing more.
_LEAST_MARGIN, _MOST_MARGIN = -5.0, 3.0
# While there is no model coverage speaks for nearness, which goes with it about so.
_NEARNESS_WITHOUT_COVERAGE, _NEARNESS_BY_COVERAGE = -0.23, 0.43
_USUAL_SPREAD = 0.09
# Above this probability the archive is said to answer; what is left of it where the archive cannot.
_ANSWERED, _HOPELESS = 0.5, 0.1
_FIRST_HAS = "The first passage speaks of %(held)s."
_FIRST_LACKS = "The first passage speaks of %(held)s, not of %(missing)s."
_NEAREST_HAS = "The nearest passage speaks of %(held)s, but no sentence in it seems to answer."
_NEAREST_LACKS = "The nearest passage speaks of %(held)s, not of %(missing)s."
# So many words a reason names.
_MOST_WORDS = 5
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
    def read(cls, archive: Archive, vector: Vectors, best: float, *, apart: bool = False) -> Self:
        """How near the archive is to a question with that vector, whose best cosine is known.

        `apart` is whether the question is in another language, and the model one that sets languages apart a little.
        """
        by_chance, sample = archive.summary.nearness_by_chance, archive.sample
        cone = Cone.of(sample)

        def stretched(cosine: float, *middle: float) -> float:
            return float(cone.stretched(np.asarray(cosine, np.float32), *middle))

        usual = _NARROW_NEARNESS_BY_CHANCE if cone.narrow else _NEARNESS_BY_CHANCE
        chance = usual if by_chance is None else stretched(by_chance)
        farther = cone.narrow and apart
        nearest = stretched(best, float(cone.middle @ vector)) - _FARTHER if farther else stretched(best)
        spread = float((sample @ vector).std()) if len(sample) else 0.0
        return cls(nearest - chance, stretched(spread, 0.0))


@dataclass(frozen=True, slots=True)
class Signals:
    """What the verdict is drawn from.

    `coverage` is the largest share of the question's weight held by one passage with its headline, `lead` the best
    keyword score of the lead of a passage's article, as a share of the best possible, both in [0, 1]; `near` is None
    while there is no model; `margins` are the reader's, none where nothing was read; `unknown` are the question's words
    that occur nowhere, `nameless` the share of the weight of its names that stand nowhere as they are written; `held`
    and `missing` are the words that the first passage has and has not; `passages` how many were found; `asked_in` is
    the question's language where it is another than the archive's: then its words tell nothing.
    """

    coverage: float
    lead: float
    near: Near | None
    margins: tuple[float, ...] = ()
    unknown: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    passages: int = 1
    nameless: float = 0.0
    asked_in: str = ""

    @classmethod
    def read(
        cls,
        archive: Archive,
        question: Question,
        passages: Sequence[Passage],
        near: Near | None,
        said: Sequence[Read | None] = (),
    ) -> Self:
        """The signals of a question, of the passages found for it, of how near they come and what the reader says."""
        seen = passages[:LOOKED_AT]
        terms = question.terms
        found = [terms_in(f"{each.article.title}\n{each.text}", archive) for each in seen]
        leads = [each.parts["lead_keywords"] / weights()["lead_keywords"] for each in seen]
        texts, titles = (archive.statistics.frequencies(terms.terms, field) for field in ("body", "title"))
        nowhere = {term for term in terms.terms if not (texts[term] or titles[term])}
        names = {term: weight for term, weight in zip(terms.terms, terms.weights, strict=True) if term.startswith(NAME)}
        # "The passage speaks of “say”, not of “not”" would tell nothing; a capital makes a name of "May".
        told = zip(terms.words, terms.terms, strict=True)
        spelled = [each for each in told if each[0].casefold() not in LISTS["reacting"] and each[0] not in FUNCTION]
        first = found[0] if found else set()
        return cls(
            coverage=max(map(terms.held, found), default=0.0),
            lead=max(leads, default=0.0),
            near=near,
            margins=tuple(each.margin if each else _LEAST_MARGIN for each in said[:LOOKED_AT]),
            unknown=_once(word for word, term in spelled if term in nowhere),
            held=_once(word for word, term in spelled if term in first),
            missing=_once(word for word, term in spelled if term not in first and term not in nowhere),
            passages=len(seen),
            nameless=sum(weight for term, weight in names.items() if term in nowhere) / (sum(names.values()) or 1.0),
            asked_in="" if archive.summary.speaks(question.language) else question.language,
        )

    @property
    def features(self) -> dict[str, float]:
        """What is weighed, by name; without a reading fewer."""
        nearness = _NEARNESS_WITHOUT_COVERAGE + _NEARNESS_BY_COVERAGE * self.coverage
        near = self.near or Near(nearness, _USUAL_SPREAD)
        words_tell = not self.asked_in
        told = {
            "bias": 1.0,
            "coverage": max(0.0, self.coverage - _COVERAGE_BY_CHANCE) * words_tell,
            "lead": max(0.0, self.lead - _LEAD_BY_CHANCE) * words_tell,
            "nearness": near.nearness,
            "spread": near.spread,
            "nameless": self.nameless * words_tell,
        }
        best = max(self.margins, default=None)
        return told if best is None else told | {"best": min(max(best, _LEAST_MARGIN), _MOST_MARGIN)}

    @property
    def probability(self) -> float:
        """The probability that the archive answers, by these signals alone."""
        weigh = weights_of("read" if self.margins else "unread")
        weighed = sum(weigh[name] * value for name, value in self.features.items())
        return 1 / (1 + math.exp(-weighed))


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


@functools.cache
def weights_of(kind: Literal["read", "unread"]) -> Mapping[str, float]:
    """The weights of a logistic regression: with a reading (`benchmarks/fit_verdict.py`), or without one."""
    return dict(json.loads(resources.files("qa.reading").joinpath("verdict.json").read_text("utf-8"))[kind])


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, the probability in [0, 1] that the archive answers, and the reasons."""

    verdict: Verdict
    confidence: float
    reasons: tuple[str, ...]


def _refusal(reason: str, confidence: float = 0.0) -> Judgement:
    return Judgement("not_in_corpus", confidence, (reason,))


# What a greeting is answered with.
NOTHING_ASKED = _refusal(Message("Ask a question in a few words, like: Why is Obama wary of intervention?"))


def judge(signals: Signals, articles: int, hopeless: str = "") -> Judgement:
    """Weigh the signals; `articles` is how many the archive has, `hopeless` why it cannot answer, if so."""
    if not articles:
        return _refusal(Message("The archive is empty."))
    if not signals.passages:
        unknown = () if signals.near else _unknown(signals, articles)  # without a model words alone are looked for
        filters = Message("Nothing matches these filters; widen the dates, outlets or words.")
        return Judgement("not_in_corpus", 0.0, tuple(unknown) or (filters,))
    confidence = signals.probability
    if hopeless:
        return _refusal(hopeless, confidence * _HOPELESS)
    answered = confidence >= _ANSWERED
    reasons = tuple(_reasons(signals, articles, answered=answered))
    return Judgement("answered" if answered else "not_in_corpus", confidence, reasons)


def judge_stories(stories: Sequence[Passage]) -> Judgement:
    """For a question that asks for nothing but the news of a time: it is answered by any story of that time."""
    if not stories:
        return _refusal(Message("No article is within these limits."))
    told = Message("Nothing else was asked: these are the stories within these limits, those of most articles first.")
    return Judgement("answered", 1.0, (told,))


def _reasons(signals: Signals, articles: int, *, answered: bool) -> list[str]:
    if signals.asked_in:
        near = "The question is in %(language)s; in meaning the first passage is near."
        far = "The question is in %(language)s; in meaning the first passage is not near enough."
        return [Message(near if answered else far, language=name_of(signals.asked_in))]
    return [*_unknown(signals, articles), _of_words(signals, answered=answered)]


def _unknown(signals: Signals, articles: int) -> list[Message]:
    nowhere, words = "“%(word)s” occurs in none of the %(articles)s articles.", signals.unknown
    told = [Message(nowhere, word=word, articles=articles) for word in words[:_MOST_WORDS]]
    in_all = Message("In all, %(number)s words of the question occur in none of them.", number=len(words))
    return told if len(told) == len(words) else [*told, in_all]


def _of_words(signals: Signals, *, answered: bool) -> Message:
    if not signals.held:
        return Message("The nearest passage has none of the question’s words.")
    held = _listed(signals.held, "%(most)s and %(last)s")
    if not signals.missing:
        return Message(_FIRST_HAS if answered else _NEAREST_HAS, held=held)
    missing = _listed(signals.missing, "%(most)s or %(last)s")
    return Message(_FIRST_LACKS if answered else _NEAREST_LACKS, held=held, missing=missing)


def _listed(words: Sequence[str], form: str) -> Message:
    *most, last = (Message("“%(word)s”", word=word) for word in words[:_MOST_WORDS])
    return Message(form, most=tuple(most), last=last) if most else last
