"""The `Archive` of one edition on OpenSearch."""

import functools
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from corpus import Article
from corpus.words import in_capitals, name_key
from index.archive import Field, Filter, Piece, Summary, TermText
from index.models.embedder import Vectors
from index.opensearch.documents import PIECE_FIELDS, piece_of, stored_article, vector_of
from index.opensearch.editions import Edition
from index.opensearch.engine import Engine
from index.opensearch.queries import (
    WRITTEN,
    Query,
    all_of,
    limits,
    on_subject,
    side_by_side,
    term,
    valid,
    words,
)
from index.stores.keywords import analysis
from index.stores.spelling import searched

# So many cosines tell their spread to about 2 %.
_SAMPLE = 2000
# What is counted or listed at once; the engine allows 65,535.
_MOST = 60_000
_LISTED = 10_000
# Documents a page of all articles.
_PAGE = 500
# Stories that each part of the archive names, of which the weightiest are taken.
_STORIES_A_SHARD = 5000
_REMEMBERED = 50_000
_PIECE: Query = {"_source": False, "docvalue_fields": PIECE_FIELDS}


class OpenSearchStatistics:
    """The counts of an edition; frequencies are remembered."""

    def __init__(self, archive: "OpenSearchArchive", edition: Edition) -> None:
        """Count in an archive."""
        self.chunks = edition.chunks
        self.mean_length: Mapping[Field, float] = edition.mean_length
        self._archive = archive
        self._known: dict[tuple[Field, str], int] = {}

    def frequencies(self, terms: Iterable[str], field: Field = "body") -> dict[str, int]:
        """As `Statistics` says; what is not remembered is asked in one round trip, in both fields."""
        wanted = list(dict.fromkeys(terms))
        unknown = [word for word in wanted if (field, word) not in self._known]
        if unknown:
            if len(self._known) > _REMEMBERED:
                self._known = {}
            for each in ("title", "body"):
                counts = self._archive.count([words([word], [each])[0] for word in unknown])
                self._known.update({(each, word): found for word, found in zip(unknown, counts, strict=True)})
        return {word: self._known[field, word] for word in wanted}


