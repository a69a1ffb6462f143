"""What turns texts into vectors: any embedder, and that of sentence-transformers."""

import copy
import math
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from corpus import UserError
from corpus.message import Message
from index.models.loading import loaded
from index.models.model_files import model_fingerprint, prompts_of

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from transformers import PreTrainedTokenizerBase

Vectors = NDArray[np.float32]

# Texts a batch: on a processor few stay in its cache; other devices want many.
_BATCH, _DEVICE_BATCH = 8, 64
# From so many texts on a copy of the model in bf16 pays.
MANY = 256
_COUNTING, _THREADS = threading.Lock(), list[int]()


class Embedder(Protocol):
    """Anything that turns texts into vectors of length 1, and knows how much text it can take at once.

    One that tells questions from passages has `encode_questions` as well; see `question_vectors`.
    """

    @property
    def name(self) -> str:
        """A name under which no other model's vectors are known."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32, shape (number of texts, dimension), rows of length 1, in the order of the texts."""

    def fits(self, texts: Sequence[str]) -> list[bool]:
        """For each text, whether the model takes all of it; the rest would be ignored."""


@runtime_checkable
class InParts(Protocol):
    """An embedder that has many texts encoded at the same time, in other processes."""

    @property
    def workers(self) -> int:
        """In how many; from 1."""

    def batches(self, texts: Sequence[str]) -> Iterator[tuple[slice, Vectors]]:
        """Parts of the texts, each with its vectors, as soon as they are made."""


@runtime_checkable
class Elsewhere(InParts, Protocol):
    """One whose model runs on a server, and may be gone or another one tomorrow."""

    def probe(self) -> Vectors:
        """The vector of a fixed sentence, by which the model is known again."""

    def same(self, before: Sequence[float]) -> bool:
        """Whether the model is the one that gave `before` as its probe."""


class GoneError(UserError):
    """The model is out of reach for now, or another one is in its place."""


def check_same(embedder: Embedder, probe: Sequence[float]) -> None:
    """GoneError where a model on a server is another than the one that gave this probe."""
    if isinstance(embedder, Elsewhere) and probe and not embedder.same(probe):
        form = (
            "The server has another model under the name “%(name)s” than the index was made with; start that one, or"
            " rebuild the index with: python -m index --full"
        )
        raise GoneError(Message(form, name=embedder.name.removesuffix("@server")))


def question_vectors(embedder: Embedder, questions: Sequence[str]) -> Vectors:
    """The vectors of questions, as `Embedder.encode` gives those of passages."""
    encode: Callable[[Sequence[str]], Vectors] = getattr(embedder, "encode_questions", embedder.encode)
    return encode(questions)


