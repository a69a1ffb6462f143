"""Fit the weights in qa/search/weights.json to questions with known answers, put to several archives at once.

    python -m benchmarks.fit_ranking WORK --set NAME INDEX FILE COUNTS... [--check NAME INDEX FILE]... [--write FILE]

A set is an index with a file of known questions; "self" stands for those made from the archive. The features of the
candidates of each question are computed once and kept in WORK/NAME.npz; delete that to compute them anew.

The loss is a listwise softmax: for each question, minus the logarithm of the summed probability of the candidates that
hold an answer, and half as much for those from the right article, with a little L2. Each set counts as much as is said,
however many questions it has. The weights are measured by cross-validation in five folds, in which all questions on one
article lie together, and on the sets to check, which are never fitted. Some weights keep their shipped values: few
questions tell anything of them. Prints Markdown; answers and right articles are percentages of questions.
"""

import argparse
import json
import sys
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from index.archive import Archive
from qa.evaluation.known import HEADLINE, Hits, KnownQuestion, read_questions, selfmade_questions
from qa.evaluation.measures import CUTS, DEPTH
from qa.evaluation.rankings import without_headlines
from qa.finding import POOL
from qa.question.request import Request
from qa.question.understand import understand
from qa.retriever import Retriever
from qa.search.quotation import Passage
from qa.search.ranking import features, weights

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]
Truths = NDArray[np.bool_]

_HELD = ("headline", "wanted_recency", "unmatched")
_NEGATIVE = ("later", "unmatched")
_FOLDS = 5
_L2 = 0.0005
_COUNTS = (1.0, 0.5)  # of answers and of right articles


@dataclass(frozen=True, slots=True)
class Collection:
    """Questions to one archive with their candidates, one row each, and which of these are right.

    `right` has two columns, for answers and right articles, and `known` says which of the two is known of a question.
    `starts` are the first rows of the questions; `articles` and `stories` are numbers that only tell them apart.
    """

    rows: Numbers
    right: Truths
    articles: Counts
    stories: Counts
    starts: Counts
    known: Truths
    folds: Counts

    @classmethod
    def of(cls, index: Path, file: str, most: int, kept: Path) -> Self:
        """Look at the questions of a file, or take what was kept of them."""
        if not kept.exists():
            with Retriever.open(index) as retriever, retriever.use() as archive:
                questions = selfmade_questions(archive, most) if file == "self" else read_questions(Path(file))
                looked_at = [_candidates(retriever, archive, question) for question in _drawn(questions, most)]
            found = [each for each in looked_at if each]
            lengths = [len(rows) for rows, *_ in found]
            joined = [np.concatenate(columns) for columns in zip(*found, strict=True)]
            columns = dict(zip(_KEPT, joined, strict=True)) | {"starts": np.cumsum([0, *lengths[:-1]])}
            np.savez(kept, allow_pickle=False, **columns)
        content = np.load(kept)
        return cls(**{field.name: content[field.name] for field in fields(cls)})

    @property
    def counts(self) -> Numbers:
        """What each question counts in the loss, by kind: those that no order can change nothing; 1 all together."""
        right = np.add.reduceat(self.right, self.starts, dtype=np.int64)
        lengths = np.diff([*self.starts, len(self.rows)])[:, None]
        counts = np.where((right > 0) & (right < lengths), _COUNTS, 0.0)
        return np.asarray(counts / counts.sum(), np.float64)

    def ranks(self, values: Numbers) -> Counts:
        """The ranks, from 1, of the first right passages of each question by some weights; 0 for none of the first."""
        scores = self.rows @ values
        return np.array([self._ranks(*span, scores) for span in zip(self.starts, self._ends, strict=True)])

    def _ranks(self, start: int, end: int, scores: Numbers) -> list[int]:
        shown: list[int] = []
        told: dict[int, int] = {}
        for place in start + np.argsort(-scores[start:end], kind="stable"):
            if told.setdefault(self.stories[place], self.articles[place]) == self.articles[place]:
                shown.append(place)
            if len(shown) == DEPTH:
                break
        return [hits.index(True) + 1 if True in hits else 0 for hits in self.right[shown].T.tolist()]

    @property
    def _ends(self) -> list[int]:
        return [*self.starts[1:], len(self.rows)]


_KEPT = ("rows", "right", "articles", "stories", "known", "folds")


def _candidates(retriever: Retriever, archive: Archive, question: KnownQuestion) -> tuple[NDArray[np.generic], ...]:
    """What is kept of a question; empty where nothing is found."""
    search = understand(archive, Request(question.text, now=question.asked))
    vector = retriever.models.embedder.encode([search.question.text])[0]
    pieces = archive.candidates(search.question.terms.terms, vector, search.where, POOL)
    if not pieces:
        return ()
    if question.kind == HEADLINE:
        pieces = without_headlines(pieces)
    columns = features(archive, search.question, pieces, search.clock)
    articles = {article.id: article for article in archive.articles(sorted({piece.article for piece in pieces}))}
    stories = {name: tuple(one.id for one in story) for name, story in archive.stories(articles).items()}
    found = [
        Hits.of(question, [Passage(articles[name], piece.start, piece.end, 0.0, {}, copies=stories[name])])
        for piece in pieces
        for name in [piece.article]
    ]
    numbers = {name: number for number, name in enumerate(articles)}
    subject = question.gold[0] if question.gold else question.text
    return (
        np.column_stack([columns[name] for name in weights()]),
        np.array([(hits.answer_rank == 1, hits.gold_rank == 1) for hits in found]),
        np.array([numbers[piece.article] for piece in pieces]),
        np.array([min(numbers.get(name, len(numbers)) for name in stories[piece.article]) for piece in pieces]),
        np.array([(bool(question.answers), bool(question.gold))]),
        np.array([zlib.crc32(subject.encode()) % _FOLDS]),
    )


