"""The articles of a generation as they were indexed, and their chunks, in SQLite."""

import hashlib
import itertools
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Self

import numpy as np

from corpus import Article
from corpus.stories import Signature
from index.stores.chunks import ChunkTable, StoredChunk, base_of, file_of

_SCHEMA = """
CREATE TABLE articles (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, digest TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
    source TEXT NOT NULL, published TEXT, authors TEXT NOT NULL, url TEXT NOT NULL, path TEXT NOT NULL,
    text_digest BLOB NOT NULL, story TEXT NOT NULL);
CREATE INDEX articles_by_id ON articles (id, published, source);
CREATE INDEX articles_by_story ON articles (story);
CREATE TABLE same_records (article_id TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (article_id, path));
CREATE TABLE signatures (text_digest BLOB PRIMARY KEY, words BLOB NOT NULL, wording BLOB NOT NULL, facts BLOB NOT NULL);
CREATE TABLE chunks (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, article INTEGER NOT NULL, start INTEGER NOT NULL,
    end INTEGER NOT NULL, embedded BLOB NOT NULL);
CREATE INDEX chunks_by_article ON chunks (article);
CREATE INDEX chunks_by_text ON chunks (embedded);
"""
_ARTICLE = "id, title, text, source, published, authors, url, path"


class ArticleStore:
    """One articles.db. A builder creates, fills and settles it; readers open it and never write."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._database = connection

    @classmethod
    def create(cls, file: Path) -> Self:
        """A new, empty store."""
        connection = sqlite3.connect(file, isolation_level=None)
        # The file is thrown away with its generation if the build does not end: no journal is needed.
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA + "BEGIN;")
        return cls(connection)

    @classmethod
    def open(cls, file: Path) -> Self:
        """The store as it was published; safe from many threads, since SQLite serializes them."""
        uri = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
        # From Python 3.12 on, threads that run the same words would share, and mix up, a cached statement.
        return cls(sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None, cached_statements=0))

    def close(self) -> None:
        """Let go of the file; what was not committed is lost."""
        self._database.close()

    # Building

    def add(self, article: Article) -> None:
        """Keep an article as it was read; its id may be taken, until `settle`."""
        published = article.published.isoformat() if article.published else None
        authors = json.dumps(article.authors, ensure_ascii=False)
        told = (article.id, article.title, article.text, article.source, published, authors, article.url, article.path)
        row = (*told, article.digest, _text_digest(article.text), article.id)
        columns = f"{_ARTICLE}, digest, text_digest, story"
        self._database.execute(f"INSERT INTO articles ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def settle(self) -> None:
        """Give every article an id of its own.

        Of several records with one id and one text the first read stays, and the paths of the others are kept; of
        several with one id and other texts the latest published (the last read, among equals) keeps the id, and the
        others become `id#2`, `id#3`, ... from late to early, of the story `id`.
        """
        shared = "SELECT id FROM articles GROUP BY id HAVING COUNT(*) > 1"
        first = f"SELECT MIN(number) FROM articles WHERE id IN ({shared}) GROUP BY id, text_digest"
        again = f"FROM articles WHERE id IN ({shared}) AND number NOT IN ({first})"
        self._database.execute(f"INSERT OR IGNORE INTO same_records SELECT id, path {again}")
        self._database.execute(f"DELETE {again}")
        for article_id in self._column(shared):
            latest_first = "published IS NOT NULL DESC, published DESC, number DESC"
            versions = self._column(f"SELECT number FROM articles WHERE id = ? ORDER BY {latest_first}", article_id)
            free = (name for place in itertools.count(2) if self.article(name := f"{article_id}#{place}") is None)
            for number in versions[1:]:
                self._database.execute("UPDATE articles SET id = ? WHERE number = ?", (next(free), number))

    def replace_text(self, article: Article) -> None:
        """Give the article of that id this text."""
        self._database.execute(
            "UPDATE articles SET text = ?, digest = ?, text_digest = ? WHERE id = ?",
            (article.text, article.digest, _text_digest(article.text), article.id),
        )

    def keep_signature(self, text: str, found: Signature) -> None:
        """Keep what a text is compared by when stories are told apart."""
        values = (_text_digest(text), found.words, found.wording, found.facts)
        self._database.execute("INSERT OR IGNORE INTO signatures VALUES (?, ?, ?, ?)", values)

    def tie(self, stories: Mapping[str, str]) -> None:
        """Say which story articles tell; until then each tells its own, and versions of one id that id's."""
        rows = ((story, article_id, story) for article_id, story in stories.items())
        self._database.executemany("UPDATE articles SET story = ? WHERE id = ? AND story <> ?", rows)

    def drop(self, ids: Iterable[str]) -> None:
        """Leave these articles out; the places of the others change."""
        self._database.executemany("DELETE FROM articles WHERE id = ?", ((article_id,) for article_id in ids))

    def stories(self) -> list[str]:
        """The story of every article, in order of id."""
        return self._column("SELECT story FROM articles ORDER BY id")

    def add_chunks(self, place: int, chunks: Iterable[StoredChunk]) -> None:
        """Keep the chunks of the article at a place in order of id."""
        rows = ((chunk.row, chunk.id, place, chunk.start, chunk.end, chunk.embedded) for chunk in chunks)
        self._database.executemany("INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?)", rows)

    def commit(self) -> None:
        """Write what was added, so that others may read it; nothing can be added afterwards."""
        if self._database.in_transaction:
            self._database.execute("COMMIT")

    # Reading

    def articles(self) -> Iterator[Article]:
        """Every article in order of id, one in memory at a time."""
        return self._articles("ORDER BY id")

    def article(self, article_id: str) -> Article | None:
        """The article of that id, None when there is none."""
        return next(self._articles("WHERE id = ?", article_id), None)

    def same_story(self, article_id: str) -> list[Article]:
        """All articles that tell the story of this one, itself included, earliest first, undated ones last."""
        where = "story = (SELECT story FROM articles WHERE id = ?) ORDER BY published IS NULL, published, id"
        return list(self._articles(f"WHERE {where}", article_id))

    def ids_by(self, authors: Iterable[str]) -> list[str]:
        """The ids of the articles that bear one of these names, as the archive spells them, in any order."""
        return self._column(
            "SELECT DISTINCT articles.id FROM articles, json_each(articles.authors)"
            " WHERE value IN (SELECT value FROM json_each(?))",
            json.dumps(sorted(authors)),
        )

    def signature(self, text: str) -> Signature | None:
        """The signature of a text, where it was kept."""
        query = "SELECT words, wording, facts FROM signatures WHERE text_digest = ?"
        row = self._database.execute(query, (_text_digest(text),)).fetchone()
        return Signature(*row) if row else None

    def signatures(self) -> Iterator[tuple[str, Signature]]:
        """The id of every article in order, with the signature of its text."""
        query = "SELECT id, words, wording, facts FROM articles JOIN signatures USING (text_digest) ORDER BY id"
        return ((article_id, Signature(*found)) for article_id, *found in self._database.execute(query))

    def files_of(self, article: Article) -> tuple[str, ...]:
        """The files that hold an article, or the same record again; sorted."""
        others = self._column("SELECT path FROM same_records WHERE article_id = ?", base_of(article.id))
        return tuple(sorted({file_of(path) for path in (article.path, *others)}))

    def sources(self) -> dict[str, int]:
        """The outlets with their numbers of articles, largest first, then by name; "" for none named."""
        return dict(self._database.execute("SELECT source, COUNT(*) FROM articles GROUP BY 1 ORDER BY 2 DESC, 1"))

    def authors(self) -> list[str]:
        """Every name in a byline, sorted."""
        return self._column("SELECT DISTINCT value FROM articles, json_each(articles.authors) ORDER BY value")

    def counts(self) -> tuple[int, int]:
        """How many articles and how many chunks there are."""
        counts = "SELECT (SELECT COUNT(*) FROM articles), (SELECT COUNT(*) FROM chunks)"
        [(articles, chunks)] = self._database.execute(counts)
        return articles, chunks

    def places(self) -> dict[tuple[str, str], int]:
        """The place in order of id of every (id, digest)."""
        rows = self._database.execute("SELECT id, digest FROM articles ORDER BY id")
        return {version: place for place, version in enumerate(rows)}

    def chunks_at(self, place: int) -> list[StoredChunk]:
        """The chunks of the article at a place in order of id."""
        query = "SELECT row, id, start, end, embedded FROM chunks WHERE article = ? ORDER BY row"
        return [StoredChunk(*row) for row in self._database.execute(query, (place,))]

    def chunked(self) -> Iterator[tuple[Article, StoredChunk]]:
        """Every chunk with its article, in row order."""
        for place, article in enumerate(self.articles()):
            for chunk in self.chunks_at(place):
                yield article, chunk

    def embedded(self) -> dict[bytes, int]:
        """The digest of everything that was embedded, with the first row it was embedded for."""
        return dict(self._database.execute("SELECT embedded, MIN(row) FROM chunks GROUP BY embedded"))

    def rows_like(self, chunk_ids: Sequence[str]) -> list[int]:
        """The rows of all chunks of which the same was embedded as of some, themselves included, in any order."""
        same = "SELECT embedded FROM chunks WHERE id IN (SELECT value FROM json_each(?))"
        return self._column(f"SELECT row FROM chunks WHERE embedded IN ({same})", json.dumps(chunk_ids))

    def table(self) -> ChunkTable:
        """The columns that ranking needs at every query; an index holds those of the articles, so no text is read."""
        articles = self._database.execute("SELECT id, published, source FROM articles ORDER BY id").fetchall()
        names = tuple(sorted({source for _, _, source in articles}))
        positions = {name: position for position, name in enumerate(names)}
        # Without a list of all rows first.
        rows = self._database.execute("SELECT article, start, end FROM chunks ORDER BY row")
        chunks = np.fromiter(itertools.chain.from_iterable(rows), np.int32).reshape(-1, 3)
        ids = tuple(article_id for article_id, _, _ in articles)
        days = np.array([date.fromisoformat(day).toordinal() if day else 0 for _, day, _ in articles], np.int32)
        sources = np.array([positions[source] for _, _, source in articles], np.int32)
        article, start, end = np.ascontiguousarray(chunks.T)
        return ChunkTable(article, start, end, ids, days, sources, names)

    def _articles(self, where: str, *values: str) -> Iterator[Article]:
        rows = self._database.execute(f"SELECT {_ARTICLE} FROM articles {where}", values)
        for article_id, title, text, source, published, authors, url, path in rows:
            day = date.fromisoformat(published) if published else None
            yield Article(article_id, title, text, source, day, tuple(json.loads(authors)), url, path)

    def _column(self, query: str, *values: str) -> list[Any]:
        return [value for (value,) in self._database.execute(query, values)]


def _text_digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]
