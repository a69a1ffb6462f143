"""Articles into vectors and keywords on disk. Knows nothing of questions."""

from index.build import sync
from index.generations.manifest import SyncReport

__all__ = ["SyncReport", "sync"]
