"""Files into clean articles into chunks. Knows nothing of indexes and questions."""

from corpus.article import Article, Chunk, Problem, UserError
from corpus.folder import read_folder
from corpus.settings import Settings

__all__ = ["Article", "Chunk", "Problem", "Settings", "UserError", "read_folder"]
