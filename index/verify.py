"""A whole index checked: every file in full, and every store against the others."""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np

from index.generations.generation import Generation, damaged
from index.generations.manifest import Manifest
from index.generations.sums import check_files
from index.generations.verifying import verify
from index.stores.keywords import KeywordIndex

# Chunks a batch.
_BATCH = 1000
# Chunks, evenly spread, whose words are looked up in the keyword index.
_SAMPLES = 1000
_LARGEST_DIFFERENCE = 1e-5


def verify_index(index: Path) -> Manifest:
    """Check the live generation, and return its manifest.

    All files are read in full; texts are compared with their digests, chunks with their texts, the vectors in Chroma
    with vectors.npy, and the words of a sample of chunks with the keyword index. Raises DamagedError for the first
    difference, and UserError as `Generation.open`.
    """
    with closing(Generation.open(index)) as generation:
        manifest = generation.manifest
        try:
            check_files(generation.folder, manifest.files, whole=True)
            verify(generation.folder, generation.articles, manifest.fingerprint.language)
            for problem in _differences(generation):
                raise ValueError(problem)
        except (OSError, ValueError, RuntimeError) as error:
            raise damaged(index, error, manifest.corpus) from error
    return manifest


def _differences(generation: Generation) -> Iterator[str]:
    versions = generation.articles.places()
    for position, article in enumerate(generation.articles.articles()):
        if versions.get((article.id, article.digest)) != position:
            yield f"article {article.id} is not as it was written"
    yield from _different_words(generation)
    yield from _different_vectors(generation)


def _different_words(generation: Generation) -> Iterator[str]:
    every = max(1, generation.manifest.report.chunks // _SAMPLES)
    for article, chunk in generation.articles.chunked():
        if not 0 <= chunk.start < chunk.end <= len(article.text):
            yield f"chunk {chunk.id} is outside its article"
        text = article.text[chunk.start : chunk.end]
        if chunk.row % every == 0 and not _has_its_words(generation.keywords, chunk.row, text):
            yield f"the keywords of chunk {chunk.id} are missing"


def _has_its_words(keywords: KeywordIndex, row: int, text: str) -> bool:
    """Whether the terms of a chunk are those of its text, and the index finds it by the first of them."""
    terms = keywords.terms(text)
    [(_, kept)] = keywords.texts(np.array([row]))
    return kept == keywords.term_text(text) and (not terms or keywords.holds(row, terms[0]))


def _different_vectors(generation: Generation) -> Iterator[str]:
    """Chroma holds each vector once, under the id of the first chunk that has it."""
    first_rows = {*generation.articles.embedded().values()}
    chunks = (chunk for _, chunk in generation.articles.chunked() if chunk.row in first_rows)
    while batch := list(islice(chunks, _BATCH)):
        kept = generation.vectors[[chunk.row for chunk in batch]]
        found = generation.vector_store.vectors([chunk.id for chunk in batch])
        if found.shape != kept.shape or np.abs(found - kept).max() > _LARGEST_DIFFERENCE:
            yield f"the vectors of chunks {batch[0].id} to {batch[-1].id} are not the same in Chroma and vectors.npy"
