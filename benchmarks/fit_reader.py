"""Fit the reader's weights, and measure them.

    python -m benchmarks.fit_reader WORK --passages FILE --questions FILE [--passages FILE --questions FILE]...
        [--archive FILE]... [--steps N] [--further FILE] [--write FILE [--rank N] [--mean SHARE FILE]...]

WORK is a folder for what is prepared once, for checkpoints (every 100 steps; the next call goes on from there) and for
`reader-STEP.safetensors`, the mean of the last weights, every 650 steps and at the end. `--write` makes the product's
file of them, and prints its sum; qa/reading/reader.py knows that sum. Some 80 minutes on one of two busy cores.
`--further` begins with weights that an earlier run wrote, and fits the lowest two layers as well, in smaller steps;
`--mean` has the product's file made of these weights and, with a share each, those of earlier runs (Wortsman et al.
2022, "Robust fine-tuning of zero-shot models"): that keeps what a later run forgets of questions unlike its own.

The loss of a lesson is cross-entropy over "none" and its sentences, where several right ones share the target; as
much for the answer's first and last word; and half as much for a question's own passage scoring above its control, for
the name, number or day that was exchanged (or nothing), and for the sentence that would answer without it. The
log-odds that the question's style gives are added to "none" while fitting and left away afterwards (a product of
experts: Clark et al. 2019, "Don't Take the Easy Way Out"), so that style explains what it can and reading the rest.
Weights are kept in fp32 and computed with in bf16; two threads work on parts of a batch, each alone.
"""

import argparse
import hashlib
import pickle
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from benchmarks.reader_lessons import (
    TRAIN,
    Lesson,
    Question,
    Text,
    archive_texts,
    epoch,
    with_near,
    with_style,
    written_questions,
)
from corpus.settings import BUNDLED_MODEL
from index.models.model_files import model_location
from qa.reading.network import LAYERS, WIDTH, Pieces, Scores, read
from qa.reading.reader import OF_QUESTION, Encoded, encode

_SEED = 20261129
_THREADS = 2
_BATCH, _PART = 16, 4
_WARM, _DECAY = 150, 0.01
# Of the body and of the heads: at first, and further.
_RATES, _RATES_FURTHER = (1.5e-4, 5e-4), (1e-4, 2e-4)
_DROPOUT = 0.1
_KEPT_AS_BUNDLED, _FITTED_FURTHER = ("embeddings.",), ("encoder.layer.0.", "encoder.layer.1.")
_WORDS_COUNT, _PAIR_COUNTS, _DOUBTS_COUNT, _NEARLY_COUNTS = 1.0, 0.5, 0.5, 0.5
_MEAN_OF = 0.995  # The share of the mean of weights that a step keeps.
_CHECKPOINT, _USABLE = 100, 650
_LEAST_REFUSED = 0.1


@dataclass(frozen=True, slots=True)
class Example:
    """A lesson in word pieces: the right choices (0 is "none"), first and last piece of the answer, style.

    `doubted` are the pieces of what the question asks of something else, (0,) for nothing, () where that is not known;
    `nearly` the choices that would be right without that.
    """

    pieces: Pieces
    choices: tuple[int, ...]
    words: tuple[int, int] | None
    style: float
    doubted: tuple[int, ...]
    nearly: tuple[int, ...]


@cache
def tokenizer() -> Tokenizer:
    """The bundled model's tokenizer, without padding and cutting off."""
    found = Tokenizer.from_file(str(Path(model_location(BUNDLED_MODEL), "tokenizer.json")))
    found.no_padding()
    found.no_truncation()
    return found


def encoded(question: str, text: Text) -> Encoded:
    """A question on a passage in word pieces."""
    return encode(tokenizer(), question, text.title, text.published, text.sentences)


def example(lesson: Lesson) -> Example:
    """The lesson in word pieces."""
    found = encoded(lesson.question, lesson.passage)
    right, nearly = (
        tuple(1 + found.sentences.index(each) for each in sentences if each in found.sentences)
        for sentences in (lesson.sentences, lesson.nearly)
    )
    words, doubted = _answer_pieces(lesson, found), _doubted_pieces(lesson, found)
    return Example(found.pieces, right or (0,), words, lesson.style, doubted, nearly)


