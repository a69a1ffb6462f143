"""The reader as a network: a BERT that reads question, headline and passage together, and four heads on top.

Written out as functions of named weights, the same while fitting and while reading. Several inputs lie in one row of
word pieces one after another, so nothing is padded; each attends to itself alone. Importing this module loads torch.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

LAYERS, WIDTH, ATTENTION_HEADS = 6, 384, 12
WORD_PIECES = "embeddings.word_embeddings.weight"
_NORM_EPSILON = 1e-12
_MOST_WORDS = 40
# Eight bits are used where they are much faster on this machine and the scores, in logits, are alike on this input.
_MUCH_FASTER, _ALIKE = 0.85, 0.5
# The largest whole number in eight bits; what a matrix of such numbers is multiplied by has a name of its own.
_LARGEST, _SCALES = 127, ".scales"

Weights = Mapping[str, Tensor]


@dataclass(frozen=True, slots=True)
class Pieces:
    """One input as word pieces: their numbers, how many belong to the question, and the range of each sentence."""

    ids: tuple[int, ...]
    question: int
    sentences: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of one input, as logits.

    `choices` is "none of these", then one number a sentence; `words` has shape (pieces, 2): how well an answer begins
    and ends at each piece. `doubts` is "nothing", then one number a piece of the question: the passage reports of
    something else what the question asks of it.
    """

    choices: Tensor
    words: Tensor
    doubts: Tensor


def faster(weights: Weights) -> Weights:
    """The weights, their large matrices in eight bits where that is much faster on this machine and as good."""
    probe = [Pieces(tuple(range(2000, 2200)), 20, ((40, 100), (100, 150), (150, 200)))]
    seconds, scores = [], []
    for tried in (weights, small := in_eight_bits(weights)):
        scored(tried, probe)  # What is prepared at first use is not timed.
        # A processor's own time does not grow with what else it has to do.
        began = time.thread_time()
        scores.append(scored(tried, probe)[0].choices)
        seconds.append(time.thread_time() - began)
    alike = torch.allclose(scores[0], scores[1], rtol=0, atol=_ALIKE)
    return small if alike and seconds[1] < _MUCH_FASTER * seconds[0] else weights


def in_eight_bits(weights: Weights) -> Weights:
    """The weights, each matrix of the layers as whole numbers from -127 to 127, with a scale for each of its rows."""
    small = dict(weights)
    for name, matrix in weights.items():
        if name.startswith("encoder.") and matrix.ndim > 1:
            scales = matrix.abs().amax(1) / _LARGEST
            small[name] = (matrix / scales[:, None]).round().to(torch.int8).t().contiguous()
            small[name + _SCALES] = scales
    return small


def scored(weights: Weights, inputs: Sequence[Pieces]) -> list[Scores]:
    """What `read` returns, for reading alone: nothing is kept that fitting needs."""
    with torch.inference_mode():
        return read(weights, inputs)


def read(weights: Weights, inputs: Sequence[Pieces]) -> list[Scores]:
    """What the network says of each input, in their order; float32 logits whatever the weights are kept in."""
    state = _embedded(weights, inputs)
    lengths = [len(each.ids) for each in inputs]
    for layer in range(LAYERS):
        state = _layer(weights, f"encoder.layer.{layer}.", state, lengths)
    words, doubts = (torch.split(_logits(weights, head, state), lengths) for head in ("words", "doubts"))
    scores = []
    for each, hidden, of_words, of_doubts in zip(inputs, torch.split(state, lengths), words, doubts, strict=True):
        parts = [hidden[first:after] for first, after in each.sentences]
        pooled = torch.stack([torch.cat([part.mean(0), part.amax(0)]) for part in parts])
        choices = torch.cat([_score(weights, "none.", hidden[:1]), _score(weights, "sentence.", pooled)])
        scores.append(Scores(choices, of_words, of_doubts[: each.question - 1, 0]))
    return scores


def _embedded(weights: Weights, inputs: Sequence[Pieces]) -> Tensor:
    """The sum of the vectors of each piece, of its place and of its part, normed; shape (pieces, width)."""
    ids = torch.tensor([id_ for each in inputs for id_ in each.ids])
    places = torch.cat([torch.arange(len(each.ids)) for each in inputs])
    parts = torch.tensor([int(place >= each.question) for each in inputs for place in range(len(each.ids))])
    summed = (
        functional.embedding(ids, weights[WORD_PIECES])
        + functional.embedding(places, weights["embeddings.position_embeddings.weight"])
        + functional.embedding(parts, weights["embeddings.token_type_embeddings.weight"])
    )
    return _normed(weights, "embeddings.LayerNorm", summed)


def _layer(weights: Weights, name: str, state: Tensor, lengths: Sequence[int]) -> Tensor:
    queries, keys, values = (
        torch.split(_linear(weights, f"{name}attention.self.{part}", state), list(lengths))
        for part in ("query", "key", "value")
    )
    attended = torch.cat([_attended(*each) for each in zip(queries, keys, values, strict=True)])
    state = state + _linear(weights, f"{name}attention.output.dense", attended)
    state = _normed(weights, f"{name}attention.output.LayerNorm", state)
    wide = functional.gelu(_linear(weights, f"{name}intermediate.dense", state))
    return _normed(weights, f"{name}output.LayerNorm", state + _linear(weights, f"{name}output.dense", wide))


def _attended(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    size = WIDTH // ATTENTION_HEADS
    query, key, value = (part.view(1, -1, ATTENTION_HEADS, size).transpose(1, 2) for part in (query, key, value))
    return functional.scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(-1, WIDTH)


def _score(weights: Weights, name: str, pooled: Tensor) -> Tensor:
    return _logits(weights, f"{name}score", functional.gelu(_linear(weights, f"{name}hidden", pooled)))[:, 0]


def _logits(weights: Weights, name: str, state: Tensor) -> Tensor:
    return functional.linear(state.float(), weights[f"{name}.weight"].float(), weights[f"{name}.bias"].float())


def _linear(weights: Weights, name: str, state: Tensor) -> Tensor:
    matrix, shift = weights[f"{name}.weight"], weights[f"{name}.bias"]
    if matrix.dtype != torch.int8:
        return functional.linear(state, matrix, shift)
    # Each row of the state is rounded by a scale of its own: one for all would be that of a few large values.
    scales = state.abs().amax(1, keepdim=True).clamp_(min=1e-9) / _LARGEST
    product = torch._int_mm((state / scales).round_().to(torch.int8), matrix)  # noqa: SLF001 (nothing public does it)
    # In place: to get memory for another result takes longer than to multiply.
    return product.float().mul_(scales).mul_(weights[f"{name}.weight{_SCALES}"]).add_(shift)


def _normed(weights: Weights, name: str, state: Tensor) -> Tensor:
    scale, shift = weights[f"{name}.weight"], weights[f"{name}.bias"]
    return functional.layer_norm(state, (WIDTH,), scale, shift, _NORM_EPSILON)


def best_words(words: Tensor, sentence: tuple[int, int]) -> tuple[int, int]:
    """The first and the last piece of the answer inside a sentence: the likeliest pair of at most 40 pieces."""
    first, after = sentence
    begins, ends = words[first:after].float().unbind(1)
    pairs = begins[:, None] + ends[None, :]
    places = torch.arange(after - first)
    length = places[None, :] - places[:, None]
    pairs = pairs.masked_fill((length < 0) | (length >= _MOST_WORDS), float("-inf"))
    start, end = divmod(int(pairs.argmax()), after - first)
    return first + start, first + end
