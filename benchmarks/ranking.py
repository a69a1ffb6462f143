"""Compare the shipped ranking with the usual alternatives on several sets of questions.

    python -m benchmarks.ranking --set NAME INDEX FILE [--set NAME INDEX FILE]... [--without]

All rankings order the same candidates of the same questions; nothing is read. Prints Markdown: percentages of questions
with an answer, and with the right article, in the first 1 / 5 / 10 passages, with the 95 % intervals of 1 and 5. A
value is bold where the paired interval of its difference to ours excludes zero. With `--without`, ours without each of
its features as well.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from index.archive import Archive
from qa.evaluation.known import Hits, KnownQuestion, read_questions
from qa.evaluation.measures import CUTS, DEPTH, Measure, comparisons, ranking_measures
from qa.evaluation.rankings import OTHERS, SHIPPED, ranking_named
from qa.finding import POOL
from qa.question.understand import Request, understand
from qa.retriever import Retriever
from qa.search.passages import best_passages
from qa.search.ranking import weights

_NAMES = {
    SHIPPED: "**ours**",
    "dense": "dense only",
    "keywords": "BM25 on chunks",
    "articles": "BM25 on whole articles",
    "rrf": "reciprocal rank fusion, k = 60",
    "convex": "convex sum, min-max, 0.5 / 0.5",
}
_KINDS = ("answer_hit", "gold_hit")


def tried(retriever: Retriever, archive: Archive, question: KnownQuestion, names: Sequence[str]) -> dict[str, Hits]:
    """What each ranking finds for a question."""
    search = understand(archive, Request(question.text, now=question.asked))
    vector = retriever.embedder.encode([search.question.text])[0]
    pieces = archive.candidates(search.question.terms.terms, vector, search.where, POOL)
    found = {name: ranking_named(name)(archive, search.question, pieces, search.clock) for name in names}
    undated = search.where.undated
    return {
        name: Hits.of(question, best_passages(archive, ranked, DEPTH, dated_first=undated))
        for name, ranked in found.items()
    }


def rows(name: str, found: dict[str, list[Hits]]) -> list[str]:
    """The rows of a set, ours first."""
    lines = []
    for ranking, hits in found.items():
        differs = {row.name for row in comparisons(hits, found[SHIPPED]) if row.difference.excludes_zero}
        measures = {measure.name: measure for measure in ranking_measures(hits)}
        cells = [_cell(measures, kind, differs) for kind in _KINDS]
        lines.append(f"| {name} | {_NAMES.get(ranking, f'ours without {ranking[1:]}')} | {' | '.join(cells)} |")
    return lines


def _cell(measures: dict[str, Measure], kind: str, differs: set[str]) -> str:
    if f"{kind}@1" not in measures:
        return "-"
    values = [f"{100 * measures[f'{kind}@{cut}'].value:.1f}" for cut in CUTS]
    values = [f"**{value}**" if f"{kind}@{cut}" in differs else value for value, cut in zip(values, CUTS, strict=True)]
    intervals = [
        f"{100 * (found.low or 0):.0f} to {100 * (found.high or 0):.0f}"
        for found in (measures[f"{kind}@{cut}"] for cut in CUTS[:2])
    ]
    return f"{' / '.join(values)} ({', '.join(intervals)})"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser("python -m benchmarks.ranking", description="Compare rankings.")
    parser.add_argument("--set", nargs=3, action="append", required=True, metavar=("NAME", "INDEX", "FILE"))
    parser.add_argument("--without", action="store_true", help="ours without each feature as well")
    options = parser.parse_args(arguments)
    names = [SHIPPED, *OTHERS, *(f"-{feature}" for feature in weights() if options.without)]
    lines = ["| set | ranking | answer in 1 / 5 / 10 (intervals of 1, 5) | right article |", "|---|---|---|---|"]
    for name, index, file in options.set:
        questions = [question for question in read_questions(Path(file)) if question.answerable]
        with Retriever.open(index) as retriever, retriever.use() as archive:
            found = [tried(retriever, archive, question, names) for question in questions]
        lines += rows(f"{name} ({len(questions)})", {each: [hits[each] for hits in found] for each in names})
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
