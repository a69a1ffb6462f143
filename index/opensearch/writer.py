"""The `Writer` of an archive on OpenSearch: a whole new index, or changes as the next edition of the live one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from index.archive import Field
from index.generations.manifest import Manifest
from index.models.embedder import Vectors
from index.opensearch.documents import FOREVER, Document, article_of, chunks_of, packed, settings
from index.opensearch.editions import Edition, State, keep_edition, live_state, make_live, roll_back, withdraw
from index.opensearch.engine import Engine
from index.opensearch.queries import Query, all_of, valid
from index.stores.keywords import stemming
from index.writer import Prepared

# Ids in one query, and documents a page.
_AT_ONCE = 1000
# Chunks that must find themselves before readers see an edition.
_SAMPLES = 50
_OF_ARTICLES = ["article", "base", "digest", "story", "files", "stored.path"]


class OpenSearchWriter:
    """Writes one edition. Only what is put or withdrawn changes, unless `whole`, which begins a new index.

    `language` is whose endings are taken off the words of what is put.
    """

    def __init__(self, engine: Engine, edition: Edition | None, *, whole: bool, dimension: int) -> None:
        """Go on from the live edition, None where there is none. Within `building`, after `clean`."""
        self._engine = engine
        self._edition = None if whole else edition
        self._state = live_state(engine)
        self.language = "en"
        if self._edition and self._state:
            self.index, self.number = self._edition.index, self._state.last + 1
        else:
            self.index, self.number = f"{engine.address.name}.{datetime.now(UTC):%Y%m%dt%H%M%S%f}", 1
            engine.ask("PUT", f"/{self.index}", settings(engine.address.shards, dimension))
        self._samples: list[tuple[str, str, Vectors]] = []
        self._put = {"article": 0, "chunk": 0}

    @property
    def name(self) -> str:
        """The name of the edition, which no other has."""
        return f"{self.index}-{self.number}"

    def digests(self, ids: Iterable[str]) -> dict[str, str]:
        """As `Writer` says."""
        return {found["article"]: found["digest"] for found in self.held("article", ids)}

    def held(self, field: str, values: Iterable[str], *, whole: bool = False) -> list[dict[str, Any]]:
        """The published articles with one of these values in a field; their documents in full where `whole`."""
        wanted, found = sorted({*values}), {}
        for first in range(0, len(wanted) if self._edition else 0, _AT_ONCE):
            query = {"terms": {field: wanted[first : first + _AT_ONCE]}}
            found.update({each["article"]: each for each in self._published(query, whole or _OF_ARTICLES)})
        return list(found.values())

    def put(self, articles: Iterable[Prepared]) -> None:
        """As `Writer` says."""
        self._engine.write(self.index, self._documents(articles))

    def amend(self, documents: Sequence[Document]) -> None:
        """Replace the documents of published articles, whose chunks stay."""
        self._withdraw(["article"], "article", [document["article"] for document in documents])
        self._put["article"] += len(documents)
        self._engine.write(self.index, map(self._new, documents))

    def withdraw(self, ids: Iterable[str]) -> None:
        """As `Writer` says."""
        self._withdraw(["article", "chunk"], "article", ids)

    def put_groups(self, groups: Mapping[str, object]) -> None:
        """Keep what is known of some groups of files, instead of what was known."""
        self._withdraw(["files"], "base", groups)
        documents = ({"_id": f"files-{name}", "base": name, "stored": packed(groups[name])} for name in groups)
        self._engine.write(self.index, (self._new({"kind": "files", **document}) for document in documents))

    def verify(self) -> None:
        """As `Writer` says: all that was put is there, and a sample of chunks is found by words and by meaning."""
        self._engine.ask("POST", f"/{self.index}/_refresh")
        for kind, put in self._put.items():
            new = all_of([{"term": {"kind": kind}}, {"term": {"since": self.number}}])
            found, _ = self._engine.counted(self.index, new, {"value_count": {"field": "since"}})
            if found != put:
                message = f"{found:,} documents of the kind “{kind}” were stored, not {put:,}"
                raise RuntimeError(message)
        for article, word, vector in self._samples:
            own = [*valid("chunk", self.number), {"term": {"article": article}}]
            by_word = all_of([*own, *([{"term": {"body": word}}] if word else [])])
            bodies = [{"size": 1, "query": query} for query in (by_word, _nearest(vector, all_of(own)))]
            if not all(self._engine.search(self.index, *bodies)):
                message = f"the article {article} is not found by its own words and vectors"
                raise RuntimeError(message)

    def counts(self) -> tuple[int, int, dict[Field, float]]:
        """How many articles and chunks the edition has, and the mean lengths of headlines and chunks in terms."""
        means: dict[Field, float] = {"title": 0.0, "body": 0.0}
        chunks, articles = (all_of(valid(kind, self.number)) for kind in ("chunk", "article"))
        for name in means:
            count, mean = self._engine.counted(self.index, chunks, {"avg": {"field": f"{name}_length"}})
            means[name] = mean["value"] or 0.0
        return self._engine.counted(self.index, articles, {"value_count": {"field": "since"}})[0], count, means

    def nearest_to_others(self, vectors: Vectors, articles: Sequence[str]) -> list[float]:
        """The best cosine of each vector to a chunk of another article than the one beside it."""
        others = [all_of(valid("chunk", self.number), [{"term": {"article": article}}]) for article in articles]
        bodies = [
            {"size": 1, "_source": False, "query": _nearest(vector, other)}
            for vector, other in zip(vectors, others, strict=True)
        ]
        return [2 * hit["_score"] - 1 for [hit] in self._engine.search(self.index, *bodies)]

    def publish(self, manifest: Manifest) -> str:
        """As `Writer` says."""
        keep_edition(
            self._engine, Edition(self.index, self.number, self.counts()[2], replace(manifest, name=self.name))
        )
        self._engine.ask("POST", f"/{self.index}/_refresh")
        live = self._state
        before = (live.before if self._edition else live.index) if live else ""
        make_live(self._engine, State(self.index, self.number, self.number, before))
        return self.name

    def roll_back(self) -> str:
        """As `Writer` says."""
        return roll_back(self._engine).manifest.name

    def _documents(self, articles: Iterable[Prepared]) -> Iterator[Document]:
        stem = stemming(self.language)
        for prepared in articles:
            chunks = chunks_of(prepared, stem)
            self._put["chunk"] += len(chunks)
            self._put["article"] += 1
            if len(self._samples) < _SAMPLES:
                self._samples.append((prepared.article.id, chunks[0]["body"].partition(" ")[0], prepared.vectors[0]))
            yield from map(self._new, [*chunks, article_of(prepared, chunks)])

    def _new(self, document: Mapping[str, Any]) -> Document:
        """A document as it is valid from this edition on."""
        return {**document, "_id": f"{self.number}-{document['_id']}", "since": self.number, "until": FOREVER}

    def _withdraw(self, kinds: Sequence[str], field: str, values: Iterable[str]) -> None:
        wanted = sorted({*values}) if self._edition else []
        for first in range(0, len(wanted), _AT_ONCE):
            query = [{"terms": {"kind": list(kinds)}}, {"terms": {field: wanted[first : first + _AT_ONCE]}}]
            withdraw(self._engine, self.index, self.number, all_of(query))

    def _published(self, query: Query, source: object) -> Iterator[dict[str, Any]]:
        number = self._edition.number if self._edition else 0
        body = {"query": all_of([*valid("article", number), query]), "_source": source, "size": _AT_ONCE}
        page: dict[str, Any] = {}
        while hits := self._engine.search(self.index, {**body, **page, "sort": ["article"]})[0]:
            yield from (hit["_source"] for hit in hits)
            page = {"search_after": hits[-1]["sort"]}


def _nearest(vector: Vectors, allowed: Query) -> Query:
    return {"knn": {"vector": {"vector": vector.tolist(), "k": 1, "filter": allowed}}}
