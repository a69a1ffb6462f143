"""One step of one peer, in a process of its own and in the peer's own environment.

    python -m benchmarks.peers.measure PEER build|ask --articles FILE --questions FILE --folder DIR

`build` brings the folder to the articles; `--edit` changes the first one before. `ask` puts every question in every way
and prints what was found and how long it took, one JSON object. `--cache` shares vectors between builds by text; it is
never used for questions. Standard library only, but for what the peer itself imports.
"""

import argparse
import importlib.util
import json
import resource
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.peers.peer import Peer, read_articles

PEERS = {
    "dateline": ("with_dateline", "Dateline"),
    "llamaindex": ("with_llamaindex", "LlamaIndex"),
    "langchain": ("with_langchain", "LangChain"),
    "haystack": ("with_haystack", "Haystack"),
    "txtai": ("with_txtai", "Txtai"),
    "chroma": ("with_chroma", "ChromaLoop"),
    "bm25s": ("with_bm25s", "Bm25s"),
}
COUNT = 10

_KILOBYTES_A_MEGABYTE = 1000 / 1.024


def main() -> None:
    """Run the step and print what was measured."""
    parser = argparse.ArgumentParser("python -m benchmarks.peers.measure")
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("step", choices=("build", "ask"))
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--edit", action="store_true")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    began = time.perf_counter()
    module, name = PEERS[options.peer]
    peer: Peer = getattr(importlib.import_module(f"benchmarks.peers.{module}"), name)()
    numbers = _build(peer, options) if options.step == "build" else _ask(peer, options, began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES_A_MEGABYTE
    print("\n" + json.dumps(numbers | {"peak_mb": peak}))


def _build(peer: Peer, options: argparse.Namespace) -> dict[str, Any]:
    articles = read_articles(options.articles, options.limit)
    if options.edit:
        articles[0] = replace(articles[0], content=articles[0].content + "\n\nOne sentence was added.")
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.cache and importlib.util.find_spec("sentence_transformers"):
        _share_vectors(options.cache)
    peer.build(articles, options.folder)
    return {}


def _ask(peer: Peer, options: argparse.Namespace, began: float) -> dict[str, Any]:
    rows = [json.loads(line) for line in options.questions.read_text("utf-8").splitlines()]
    peer.open(options.folder)
    peer.ask(peer.ways[-1], rows[0]["question"], COUNT, rows[0]["asked"])
    numbers: dict[str, Any] = {"cold_seconds": time.perf_counter() - began, "ways": {}}
    for way in peer.ways:
        numbers["ways"][way] = _ask_in_one_way(partial(_found, peer, way), rows, options.clients)
    return numbers


def _found(peer: Peer, way: str, row: dict[str, Any]) -> list[tuple[str, str]]:
    return [(found.url, found.text) for found in peer.ask(way, row["question"], COUNT, row["asked"])]


def _ask_in_one_way(
    work: Callable[[dict[str, Any]], object], rows: list[dict[str, Any]], clients: int
) -> dict[str, Any]:
    """What was found, the milliseconds of each question alone, and questions a second of some clients at once."""
    for row in rows[:10]:
        work(row)
    found, milliseconds = [], []
    for row in rows:
        began = time.perf_counter()
        found.append(work(row))
        milliseconds.append((time.perf_counter() - began) * 1000)
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(work, rows))
    return {
        "found": found,
        "milliseconds": milliseconds,
        "questions_a_second": len(rows) / (time.perf_counter() - began),
    }


def _share_vectors(file: Path) -> None:
    """Let sentence-transformers take a text's vector from the file, where one stands, and put it there, where none."""
    import numpy as np
    from sentence_transformers import SentenceTransformer

    encode = SentenceTransformer.encode
    database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    database.execute("CREATE TABLE IF NOT EXISTS vectors (digest BLOB PRIMARY KEY, vector BLOB)")

    def shared(model: Any, *arguments: Any, **options: Any) -> Any:
        sentences = (
            arguments[0] if arguments else options[next(name for name in ("sentences", "inputs") if name in options)]
        )
        texts = [sentences] if isinstance(sentences, str) else list(sentences)
        digests = [sha256(text.encode()).digest() for text in texts]
        known = {digest: vector for digest in digests for vector in _kept(database, digest)}
        missing = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in known}
        new = encode(model, list(missing.values()), batch_size=64, show_progress_bar=False) if missing else []
        fresh = {digest: np.asarray(vector, np.float32).tobytes() for digest, vector in zip(missing, new, strict=True)}
        database.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", fresh.items())
        vectors = np.array([np.frombuffer((known | fresh)[digest], np.float32) for digest in digests])
        return vectors[0] if isinstance(sentences, str) else vectors

    SentenceTransformer.encode = shared


def _kept(database: sqlite3.Connection, digest: bytes) -> list[bytes]:
    return [vector for (vector,) in database.execute("SELECT vector FROM vectors WHERE digest = ?", (digest,))]


if __name__ == "__main__":
    main()
