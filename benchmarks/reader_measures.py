"""What the reader can: the figures of docs/reader.md, on the questions kept for validation.

    python -m benchmarks.reader_measures WORK FILE [--float32]

WORK is the folder of benchmarks.fit_reader, FILE the product's weights or others that it wrote. Every figure that
compares answered questions with written ones that are not stands beside what the question alone tells of those.
"""

import argparse
import json
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from sklearn.metrics import roc_auc_score
from torch import Tensor

from benchmarks.fit_reader import encoded, example, first_weights
from benchmarks.reader_lessons import VALIDATION, Lesson, Question, Text, without_answer
from index.models.differences import with_differences
from qa.reading.network import best_words, in_eight_bits, scored

_AT_ONCE = 16
_REFUSED = 0.1


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the best sentence stands above "none", its number, and the answer's first and last piece."""

    margin: float
    sentence: int
    words: tuple[int, int]


def readings(weights: Mapping[str, Tensor], pairs: Sequence[tuple[str, Text]]) -> list[Reading]:
    """What the network makes of each question and passage, in their order."""
    inputs = [encoded(*pair) for pair in pairs]
    order = np.argsort([-len(each.pieces.ids) for each in inputs], kind="stable")
    found: dict[int, Reading] = {}
    for first in range(0, len(order), _AT_ONCE):
        places = order[first : first + _AT_ONCE].tolist()
        for place, scores in zip(places, scored(weights, [inputs[place].pieces for place in places]), strict=True):
            each = inputs[place]
            best = int(scores.choices[1:].argmax())
            margin = float(scores.choices[1 + best] - scores.choices[0])
            found[place] = Reading(margin, each.sentences[best], best_words(scores.words, each.pieces.sentences[best]))
    return [found[place] for place in range(len(pairs))]


def auroc(right: Sequence[float], wrong: Sequence[float]) -> float:
    """The probability that a right one scores above a wrong one; half for equal ones."""
    return float(roc_auc_score([True] * len(right) + [False] * len(wrong), [*right, *wrong]))


def measures(weights: Mapping[str, Tensor], questions: Sequence[Question]) -> dict[str, float]:
    """The figures, shares and AUROCs between 0 and 1, by name."""
    answered = [each for each in questions if each.sentences]
    own = readings(weights, [(each.text, each.passage) for each in answered])
    cut = readings(weights, [(each.text, text) for each in answered if (text := without_answer(each))])
    other = readings(weights, [(each.text, each.near[0]) for each in answered if each.near])
    margins = [each.margin for each in own]
    said: dict[str, float] = {"questions": len(questions)}
    for kind in ("", *sorted({each.kind for each in answered})):
        of_kind = [(each, found) for each, found in zip(answered, own, strict=True) if kind in ("", each.kind)]
        right = [found.sentence in each.sentences for each, found in of_kind]
        exact = [
            example(Lesson(each.text, each.passage, each.sentences, each.answer)).words == found.words
            for each, found in of_kind
        ]
        said[f"sentence {kind or 'all'}"] = float(np.mean(right))
        said[f"words {kind or 'all'}"] = float(np.mean(exact))
    said["own/cut"] = auroc(margins, [each.margin for each in cut])
    said["own/other"] = auroc(margins, [each.margin for each in other])
    limit = float(np.quantile(margins, _REFUSED))
    said["cut answered"] = float(np.mean([each.margin >= limit for each in cut]))
    said["other answered"] = float(np.mean([each.margin >= limit for each in other]))
    twins = [(each, found.margin) for each, found in zip(answered, own, strict=True) if each.twin]
    if twins:
        false = readings(weights, [(each.twin.text, each.passage) for each, _ in twins if each.twin])
        said["true/false twin"] = auroc([margin for _, margin in twins], [each.margin for each in false])
        said["true above false"] = float(
            np.mean([true > each.margin for (_, true), each in zip(twins, false, strict=True)])
        )
        said["false answered"] = float(np.mean([each.margin >= limit for each in false]))
    for kind in sorted({each.kind for each in questions if not each.sentences}):
        missed = [each for each in questions if each.kind == kind]
        found = readings(weights, [(each.text, each.passage) for each in missed])
        said[f"written {kind}"] = auroc(margins, [each.margin for each in found])
        said[f"question alone {kind}"] = auroc([-each.style for each in answered], [-each.style for each in missed])
    return said


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--float32", action="store_true")
    given = parser.parse_args(arguments)
    torch.set_num_threads(1)
    questions = pickle.loads((given.work / "questions.pickle").read_bytes())
    weights = with_differences(first_weights(), load_file(given.weights))
    kept = weights if given.float32 else in_eight_bits(weights)
    found = measures(kept, [each for each in questions if each.split == VALIDATION])
    print(json.dumps({name: round(value, 3) for name, value in found.items()}, indent=1))


if __name__ == "__main__":
    main()
