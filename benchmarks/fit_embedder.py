"""Fit the embedder to questions about the news, and measure it on passages that it did not see.

    python -m benchmarks.fit_embedder WORK --passages FILE --questions FILE [--steps N] [--write FILE --rank N]

WORK/embedder.safetensors is what was fitted. `--write` makes the product's file of it, and prints its sum;
index/models/model_files.py knows that sum. Some 25 minutes on two cores.

Each batch has 32 questions, their passages, and for each a passage of another article that the bundled model takes for
near; the loss is the multiple negatives ranking loss (Henderson et al. 2017, "Efficient Natural Language Response
Suggestion for Smart Reply"), in which passages of the same article are no negatives. The vectors of word pieces, the
lowest two layers and all norms stay as they are. With `--keep` below 1, the result lies between the bundled weights
and the fitted ones (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"), which keeps more of what the
bundled model knows of other texts.

Prints the share of questions with the right article first, among five, and the right passage first, among all passages
of the file, for each archive and kind of question, before and after.
"""

import argparse
import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer
from torch import Tensor
from torch.nn import functional

from benchmarks.fit_reader import differences
from benchmarks.reader_lessons import TRAIN, Question, Text, written_questions
from corpus.settings import BUNDLED_MODEL
from index.models.differences import with_differences
from index.models.model_files import model_location

_SEED = 7
_BATCH, _PART = 32, 16
_RATE, _WARM, _DECAY = 3e-5, 40, 0.01
_SCALE = 20  # what a cosine is multiplied by, in logits
_LONGEST, _LONGEST_FITTED = 224, 168  # word pieces
_NEAR = 8  # the nearest passages of other articles that a negative is drawn from
_LOWER_CASE = 0.1  # the share of questions that is put without capitals
_KEPT_AS_BUNDLED = ("embeddings.", "pooler.", "encoder.layer.0.", "encoder.layer.1.")


def fitted(name: str) -> bool:
    """Whether this weight is fitted."""
    return not name.startswith(_KEPT_AS_BUNDLED) and "LayerNorm" not in name


def embedded_text(text: Text) -> str:
    """A passage as a build embeds it."""
    return "\n".join(part for part in (text.title, " ".join(text.sentences)) if part)


class Network:
    """The bundled model, and what is fitted of it."""

    def __init__(self) -> None:
        """Load it, with all weights that stay as they are frozen."""
        model = SentenceTransformer(model_location(BUNDLED_MODEL), device="cpu")
        self.tokenizer, self.body = model.tokenizer, model[0].auto_model.eval()
        for name, weight in self.body.named_parameters():
            weight.requires_grad_(fitted(name))
        self.bundled = {name: each.detach().clone() for name, each in self.body.state_dict().items()}

    def weights(self) -> dict[str, Tensor]:
        """The fitted weights."""
        return {name: each.detach().clone() for name, each in self.body.named_parameters() if each.requires_grad}

    def put(self, weights: Mapping[str, Tensor]) -> None:
        """Compute with these from now on."""
        self.body.load_state_dict({**self.bundled, **weights})

    def vectors(self, texts: Sequence[str], learning: bool = False) -> Tensor:
        """Means of the hidden states, of length 1; in bf16 inside."""
        order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
        found: list[Tensor] = [torch.empty(0)] * len(texts)
        longest = _LONGEST_FITTED if learning else _LONGEST
        for first in range(0, len(order), _PART):
            places = order[first : first + _PART]
            batch = self.tokenizer(
                [texts[place] for place in places],
                padding=True,
                truncation=True,
                max_length=longest,
                return_tensors="pt",
            )
            with torch.autocast("cpu", dtype=torch.bfloat16), torch.set_grad_enabled(learning):
                hidden = self.body(**batch).last_hidden_state.float()
            mask = batch["attention_mask"][..., None].float()
            pooled = functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)
            for place, vector in zip(places, pooled, strict=True):
                found[place] = vector
        return torch.stack(found)


def cosines(network: Network, questions: Sequence[Question], texts: Sequence[Text]) -> Tensor:
    """How near each question comes to each passage, shape (questions, passages)."""
    passages = network.vectors([embedded_text(text) for text in texts])
    return network.vectors([each.text for each in questions]) @ passages.T


