"""The `Archive` of one edition on OpenSearch."""

import functools
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from corpus import Article
from corpus.words import in_capitals, name_key
from index.archive import Field, Filter, Piece, TermText
from index.models.embedder import Vectors
from index.opensearch.documents import PIECE_FIELDS, piece_of, stored_article
from index.opensearch.editions import Edition
from index.opensearch.engine import Engine
from index.opensearch.queries import WRITTEN, Query, all_of, limits, on_subject, side_by_side, valid, words
from index.stores.keywords import analysis
from index.stores.spelling import searched

# So many cosines tell their spread to about 2 %.
_SAMPLE = 2000
# What the engine counts, and lists, at once.
_MOST, _LISTED = 60_000, 10_000
# Documents a page of all articles.
_PAGE = 500
# Stories that each part of the archive names, of which the weightiest are taken.
_STORIES_A_SHARD = 5000
_REMEMBERED = 50_000
# Of a question: the engine takes 1,024 clauses.
_MOST_TERMS = 500
# Stories of which the articles are remembered.
_MOST_TOLD = 1000
_STORY: Query = {"_source": False, "docvalue_fields": ["article", "story"]}
_PIECE: Query = {"_source": False, "docvalue_fields": PIECE_FIELDS}
_ARTICLE: Query = {"_source": {"excludes": ["terms", "bands", "stored.wording", "stored.facts"]}}


class OpenSearchStatistics:
    """The counts of an edition; frequencies are remembered."""

    def __init__(self, archive: "OpenSearchArchive", edition: Edition) -> None:
        self.chunks = edition.manifest.report.chunks
        self.mean_length: Mapping[Field, float] = edition.mean_length
        self._archive = archive
        self._known: dict[tuple[Field, str], int] = {}

    def frequencies(self, terms: Iterable[str], field: Field = "body") -> dict[str, int]:
        """As `Statistics` says; what is not remembered is asked in one round trip, for both fields."""
        if len(self._known) > _REMEMBERED:
            self._known = {}
        wanted, known = list(terms), self._known
        fields: tuple[Field, ...] = ("title", "body")
        pairs = [(each, term) for term in dict.fromkeys(wanted) if (field, term) not in known for each in fields]
        if pairs:
            counts = self._archive.count([words([term], [each])[0] for each, term in pairs])
            known.update(zip(pairs, counts, strict=True))
        return {term: known[field, term] for term in wanted}