def _doubted_pieces(lesson: Lesson, found: Encoded) -> tuple[int, ...]:
    if not lesson.doubted:
        return ()
    first, after = lesson.doubted
    pieces = (
        place
        for place, (part, start, end) in enumerate(found.places)
        if part == OF_QUESTION and end > first and start < after
    )
    return tuple(pieces) or (0,)


def _answer_pieces(lesson: Lesson, found: Encoded) -> tuple[int, int] | None:
    for number in lesson.sentences:
        start = lesson.passage.sentences[number].find(lesson.answer)
        if lesson.answer and start >= 0:
            end = start + len(lesson.answer)
            inside = [
                place for place, at in enumerate(found.places) if at[0] == number and at[2] > start and at[1] < end
            ]
            return (inside[0], inside[-1]) if inside else None
    return None


def bundled_weights() -> dict[str, Tensor]:
    """The bundled model's weights, in fp32."""
    weights = load_file(Path(model_location(BUNDLED_MODEL), "model.safetensors"))
    return {name: each for name, each in weights.items() if each.is_floating_point() and "pooler" not in name}


def first_weights() -> dict[str, Tensor]:
    """The bundled model's weights with heads drawn by chance, in fp32."""
    weights = bundled_weights()
    drawn = torch.Generator().manual_seed(_SEED)
    for name, shape in head_shapes().items():
        weights[name] = torch.zeros(shape) if name.endswith("bias") else torch.randn(shape, generator=drawn) * 0.02
    return weights


def fitted(name: str, *, further: bool) -> bool:
    """Whether this weight is fitted: not the vectors of word pieces and places, the lowest two layers only further."""
    return not name.startswith(_KEPT_AS_BUNDLED + (() if further else _FITTED_FURTHER))


def head_shapes() -> dict[str, tuple[int, ...]]:
    """The shapes of the weights that the bundled model does not have."""
    return {
        "sentence.hidden.weight": (WIDTH, 2 * WIDTH),
        "sentence.hidden.bias": (WIDTH,),
        "sentence.score.weight": (1, WIDTH),
        "sentence.score.bias": (1,),
        "none.hidden.weight": (WIDTH, WIDTH),
        "none.hidden.bias": (WIDTH,),
        "none.score.weight": (1, WIDTH),
        "none.score.bias": (1,),
        "words.weight": (2, WIDTH),
        "words.bias": (2,),
        "doubts.weight": (1, WIDTH),
        "doubts.bias": (1,),
    }


def loss_of(scores: Sequence[Scores], groups: Sequence[Sequence[Example]]) -> Tensor:
    """The summed loss of some lessons; the scores are in the order of the examples."""
    total = torch.zeros(())
    left = iter(scores)
    for group in groups:
        margins = []
        for each in group:
            score = next(left)
            choices = score.choices + functional.one_hot(torch.tensor(0), len(score.choices)) * each.style
            total = total - functional.log_softmax(choices, 0)[list(each.choices)].mean()
            margins.append(score.choices[1:].logsumexp(0) - score.choices[0])
            if each.words:
                first = each.pieces.sentences[0][0]
                logits = score.words[first:]
                target = torch.tensor(each.words) - first
                total = total + _WORDS_COUNT * functional.cross_entropy(logits.T, target)
            if each.doubted:
                doubted = score.doubts[list(each.doubted)].logsumexp(0)
                total = total + _DOUBTS_COUNT * (score.doubts.logsumexp(0) - doubted)
            if each.nearly:
                total = (
                    total
                    - _NEARLY_COUNTS * functional.log_softmax(score.choices[1:], 0)[[n - 1 for n in each.nearly]].mean()
                )
        if len(margins) > 1:
            total = total + _PAIR_COUNTS * functional.softplus(margins[1] - margins[0])
    return total


def batches(questions: Sequence[Question], steps: int, *, further: bool) -> Iterator[list[tuple[Lesson, ...]]]:
    """As many batches of some 16 lessons as asked, whatever epochs that takes; names are exchanged but in the first."""
    made, seed = 0, _SEED + further
    while made < steps:
        groups = epoch(questions, seed, exchange=seed > _SEED)
        seed += 1
        batch: list[tuple[Lesson, ...]] = []
        for group in groups:
            batch.append(group)
            if sum(map(len, batch)) >= _BATCH:
                yield batch
                batch = []
                made += 1
                if made == steps:
                    return


