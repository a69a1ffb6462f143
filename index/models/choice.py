"""The embedder of a model's name."""

from index.models.embedder import Embedder, SentenceTransformerEmbedder
from index.models.model_files import is_server


def embedder_of(model: str) -> Embedder:
    """The embedder that DATELINE_MODEL names, on a server or this machine; UserError for an address without a model."""
    if not is_server(model):
        return SentenceTransformerEmbedder(model)
    from index.models.server import ServerEmbedder

    return ServerEmbedder(model)
