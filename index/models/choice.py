"""The embedder of a model's name."""

from corpus.settings import MULTILINGUAL_MODEL
from index.models.embedder import Embedder, SentenceTransformerEmbedder
from index.models.model_files import is_server, packed_multilingual


def embedder_of(model: str) -> Embedder:
    """The embedder that DATELINE_MODEL names, on a server or this machine; UserError for an address without a model."""
    if is_server(model):
        from index.models.server import ServerEmbedder

        return ServerEmbedder(model)
    if model == MULTILINGUAL_MODEL and (name := packed_multilingual()):
        from index.models.multilingual import PackedEmbedder

        return PackedEmbedder(name)
    return SentenceTransformerEmbedder(model)