def measured(network: Network, questions: Sequence[Question], texts: Sequence[Text]) -> dict[str, list[float]]:
    """By archive and kind: right article first and among five, right passage first, and how many questions."""
    hits = defaultdict(list)
    for question, row in zip(questions, cosines(network, questions, texts), strict=True):
        order = row.argsort(descending=True)[:50].tolist()
        articles = list(dict.fromkeys(texts[place].article for place in order))
        right = question.passage.article
        rank = articles.index(right) if right in articles else len(articles)
        hit = (rank == 0, rank < 5, texts[order[0]] == question.passage)
        for name in ("wire" if right.startswith("reuters") else "news", question.kind):
            hits[name].append(hit)
    return {name: [*np.mean(each, 0).round(3).tolist(), len(each)] for name, each in sorted(hits.items())}


def near_passages(network: Network, questions: Sequence[Question], texts: Sequence[Text]) -> list[list[Text]]:
    """For each question the nearest passages of other articles."""
    found = []
    for question, row in zip(questions, cosines(network, questions, texts), strict=True):
        near = (texts[place] for place in row.argsort(descending=True)[:40].tolist())
        found.append([each for each in near if each.article != question.passage.article][:_NEAR])
    return found


def batches(count: int, steps: int, drawn: random.Random) -> Iterator[list[int]]:
    """As many batches of places below `count` as asked, each epoch in another order."""
    left: list[int] = []
    for _ in range(steps):
        if len(left) < _BATCH:
            left = list(range(count))
            drawn.shuffle(left)
        yield [left.pop() for _ in range(_BATCH)]


def loss_of(network: Network, batch: Sequence[tuple[Question, Text]], drawn: random.Random) -> Tensor:
    """The loss of questions with their passages and a near one each."""
    asked = [each.text.lower() if drawn.random() < _LOWER_CASE else each.text for each, _ in batch]
    told = [embedded_text(each.passage) for each, _ in batch] + [embedded_text(near) for _, near in batch]
    logits = network.vectors(asked, learning=True) @ network.vectors(told, learning=True).T * _SCALE
    articles = [each.passage.article for each, _ in batch]
    same = torch.tensor([[left == right for right in articles] for left in articles]) & ~torch.eye(len(batch)).bool()
    masked = torch.cat([same, torch.zeros_like(same)], 1)
    return functional.cross_entropy(logits.masked_fill(masked, -1e4), torch.arange(len(batch)))


def fit(network: Network, questions: Sequence[Question], texts: Sequence[Text], steps: int) -> None:
    """Fit in place."""
    torch.manual_seed(_SEED)
    drawn = random.Random(_SEED)
    near = near_passages(network, questions, texts)
    learned = [each for each in network.body.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=_RATE, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / _WARM, max(0.0, (steps - step) / steps))
    )
    for number, places in enumerate(batches(len(questions), steps, drawn), 1):
        loss = loss_of(network, [(questions[place], drawn.choice(near[place])) for place in places], drawn)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        schedule.step()
        if number % 20 == 0:
            print(number, steps, round(float(loss), 4), flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit unless WORK has fitted weights, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--passages", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=320)
    parser.add_argument("--keep", type=float, default=0.5, help="the share of what was fitted, 0 to 1")
    parser.add_argument("--rank", type=int, default=48)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args(arguments)
    given.work.mkdir(parents=True, exist_ok=True)
    questions = [each for each in written_questions(given.passages, given.questions) if each.sentences]
    texts = list(dict.fromkeys(each.passage for each in questions))
    kept_back = [each for each in questions if each.split != TRAIN]
    network, file = Network(), given.work / "embedder.safetensors"
    print("before", measured(network, kept_back, texts))
    if not file.exists():
        fit(network, [each for each in questions if each.split == TRAIN], texts, given.steps)
        save_file(network.weights(), file)
    learned = {name: network.bundled[name].lerp(weight, given.keep) for name, weight in load_file(file).items()}
    small = differences(network.bundled, learned, given.rank)
    network.put(with_differences(network.bundled, small))
    print("after", measured(network, kept_back, texts))
    if given.write:
        save_file(small, given.write)
        print(hashlib.sha256(given.write.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
