"""Fit the weights in qa/search/weights.json to questions with known answers.

    python -m benchmarks.fit_ranking --index DIR --questions FILE [--selfmade] [--check DIR FILE]... [--write FILE]

The loss is a listwise softmax: for each question, minus the logarithm of the summed probability of the candidates that
hold an answer, and half as much for those from the right article, with a little L2. No weight may be below 0. The
weights are measured by 5-fold cross-validation over the weeks of the questions, and on the sets to check, which are
never used for fitting. Two weights keep their shipped values: `fresh_lead`, since quiz questions favour leads more than
other questions do (the table shows 0, 0.5 and 1), and `outlet`, since no question names one. Prints Markdown; answers
and right articles are percentages of questions.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from index.archive import Archive, Piece
from qa.evaluation.known import Hits, KnownQuestion, read_questions
from qa.evaluation.measures import CUTS, DEPTH, ranking_measures
from qa.evaluation.selfmade import HEADLINE, selfmade_questions
from qa.question.understand import Request, understand
from qa.retriever import POOL, Retriever
from qa.search.quotation import Passage
from qa.search.ranking import features, rank, weights

Numbers = NDArray[np.float64]

_HELD = ("fresh_lead", "outlet")
_LEAD_BONUSES = (0.0, 0.5, 1.0)
_FOLDS = 5
_L2 = 0.05
_GOLD_COUNTS = 0.5
_LONGEST_LIST = 60
_SOME_WEEK = date(2000, 1, 3)


@dataclass(frozen=True, slots=True)
class Example:
    """The candidates of a question: a row of features each, and which are right."""

    question: KnownQuestion
    features: Numbers
    answers: NDArray[np.bool_]
    gold: NDArray[np.bool_]

    @classmethod
    def of(cls, retriever: Retriever, archive: Archive, question: KnownQuestion) -> Self:
        """The 60 candidates that the shipped ranking puts first."""
        search = understand(archive, Request(question.text, now=question.asked))
        vector = retriever.embedder.encode([search.question.text])[0]
        candidates = archive.candidates(search.question.terms.terms, vector, search.where, POOL)
        pieces = rank(archive, search.question, candidates, search.clock).pieces[:_LONGEST_LIST]
        places = [candidates.index(piece) for piece in pieces]
        columns = features(archive, search.question, candidates, search.clock)
        columns = {name: column[places] for name, column in columns.items()}
        if question.kind == HEADLINE:
            columns["headline"] = np.zeros(len(pieces))
        found = [Hits.of(question, [passage]) for passage in _passages(archive, pieces)]
        return cls(
            question=question,
            features=np.column_stack([columns[name] for name in weights()]),
            answers=np.array([hits.answer_rank == 1 for hits in found], bool),
            gold=np.array([hits.gold_rank == 1 for hits in found], bool),
        )


@dataclass(frozen=True, slots=True)
class Lesson:
    """Examples as arrays: features (lists, 60, features), which of them are right, and how much each list counts."""

    features: Numbers
    right: NDArray[np.bool_]
    present: NDArray[np.bool_]
    counts: Numbers

    @classmethod
    def of(cls, examples: Sequence[Example]) -> Self:
        """One list an example and kind of rightness, where some candidates are right and some are not."""
        lists = [
            (example.features, right, counts)
            for example in examples
            for right, counts in ((example.answers, 1.0), (example.gold, _GOLD_COUNTS))
            if right.any() and not right.all()
        ]
        longest = max(len(rows) for rows, _, _ in lists)
        shape = (len(lists), longest, len(weights()))
        lesson = cls(np.zeros(shape), np.zeros(shape[:2], bool), np.zeros(shape[:2], bool), np.zeros(len(lists)))
        for place, (rows, right, counts) in enumerate(lists):
            lesson.features[place, : len(rows)] = rows
            lesson.right[place, : len(rows)] = right
            lesson.present[place, : len(rows)] = True
            lesson.counts[place] = counts
        return lesson

    def loss(self, values: Numbers) -> tuple[float, Numbers]:
        """What the weights cost, and the gradient."""
        scores = np.where(self.present, self.features @ values, -np.inf)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances = odds / odds.sum(axis=1, keepdims=True)
        right = np.where(self.right, chances, 0.0)
        total = np.maximum(right.sum(axis=1, keepdims=True), 1e-300)
        slopes = (chances - right / total) * self.counts[:, None]
        loss = -(self.counts * np.log(total[:, 0])).sum() + _L2 * (values**2).sum()
        return float(loss), np.einsum("lc,lcf->f", slopes, self.features) + 2 * _L2 * values


def fit(examples: Sequence[Example], held: Mapping[str, float]) -> dict[str, float]:
    """The weights of least loss, none below 0; held ones stay."""
    names = list(weights())
    bounds = [(held[name], held[name]) if name in held else (0.0, None) for name in names]
    start = np.array([held.get(name, 1.0) for name in names])
    found = minimize(Lesson.of(examples).loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return dict(zip(names, found.x.tolist(), strict=True))


def measured(found: Sequence[Hits]) -> str:
    """Cells of a table: answers, quoted answers and right articles in the first 1, 5, 10."""
    shares = {measure.name: f"{100 * measure.value:.1f}" for measure in ranking_measures(found)}
    return " | ".join(
        " / ".join(shares.get(f"{name}@{cut}", "-") for cut in CUTS) for name in ("answer_hit", "quote_hit", "gold_hit")
    )


def tried(retriever: Retriever, questions: Sequence[KnownQuestion], weigh: Mapping[str, float]) -> list[Hits]:
    """What a ranking by these weights finds."""
    ranking = partial(rank, weigh=weigh)
    return [
        Hits.of(known, retriever.passages(Request(known.text, k=DEPTH, now=known.asked), ranking))
        for known in questions
    ]


def cross_validated(
    retriever: Retriever, examples: Sequence[Example], always: Sequence[Example], held: Mapping[str, float]
) -> list[Hits]:
    """What weights find that were fitted without the week of the question; `always` are fitted in every fold."""
    weeks = sorted({_week(example.question) for example in examples})
    found: list[Hits] = []
    for fold in range(_FOLDS):
        left_out = set(weeks[fold::_FOLDS])
        kept = [example for example in examples if _week(example.question) not in left_out]
        weigh = fit([*kept, *always], held)
        found += tried(retriever, [known.question for known in examples if _week(known.question) in left_out], weigh)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, measure, print, and write the weights if asked to."""
    parser = argparse.ArgumentParser("python -m benchmarks.fit_ranking", description="Fit the ranking's weights.")
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--selfmade", action="store_true", help="fit questions made from the archive as well")
    parser.add_argument("--check", nargs=2, type=Path, action="append", default=[], metavar=("DIR", "FILE"))
    parser.add_argument("--write", type=Path, metavar="FILE", help="where to write the weights")
    options = parser.parse_args(arguments)
    with Retriever.open(options.index) as retriever, retriever.use() as archive:
        known = [question for question in read_questions(options.questions) if question.answerable]
        examples = [Example.of(retriever, archive, question) for question in known]
        made = selfmade_questions(archive) if options.selfmade else []
        always = [Example.of(retriever, archive, question) for question in made]
        _print("| weights | set | answer in 1 / 5 / 10 | quoted | right article |", "|---|---|---|---|---|")
        _print(f"| shipped | fitted set | {measured(tried(retriever, known, weights()))} |")
        _check("shipped", options.check, retriever, weights())
        fitted = {}
        for bonus in sorted({*_LEAD_BONUSES, weights()["fresh_lead"]}):
            held = {name: weights()[name] for name in _HELD} | {"fresh_lead": bonus}
            label = f"fitted, fresh_lead {bonus}"
            _print(f"| {label} | cross-validated | {measured(cross_validated(retriever, examples, always, held))} |")
            fitted[bonus] = {name: round(weight, 1) for name, weight in fit([*examples, *always], held).items()}
            _check(label, options.check, retriever, fitted[bonus])
    for bonus, weigh in fitted.items():
        _print(f"\nfresh_lead {bonus}: {json.dumps(weigh)}")
    if options.write:
        content = {"made_by": _made_by(len(known), len(made)), "weights": fitted[weights()["fresh_lead"]]}
        options.write.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _check(label: str, sets: Sequence[tuple[Path, Path]], retriever: Retriever, weigh: Mapping[str, float]) -> None:
    for index, file in sets:
        with Retriever.open(index, embedder=retriever.embedder) as other:
            found = tried(other, [question for question in read_questions(file) if question.answerable], weigh)
        _print(f"| {label} | {file.stem} | {measured(found)} |")


def _passages(archive: Archive, pieces: Sequence[Piece]) -> list[Passage]:
    articles = archive.articles([piece.article for piece in pieces])
    stories = archive.stories({article.id for article in articles})
    return [
        Passage(article, piece.start, piece.end, 0.0, {}, copies=tuple(other.id for other in stories[article.id]))
        for article, piece in zip(articles, pieces, strict=True)
    ]


def _week(question: KnownQuestion) -> tuple[int, int]:
    return (question.asked or _SOME_WEEK).isocalendar()[:2]


def _made_by(known: int, made: int) -> str:
    selfmade = f" and {made} questions made from its articles" if made else ""
    today = datetime.now(UTC).date()
    return f"benchmarks/fit_ranking.py on {known} dated news-quiz questions with their articles{selfmade}, {today}"


def _print(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
