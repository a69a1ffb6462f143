"""What is stored: a document for each chunk, each article and each edition, in one index.

Words are cut, folded and stemmed here, as for every store; the engine only divides them at blanks. Every document but
the state says in which editions it is valid: from `since` on, and before `until`.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from corpus import Article
from corpus.stories import Signature
from corpus.words import name_key
from index.archive import UNDATED, Piece
from index.stores.articles import ArticleStore
from index.stores.chunks import base_of
from index.stores.spelling import ReadText, written_fields
from index.terms import TermText
from index.writer import Prepared

# Raised with every change of what is stored.
STORE_FORMAT = 2
FOREVER = 2**31 - 1
_LATEST = date.max.toordinal() + 1

Document = dict[str, Any]


# A second machine, where there is one, holds what the first does.
COPIED = {"auto_expand_replicas": "0-1"}


def settings(shards: int, dimension: int, *, copied: bool) -> Document:
    """The settings and the mapping of a new index; with a copy of each part, or `COPIED` later."""
    text = {"type": "text", "analyzer": "whitespace"}
    types = {
        "keyword": "kind article base source authors story digest files bands",
        "integer": "since until start end position day order title_length body_length length spot",
    }
    properties: Document = {name: {"type": kind} for kind, names in types.items() for name in names.split()}
    for names, kind in (
        ("title body names_title names_body written_title written_body", text),
        ("capitals terms author_words", {**text, "norms": False, "index_options": "docs"}),
        ("title_codes body_codes", {"type": "binary", "doc_values": True}),
    ):
        properties |= dict.fromkeys(names.split(), kind)
    properties["stored"] = {"type": "object", "enabled": False}
    graph = {
        "name": "hnsw",
        "engine": "lucene",
        "space_type": "cosinesimil",
        "parameters": {"m": 16, "ef_construction": 100},
    }
    properties["vector"] = {"type": "knn_vector", "dimension": dimension, "method": graph}
    return {
        "settings": {
            "number_of_shards": shards,
            **(COPIED if copied else {"number_of_replicas": 0}),
            "refresh_interval": "-1",
            "knn": True,
            "similarity.default": {"type": "BM25", "k1": 1.2, "b": 0.75},
        },
        "mappings": {"dynamic": "strict", "properties": properties},
    }


def chunks_of(prepared: Prepared, terms: Callable[[str], list[str]]) -> list[Document]:
    """The documents of an article's chunks; `terms` takes the endings off words that are joined by blanks."""
    article, title = prepared.article, ReadText.of(prepared.article.title)
    shared = {"kind": "chunk", **_facts(article), **_words("title", title, terms)}
    documents = []
    vectors = np.round(prepared.vectors.astype(np.float64), 8).tolist()
    bodies = [ReadText.of(article.text[start:end]) for start, end in prepared.spans]
    for position, ((start, end), body, vector) in enumerate(zip(prepared.spans, bodies, vectors, strict=True)):
        document = {
            "_id": f"{_hash(article.id, article.digest)}-{start}-{end}",
            "start": start, "end": end, "position": position, **_words("body", body, terms),
            **written_fields(title, body, bodies[position + 1 :]), "spot": int(_hash(article.id, str(start))[:7], 16),
            "vector": vector,
        }  # fmt: skip
        documents.append(shared | document)
    return documents


def article_of(prepared: Prepared, chunks: Sequence[Mapping[str, Any]], store: ArticleStore) -> Document:
    """The document of an article with these chunks; the store has its signature, and the files that hold it."""
    article, found = prepared.article, store.signature(prepared.article.text) or Signature(b"")
    terms = {term for chunk in chunks for name in _TERMS for term in chunk[name].split()}
    return {
        "_id": _hash(article.id), "kind": "article", **_facts(article), "base": base_of(article.id),
        "digest": article.digest, "author_words": " ".join(map(name_key, article.authors)),
        "length": len(article.text), "story": prepared.story, "files": list(store.files_of(article)),
        "terms": " ".join(sorted(terms)), "bands": bands_of(found),
        "stored": {
            "title": article.title, "text": article.text, "url": article.url, "path": article.path,
            "published": article.published.isoformat() if article.published else None,
            **{name: _encoded(getattr(found, name)) for name in _SIGNATURE},
        },
    }  # fmt: skip


def amended(document: Mapping[str, Any], story: str, files: Sequence[str], path: str) -> Document:
    """The document of an article that tells another story, or stands in other files."""
    stored = {**document["stored"], "path": path}
    return {**document, "_id": _hash(document["article"]), "story": story, "files": list(files), "stored": stored}


def stored_article(document: Mapping[str, Any]) -> Article:
    """The article of such a document."""
    told = {name: document["stored"][name] for name in ("title", "text", "url", "path")}
    day = document["stored"]["published"]
    authors, published = tuple(document["authors"]), date.fromisoformat(day) if day else None
    return Article(document["article"], source=document["source"], authors=authors, published=published, **told)


def stored_signature(document: Mapping[str, Any]) -> Signature:
    """The signature of such an article."""
    return Signature(*(base64.b64decode(document["stored"][name]) for name in _SIGNATURE))


def bands_of(found: Signature) -> list[str]:
    """What near copies of a text share at least one of; copies of all its words share the first."""
    return [found.words.hex(), *(f"{place}:{_encoded(band)}" for place, band in enumerate(found.bands))]


# What a piece is read from.
PIECE_FIELDS = [
    "article", "start", "end", "position", "day", "source", "title_codes", "title_length", "body_codes", "body_length",
]  # fmt: skip
_TERMS = ("title", "body", "names_title", "names_body")
_SIGNATURE = ("words", "wording", "facts")


def piece_of(hit: Mapping[str, Any], cosine: float = 0.0) -> Piece:
    """The piece of a hit that was asked for `PIECE_FIELDS`."""
    article, start, end, position, day, source, title, title_length, body, body_length = (
        hit["fields"].get(name, [""])[0] for name in PIECE_FIELDS
    )
    body_text = TermText(base64.b64decode(f"{body}=="), body_length)
    title_text = TermText(base64.b64decode(f"{title}=="), title_length)
    return Piece(article, start, end, position, day, source, body_text, title_text, cosine)


def _facts(article: Article) -> Document:
    """What filters and orders ask for."""
    day = article.published.toordinal() if article.published else UNDATED
    return {
        "article": article.id, "source": article.source, "authors": list(article.authors), "day": day,
        "order": day or _LATEST,
    }  # fmt: skip


def _words(field: str, read: ReadText, terms: Callable[[str], list[str]]) -> Document:
    """What ranking and the engine need of a text."""
    stems = terms(read.keys)
    text = TermText.of(stems, read.names)
    return {field: " ".join(stems), f"{field}_codes": _encoded(text.codes), f"{field}_length": text.length}


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
