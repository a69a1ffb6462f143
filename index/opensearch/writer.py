"""The `Writer` of an archive on OpenSearch: a whole new index, or changes as the next edition of the live one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from index.generations.manifest import Manifest
from index.models.embedder import Vectors
from index.opensearch.documents import FOREVER, Document, article_of, chunks_of, packed, settings
from index.opensearch.editions import (
    Edition,
    State,
    keep_edition,
    live_state,
    make_live,
    roll_back,
    withdraw,
)  # fmt: skip
from index.opensearch.engine import Engine
from index.opensearch.queries import all_of, term, valid
from index.stores.keywords import stemming
from index.writer import Prepared

# Ids in one query.
_AT_ONCE = 1000
# Chunks that must find themselves before readers see an edition.
_SAMPLES = 50
_FIELDS = ("article", "base", "digest", "story", "files", "stored.path")


class OpenSearchWriter:
    """Writes one edition. Only what is put or withdrawn changes, unless `whole`, which begins a new index."""

    def __init__(
        self, engine: Engine, edition: Edition | None, language: str, *, whole: bool, dimension: int = 0
    ) -> None:
        """Go on from the live edition, None where there is none. Within `building`, after `clean`."""
        self._engine, self._edition, self._whole = engine, edition, whole or edition is None
        state = live_state(engine) if edition else None
        self._stem = stemming(language)
        self._state = state
        if self._whole or edition is None:
            self.index, self.number = f"{engine.address.name}.{datetime.now(UTC):%Y%m%dt%H%M%S%f}", 1
            engine.ask("PUT", f"/{self.index}", settings(engine.address.shards, dimension))
        else:
            self.index, self.number = edition.index, (state.last if state else edition.number) + 1
        self._samples: list[tuple[str, str, Vectors]] = []
        self._put = {"article": 0, "chunk": 0}

    def digests(self, ids: Iterable[str]) -> dict[str, str]:
        """As `Writer` says."""
        return {found["article"]: found["digest"] for found in self.held("article", ids)}

    def held(self, field: str, values: Iterable[str], *, whole: bool = False) -> list[dict[str, Any]]:
        """The published articles with one of these values in a field; their documents in full where `whole`."""
        wanted, found = sorted({*values}), []
        for first in range(0, len(wanted) if self._edition and not self._whole else 0, _AT_ONCE):
            query = [*valid("article", self._published), {"terms": {field: wanted[first : first + _AT_ONCE]}}]
            found += list(self._pages(all_of(query), True if whole else list(_FIELDS)))
        return list({each["article"]: each for each in found}.values())

    def put(self, articles: Iterable[Prepared]) -> None:
        """As `Writer` says."""
        self._engine.write(self.index, self._documents(articles))

    def amend(self, documents: Sequence[Document]) -> None:
        """Replace the documents of published articles, whose chunks stay."""
        self.withdraw([document["article"] for document in documents], chunks=False)
        self._put["article"] += len(documents)
        self._engine.write(self.index, map(self._new, documents))

    def withdraw(self, ids: Iterable[str], *, chunks: bool = True) -> None:
        """As `Writer` says."""
        wanted = sorted({*ids})
        kinds = ["article", *(["chunk"] if chunks else [])]
        for first in range(0, len(wanted), _AT_ONCE):
            query = all_of([{"terms": {"kind": kinds}}, {"terms": {"article": wanted[first : first + _AT_ONCE]}}])
            withdraw(self._engine, self.index, self.number, query)

    def put_groups(self, groups: Mapping[str, Any]) -> None:
        """Keep what is known of some groups of files, instead of what was known."""
        names = {"terms": {"base": sorted(groups)}}
        withdraw(self._engine, self.index, self.number, all_of([term("kind", "files"), names]))
        shared = {"kind": "files"}
        documents = (
            {"_id": f"files-{name}", "base": name, "stored": packed(groups[name]), **shared} for name in groups
        )
        self._engine.write(self.index, map(self._new, documents))

    def verify(self) -> None:
        """As `Writer` says: all that was put is there, and a sample of chunks is found by words and by meaning."""
        self._engine.ask("POST", f"/{self.index}/_refresh")
        for kind, put in self._put.items():
            query = all_of([term("kind", kind), {"term": {"since": self.number}}])
            [answer] = self._engine.search(self.index, {"size": 0, "track_total_hits": True, "query": query})
            if (found := answer["hits"]["total"]["value"]) != put:
                message = f"{found:,} documents of the kind “{kind}” were stored, not {put:,}"
                raise RuntimeError(message)
        for article, word, vector in self._samples:
            own = [*valid("chunk", self.number), term("article", article)]
            bodies = [
                {"size": 1, "query": {"knn": {"vector": {"vector": vector.tolist(), "k": 1, "filter": all_of(own)}}}}
            ]
            bodies += [{"size": 1, "query": all_of([*own, term("body", word)])}] if word else []
            if not all(answer["hits"]["hits"] for answer in self._engine.search(self.index, *bodies)):
                message = f"the article {article} is not found by its own words and vectors"
                raise RuntimeError(message)

    def counts(self) -> tuple[int, int, dict[str, float]]:
        """How many articles and chunks the new edition has, and the mean lengths of headlines and chunks in terms."""
        lengths = {name: {"avg": {"field": f"{name}_length"}} for name in ("title", "body")}
        bodies = [
            {"size": 0, "track_total_hits": True, "query": all_of(valid(kind, self.number)), "aggs": lengths}
            for kind in ("article", "chunk")
        ]
        articles, chunks = self._engine.search(self.index, *bodies)
        means = {name: chunks["aggregations"][name]["value"] or 0.0 for name in lengths}
        return articles["hits"]["total"]["value"], chunks["hits"]["total"]["value"], means

    def nearest_to_others(self, vectors: Vectors, articles: Sequence[str]) -> list[float]:
        """The best cosine of each vector to a chunk of another article than the one beside it."""
        bodies = []
        for vector, article in zip(vectors, articles, strict=True):
            others = all_of(valid("chunk", self.number), [term("article", article)])
            knn = {"vector": {"vector": vector.tolist(), "k": 1, "filter": others}}
            bodies.append({"size": 1, "_source": False, "query": {"knn": knn}})
        return [2 * answer["hits"]["max_score"] - 1 for answer in self._engine.search(self.index, *bodies)]

    def publish(self, manifest: Manifest) -> str:
        """As `Writer` says."""
        _, _, means = self.counts()
        new = Edition(self.index, self.number, means, replace(manifest, name=self.name))  # type: ignore[arg-type]
        keep_edition(self._engine, new)
        self._engine.ask("POST", f"/{self.index}/_refresh")
        before = self._state.index if self._state and self._whole else self._state.before if self._state else ""
        make_live(self._engine, State(self.index, self.number, self.number, before))
        return self.name

    @property
    def name(self) -> str:
        """The name of the edition, which no other has."""
        return f"{self.index}-{self.number}"

    def roll_back(self) -> str:
        """As `Writer` says."""
        return roll_back(self._engine).manifest.name

    @property
    def _published(self) -> int:
        return self._edition.number if self._edition else 0

    def _documents(self, articles: Iterable[Prepared]) -> Iterator[Document]:
        for prepared in articles:
            chunks = chunks_of(prepared, self._stem)
            self._put["chunk"] += len(chunks)
            self._put["article"] += 1
            if self._put["article"] % max(1, self._put["article"] // _SAMPLES) == 0 and len(self._samples) < _SAMPLES:
                word = chunks[0]["body"].partition(" ")[0]
                self._samples.append((prepared.article.id, word, prepared.vectors[0]))
            yield from map(self._new, [*chunks, article_of(prepared, chunks)])

    def _new(self, document: Mapping[str, Any]) -> Document:
        """A document as it is valid from this edition on."""
        return {**document, "_id": f"{self.number}-{document['_id']}", "since": self.number, "until": FOREVER}

    def _pages(self, query: Mapping[str, Any], source: Any) -> Iterator[dict[str, Any]]:
        after: list[Any] = []
        while True:
            page = {"search_after": after} if after else {}
            body = {"query": query, "_source": source, "sort": ["article"], "size": _AT_ONCE, **page}
            [answer] = self._engine.search(self.index, body)
            hits = answer["hits"]["hits"]
            yield from (hit["_source"] for hit in hits)
            if len(hits) < _AT_ONCE:
                return
            after = hits[-1]["sort"]