class OpenSearchArchive:
    """An edition as an `Archive`. Safe from many threads."""

    def __init__(self, engine: Engine, edition: Edition) -> None:
        """Read an edition; nothing is asked of the engine yet."""
        self.edition = edition
        self.summary: Summary = edition.summary
        self.terms = analysis(edition.summary.language)
        self.statistics = OpenSearchStatistics(self, edition)
        self._engine = engine
        self._leads: dict[str, TermText] = {}
        self._capitals = functools.lru_cache(1000)(lambda key: self.count([term("capitals", key)])[0])

    @functools.cached_property
    def sample(self) -> Vectors:
        """As `Archive` says: those that a hash of their ids puts first."""
        [hits] = self._hits(self._chunks(), _source=["vector"], sort=["spot", "article", "start"], size=_SAMPLE)
        return np.array([vector_of(hit["_source"]) for hit in hits]) if hits else np.zeros((0, 1), np.float32)

    def candidates(self, terms: Sequence[str], vector: Vectors | None, where: Filter, pool: int) -> list[Piece]:
        """As `Archive` says, in two round trips: the chunks, then the leads and the cosines not known yet."""
        if not self.statistics.chunks or pool < 1:
            return []
        allowed = self._chunks(where)
        asked: list[Query] = [_matching(words(terms), allowed)] if terms else []
        if vector is not None:
            knn = {"vector": {"vector": vector.tolist(), "k": pool, "filter": allowed}}
            asked.append({"query": {"knn": knn}})
        bodies = [{**_PIECE, "size": pool, **body} for body in asked]
        preference = f"q{zlib.crc32(' '.join(terms).encode())}"
        answers = self._engine.search(self.edition.index, *bodies, exact=True, preference=preference) if bodies else []
        hits = {hit["_id"]: hit for answer in answers for hit in answer["hits"]["hits"]}
        cosines: dict[str, float] = {}
        if vector is not None:
            cosines = {hit["_id"]: 2 * hit["_score"] - 1 for hit in answers[-1]["hits"]["hits"]}
        cosines |= self._cosines_and_leads(vector, [name for name in hits if name not in cosines], hits.values())
        pieces = [piece_of(hit, cosines.get(name, 0.0)) for name, hit in hits.items()]
        return sorted(pieces, key=lambda piece: (piece.article, piece.start))

    def leads(self, articles: Iterable[str]) -> dict[str, TermText]:
        """As `Archive` says; those of the last candidates are known already."""
        wanted, known = list(articles), self._leads
        if unknown := [name for name in wanted if name not in known]:
            [hits] = self._hits(self._chunks(), [_leads_of(unknown)], size=len(unknown), **_PIECE)
            known |= _leads_in(hits)
        return {name: known[name] for name in wanted if name in known}

    def articles(self, ids: Sequence[str]) -> list[Article]:
        """As `Archive` says."""
        found = {article.id: article for article in self._articles([{"terms": {"article": list({*ids})}}])}
        return [found[name] for name in ids if name in found]

    def every_article(self) -> Iterator[Article]:
        """As `Archive` says."""
        after: list[str] = []
        while True:
            page: Query = {"search_after": after} if after else {}
            [hits] = self._hits(self._valid("article"), sort=["article"], size=_PAGE, **page)
            yield from (stored_article(hit["_source"]) for hit in hits)
            if len(hits) < _PAGE:
                return
            after = hits[-1]["sort"]

    def spread(self, count: int) -> list[Article]:
        """As `Archive` says."""
        days = sorted(self._days.items(), reverse=True)
        step = max(1, sum(self._days.values()) // max(1, count))
        places = range(0, sum(self._days.values()), step)
        bodies, before = [], 0
        for day, number in days:
            query = all_of([*self._valid("article")["bool"]["filter"], {"term": {"day": day}}])
            page = {"query": query, "sort": ["article"], "size": 1}
            bodies += [{**page, "from": place - before} for place in places if before <= place < before + number]
            before += number
        answers = self._engine.search(self.edition.index, *bodies) if bodies else []
        return [stored_article(hit["_source"]) for answer in answers for hit in answer["hits"]["hits"]]

    def newest(self, where: Filter, start: int, count: int) -> list[Article]:
        """As `Archive` says; the engine lists no more than the first 10,000."""
        page: Query = {
            "from": start,
            "size": min(count, _LISTED - start),
            "sort": [{"day": "desc"}, {"article": "asc"}],
        }
        if page["size"] < 1:
            return []
        [hits] = self._hits(self._articles_where(where), **page)
        return [stored_article(hit["_source"]) for hit in hits]

    def stories(self, ids: Iterable[str]) -> dict[str, list[Article]]:
        """As `Archive` says, in two round trips."""
        [known] = self._hits(
            self._valid("article"), [{"terms": {"article": list(ids)}}], size=_LISTED, _source=["article", "story"]
        )
        story_of = {hit["_source"]["article"]: hit["_source"]["story"] for hit in known}
        told: dict[str, list[Article]] = {}
        for hit in (
            self._sources([{"terms": {"story": list({*story_of.values()})}}], sort=["order", "article"])
            if story_of
            else []
        ):
            told.setdefault(hit["story"], []).append(stored_article(hit))
        return {article: told[story] for article, story in story_of.items()}

    def pieces_with(self, phrases: Sequence[str], limit: int) -> list[Piece]:
        """As `Archive` says."""
        must = [self._phrase(phrase) for phrase in phrases]
        [hits] = self._hits(
            self._chunks(), must, sort=["order", "article", "start"], size=min(limit, _LISTED), **_PIECE
        )
        return [piece_of(hit) for hit in hits]

    def top_stories(self, where: Filter, limit: int) -> list[Piece]:
        """As `Archive` says."""
        latest = [{"day": "desc"}, {"length": "desc"}, {"article": "asc"}]
        order = [{"_count": "desc"}, {"day": "desc"}, {"length": "desc"}, {"_key": "asc"}]
        parts = {
            "day": {"max": {"field": "day"}},
            "length": {"max": {"field": "length"}},
            "best": {"top_hits": {"size": 1, "sort": latest, "_source": False, "docvalue_fields": ["article"]}},
        }
        told = {
            "terms": {"field": "story", "size": limit, "shard_size": _STORIES_A_SHARD, "order": order},
            "aggs": parts,
        }
        buckets = self._counted({"query": self._articles_where(where), "aggs": {"told": told}})["told"]["buckets"]
        names = [bucket["best"]["hits"]["hits"][0]["fields"]["article"][0] for bucket in buckets]
        if not names:
            return []
        [hits] = self._hits(self._chunks(), [_leads_of(names)], size=len(names), **_PIECE)
        pieces = {piece.article: piece for piece in map(piece_of, hits)}
        return [pieces[name] for name in names if name in pieces]

    def days_on(self, weights: Mapping[str, float], share: float, where: Filter) -> Counter[int]:
        """As `Archive` says."""
        if not weights and where.open:
            return Counter(self._days)
        query = on_subject(weights, share, self._articles_where(where)["bool"]["filter"])
        return Counter({int(day): count for day, count in self._values("day", query).items()})

    def outlets(self) -> dict[str, int]:
        """As `Archive` says."""
        return dict(sorted(self._outlets.items(), key=lambda item: (-item[1], item[0])))

    def authors_like(self, name: str) -> list[str]:
        """As `Archive` says."""
        wanted = name_key(name).split()
        query = all_of([*self._valid("article")["bool"]["filter"], *(term("author_words", word) for word in wanted)])
        found = self._values("authors", query)
        return sorted(author for author in found if all(word in name_key(author) for word in wanted))

    def count(self, queries: Sequence[Query]) -> list[int]:
        """How many chunks meet each of some queries."""
        filters = {f"{number}": query for number, query in enumerate(queries)}
        body = {"query": self._chunks(), "aggs": {"of": {"filters": {"filters": filters}}}}
        buckets = self._counted(body)["of"]["buckets"]
        return [buckets[name]["doc_count"] for name in filters]

    @functools.cached_property
    def _days(self) -> Counter[int]:
        found = self._values("day", self._valid("article"))
        return Counter({int(day): count for day, count in found.items()})

    @functools.cached_property
    def _outlets(self) -> dict[str, int]:
        return {str(name): count for name, count in self._values("source", self._valid("article")).items()}

    def _valid(self, kind: str) -> Query:
        return all_of(valid(kind, self.edition.number))

    def _chunks(self, where: Filter | None = None) -> Query:
        """The chunks that may be found."""
        must = [*valid("chunk", self.edition.number), *(limits(where) if where else [])]
        if where is None or not where.words.any:
            return all_of(must)
        must += [self._phrase(phrase) for phrase in where.words.phrases]
        must += [side_by_side(self.terms(phrase), ["title"]) for phrase in where.words.title]
        shut_out = [
            {"terms": {"article": self._articles_with(self._phrase(phrase))}} for phrase in where.words.excluded
        ]
        return all_of(must, shut_out)

    def _articles_where(self, where: Filter) -> Query:
        """The articles that have a chunk that may be found."""
        must = [*valid("article", self.edition.number), *limits(where)]
        if where.words.any:
            must.append({"terms": {"article": self._articles_with(self._chunks(where))}})
        return all_of(must)

    def _articles_with(self, query: Query) -> list[str]:
        """The ids of all articles that have such a chunk, 60,000 at most: more cannot be asked for at once."""
        return [str(name) for name in self._values("article", all_of([*self._chunks()["bool"]["filter"], query]))]

    def _phrase(self, phrase: str) -> Query:
        """The words of a phrase side by side, as they are written; an acronym in its capitals."""
        said = searched(phrase)
        keys = [word.key for word in said]
        if len(keys) == 1 and in_capitals(phrase, said[0]) and self._capitals(keys[0]):
            return term("capitals", keys[0])
        return side_by_side(keys, WRITTEN)

    def _cosines_and_leads(
        self, vector: Vectors | None, names: Sequence[str], hits: Iterable[Mapping[str, Any]]
    ) -> dict[str, float]:
        """The cosines of some chunks by their documents, and on the way the leads of all that were found."""
        if len(self._leads) > _REMEMBERED:
            self._leads = {}
        self._leads |= _leads_in(hits)
        articles = {hit["fields"]["article"][0] for hit in hits} - {*self._leads}
        bodies: list[Query] = []
        if articles:
            query = all_of([*valid("chunk", self.edition.number), _leads_of(articles)])
            bodies.append({"query": query, "size": len(articles), **_PIECE})
        if names and vector is not None:
            script = {"lang": "knn", "source": "knn_score", "params": {
                "field": "vector", "query_value": vector.tolist(), "space_type": "cosinesimil"}}  # fmt: skip
            query = {"script_score": {"query": {"ids": {"values": list(names)}}, "script": script}}
            bodies.append({"query": query, "size": len(names), "_source": False})
        answers = self._engine.search(self.edition.index, *bodies) if bodies else []
        if articles:
            self._leads |= _leads_in(answers[0]["hits"]["hits"])
        return (
            {hit["_id"]: 2 * hit["_score"] - 1 for hit in answers[-1]["hits"]["hits"]}
            if names and vector is not None
            else {}
        )

    def _articles(self, must: Sequence[Query]) -> list[Article]:
        return [stored_article(source) for source in self._sources(must)]

    def _sources(self, must: Sequence[Query], **body: Any) -> list[dict[str, Any]]:
        excluded = {"excludes": ["terms", "bands", "stored.wording", "stored.facts"]}
        [hits] = self._hits(self._valid("article"), must, _source=excluded, size=_LISTED, **body)
        return [hit["_source"] for hit in hits]

    def _hits(self, query: Query, must: Sequence[Query] = (), **body: Any) -> list[list[dict[str, Any]]]:
        asked = {"query": all_of([*query["bool"]["filter"], *must], query["bool"]["must_not"]), **body}
        return [answer["hits"]["hits"] for answer in self._engine.search(self.edition.index, asked)]

    def _values(self, field: str, query: Query) -> dict[Any, int]:
        """The values of a field of all documents that a query finds, with their numbers."""
        terms = {"terms": {"field": field, "size": _MOST}}
        buckets = self._counted({"query": query, "aggs": {"of": terms}})["of"]["buckets"]
        return {bucket["key"]: bucket["doc_count"] for bucket in buckets}

    def _counted(self, body: Query) -> dict[str, Any]:
        [answer] = self._engine.search(self.edition.index, {"size": 0, **body})
        found: dict[str, Any] = answer["aggregations"]
        return found


def _matching(queries: Sequence[Query], allowed: Query) -> Query:
    """What meets any of some scored queries among what may be found."""
    return {"query": {"bool": {"should": list(queries), "filter": [allowed], "minimum_should_match": 1}}}


def _leads_of(articles: Iterable[str]) -> Query:
    return all_of([{"terms": {"article": list(articles)}}, {"term": {"position": 0}}])


def _leads_in(hits: Iterable[Mapping[str, Any]]) -> dict[str, TermText]:
    return {piece.article: piece.terms for piece in map(piece_of, hits) if piece.position == 0}
