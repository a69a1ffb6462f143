"""Fit the weights of the verdict, and measure them on collections that they were not fitted on.

    python -m benchmarks.fit_verdict WORK --set NAME INDEX FILE [--set NAME INDEX FILE]... [--write FILE]

A set is an index with questions that it answers and questions that it does not (two files may be joined by a comma).
What the verdict looks at is kept in WORK/NAME.json, by question; delete that to look again. Each set counts the same,
and its two halves too; weights have the sign that makes sense, and those that are used without a reading as well
are drawn towards what they are there. The bias is set so that of the answerable questions a given share
is refused, on average over the sets.

Prints, for each set, AUROC, refused answerable and answered unanswerable questions, with weights fitted on all sets and
with weights fitted on the other sets alone.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from corpus import UserError
from qa.evaluation.known import KnownQuestion, read_questions
from qa.evaluation.measures import auroc
from qa.finding import find
from qa.question.request import Request
from qa.question.understand import understand
from qa.reading.verdict import LOOKED_AT, Signals, weights_of
from qa.retriever import Retriever

# Not fitted but taken as it is without a reading: of 39 questions whose names stand nowhere only two can be answered,
# and the reader sees no capitals.
_TAKEN = "nameless"
_L2 = 0.05
_REFUSED = 0.12  # the share of answerable questions, on average over the sets

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Collection:
    """Questions to one archive: features by name, one row a question, and whether the archive answers it."""

    name: str
    names: tuple[str, ...]
    rows: Numbers
    answerable: NDArray[np.bool_]

    @classmethod
    def of(cls, name: str, index: Path, files: Sequence[Path], kept: Path) -> Self:
        """Look at each question of the files, or take what was kept of it."""
        if not kept.exists():
            questions = [question for file in files for question in read_questions(file)]
            with Retriever.open(index) as retriever:
                looked_at = [(each, found.features) for each in questions if (found := signals(retriever, each))]
            content = [{"question": each.text, "answerable": each.answerable} | found for each, found in looked_at]
            kept.write_text(json.dumps(content, indent=1, ensure_ascii=False), "utf-8")
        content = json.loads(kept.read_text("utf-8"))
        names = tuple(name for name in content[0] if name not in ("question", "answerable"))
        rows = np.array([[row[name] for name in names] for row in content])
        return cls(name, names, rows, np.array([row["answerable"] for row in content]))

    @property
    def counts(self) -> Numbers:
        """What each question counts: both halves the same, all together 1."""
        share = np.where(self.answerable, self.answerable.sum(), (~self.answerable).sum())
        return np.asarray(0.5 / share, np.float64)


def signals(retriever: Retriever, question: KnownQuestion) -> Signals | None:
    """What the verdict is drawn from; None for what is settled without it."""
    with retriever.use() as archive:
        try:
            search = understand(archive, Request(question.text, now=question.asked))
        except UserError:
            return None
        found = find(archive, retriever.models, search, LOOKED_AT)
        if search.hopeless or not found.passages:
            return None
        return Signals.read(archive, search.question, found.passages, found.near, found.said)


def fit(collections: Sequence[Collection]) -> Numbers:
    """The weights of least loss, in the order of the features."""
    names = collections[0].names
    rows = np.concatenate([each.rows for each in collections])
    signs = np.concatenate([np.where(each.answerable, 1.0, -1.0) for each in collections])
    counts = np.concatenate([each.counts for each in collections]) / len(collections)
    scales = rows.std(axis=0)
    scales[scales == 0] = 1.0
    scaled = rows / scales
    known = weights_of("unread")
    pulled = np.array([name in known and name != "bias" for name in names], np.float64)
    unread = np.array([known.get(name, 0.0) for name in names]) * scales

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        odds = signs * (scaled @ weights)
        slope = -counts * signs / (1 + np.exp(odds))
        cost = (counts * np.logaddexp(0, -odds)).sum() + _L2 * (pulled * (weights - unread) ** 2).sum()
        return float(cost), slope @ scaled + 2 * _L2 * pulled * (weights - unread)

    taken = unread[names.index(_TAKEN)]
    bounds = [(None, None) if name == "bias" else (taken, taken) if name == _TAKEN else (0.0, None) for name in names]
    weights = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", bounds=bounds).x / scales
    odds = np.concatenate([(each.rows @ weights)[each.answerable] for each in collections])
    share = np.concatenate([np.full(each.answerable.sum(), 1 / each.answerable.sum()) for each in collections])
    order = np.argsort(odds)
    refused = np.cumsum(share[order]) / len(collections)
    weights[names.index("bias")] -= odds[order][np.searchsorted(refused, _REFUSED)]
    return np.asarray(weights, np.float64)


def measured(collection: Collection, weights: Numbers) -> str:
    """Cells of a table: AUROC with its interval, refused answerable, answered unanswerable."""
    odds = collection.rows @ weights
    yes, no = odds[collection.answerable], odds[~collection.answerable]
    area = auroc(yes.tolist(), no.tolist())
    return f"{area.value:.2f} ({area.low:.2f} to {area.high:.2f}) | {np.mean(yes < 0):.0%} | {np.mean(no >= 0):.0%}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Look, fit, print, and write the weights if asked to."""
    parser = argparse.ArgumentParser("python -m benchmarks.fit_verdict", description="Fit the verdict's weights.")
    parser.add_argument("work", type=Path)
    parser.add_argument("--set", nargs=3, action="append", required=True, metavar=("NAME", "INDEX", "FILE"))
    parser.add_argument("--write", type=Path, metavar="FILE", help="verdict.json, whose other weights stay")
    options = parser.parse_args(arguments)
    collections = [
        Collection.of(name, Path(index), [Path(file) for file in files.split(",")], options.work / f"{name}.json")
        for name, index, files in options.set
    ]
    weights = fit(collections)
    lines = ["| set | fitted on all: AUROC | refused | answered | fitted on the others | refused | answered |"]
    lines.append("|---" * 7 + "|")
    for each in collections:
        others = fit([other for other in collections if other is not each] or collections)
        lines.append(f"| {each.name} | {measured(each, weights)} | {measured(each, others)} |")
    found = {name: round(weight, 3) for name, weight in zip(collections[0].names, weights.tolist(), strict=True)}
    sys.stdout.write("\n".join([*lines, "", json.dumps(found)]) + "\n")
    if options.write:
        _write(options.write, found, collections)


def _write(file: Path, weights: Mapping[str, float], collections: Sequence[Collection]) -> None:
    sets = ", ".join(f"{each.name} ({len(each.rows)})" for each in collections)
    made_by = f"benchmarks/fit_verdict.py on {sets}, {datetime.now(UTC).date()}"
    content = json.loads(file.read_text("utf-8")) | {"made_by": made_by, "read": weights}
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
