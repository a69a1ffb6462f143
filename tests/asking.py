"""Small archives built from hand-written stories, and a stand-in for the model whose cosines can be worked out."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from archives import write
from hashing_embedder import HashingEmbedder

from index import sync
from index.generations.generation import Generation
from index.models.embedder import Embedder, Vectors


def story(title: str, text: str, **header: str) -> str:
    """A plain text file: the headline, header lines such as date="2016-06-17", and the article."""
    lines = "".join(f"{name.capitalize()}: {value}\n" for name, value in header.items())
    return f"{title}\n{lines}\n{text}\n"


def built(folder: Path, files: Mapping[str, str], embedder: Embedder | None = None, **settings: str) -> Path:
    """An index of these files, made in an empty folder with settings such as DATELINE_CHUNK_SIZE="32"."""
    (folder / "corpus").mkdir()
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith("DATELINE_")]:
            environment.delenv(name)
        for name, value in settings.items():
            environment.setenv(name, value)
        sync(write(folder / "corpus", files), folder / "index", embedder=embedder or HashingEmbedder())
    return folder / "index"


@contextmanager
def opened(
    folder: Path, files: Mapping[str, str], embedder: Embedder | None = None, **settings: str
) -> Iterator[Generation]:
    """The live generation of such an index."""
    with closing(Generation.open(built(folder, files, embedder, **settings))) as generation:
        yield generation


class AxesEmbedder:
    """Each of a few words has an axis, whatever else stands beside it: a text is the sum of its words, made length 1.

    So "east" is at cosine 1 to "east east", 0 to "north" and 0.7071 to "north by east". A text with none of the words
    lies on an axis of its own. Words that mean the same share an axis: AxesEmbedder("east orient", "north").
    """

    def __init__(self, *axes: str) -> None:
        self.name = "axes"
        self.axes = [set(words.split()) for words in axes]
        self.dimension = len(axes) + 1

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            said = re.findall(r"\w+", text.lower())
            counts = [sum(word in words for word in said) for words in self.axes]
            vectors[row] = [*counts, not any(counts)]
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def fits(self, texts: Sequence[str]) -> list[bool]:
        return [True] * len(texts)