class OpenSearchArchive:
    """An edition as an `Archive`. Safe from many threads."""

    def __init__(self, engine: Engine, edition: Edition) -> None:
        """Read an edition; nothing is asked of the engine yet."""
        self.edition = edition
        self.summary = edition.manifest.summary
        self.terms = analysis(self.summary.language)
        self.statistics = OpenSearchStatistics(self, edition)
        self._engine = engine
        self._leads: dict[str, TermText] = {}
        self._story_of: dict[str, str] = {}
        self._told: dict[str, list[Article]] = {}
        self._in_capitals = functools.lru_cache(1000)(lambda key: self.count([{"term": {"capitals": key}}])[0])

    @functools.cached_property
    def sample(self) -> Vectors:
        """As `Archive` says: those that a hash of their ids puts first."""
        hits = self._find(self._chunks(), _source=["vector"], sort=["spot", "article", "start"], size=_SAMPLE)
        return np.array([hit["_source"]["vector"] for hit in hits] or np.zeros((0, 1)), np.float32)

    def candidates(self, terms: Sequence[str], vector: Vectors | None, where: Filter, pool: int) -> list[Piece]:
        """As `Archive` says, in two round trips: the chunks, then what else is asked of them and not known yet."""
        allowed = self._chunks(where)
        asked: list[Query] = []
        if terms:
            asked.append({"bool": {"should": words(terms[:_MOST_TERMS]), "filter": allowed, "minimum_should_match": 1}})
        if vector is not None:
            asked.append({"knn": {"vector": {"vector": vector.tolist(), "k": pool, "filter": allowed}}})
        if not asked or not self.statistics.chunks:
            return []
        bodies = [{**_PIECE, "size": pool, "query": query} for query in asked]
        # The same copies of the parts for the same question, since copies may order equal scores otherwise.
        preference = f"q{zlib.crc32(' '.join(terms).encode())}"
        answers = self._engine.search(self.edition.index, *bodies, exact=True, preference=preference)
        hits = {hit["_id"]: hit for answer in answers for hit in answer}
        near = answers[-1] if vector is not None else []
        unknown = [name for name in hits if name not in {hit["_id"] for hit in near}]
        near = near + self._nearness(vector, unknown, hits.values())
        cosines = {hit["_id"]: 2 * hit["_score"] - 1 for hit in near}
        pieces = [piece_of(hit, cosines.get(name, 0.0)) for name, hit in hits.items()]
        return sorted(pieces, key=lambda piece: (piece.article, piece.start))

    def leads(self, articles: Iterable[str]) -> dict[str, TermText]:
        """As `Archive` says; those of the last candidates are known already."""
        wanted, known = list(articles), self._leads
        if unknown := [name for name in wanted if name not in known]:
            known = known | _leads_in(self._find(self._leads_of(unknown), size=len(unknown), **_PIECE))
        return {name: known[name] for name in wanted if name in known}

    def articles(self, ids: Sequence[str]) -> list[Article]:
        """As `Archive` says."""
        hits = self._find(self._valid("article", {"terms": {"article": list({*ids})}}), size=_LISTED, **_ARTICLE)
        found = {hit["_source"]["article"]: stored_article(hit["_source"]) for hit in hits}
        return [found[name] for name in ids if name in found]

    def every_article(self) -> Iterator[Article]:
        """As `Archive` says."""
        page: Query = {"sort": ["article"], "size": _PAGE, **_ARTICLE}
        while hits := self._find(self._valid("article"), **page):
            yield from (stored_article(hit["_source"]) for hit in hits)
            page["search_after"] = hits[-1]["sort"]

    def spread(self, count: int) -> list[Article]:
        """As `Archive` says."""
        total = sum(self._days.values())
        places, before, bodies = range(0, total, max(1, total // max(1, count))), 0, []
        for day, number in sorted(self._days.items(), reverse=True):
            page = {"query": self._valid("article", {"term": {"day": day}}), "sort": ["article"], "size": 1, **_ARTICLE}
            bodies += [{**page, "from": place - before} for place in places if before <= place < before + number]
            before += number
        return [
            stored_article(hit["_source"]) for hits in self._engine.search(self.edition.index, *bodies) for hit in hits
        ]

    def newest(self, where: Filter, start: int, count: int) -> list[Article]:
        """As `Archive` says; no more than the first 10,000 are listed."""
        page = {"from": start, "size": min(count, _LISTED - start), "sort": [{"day": "desc"}, {"article": "asc"}]}
        hits = self._find(self._articles_where(where), **page, **_ARTICLE) if start < _LISTED else []
        return [stored_article(hit["_source"]) for hit in hits]

    def stories(self, ids: Iterable[str]) -> dict[str, list[Article]]:
        """As `Archive` says; which stories the last candidates tell is known already."""
        wanted, story_of = list(ids), self._story_of
        if unknown := [name for name in wanted if name not in story_of]:
            story_of = story_of | _stories_in(self._find(self._stories_of(unknown), size=len(unknown), **_STORY))
        if len(self._told) > _MOST_TOLD:
            self._told = {}
        told = self._told
        if new := {story_of[name] for name in wanted if name in story_of} - told.keys():
            found: dict[str, list[Article]] = {}
            asked = self._valid("article", {"terms": {"story": list(new)}})
            for hit in self._find(asked, sort=["order", "article"], size=_LISTED, **_ARTICLE):
                found.setdefault(hit["_source"]["story"], []).append(stored_article(hit["_source"]))
            told.update(found)
        return {name: told[story_of[name]] for name in wanted if story_of.get(name) in told}

    def pieces_with(self, phrases: Sequence[str], limit: int) -> list[Piece]:
        """As `Archive` says."""
        asked = self._valid("chunk", *map(self._phrase, phrases))
        return [
            piece_of(hit)
            for hit in self._find(asked, sort=["order", "article", "start"], size=min(limit, _LISTED), **_PIECE)
        ]

    def top_stories(self, where: Filter, limit: int) -> list[Piece]:
        """As `Archive` says."""
        latest = [{"day": "desc"}, {"length": "desc"}, {"article": "asc"}]
        parts = {
            "day": {"max": {"field": "day"}},
            "length": {"max": {"field": "length"}},
            "best": {"top_hits": {"size": 1, "sort": latest, "_source": False, "docvalue_fields": ["article"]}},
        }
        order = [{"_count": "desc"}, {"day": "desc"}, {"length": "desc"}, {"_key": "asc"}]
        terms = {"field": "story", "size": limit, "shard_size": _STORIES_A_SHARD, "order": order}
        buckets = self._counted(self._articles_where(where), {"terms": terms, "aggs": parts})["buckets"]
        names = [bucket["best"]["hits"]["hits"][0]["fields"]["article"][0] for bucket in buckets]
        hits = self._find(self._leads_of(names), size=len(names), **_PIECE) if names else []
        pieces = {piece.article: piece for piece in map(piece_of, hits)}
        return [pieces[name] for name in names if name in pieces]

    def days_on(self, weights: Mapping[str, float], share: float, where: Filter) -> Counter[int]:
        """As `Archive` says."""
        if not weights and where.open:
            return Counter(self._days)
        return Counter(self._values("day", on_subject(weights, share, self._articles_where(where))))

    def outlets(self) -> dict[str, int]:
        """As `Archive` says."""
        return dict(sorted(self._outlets.items(), key=lambda item: (-item[1], item[0])))

    def authors_like(self, name: str) -> list[str]:
        """As `Archive` says."""
        wanted = name_key(name).split()
        found = self._values("authors", self._valid("article", *({"term": {"author_words": word}} for word in wanted)))
        return sorted(author for author in found if all(word in name_key(author) for word in wanted))

    def count(self, queries: Sequence[Query]) -> list[int]:
        """How many chunks meet each of some queries."""
        buckets = self._counted(self._chunks(), {"filters": {"filters": list(queries)}})["buckets"]
        return [bucket["doc_count"] for bucket in buckets]

    @functools.cached_property
    def _days(self) -> dict[int, int]:
        return self._values("day", self._valid("article"))

    @functools.cached_property
    def _outlets(self) -> dict[str, int]:
        return self._values("source", self._valid("article"))

    def _valid(self, kind: str, *must: Query) -> Query:
        return all_of([*valid(kind, self.edition.number), *must])

    def _leads_of(self, articles: Iterable[str]) -> Query:
        return self._valid("chunk", {"terms": {"article": list(articles)}}, {"term": {"position": 0}})

    def _stories_of(self, articles: Iterable[str]) -> Query:
        return self._valid("article", {"terms": {"article": list(articles)}})

    def _chunks(self, where: Filter | None = None) -> Query:
        """The chunks that may be found."""
        if where is None or where.open:
            return self._valid("chunk")
        phrases = [self._phrase(phrase) for phrase in where.words.phrases]
        titles = [side_by_side(self.terms(phrase), ["title"]) for phrase in where.words.title]
        shut_out = (self._articles_with(self._valid("chunk", self._phrase(one))) for one in where.words.excluded)
        return all_of([self._valid("chunk"), *limits(where), *phrases, *titles], shut_out)

    def _articles_where(self, where: Filter) -> Query:
        """The articles that have a chunk that may be found."""
        chosen = [self._articles_with(self._chunks(where))] if where.words.any else []
        return self._valid("article", *limits(where), *chosen)

    def _articles_with(self, chunks: Query) -> Query:
        """What belongs to an article that has such a chunk; 60,000 articles at most, more cannot be named at once."""
        return {"terms": {"article": list(self._values("article", chunks))}}

    def _phrase(self, phrase: str) -> Query:
        """The words of a phrase side by side, as they are written; an acronym in its capitals."""
        said = searched(phrase)
        keys = [word.key for word in said]
        if len(keys) == 1 and in_capitals(phrase, said[0]) and self._in_capitals(keys[0]):
            return {"term": {"capitals": keys[0]}}
        return side_by_side(keys, WRITTEN)

    def _nearness(
        self, vector: Vectors | None, names: Sequence[str], hits: Iterable[Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        """Some chunks, by their documents, scored by their nearness; leads and stories of all hits come with them."""
        leads = {**(self._leads if len(self._leads) < _REMEMBERED else {}), **_leads_in(hits)}
        stories = self._story_of if len(self._story_of) < _REMEMBERED else {}
        articles = {hit["fields"]["article"][0] for hit in hits}
        bodies = [
            {"query": self._leads_of(articles - {*leads}), "size": len(articles), **_PIECE},
            {"query": self._stories_of(articles - {*stories}), "size": len(articles), **_STORY},
        ]
        if names and vector is not None:
            given = {"field": "vector", "query_value": vector.tolist(), "space_type": "cosinesimil"}
            script = {"lang": "knn", "source": "knn_score", "params": given}
            query = {"script_score": {"query": {"ids": {"values": list(names)}}, "script": script}}
            bodies.append({"query": query, "size": len(names), "_source": False})
        first_chunks, told, *scored = self._engine.search(self.edition.index, *bodies)
        self._leads, self._story_of = leads | _leads_in(first_chunks), stories | _stories_in(told)
        return scored[0] if scored else []

    def _find(self, query: Query, **body: Any) -> list[dict[str, Any]]:
        [hits] = self._engine.search(self.edition.index, {"query": query, **body})
        return hits

    def _values(self, field: str, query: Query) -> dict[Any, int]:
        """The values of a field of all documents that a query finds, with their numbers."""
        buckets = self._counted(query, {"terms": {"field": field, "size": _MOST}})["buckets"]
        return {bucket["key"]: bucket["doc_count"] for bucket in buckets}

    def _counted(self, query: Query, what: Query) -> dict[str, Any]:
        return self._engine.counted(self.edition.index, query, what)[1]


def _leads_in(hits: Iterable[Mapping[str, Any]]) -> dict[str, TermText]:
    return {piece.article: piece.terms for piece in map(piece_of, hits) if piece.position == 0}


def _stories_in(hits: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {hit["fields"]["article"][0]: hit["fields"]["story"][0] for hit in hits}
