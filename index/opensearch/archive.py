"""The `Archive` of one edition on OpenSearch."""

import functools
import zlib
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, Self, TypeVar

import numpy as np

from corpus import Article
from corpus.words import in_capitals, name_key
from index.archive import Filter, Piece
from index.models.embedder import Vectors
from index.opensearch.documents import PIECE_FIELDS, piece_of, stored_article
from index.opensearch.editions import Edition
from index.opensearch.engine import Engine
from index.opensearch.queries import WRITTEN, Query, all_of, limits, on_subject, side_by_side, valid, words
from index.stores.keywords import FIELDS, analysis
from index.stores.spelling import searched
from index.terms import Field, TermText

# Each part of the archive looks at so many times as many neighbours as are wanted, since its graph hides a few: Lucene
# takes `k` for `ef_search`. As in index/stores/vectors.py.
_WIDER = 3
# So many cosines tell their spread to about 2 %.
_SAMPLE = 2000
# What the engine counts, and lists, at once.
_MOST, _LISTED = 60_000, 10_000
# Stories that each part of the archive names, of which the weightiest are taken.
_STORIES_A_SHARD = 5000
# What is remembered of terms and articles, and of stories with all their articles.
_REMEMBERED, _MOST_TOLD = 50_000, 1000
# Of a question: the engine takes 1,024 clauses.
_MOST_TERMS = 500
_STORY: Query = {"_source": False, "docvalue_fields": ["article", "story"]}
_PIECE: Query = {"_source": False, "docvalue_fields": PIECE_FIELDS}
# Of equal scores those that the local index takes; another last one of the pool can move all scores.
_BEST = ["_score", "article", "start"]
_ARTICLE: Query = {"_source": {"excludes": ["terms", "bands", "stored.wording", "stored.facts"]}}

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")
Hits = Iterable[Mapping[str, Any]]


class _Remembered(Generic[_Key, _Value]):
    """What was asked of the engine before; begun anew when it is too much. Safe from many threads."""

    def __init__(self, ask: Callable[[list[_Key]], Mapping[_Key, _Value]], most: int = _REMEMBERED) -> None:
        self._ask, self._most = ask, most
        self._known: dict[_Key, _Value] = {}

    def of(self, keys: Iterable[_Key]) -> dict[_Key, _Value]:
        """What belongs to those keys that the engine knows; what is not remembered is asked in one round trip."""
        wanted, known = list(keys), self._known
        if unknown := self.unknown(wanted, known):
            known = {**known, **self.add(self._ask(unknown))}
        return {key: known[key] for key in wanted if key in known}

    def unknown(self, keys: Iterable[_Key], known: Mapping[_Key, _Value] | None = None) -> list[_Key]:
        known = self._known if known is None else known
        return [key for key in dict.fromkeys(keys) if key not in known]

    def add(self, found: Mapping[_Key, _Value]) -> Mapping[_Key, _Value]:
        self._known = {**(self._known if len(self._known) < self._most else {}), **found}
        return found


