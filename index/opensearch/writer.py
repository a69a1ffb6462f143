"""The `Writer` of an archive on OpenSearch: a whole new index, or changes as the next edition of the live one."""

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from index.generations.manifest import Manifest
from index.opensearch.archive import OpenSearchArchive
from index.opensearch.beside import forgotten
from index.opensearch.documents import COPIED, FOREVER, Document, article_of, chunks_of, settings
from index.opensearch.editions import Edition, change, keep_edition, live_edition, make_live
from index.opensearch.engine import Engine, EngineError
from index.opensearch.queries import Query, all_of, valid
from index.stores.articles import ArticleStore
from index.stores.keywords import FIELDS, stemming
from index.writer import Prepared, Writer

# Ids in one query.
_AT_ONCE = 1000
# Copies that have not begun after so long are left to the cluster, which makes them as soon as it can.
_SECONDS_TO_BEGIN, _SECONDS_BETWEEN_LOOKS = 60.0, 0.5
# Chunks that must find themselves before readers see an edition.
_SAMPLES = 50
_OF_ARTICLES = ["article", "base", "digest", "story", "files", "stored.path"]


class LostError(EngineError):
    """A part of a new index is gone with its machine, and had no copy yet."""


class OpenSearchWriter(Writer):
    """Writes the next edition: what is put or withdrawn; a `whole` one is all that is put, in a new index."""

    def __init__(
        self,
        engine: Engine,
        live: Edition | None,
        store: ArticleStore,
        check: Callable[[], object] = lambda: None,
        *,
        whole: bool,
        copied: bool = True,
    ) -> None:
        """Use it within `building`, which gives the `check` before publishing; `live` is None where nothing is.

        A new index that is not `copied` as it is written takes half the work, and gets its copies in `verify`: until
        then a machine that goes takes its part along.
        """
        self.store = store
        self.forgotten = forgotten(engine)
        self.articles_before = live.manifest.report.articles if live else 0
        self._engine, self._live, self._check, self._whole, self._copied = engine, live, check, whole, copied
        if live and not whole:
            self.index, self.number, self._before = live.index, live.last + 1, live.before
        else:
            self.index, self.number = f"{engine.address.name}.{datetime.now(UTC):%Y%m%dt%H%M%S%f}", 1
            self._before = live.index if live else ""
        self.name = f"{self.index}-{self.number}"
        self._samples: list[tuple[str, str, list[float]]] = []
        self._put: Counter[str] = Counter()

    def __exit__(self, _: object, error: BaseException | None, *__: object) -> None:
        """Leave it to the next build to delete what was not published; LostError where a part had no copy."""
        if isinstance(error, EngineError) and not self._copied and self._health() == "red":
            raise LostError(error.message) from error

    def digests(self, ids: Collection[str]) -> dict[str, str]:
        return {article: found["digest"] for article, found in self.held("article", ids).items()}

    def held(self, field: str, values: Iterable[str], *, whole: bool = False) -> dict[str, dict[str, Any]]:
        """The published articles with one of these values in a field, by id; their documents in full where `whole`."""
        found: dict[str, dict[str, Any]] = {}
        for part in _parts(values if self._live else ()):
            query = {"terms": {field: part}}
            found.update({each["article"]: each for each in self._published(query, whole or _OF_ARTICLES)})
        return found

    def begin(self, dimension: int, language: str) -> None:
        self._stem = stemming(language)
        if self._whole or not self._live:
            made = settings(self._engine.address.shards, dimension, copied=self._copied)
            self._engine.ask("PUT", f"/{self.index}", made, wait_for_active_shards="all")

    def put(self, articles: Iterable[Prepared]) -> None:
        self._engine.write(self.index, self._documents(articles))

    def amend(self, documents: Sequence[Document]) -> None:
        """Replace the documents of published articles, whose chunks stay."""
        self._withdraw(["article"], [document["article"] for document in documents])
        self._put["article"] += len(documents)
        self._engine.write(self.index, map(self._new, documents))

    def withdraw(self, ids: Iterable[str]) -> None:
        """Leave out published articles."""
        self._withdraw(["article", "chunk"], ids)

    def verify(self, waiting: Callable[[], object]) -> None:
        """All that was put is there, and a sample of chunks is found by words and by meaning."""
        waiting()
        if not self._copied:
            self._copy(waiting)
        self._engine.ask("POST", f"/{self.index}/_refresh")
        for kind, put in self._put.items():
            new = all_of([{"term": {"kind": kind}}, {"term": {"since": self.number}}])
            found, _ = self._engine.counted(self.index, new)
            if found != put:
                message = f"{found:,} documents of the kind “{kind}” were stored, not {put:,}"
                raise RuntimeError(message)
        for article, word, vector in self._samples:
            own = [*valid("chunk", self.number), {"term": {"article": article}}]
            by_word = all_of([*own, *([{"term": {"body": word}}] if word else [])])
            by_vector = {"knn": {"vector": {"vector": vector, "k": 1, "filter": all_of(own)}}}
            bodies = [{"size": 1, "query": query} for query in (by_word, by_vector)]
            if not all(self._engine.search(self.index, *bodies)):
                message = f"the article {article} is not found by its own words and vectors"
                raise RuntimeError(message)

    def counts(self) -> tuple[int, int]:
        return _counts(self._engine, self.index, self.number)

    @contextlib.contextmanager
    def archive(self, manifest: Manifest) -> Iterator[OpenSearchArchive]:
        yield OpenSearchArchive(self._engine, self._edition(manifest))

    def publish(self, manifest: Manifest) -> None:
        edition = self._edition(manifest)
        keep_edition(self._engine, edition)
        self._check()
        make_live(self._engine, edition)

    def _copy(self, waiting: Callable[[], object]) -> None:
        """Have each part copied; a copy takes over what is in files, and would write the rest anew."""
        self._engine.ask("POST", f"/{self.index}/_flush")
        self._engine.ask("PUT", f"/{self.index}/_settings", COPIED)
        end = time.monotonic() + _SECONDS_TO_BEGIN
        while self._health() != "green" and time.monotonic() < end:
            waiting()
            time.sleep(_SECONDS_BETWEEN_LOOKS)
            if self._engine.ask("GET", f"/_cluster/health/{self.index}")["initializing_shards"]:
                end = time.monotonic() + _SECONDS_TO_BEGIN

    def _health(self) -> str:
        """Of what is written: "red" where a part is gone, "green" where each has its copy; "" where nothing is."""
        found = self._engine.ask("GET", f"/_cat/indices/{self.index}", format="json", h="health")
        return found["found"][0]["health"] if found else ""

    def _edition(self, manifest: Manifest) -> Edition:
        chunks = all_of(valid("chunk", self.number))
        means = {
            field: self._engine.counted(self.index, chunks, {"avg": {"field": f"{field}_length"}})[1]["value"] or 0.0
            for field in FIELDS
        }
        return Edition(self.index, self.number, self.number, self._before, means, replace(manifest, name=self.name))

    def _documents(self, articles: Iterable[Prepared]) -> Iterator[Document]:
        for prepared in articles:
            chunks = chunks_of(prepared, self._stem)
            self._put["chunk"] += len(chunks)
            self._put["article"] += 1
            if len(self._samples) < _SAMPLES:
                word, vector = chunks[0]["body"].partition(" ")[0], prepared.vectors[0].tolist()
                self._samples.append((prepared.article.id, word, vector))
            yield from map(self._new, [*chunks, article_of(prepared, chunks, self.store)])

    def _new(self, document: Mapping[str, Any]) -> Document:
        """A document as it is valid from this edition on."""
        return {**document, "_id": f"{self.number}-{document['_id']}", "since": self.number, "until": FOREVER}

    def _withdraw(self, kinds: Sequence[str], ids: Iterable[str]) -> None:
        """Make published documents invalid from this edition on."""
        ending = {"source": "ctx._source.until = params.until", "params": {"until": self.number}}
        published: list[Query] = [{"term": {"until": FOREVER}}, {"range": {"since": {"lt": self.number}}}]
        for part in _parts(ids):
            query = all_of([{"terms": {"kind": list(kinds)}}, {"terms": {"article": part}}, *published])
            change(self._engine, f"/{self.index}/_update_by_query", query, script=ending)

    def _published(self, query: Query, source: object) -> Iterator[dict[str, Any]]:
        index, number = (self._live.index, self._live.number) if self._live else ("", 0)
        body = {"query": all_of([*valid("article", number), query]), "_source": source}
        return (hit["_source"] for hit in self._engine.every(index, body))


def verify_live(engine: Engine) -> Manifest:
    """Whether the live edition holds all that was published; what it was made of. EngineError if not, with the cure."""
    live = live_edition(engine)
    counts = _counts(engine, live.index, live.number)
    if counts != (live.manifest.report.articles, live.manifest.report.chunks):
        message = (
            f"The archive “{engine.address.name}” holds {counts[0]:,} articles in {counts[1]:,} chunks, not all that"
            " were published; rebuild it with: python -m index --full"
        )
        raise EngineError(message)
    return live.manifest


def _counts(engine: Engine, index: str, number: int) -> tuple[int, int]:
    articles, chunks = (engine.counted(index, all_of(valid(kind, number)))[0] for kind in ("article", "chunk"))
    return articles, chunks


def _parts(values: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted({*values})
    return (ordered[first : first + _AT_ONCE] for first in range(0, len(ordered), _AT_ONCE))