class SentenceTransformerEmbedder:
    """A Sentence Transformers model, run on the best device there is; it loads when it is first used, once.

    Safe from many threads: a page's questions and its builds share one. All use of it raises UserError if there is no
    such model.
    """

    def __init__(self, model: str) -> None:
        """Name the bundled model, the fast one, or any by name or path."""
        self._given = model
        self._loading = threading.Lock()

    @cached_property
    def name(self) -> str:
        """The model's name and the sum of its files, known without loading it."""
        return model_fingerprint(self._given)

    @property
    def _model(self) -> "SentenceTransformer":
        with self._loading:
            return self._loaded_model

    @cached_property
    def _loaded_model(self) -> "SentenceTransformer":
        model = loaded(self._given)
        thread_count()
        _batch(model, ["warm"])  # Sets how the tokenizer pads and cuts off, which no later thread has to change.
        return model

    @cached_property
    def _counter(self) -> "PreTrainedTokenizerBase":
        """A tokenizer of its own to count with, since turning padding off would disturb threads that encode."""
        return copy.deepcopy(self._model.tokenizer)

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    @cached_property
    def _prompts(self) -> tuple[str, str]:
        """What the model wants before a question and before a passage."""
        own: dict[str, str] = self._model.prompts
        asked, told = own.get("query", ""), own.get("document") or own.get("passage", "")
        return (asked, told) if asked or told else prompts_of(self.name)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32, shape (number of texts, dimension), rows of length 1, in the order of the texts.

        A build's many texts are encoded in bf16 where the processor computes in it: 1.6 times as fast as float32, and
        for the bundled model with a cosine of 0.9999 to its vectors.
        """
        return self._encode([self._prompts[1] + text for text in texts])

    def encode_questions(self, questions: Sequence[str]) -> Vectors:
        """The same for questions, which some models want with other words before them than passages."""
        return self._encode([self._prompts[0] + question for question in questions])

    def _encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        return self._encoded(self._model if len(texts) < MANY else self._model_for_many, texts)

    @cached_property
    def _model_for_many(self) -> "SentenceTransformer":
        """A copy in bf16, half as large; the model itself where bf16 would be emulated, or nothing is multiplied."""
        import torch

        model = self._model
        if math.isinf(self._window) or not _computes_in_bf16(model.device.type):
            return model
        return copy.deepcopy(model).to(torch.bfloat16)

    def fits(self, texts: Sequence[str]) -> list[bool]:
        """Whether each text has at most as many word pieces, marks for beginning and end included, as the window."""
        if not texts or math.isinf(self._window):
            return [True] * len(texts)
        return [length <= self._window for length in self._lengths([self._prompts[1] + text for text in texts])]

    @property
    def _window(self) -> float:
        """The most word pieces that the model sees; infinite for a static model, which sees everything."""
        return float(self._model.max_seq_length or math.inf)

    def _lengths(self, texts: Sequence[str]) -> list[int]:
        """How many word pieces each text has, marks included."""
        pieces = self._counter(list(texts), truncation=False, padding=False, verbose=False)["input_ids"]
        return [len(ids) for ids in pieces]

    def _encoded(self, model: "SentenceTransformer", texts: Sequence[str]) -> Vectors:
        """On a processor in small batches of texts of one length, a thread a core; elsewhere in large ones."""
        if math.isinf(self._window) or model.device.type != "cpu" or len(texts) == 1:
            return _batch(model, texts, _DEVICE_BATCH)
        # The longest first, in small batches if there are few, so that the threads end together.
        order = np.argsort(self._lengths(texts), kind="stable")[::-1]
        size = min(_BATCH, math.ceil(len(texts) / (2 * thread_count())))
        batches = [order[first : first + size] for first in range(0, len(order), size)]
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        with ThreadPoolExecutor(thread_count()) as threads:
            encoded = threads.map(lambda batch: _batch(model, [texts[place] for place in batch]), batches)
            for batch, found in zip(batches, encoded, strict=True):
                vectors[batch] = found
        return vectors


def thread_count() -> int:
    """How many threads encode at once; each computes alone, since threads that share a text wait for one another.

    Nor does NumPy share its products from then on: OpenBLAS's threads go on turning for some 30 ms after each, and take
    a core from those that read.
    """
    import torch
    from threadpoolctl import threadpool_limits

    with _COUNTING:
        if not _THREADS:
            _THREADS.append(torch.get_num_threads())
            torch.set_num_threads(1)
            threadpool_limits(1, "blas")
        return _THREADS[0]


def _batch(model: "SentenceTransformer", texts: Sequence[str], size: int = _BATCH) -> Vectors:
    vectors = model.encode(list(texts), batch_size=size, show_progress_bar=False, convert_to_numpy=True)
    return of_length_one(np.asarray(vectors, np.float32))


def of_length_one(vectors: Vectors) -> Vectors:
    """The rows, each divided by its length."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.finfo(np.float32).tiny), np.float32)


def _computes_in_bf16(device: str) -> bool:
    """Whether a kind of device does, and does not emulate it."""
    import torch

    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    can = torch.cpu.get_capabilities() if device == "cpu" else {}
    return bool(can.get("avx512_bf16") or can.get("amx_bf16"))