def parts(batch: Sequence[tuple[Lesson, ...]]) -> list[list[tuple[Example, ...]]]:
    """A batch in word pieces, in parts of some 4 examples, the longest first, so that threads end together."""
    groups = [tuple(example(each) for each in group) for group in batch]
    groups.sort(key=lambda group: -sum(len(each.pieces.ids) for each in group))
    found: list[list[tuple[Example, ...]]] = [[]]
    for group in groups:
        if sum(map(len, found[-1])) + len(group) > _PART:
            found.append([])
        found[-1].append(group)
    return found


def with_dropout(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights without some columns of what each layer adds, the same for all pieces.

    A mask for each hidden number would cost a twentieth of the time.
    """
    thinned = dict(weights)
    for layer in range(LAYERS):
        for dense in ("attention.output.dense", "output.dense"):
            name, kept = f"encoder.layer.{layer}.{dense}", functional.dropout(torch.ones(WIDTH), _DROPOUT)
            thinned[f"{name}.weight"] = weights[f"{name}.weight"] * kept[:, None]
            thinned[f"{name}.bias"] = weights[f"{name}.bias"] * kept
    return thinned


def gradients(weights: Mapping[str, Tensor], groups: Sequence[tuple[Example, ...]]) -> tuple[float, list[Tensor]]:
    """The loss of a part of a batch, and its gradient by each fitted weight."""
    torch.set_num_threads(1)
    scores = read(with_dropout(weights), [each.pieces for group in groups for each in group])
    loss = loss_of(scores, groups)
    found = torch.autograd.grad(loss, [each for each in weights.values() if each.requires_grad], materialize_grads=True)
    return float(loss.detach()), list(found)


def rate(step: int, steps: int) -> float:
    """The share of the learning rate at a step: up over the first 150, then down to 0 at the end, both linear."""
    return min(1.0, step / _WARM) * max(0.0, 1 - (step - 1) / steps)


class Fitting:
    """The weights while they are fitted: kept, averaged, saved and taken up again."""

    def __init__(self, work: Path, earlier: Path | None = None) -> None:
        """Begin, with the weights of an earlier run if there is one, or go on where a checkpoint says."""
        self.work = work
        self.step = 0
        self.weights = first_weights()
        if earlier:
            self.weights |= {name: each.float() for name, each in load_file(earlier).items()}
        self.rates = _RATES_FURTHER if earlier else _RATES
        self.names = [name for name in self.weights if fitted(name, further=earlier is not None)]
        self.names.sort(key=lambda name: name in head_shapes())  # the body first, as the optimizer has them
        each_fitted = {name: self.weights[name].requires_grad_() for name in self.names}
        self.body = [each for name, each in each_fitted.items() if name not in head_shapes()]
        self.heads = [each for name, each in each_fitted.items() if name in head_shapes()]
        groups = [{"params": part, "lr": full} for part, full in zip((self.body, self.heads), self.rates, strict=True)]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=_DECAY, fused=True)
        self.mean = {name: each.detach().clone() for name, each in each_fitted.items()}
        if self._checkpoint.exists():
            kept = torch.load(self._checkpoint)
            self.step = kept["step"]
            self.optimizer.load_state_dict(kept["optimizer"])
            for name, each in kept["weights"].items():
                self.weights[name].data.copy_(each)
                self.mean[name].copy_(kept["mean"][name])

    @property
    def _checkpoint(self) -> Path:
        return self.work / "checkpoint.pt"

    def learn(self, batch: Sequence[tuple[Lesson, ...]], share: float, threads: ThreadPoolExecutor) -> float:
        """One step at this share of the learning rate; the mean loss of a lesson."""
        small = {
            name: self.weights[name].detach().bfloat16().requires_grad_(name in self.mean)
            for name in sorted(self.weights, key=lambda name: self.names.index(name) if name in self.mean else -1)
        }
        groups = parts(batch)
        count = sum(map(len, batch))
        found = list(threads.map(lambda group: gradients(small, group), groups))
        for place, weight in enumerate(self.body + self.heads):
            weight.grad = torch.stack([each[1][place].float() for each in found]).sum(0) / count
        torch.nn.utils.clip_grad_norm_(self.body + self.heads, 1.0)
        for group, full in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = full * share
        self.optimizer.step()
        self.step += 1
        kept = min(_MEAN_OF, self.step / (self.step + 10))
        for name, mean in self.mean.items():
            mean.lerp_(self.weights[name].detach(), 1 - kept)
        return sum(loss for loss, _ in found) / count

    def save(self) -> None:
        """Write the checkpoint, and the mean weights where they are due."""
        kept = {
            "step": self.step,
            "weights": {name: self.weights[name].detach() for name in self.names},
            "mean": self.mean,
            "optimizer": self.optimizer.state_dict(),
        }
        torch.save(kept, self._checkpoint.with_suffix(".new"))
        self._checkpoint.with_suffix(".new").replace(self._checkpoint)

    def save_mean(self) -> Path:
        """Write the mean weights in fp32."""
        file = self.work / f"reader-{self.step}.safetensors"
        save_file(self.mean, file)
        return file


def prepared(arguments: argparse.Namespace) -> list[Question]:
    """The questions with their style and the passages near them, made once."""
    file = arguments.work / "questions.pickle"
    if not file.exists():
        files = zip(arguments.passages, arguments.questions, strict=True)
        questions = with_style([each for passages, asked in files for each in written_questions(passages, asked)])
        questions = with_near(questions, [archive_texts(each) for each in arguments.archive])
        file.write_bytes(pickle.dumps(questions))
    return list(pickle.loads(file.read_bytes()))


def fit(work: Path, questions: Sequence[Question], steps: int, earlier: Path | None = None) -> Path:
    """Go on to this many steps; the file of the mean weights."""
    fitting = Fitting(work, earlier)
    losses: list[float] = []
    began = time.monotonic()
    with ThreadPoolExecutor(_THREADS) as threads:
        for number, batch in enumerate(batches(questions, steps, further=earlier is not None), 1):
            if number <= fitting.step:
                continue
            torch.manual_seed(_SEED + number)
            losses.append(fitting.learn(batch, rate(number, steps), threads))
            if number % 20 == 0:
                print(
                    number, steps, round(float(np.mean(losses[-100:])), 4), round(time.monotonic() - began), flush=True
                )
            if number % _CHECKPOINT == 0 or number == steps:
                fitting.save()
            if number % _USABLE == 0:
                fitting.save_mean()
    return fitting.save_mean()


def differences(bundled: Mapping[str, Tensor], fitted: Mapping[str, Tensor], rank: int) -> dict[str, Tensor]:
    """What the product keeps of fitted weights: differences of this rank to the bundled matrices, in 16 bits.

    Rank 0 keeps the matrices themselves. What the bundled model has not is kept whole, what is no matrix in 32 bits.
    """
    kept: dict[str, Tensor] = {}
    for name, each in fitted.items():
        if each.dim() <= 1:
            kept[name] = each
        elif not rank or name not in bundled:
            kept[name] = each.bfloat16()
        else:
            left, sizes, right = torch.linalg.svd(each - bundled[name], full_matrices=False)
            root = sizes[:rank].sqrt()
            kept[f"{name}/left"] = (left[:, :rank] * root).bfloat16()
            kept[f"{name}/right"] = (root[:, None] * right[:rank]).bfloat16()
    return {name: each.contiguous() for name, each in kept.items()}


def mean_of(bundled: Mapping[str, Tensor], runs: Sequence[tuple[float, Mapping[str, Tensor]]]) -> dict[str, Tensor]:
    """Each weight's mean by the share of each run that has it; the bundled weight where a run did not fit it."""
    whole = [(share, {**bundled, **run}) for share, run in runs]
    found = {}
    for name in sorted({name for _, run in runs for name in run}):
        having = [(share, each[name]) for share, each in whole if name in each]
        found[name] = torch.stack([share * each for share, each in having]).sum(0) / sum(share for share, _ in having)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, or only measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--passages", type=Path, required=True, action="append")
    parser.add_argument("--questions", type=Path, required=True, action="append")
    parser.add_argument("--archive", type=Path, action="append", default=[])
    parser.add_argument("--steps", type=int, default=3500)
    parser.add_argument("--rank", type=int, default=0)
    parser.add_argument("--further", type=Path)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--mean", nargs=2, action="append", default=[], metavar=("SHARE", "FILE"))
    given = parser.parse_args(arguments)
    given.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    questions = prepared(given)
    file = fit(given.work, [each for each in questions if each.split == TRAIN], given.steps, given.further)
    print(file)
    if given.write:
        bundled = bundled_weights()
        earlier = [(float(share), load_file(each)) for share, each in given.mean]
        mean = mean_of(bundled, [(1 - sum(share for share, _ in earlier), load_file(file)), *earlier])
        save_file(differences(bundled, mean, given.rank), given.write)
        print(hashlib.sha256(given.write.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
