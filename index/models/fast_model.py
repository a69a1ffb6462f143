"""The fast model: one vector for every word piece, distilled from the bundled model.

A text's vector is then the mean of its pieces', as in model2vec (Tulkens and van Dongen, 2024): every piece goes
through the model alone, the mean of all pieces is taken away, and frequent ones count little. Model2vec turns the
result by a PCA; with all components kept that changes no cosine, and without it all machines get the same vectors.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Raised with every change of how the vectors are made: those of another version do not go with them.
DISTILLATION_VERSION = 1
# Arora, Liang and Ma, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings", 2017, has 1e-3 to 1e-4.
_SMOOTH_FREQUENCY = 1e-4
_BATCH = 1024  # word pieces

PieceVectors = NDArray[np.float32]


def distilled(teacher: Any) -> PieceVectors:
    """The vectors of all word pieces of a SentenceTransformer: float32, shape (size of its vocabulary, dimension)."""
    import torch

    marks = teacher.tokenizer
    alone = torch.tensor(
        [[marks.cls_token_id, piece, marks.sep_token_id] for piece in range(len(marks))], device=teacher.device
    )
    with torch.inference_mode():
        batches = (alone[first : first + _BATCH] for first in range(0, len(alone), _BATCH))
        read = ({"input_ids": ids, "attention_mask": ids > -1} for ids in batches)
        vectors = torch.cat([teacher[0](batch)["token_embeddings"].mean(1) for batch in read]).float().cpu().numpy()
    return np.asarray((vectors - vectors.mean(0)) * rarity(len(vectors))[:, None], np.float32)


def rarity(pieces: int) -> NDArray[np.float64]:
    """What each piece of a vocabulary counts, in (0, 1): little for the first ones, which are the most frequent.

    Its frequency is guessed by Zipf's law from its place, and smoothed to a / (a + frequency).
    """
    frequency = 1 / np.arange(2, pieces + 2)
    return np.asarray(_SMOOTH_FREQUENCY / (_SMOOTH_FREQUENCY + frequency / frequency.sum()), np.float64)
