"""The fast model: one vector for every word piece, distilled from the bundled model and kept in the user's cache.

A text's vector is then the mean of its pieces', as in model2vec (Tulkens and van Dongen, 2024): every piece goes
through the model alone, the mean of all pieces is taken away, and frequent ones count little. Model2vec turns the
result by a PCA; with all components kept that changes no cosine, and without it all machines get the same vectors.
"""

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus import UserError

# Raised with every change of how the vectors are made: those of another version do not go with them.
DISTILLATION_VERSION = 1
# Arora, Liang and Ma, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings", 2017, has 1e-3 to 1e-4.
_SMOOTH_FREQUENCY = 1e-4
_PIECES_A_BATCH = 1024
_log = logging.getLogger(__name__)

PieceVectors = NDArray[np.float32]


def piece_vectors(teacher: Callable[[], Any], dimension: int, name: str) -> PieceVectors:
    """A row for every word piece of the teacher, from the user's cache, else made (15 s or so) and kept there.

    A damaged file is made anew. UserError if the cache cannot be written.
    """
    from platformdirs import user_cache_path

    file = user_cache_path("dateline", appauthor=False) / f"{name}.npy"
    try:
        found: NDArray[np.float16] = np.load(file)
    except (OSError, ValueError, EOFError):
        found = np.zeros((0, 0), np.float16)
    if found.ndim != 2 or found.shape[1] != dimension:  # noqa: PLR2004 (rows and columns)
        _log.info("Making the fast model, once: a vector for every word piece.")
        found = distilled(teacher()).astype(np.float16)
        _write(file, found)
    return np.asarray(found, np.float32)


def distilled(teacher: Any) -> PieceVectors:
    """The vectors of all word pieces of a SentenceTransformer: float32, shape (size of its vocabulary, dimension)."""
    tokenizer = teacher.tokenizer
    alone = [[tokenizer.cls_token_id, piece, tokenizer.sep_token_id] for piece in range(len(tokenizer))]
    teacher.requires_grad_(requires_grad=False)
    means = []
    for first in range(0, len(alone), _PIECES_A_BATCH):
        batch = tokenizer.pad({"input_ids": alone[first : first + _PIECES_A_BATCH]}, return_tensors="pt")
        found = teacher[0](dict(batch.to(teacher.device)))["token_embeddings"]
        means.append(found.mean(1).float().cpu().numpy())
    vectors = np.concatenate(means)
    return np.asarray((vectors - vectors.mean(0)) * rarity(len(vectors))[:, None], np.float32)


def rarity(pieces: int) -> NDArray[np.float64]:
    """What each piece of a vocabulary counts, in (0, 1): little for the first ones, which are the most frequent.

    Its frequency is guessed by Zipf's law from its place, and smoothed to a / (a + frequency).
    """
    frequency = 1 / np.arange(2, pieces + 2)
    return np.asarray(_SMOOTH_FREQUENCY / (_SMOOTH_FREQUENCY + frequency / frequency.sum()), np.float64)


def _write(file: Path, vectors: NDArray[np.float16]) -> None:
    """Write the file whole or not at all."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f"{file.name}.", delete=False) as stream:
            np.save(stream, vectors)
        Path(stream.name).replace(file)
    except OSError as error:
        message = (
            f"The fast model cannot be stored in “{file.parent}” ({error.strerror}); fix the folder's permissions, or"
            " unset DATELINE_MODEL."
        )
        raise UserError(message) from error
