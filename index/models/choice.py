"""The embedder of a model's name."""

from index.models.embedder import Embedder, SentenceTransformerEmbedder
from index.models.model_files import is_server


def embedder_of(model: str) -> Embedder:
    """The embedder that DATELINE_MODEL names: a server's where it is an address, else one on this machine.

    UserError for an address without the name of a model.
    """
    if not is_server(model):
        return SentenceTransformerEmbedder(model)
    from index.models.server import ServerEmbedder

    return ServerEmbedder.named(model)