def _drawn(questions: Sequence[KnownQuestion], most: int) -> list[KnownQuestion]:
    """At most so many answerable questions, always the same."""
    answerable = [question for question in questions if question.answerable]
    return sorted(answerable, key=lambda question: zlib.crc32(question.text.encode()))[:most]


def fit(collections: Sequence[Collection], shares: Numbers, left_out: int | None = None) -> Numbers:
    """The weights of least loss, in the order of the shipped ones, without the questions of a fold."""
    kept = [
        share * each.counts * (each.folds != left_out)[:, None]
        for each, share in zip(collections, shares / shares.sum(), strict=True)
    ]
    rows = np.concatenate([collection.rows for collection in collections])
    right = np.concatenate([collection.right for collection in collections])
    lengths = np.concatenate([np.diff([*each.starts, len(each.rows)]) for each in collections])
    starts = np.cumsum([0, *lengths[:-1]])
    owners = np.repeat(np.arange(len(lengths)), lengths)
    counts = np.concatenate(kept)

    def loss(values: Numbers) -> tuple[float, Numbers]:
        scores = rows @ values
        odds = np.exp(scores - np.maximum.reduceat(scores, starts)[owners])
        total = np.add.reduceat(odds, starts)
        found = np.maximum(np.add.reduceat(odds[:, None] * right, starts), 1e-300)
        cost = (counts * (np.log(total)[:, None] - np.log(found)))[counts > 0].sum()
        slopes = odds * ((counts.sum(axis=1) / total)[owners] - (right * (counts / found)[owners]).sum(axis=1))
        return float(cost + _L2 * (values**2).sum()), slopes @ rows + 2 * _L2 * values

    shipped = weights()
    bounds = [
        (shipped[name], shipped[name]) if name in _HELD else (None, 0.0) if name in _NEGATIVE else (0.0, None)
        for name in shipped
    ]
    start = np.array([shipped[name] if name in _HELD else -1.0 if name in _NEGATIVE else 1.0 for name in shipped])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x, np.float64)


def measured(ranks: Counts, known: Truths) -> str:
    """Cells of a table: answers and right articles in the first 1, 5, 10."""
    cells = []
    for kind in (0, 1):
        found = ranks[known[:, kind], kind]
        shares = [f"{100 * np.mean((found > 0) & (found <= cut)):.1f}" for cut in CUTS] if len(found) else ["-"]
        cells.append(" / ".join(shares))
    return " | ".join(cells)


def cross_validated(collections: Sequence[Collection], shares: Numbers) -> list[Counts]:
    """The ranks in each collection by weights that were fitted without the fold of the question."""
    found = [np.zeros((len(each.starts), 2), np.int64) for each in collections]
    for fold in range(_FOLDS):
        values = fit(collections, shares, fold)
        for ranks, each in zip(found, collections, strict=True):
            here = each.folds == fold
            ranks[here] = each.ranks(values)[here]
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Look, fit, measure, print, and write the weights if asked to."""
    parser = argparse.ArgumentParser("python -m benchmarks.fit_ranking", description="Fit the ranking's weights.")
    parser.add_argument("work", type=Path)
    parser.add_argument("--set", nargs=4, action="append", required=True, metavar=("NAME", "INDEX", "FILE", "COUNTS"))
    parser.add_argument("--check", nargs=3, action="append", default=[], metavar=("NAME", "INDEX", "FILE"))
    parser.add_argument("--most", type=int, default=500, help="questions of a set (500)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="where to write the weights")
    options = parser.parse_args(arguments)
    sets, checks = (
        {
            name: Collection.of(Path(index), file, options.most, options.work / f"{name}.npz")
            for name, index, file in rows
        }
        for rows in ([row[:3] for row in options.set], options.check)
    )
    fitted, shares = [*sets.values()], np.array([float(row[3]) for row in options.set])
    values, shipped = fit(fitted, shares), np.array([*weights().values()])
    found = dict(zip(weights(), np.round(values, 1).tolist(), strict=True))
    lines = ["| set | weights | answer in 1 / 5 / 10 | right article |", "|---|---|---|---|"]
    for (name, each), ranks in zip(sets.items(), cross_validated(fitted, shares), strict=True):
        lines.append(f"| {name} | shipped | {measured(each.ranks(shipped), each.known)} |")
        lines.append(f"| {name} | fitted, cross-validated | {measured(ranks, each.known)} |")
    for name, each in checks.items():
        lines.append(f"| {name} | shipped | {measured(each.ranks(shipped), each.known)} |")
        lines.append(f"| {name} | fitted, never on this | {measured(each.ranks(values), each.known)} |")
    sys.stdout.write("\n".join([*lines, "", json.dumps(found)]) + "\n")
    if options.write:
        _write(options.write, found, {name: len(each.starts) for name, each in sets.items()})


def _write(file: Path, found: Mapping[str, float], sets: Mapping[str, int]) -> None:
    told = ", ".join(f"{name} ({count})" for name, count in sets.items())
    content = {"made_by": f"benchmarks/fit_ranking.py on {told}, {datetime.now(UTC).date()}", "weights": found}
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
