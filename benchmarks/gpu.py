"""Compare the build's encoding speed on a GPU with the encoder's own limit.

    python -m benchmarks.gpu --index DIR

Encodes the texts of an index in blocks, as the build does, and all at once in large batches. Prints texts a second of
both. Without a GPU it says so and ends.
"""

import argparse
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from corpus import Settings
from corpus.chunking import embedded_text, header, token_counter
from index.generations.generation import Generation
from index.models.embedder import SentenceTransformerEmbedder

_BLOCK, _LARGE_BATCH = 256, 1024


def texts_of(generation: Generation) -> list[str]:
    """The texts that were embedded, in row order."""
    settings = Settings()
    counter = token_counter(settings.encoding)
    return [
        embedded_text(header(article, counter, settings.chunk_size), article.text[chunk.start : chunk.end])
        for article, chunk in generation.articles.chunked()
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure both, or say that there is nothing to measure."""
    parser = argparse.ArgumentParser("python -m benchmarks.gpu", description="Measure the build on a GPU.")
    parser.add_argument("--index", type=Path, required=True)
    options = parser.parse_args(arguments)
    import torch

    if not torch.cuda.is_available():
        print("No GPU that PyTorch can use: nothing was measured.")
        return
    with closing(Generation.open(options.index)) as generation:
        texts = texts_of(generation)
    embedder = SentenceTransformerEmbedder(Settings.from_environment().model)
    embedder.encode(texts[:_BLOCK])
    began = time.perf_counter()
    for first in range(0, len(texts), _BLOCK):
        embedder.encode(texts[first : first + _BLOCK])
    build = len(texts) / (time.perf_counter() - began)
    model = embedder._model  # noqa: SLF001
    began = time.perf_counter()
    model.encode(texts, batch_size=_LARGE_BATCH, convert_to_tensor=True, show_progress_bar=False)
    torch.cuda.synchronize()
    limit = len(texts) / (time.perf_counter() - began)
    print(f"| {torch.cuda.get_device_name()} | texts a second |\n|---|---|")
    print(f"| as the build encodes | {build:.0f} |\n| the encoder at its best | {limit:.0f} |")
    print(f"| share | {build / limit:.0%} |")


if __name__ == "__main__":
    main()
