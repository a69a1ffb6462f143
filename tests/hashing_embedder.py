"""A stand-in for the model: a hashed bag of words, so that texts that share words have near vectors."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from index.models.embedder import Vectors

_PIECE = re.compile(r"\w{1,8}|[^\w\s]")


def pieces(text: str) -> list[str]:
    """The words of a text in pieces of up to eight letters, and its single marks: "Diplomats!" gives diplomat s !"""
    return _PIECE.findall(text.lower())


class HashingEmbedder:
    """Deterministic and quick: each word adds 1 to one of `dimension` places, and the row is made of length 1.

    `window` is the number of pieces it sees; `encoded` and `measured` hold every text it was given to encode, and to
    say whether it fits, in order.
    """

    def __init__(self, window: int = 10_000, dimension: int = 32, name: str = "hashing") -> None:
        self.window = window
        self.dimension = dimension
        self.name = name
        self.encoded: list[str] = []
        self.measured: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for word in pieces(text) or [""]:
                vectors[row, self._place(word)] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def fits(self, texts: Sequence[str]) -> list[bool]:
        self.measured += texts
        return [len(pieces(text)) <= self.window for text in texts]

    def _place(self, word: str) -> int:
        return int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) % self.dimension
