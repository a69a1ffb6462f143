"""Small corpora on disk, and what an index holds as plain values that can be compared."""

import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from hashing_embedder import HashingEmbedder

from corpus import Article, Settings, UserError
from index import SyncReport, sync
from index.archive import Filter
from index.generations.generation import Generation
from index.watch import follow

# Every text is one chunk; the wire copy is the memo again, headline and all, under another path.
MEMO = "Diplomats press for strikes\n\nFifty-one officials signed the memo on Syria.\n"
FILES = {
    "brexit.txt": "Britain votes to leave\nDate: 2016-06-24\n\nThe pound fell to a low after the vote.\n",
    "juno.txt": "Juno reaches Jupiter\nDate: 2016-07-05\n\nThe probe Juno entered orbit around Jupiter.\n",
    "memo.txt": MEMO,
    "rows.jsonl": '{"title": "Zika in Rio", "text": "Doctors asked to move the Games.", "id": "zika"}\n'
    '{"title": "Hague ruling", "text": "Judges ruled on the South China Sea.", "id": "sea"}\n',
    "wire/memo.txt": MEMO,
}


def write(corpus: Path, files: Mapping[str, str | bytes] = FILES) -> Path:
    """Write the files, by their path below the corpus folder, and return the folder; line ends stay as given."""
    for path, content in files.items():
        file = corpus / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return corpus


def watch(
    corpus: Path, index: Path, stop: threading.Event, embedder: HashingEmbedder
) -> Iterator[SyncReport | UserError]:
    """Follow a folder as `python -m index --watch` does."""
    update = partial(sync, corpus, index, embedder=embedder, may_empty=False)
    return follow(Settings(corpus, index), update, stop)


@dataclass(frozen=True)
class Held:
    """All that the live generation of an index holds: chunks by id, in row order."""

    articles: list[Article]
    texts: dict[str, str]
    vectors: dict[str, list[float]]
    chroma: dict[str, list[float]]
    postings: dict[str, list[tuple[int, float]]]


def held(index: Path) -> Held:
    """Read every store of the live generation."""
    with closing(Generation.open(index)) as generation:
        articles = list(generation.articles.articles())
        chunks = list(generation.articles.chunked())
        ids = [chunk.id for _, chunk in chunks]
        texts = [article.text[chunk.start : chunk.end] for article, chunk in chunks]
        words = " ".join(f"{article.title} {article.text}" for article in articles)
        in_chroma = generation.vector_store._chunks.get(include=["embeddings"])
        return Held(
            articles=articles,
            texts=dict(zip(ids, texts, strict=True)),
            vectors=dict(zip(ids, np.asarray(generation.vectors).tolist(), strict=True)),
            chroma={
                chunk: np.asarray(vector).tolist()
                for chunk, vector in sorted(zip(in_chroma["ids"], in_chroma["embeddings"], strict=True))
            },
            postings={term: _postings(generation, term) for term in sorted(set(generation.keywords.terms(words)))},
        )


def generations(index: Path) -> list[str]:
    """The names of all generations on disk, unfinished ones included."""
    return sorted(folder.name for folder in (index / "generations").iterdir())


def copied(corpus: Path, name: str) -> Path:
    """A copy of the corpus beside it."""
    return Path(shutil.copytree(corpus, corpus.parent / name))


def _postings(generation: Generation, term: str) -> list[tuple[int, float]]:
    rows, scores = generation.keywords.search([term], 1000, Filter())
    return sorted(zip(rows.tolist(), scores.tolist(), strict=True))
