"""How good answers are, in numbers with 95 % intervals: percentiles of 1,000 resamples with a fixed seed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qa.evaluation.known import Hits

CUTS = (1, 5, 10)
DEPTH = max(CUTS)
_RESAMPLES = 1000
_SEED = 2016

Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What asking a question gave: what was found, the verdict, and what it took."""

    hits: Hits
    confidence: float
    answered: bool
    passage_tokens: tuple[int, ...]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Measure:
    """A number by its name; `low` and `high` bound its 95 % interval, None where it has none."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies on one side of zero."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measure of two rankings on the same questions; `difference` is the first less the second, paired."""

    name: str
    first: float
    second: float
    difference: Measure


def measures(answerable: Sequence[Outcome], unanswerable: Sequence[Outcome]) -> list[Measure]:
    """The `ranking_measures`, those of the verdict (also by kind), `mean_passage_tokens`, `latency_ms`, counts."""
    kinds = sorted({outcome.hits.question.kind for outcome in unanswerable} - {""})
    by_kind = {f".{kind}": [row for row in unanswerable if row.hits.question.kind == kind] for kind in kinds}
    everything = [*answerable, *unanswerable]
    tokens = [tokens for outcome in everything for tokens in outcome.passage_tokens]
    times = [outcome.milliseconds for outcome in everything]
    found = ranking_measures([outcome.hits for outcome in answerable])
    for suffix, rows in {"": unanswerable, **by_kind}.items():
        yes, no = ([outcome.confidence for outcome in each] for each in (answerable, rows))
        found += [auroc(yes, no, f"abstention_auroc{suffix}")] if yes and no else []
        found += _means({f"false_answer_rate{suffix}": [outcome.answered for outcome in rows]})
    found += _means({"false_refusal_rate": [not outcome.answered for outcome in answerable]})
    if tokens:
        found.append(Measure("mean_passage_tokens", float(np.mean(tokens))))
    found += [Measure(f"latency_ms.p{share}", float(np.percentile(times, share))) for share in (50, 95, 99) if times]
    return [*found, Measure("questions", len(everything))]


def ranking_measures(found: Sequence[Hits]) -> list[Measure]:
    """The shares of questions with an answer string in the first k passages, in their quotations, with a right article.

    These are `answer_hit@k`, at word borders in any case, `quote_hit@k` and, with copies, `gold_hit@k` and its mean
    reciprocal rank `mrr@10`; over the rows that name answers, or articles.
    """
    return _means(_columns(found))


def by_type(found: Sequence[Hits], refused: Sequence[bool] = ()) -> dict[str, list[Measure]]:
    """The measures for each type of question, the most frequent first, with its refusals where they are known."""
    types = Counter(hits.question.type for hits in found)
    measured: dict[str, list[Measure]] = {}
    for name in sorted(types, key=lambda name: (-types[name], name)):
        of_type = [position for position, hits in enumerate(found) if hits.question.type == name]
        rates = _means({"false_refusal_rate": [refused[position] for position in of_type if refused]})
        ranking = ranking_measures([found[position] for position in of_type])
        measured[name] = [Measure("questions", types[name]), *ranking, *rates]
    return measured


def comparisons(first: Sequence[Hits], second: Sequence[Hits]) -> list[Comparison]:
    """The measures of two rankings side by side, with paired intervals; ValueError for different questions."""
    if [hits.question for hits in first] != [hits.question for hits in second]:
        message = "the two rankings were tried on different questions"
        raise ValueError(message)
    ones, others = _columns(first), _columns(second)
    differences = _means({name: column - others[name] for name, column in ones.items()})
    means = [(float(ones[one.name].mean()), float(others[one.name].mean())) for one in differences]
    return [Comparison(one.name, *both, one) for one, both in zip(differences, means, strict=True)]


def auroc(positive: Sequence[float], negative: Sequence[float], name: str = "auroc") -> Measure:
    """The share of pairs whose positive score is above the negative one, ties counting half (Mann and Whitney)."""
    if not positive or not negative:
        message = f"scores are needed on both sides: {len(positive)} and {len(negative)}"
        raise ValueError(message)
    from scipy.stats import mannwhitneyu

    def share_of_pairs(one: Column, other: Column, axis: int = -1) -> Column:
        wins = mannwhitneyu(one, other, axis=axis, method="asymptotic").statistic
        shares: Column = wins / (one.shape[axis] * other.shape[axis])
        return shares

    return _measured(name, share_of_pairs, np.asarray(positive, np.float64), np.asarray(negative, np.float64))


def _columns(found: Sequence[Hits]) -> dict[str, Column]:
    ranks = {
        "answer_hit": np.array([hits.answer_rank for hits in found if hits.question.answers], np.float64),
        "quote_hit": np.array([hits.quote_rank for hits in found if hits.question.answers], np.float64),
        "gold_hit": (gold := np.array([hits.gold_rank for hits in found if hits.question.gold], np.float64)),
    }
    hit = {f"{name}@{cut}": (rank > 0) & (rank <= cut) for name, rank in ranks.items() for cut in CUTS}
    columns: dict[str, Column] = {name: column.astype(np.float64) for name, column in hit.items()}
    return columns | {f"mrr@{DEPTH}": np.where(gold > 0, 1 / np.maximum(gold, 1), 0.0)}


def _means(columns: Mapping[str, ArrayLike]) -> list[Measure]:
    arrays = {name: np.asarray(values, np.float64) for name, values in columns.items()}
    return [_measured(name, np.mean, column) for name, column in arrays.items() if len(column)]


def _measured(name: str, statistic: Callable[..., Column], *samples: Column) -> Measure:
    """The statistic of the samples; a single question gives no interval."""
    from scipy.stats import bootstrap

    value = float(statistic(*samples))
    if min(map(len, samples)) == 1:
        return Measure(name, value)
    found = bootstrap(samples, statistic, n_resamples=_RESAMPLES, method="percentile", rng=np.random.default_rng(_SEED))
    low, high = found.confidence_interval
    return Measure(name, value, float(low), float(high))
