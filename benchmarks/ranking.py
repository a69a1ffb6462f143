"""Compare the shipped ranking with the usual alternatives, and with itself without each feature.

    python -m benchmarks.ranking --index DIR --questions FILE [--unanswerable FILE]

All rankings order the same candidates of the same questions. Prints Markdown: percentages of questions, with the paired
95 % interval of the difference to the shipped ranking in points, bold where it excludes zero. Then for the verdict: the
probability that an answerable question gets a higher value than an unanswerable one.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.archive import Filter
from qa.evaluate import ask_questions, try_rankings
from qa.evaluation.known import Hits, KnownQuestion, read_questions
from qa.evaluation.measures import DEPTH, Comparison, Measure, Outcome, auroc, comparisons, measures, ranking_measures
from qa.evaluation.rankings import SHIPPED
from qa.question.understand import Request, understand
from qa.question.words import terms_in
from qa.retriever import POOL, Retriever
from qa.search.ranking import weights

_NAMES = {
    SHIPPED: "**ours**",
    "dense": "dense only (MiniLM)",
    "keywords": "BM25 only",
    "rrf": "reciprocal rank fusion, k = 60",
    "convex": "convex sum, min-max, 0.5 / 0.5",
}


@dataclass(frozen=True, slots=True)
class Signal:
    """What could tell whether the archive answers: its value for each answerable and unanswerable question."""

    name: str
    answerable: Sequence[float]
    unanswerable: Sequence[float]


class Words:
    """Counts no tokens: here nobody asks for them."""

    def count(self, text: str) -> int:
        """The number of words."""
        return len(text.split())


def ranking_table(found: dict[str, list[Hits]]) -> list[str]:
    ours = found[SHIPPED]
    columns = [measure.name for measure in ranking_measures(ours)]
    lines = [f"| ranking | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for name, hits in found.items():
        rows = comparisons(hits, ours)
        cells = [_share(row.first) if name == SHIPPED else _beside_ours(row) for row in rows]
        lines.append(f"| {_NAMES.get(name, f'ours without {name[1:]}')} | {' | '.join(cells)} |")
    return lines


def verdict_table(signals: Sequence[Signal], kinds: Sequence[str]) -> list[str]:
    names = ["", *sorted(set(kinds) - {""})]
    lines = [f"| signal | {' | '.join(name or 'all' for name in names)} |", "|---" * (len(names) + 1) + "|"]
    for signal in signals:
        areas = (
            auroc(signal.answerable, [value for value, kind in zip(signal.unanswerable, kinds, strict=True)
                                      if name in ("", kind)])
            for name in names
        )  # fmt: skip
        lines.append(f"| {signal.name} | {' | '.join(map(_area, areas))} |")
    return lines


def signals(retriever: Retriever, answerable: Sequence[Outcome], unanswerable: Sequence[Outcome]) -> list[Signal]:
    """The best cosine in the archive, the share of the question's weight in one passage, and our confidence."""

    def both(name: str, value: Callable[[Outcome], float]) -> Signal:
        return Signal(name, [value(outcome) for outcome in answerable], [value(outcome) for outcome in unanswerable])

    return [
        both("best cosine alone", lambda outcome: _cosine(retriever, outcome.hits.question)),
        both("coverage alone", lambda outcome: _coverage(retriever, outcome.hits.question)),
        both("**ours**", lambda outcome: outcome.confidence),
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser("python -m benchmarks.ranking", description="Compare rankings and verdicts.")
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--unanswerable", type=Path)
    options = parser.parse_args(arguments)
    questions = [question for question in read_questions(options.questions) if question.answerable]
    others = read_questions(options.unanswerable) if options.unanswerable else []
    with Retriever.open(options.index) as retriever:
        names = [SHIPPED, "dense", "keywords", "rrf", "convex", *(f"-{feature}" for feature in weights())]
        lines = ranking_table(dict(zip(names, try_rankings(retriever, questions, names), strict=True)))
        answerable, unanswerable = (ask_questions(retriever, rows, Words()) for rows in (questions, others))
        if others:
            kinds = [question.kind for question in others]
            lines += ["", *verdict_table(signals(retriever, answerable, unanswerable), kinds)]
    found = {measure.name: measure.value for measure in measures(answerable, unanswerable)}
    rates = [f"{name} {found[name]:.1%}" for name in found if name.startswith("false_")]
    times = [f"{name} {found[name]:.0f}" for name in found if name.startswith("latency")]
    counts = f"{len(questions)} answerable and {len(others)} unanswerable questions"
    lines += ["", f"{counts}; {'; '.join([*rates, *times])}."]
    sys.stdout.write("\n".join(lines) + "\n")


def _cosine(retriever: Retriever, question: KnownQuestion) -> float:
    vector = retriever.embedder.encode([question.text])[0]
    with retriever.use() as archive:
        return max((piece.cosine for piece in archive.candidates([], vector, Filter(), POOL)), default=0.0)


def _coverage(retriever: Retriever, question: KnownQuestion) -> float:
    request = Request(question.text, k=DEPTH, now=question.asked)
    with retriever.use() as archive:
        terms = understand(archive, request).question.terms
        texts = (f"{passage.article.title}\n{passage.text}" for passage in retriever.passages(request))
        return max((terms.held(terms_in(text, archive)) for text in texts), default=0.0)


def _share(value: float) -> str:
    return f"{100 * value:.1f}"


def _beside_ours(row: Comparison) -> str:
    difference = row.difference
    interval = f"({100 * (difference.low or 0):+.1f} to {100 * (difference.high or 0):+.1f})"
    return f"{_share(row.first)} {f'**{interval}**' if difference.excludes_zero else interval}"


def _area(measure: Measure) -> str:
    return f"{measure.value:.3f} ({measure.low:.3f} to {measure.high:.3f})"


if __name__ == "__main__":
    main()
