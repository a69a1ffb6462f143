"""Compare the shipped ranking with the usual alternatives on several sets of questions.

    python -m benchmarks.ranking --set NAME INDEX FILE [--set NAME INDEX FILE]... [--without]

All rankings order the same candidates of the same questions; nothing is read. Prints Markdown: percentages of questions
with an answer, and with the right article, in the first 1 / 5 / 10 passages, with the 95 % intervals of 1 and 5. A
value is bold where the paired interval of its difference to ours excludes zero. With `--without`, ours without each of
its features as well.
"""

import argparse
import functools
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.archive import Archive, Piece
from index.stores.spelling import name_terms
from index.terms import Field, TermText, TermTexts
from qa.evaluation.known import Hits, KnownQuestion, read_questions
from qa.evaluation.measures import CUTS, DEPTH, Measure, comparisons, ranking_measures
from qa.evaluation.rankings import OTHERS, SHIPPED, ranking_named
from qa.finding import POOL
from qa.question.request import Request
from qa.question.understand import Clock, understand
from qa.question.words import Question
from qa.retriever import Retriever
from qa.search.passages import best_passages
from qa.search.ranking import Ranked, bm25, weights

_NAMES = {
    SHIPPED: "**ours**",
    "dense": "dense only",
    "keywords": "BM25 on chunks",
    "articles": "BM25 on whole articles",
    "rrf": "reciprocal rank fusion, k = 60",
    "convex": "convex sum, min-max, 0.5 / 0.5",
}
_KINDS = ("answer_hit", "gold_hit")


@dataclass(frozen=True, slots=True)
class _OfArticles:
    archive: Archive

    @property
    def chunks(self) -> int:
        return self.archive.statistics.chunks

    @property
    def mean_length(self) -> dict[Field, float]:
        chunks = self.archive.summary.chunks / max(1, self.archive.summary.articles)
        return {"body": chunks * self.archive.statistics.mean_length["body"]}

    def frequencies(self, terms: Iterable[str], field: Field = "body") -> dict[str, int]:
        return self.archive.statistics.frequencies(terms, field)


@functools.lru_cache(maxsize=100_000)
def _term_text(terms: Callable[[str], list[str]], text: str) -> TermText:
    return TermText.of(terms(text), name_terms(text))


def by_articles(archive: Archive, question: Question, pieces: Sequence[Piece], _clock: Clock) -> Ranked:
    """BM25 of whole articles with their headlines; of each article its best chunk alone."""
    titles = {piece.article: bool(piece.title_terms.length) for piece in pieces}
    texts = [
        f"{article.title}\n{article.text}" if titles[article.id] else article.text
        for article in archive.articles([*titles])
    ]
    terms = [_term_text(archive.terms, text) for text in texts]
    of_article = dict(zip(titles, bm25(question.terms.terms, TermTexts(terms), _OfArticles(archive)), strict=True))
    of_chunk = bm25(question.terms.terms, TermTexts([piece.terms for piece in pieces]), archive.statistics)
    best: dict[str, int] = {}
    for place in np.argsort(-of_chunk, kind="stable").tolist():
        best.setdefault(pieces[place].article, place)
    chosen = [pieces[place] for place in sorted(best.values())]
    return Ranked.by(chosen, {"article": np.array([of_article[piece.article] for piece in chosen], np.float64)})


def tried(retriever: Retriever, archive: Archive, question: KnownQuestion, names: Sequence[str]) -> dict[str, Hits]:
    """What each ranking finds for a question."""
    search = understand(archive, Request(question.text, now=question.asked))
    vector = retriever.models.embedder.encode([search.question.text])[0]
    pieces = archive.candidates(search.question.terms.terms, vector, search.where, POOL)
    rankings = {name: by_articles if name == "articles" else ranking_named(name) for name in names}
    found = {name: each(archive, search.question, pieces, search.clock) for name, each in rankings.items()}
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
    names = [SHIPPED, *OTHERS, "articles", *(f"-{feature}" for feature in weights() if options.without)]
    lines = ["| set | ranking | answer in 1 / 5 / 10 (intervals of 1, 5) | right article |", "|---|---|---|---|"]
    for name, index, file in options.set:
        questions = [question for question in read_questions(Path(file)) if question.answerable]
        with Retriever.open(index) as retriever, retriever.use() as archive:
            found = [tried(retriever, archive, question, names) for question in questions]
        lines += rows(f"{name} ({len(questions)})", {each: [hits[each] for hits in found] for each in names})
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