class OpenSearchArchive:
    """An edition as an `Archive`, and its `Statistics`. Safe from many threads."""

    def __init__(self, engine: Engine, edition: Edition) -> None:
        """Read an edition; nothing is asked of the engine yet."""
        self.edition = edition
        self.summary = edition.manifest.summary
        self.terms = analysis(self.summary.language)
        self.chunks = edition.manifest.report.chunks
        self.mean_length = edition.mean_length
        self._engine = engine
        self._frequencies = _Remembered(self._counts)
        self._leads = _Remembered(lambda ids: _leads_in(self._find(self._leads_of(ids), size=len(ids), **_PIECE)))
        self._story_of = _Remembered(lambda ids: _stories_in(self._find(self._of(ids), size=len(ids), **_STORY)))
        self._told = _Remembered(self._articles_of_stories, _MOST_TOLD)
        self._in_capitals = functools.lru_cache(1000)(lambda key: self._chunks_with([{"term": {"capitals": key}}])[0])

    @property
    def statistics(self) -> Self:
        return self

    def frequencies(self, terms: Iterable[str], field: Field = "body") -> dict[str, int]:
        return {term: count for (_, term), count in self._frequencies.of((field, term) for term in terms).items()}

    @functools.cached_property
    def sample(self) -> Vectors:
        """Those that a hash of their ids puts first."""
        hits = self._find(self._chunks(), _source=["vector"], sort=["spot", "article", "start"], size=_SAMPLE)
        return np.array([hit["_source"]["vector"] for hit in hits] or np.zeros((0, 1)), np.float32)

    def candidates(self, terms: Sequence[str], vector: Vectors | None, where: Filter, pool: int) -> list[Piece]:
        """In two round trips: the chunks, then what else is asked of them and not known yet."""
        allowed = self._chunks(where)
        page = {**_PIECE, "size": pool, "track_total_hits": False}
        bodies: list[Query] = []
        if terms:
            found = {"bool": {"should": words(terms[:_MOST_TERMS]), "filter": allowed, "minimum_should_match": 1}}
            bodies.append({**page, "query": found, "sort": _BEST})
        if vector is not None:
            near = {"vector": vector.tolist(), "k": min(_WIDER * pool, _LISTED), "filter": allowed}
            bodies.append({**page, "query": {"knn": {"vector": near}}})
        if not bodies or not self.chunks:
            return []
        # The same copies of the parts for the same question, since copies may count differently what was replaced.
        preference = f"q{zlib.crc32(' '.join(terms).encode())}"
        answers = self._engine.search(self.edition.index, *bodies, exact=True, preference=preference)
        hits = {hit["_id"]: hit for answer in answers for hit in answer}
        nearest = answers[-1] if vector is not None else []
        far = hits.keys() - {hit["_id"] for hit in nearest}
        scored = [*nearest, *self._nearness(vector, sorted(far), hits.values())]
        cosines = {hit["_id"]: 2 * hit["_score"] - 1 for hit in scored}
        pieces = [piece_of(hit, cosines.get(name, 0.0)) for name, hit in hits.items()]
        return sorted(pieces, key=lambda piece: (piece.article, piece.start))

    def leads(self, articles: Iterable[str]) -> dict[str, TermText]:
        return self._leads.of(articles)

    def articles(self, ids: Sequence[str]) -> list[Article]:
        found = {article.id: article for article in self._listed(self._of(ids), size=_LISTED)}
        return [found[name] for name in ids if name in found]

    def every_article(self) -> Iterator[Article]:
        hits = self._engine.every(self.edition.index, {"query": self._valid("article"), **_ARTICLE})
        return (stored_article(hit["_source"]) for hit in hits)

    def spread(self, count: int) -> list[Article]:
        """Of a day with more than 10,000 articles, or of the undated, from the first 10,000."""
        total = sum(self._days.values())
        places, before, bodies = range(0, total, max(1, total // max(1, count))), 0, []
        for day, number in sorted(self._days.items(), reverse=True):
            page = {"query": self._valid("article", {"term": {"day": day}}), "sort": ["article"], "size": 1, **_ARTICLE}
            inside = (place - before for place in places if before <= place < before + number)
            bodies += [{**page, "from": place * min(number, _LISTED) // number} for place in inside]
            before += number
        found = self._engine.search(self.edition.index, *bodies)
        return [stored_article(hit["_source"]) for hits in found for hit in hits]

    def newest(self, where: Filter, start: int, count: int) -> list[Article]:
        """No more than the first 10,000 are listed."""
        page = {"from": start, "size": min(count, _LISTED - start), "sort": [{"day": "desc"}, {"article": "asc"}]}
        return self._listed(self._articles_where(where), **page) if start < _LISTED else []

    def stories(self, ids: Iterable[str]) -> dict[str, list[Article]]:
        story_of = self._story_of.of(ids)
        told = self._told.of(story_of.values())
        return {name: told[story] for name, story in story_of.items() if story in told}

    def pieces_with(self, phrases: Sequence[str], limit: int) -> list[Piece]:
        asked = self._valid("chunk", *map(self._phrase, phrases))
        page = {"sort": ["order", "article", "start"], "size": min(limit, _LISTED)}
        return [piece_of(hit) for hit in self._find(asked, **page, **_PIECE)]

    def top_stories(self, where: Filter, limit: int) -> list[Piece]:
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
        if not weights and where.open:
            return Counter(self._days)
        return Counter(self._values("day", on_subject(weights, share, self._articles_where(where))))

    def outlets(self) -> dict[str, int]:
        return dict(sorted(self._outlets.items(), key=lambda item: (-item[1], item[0])))

    def authors_like(self, name: str) -> list[str]:
        wanted = name_key(name).split()
        found = self._values("authors", self._valid("article", *({"term": {"author_words": word}} for word in wanted)))
        return sorted(author for author in found if all(word in name_key(author) for word in wanted))

    def _chunks_with(self, queries: Sequence[Query]) -> list[int]:
        """How many chunks meet each of some queries."""
        buckets = self._counted(self._chunks(), {"filters": {"filters": list(queries)}})["buckets"]
        return [bucket["doc_count"] for bucket in buckets]

    def _counts(self, asked: Iterable[tuple[Field, str]]) -> dict[tuple[Field, str], int]:
        """Of terms in both fields, since whoever asks for one soon asks for the other."""
        pairs: list[tuple[Field, str]] = [(field, term) for _, term in asked for field in FIELDS]
        return dict(zip(pairs, self._chunks_with([words([term], [field])[0] for field, term in pairs]), strict=True))

    @functools.cached_property
    def _days(self) -> dict[int, int]:
        return self._values("day", self._valid("article"))

    @functools.cached_property
    def _outlets(self) -> dict[str, int]:
        return self._values("source", self._valid("article"))

    def _valid(self, kind: str, *must: Query) -> Query:
        return all_of([*valid(kind, self.edition.number), *must])

    def _of(self, ids: Iterable[str]) -> Query:
        """The articles of some ids."""
        return self._valid("article", {"terms": {"article": list({*ids})}})

    def _leads_of(self, articles: Iterable[str]) -> Query:
        return self._valid("chunk", {"terms": {"article": list(articles)}}, {"term": {"position": 0}})

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

    def _articles_of_stories(self, stories: Iterable[str]) -> dict[str, list[Article]]:
        asked = self._valid("article", {"terms": {"story": list({*stories})}})
        found: dict[str, list[Article]] = {}
        for hit in self._find(asked, sort=["order", "article"], size=_LISTED, **_ARTICLE):
            found.setdefault(hit["_source"]["story"], []).append(stored_article(hit["_source"]))
        return found

    def _phrase(self, phrase: str) -> Query:
        """The words of a phrase side by side, as they are written; an acronym in its capitals."""
        said = searched(phrase)
        keys = [word.key for word in said]
        if len(keys) == 1 and in_capitals(phrase, said[0]) and self._in_capitals(keys[0]):
            return {"term": {"capitals": keys[0]}}
        return side_by_side(keys, WRITTEN)

    def _nearness(self, vector: Vectors | None, names: Sequence[str], hits: Hits) -> list[dict[str, Any]]:
        """Some chunks, by their documents, scored by their nearness; leads and stories of all hits come with them."""
        self._leads.add(_leads_in(hits))
        articles = [hit["fields"]["article"][0] for hit in hits]
        untold, unheard = self._leads.unknown(articles), self._story_of.unknown(articles)
        bodies = [
            {"query": self._leads_of(untold), "size": len(untold), **_PIECE},
            {"query": self._of(unheard), "size": len(unheard), **_STORY},
        ]
        if names and vector is not None:
            given = {"field": "vector", "query_value": vector.tolist(), "space_type": "cosinesimil"}
            script = {"lang": "knn", "source": "knn_score", "params": given}
            query = {"script_score": {"query": {"ids": {"values": list(names)}}, "script": script}}
            bodies.append({"query": query, "size": len(names), "_source": False})
        leads, told, *scored = self._engine.search(self.edition.index, *bodies)
        self._leads.add(_leads_in(leads))
        self._story_of.add(_stories_in(told))
        return scored[0] if scored else []

    def _listed(self, query: Query, **page: Any) -> list[Article]:
        return [stored_article(hit["_source"]) for hit in self._find(query, **page, **_ARTICLE)]

    def _find(self, query: Query, **body: Any) -> list[dict[str, Any]]:
        [hits] = self._engine.search(self.edition.index, {"query": query, **body})
        return hits

    def _values(self, field: str, query: Query) -> dict[Any, int]:
        """The values of a field of all documents that a query finds, with their numbers."""
        buckets = self._counted(query, {"terms": {"field": field, "size": _MOST}})["buckets"]
        return {bucket["key"]: bucket["doc_count"] for bucket in buckets}

    def _counted(self, query: Query, what: Query) -> dict[str, Any]:
        return self._engine.counted(self.edition.index, query, what)[1]


def _leads_in(hits: Hits) -> dict[str, TermText]:
    return {piece.article: piece.terms for piece in map(piece_of, hits) if piece.position == 0}


def _stories_in(hits: Hits) -> dict[str, str]:
    return {hit["fields"]["article"][0]: hit["fields"]["story"][0] for hit in hits}
