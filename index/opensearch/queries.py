"""Filters and words as queries of the engine. Nothing here talks to it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from index.archive import UNDATED, Filter
from index.stores.keywords import FIELDS
from index.stores.spelling import AFTERWORDS, NAME

Query = dict[str, Any]
WRITTEN = ("written_title", "written_body")


def valid(kind: str, edition: int) -> list[Query]:
    """The documents of a kind that belong to an edition."""
    return [
        {"term": {"kind": kind}},
        {"range": {"since": {"lte": edition}}},
        {"range": {"until": {"gt": edition}}},
    ]


def all_of(must: Iterable[Query], without: Iterable[Query] = ()) -> Query:
    """What meets every query, and none of the others; nothing is scored."""
    return {"bool": {"filter": list(must), "must_not": list(without)}}


def any_of(queries: Iterable[Query]) -> Query:
    """What meets one of the queries; nothing does without any."""
    chosen = list(queries)
    return {"bool": {"should": chosen, "minimum_should_match": 1}} if chosen else {"match_none": {}}


def words(terms: Sequence[str], fields: Sequence[str] = FIELDS) -> list[Query]:
    """A scored query for each term in each field; a name is looked for among the names of the field."""
    return [
        {"term": {f"names_{field}" if word.startswith(NAME) else field: word}} for word in terms for field in fields
    ]


def side_by_side(keys: Sequence[str], fields: Sequence[str]) -> Query:
    """The words side by side in one of the fields."""
    return any_of({"match_phrase": {field: " ".join(keys[:AFTERWORDS])}} for field in fields if keys)


def limits(where: Filter) -> list[Query]:
    """The days, outlets and authors of a filter."""
    found = [_days(where)] if where.by_day else []
    names = (("source", where.sources), ("authors", where.authors))
    return found + [{"terms": {field: sorted(chosen)}} for field, chosen in names if chosen is not None]


def on_subject(weights: Mapping[str, float], share: float, allowed: Query) -> Query:
    """The articles among what is allowed that hold at least that share of the weights of some terms; all without."""
    if not weights:
        return allowed
    # Sums of floats of four bytes: a hair less than the share is the share.
    least = share * sum(weights.values()) * (1 - 1e-5)
    should = [{"constant_score": {"filter": {"term": {"terms": term}}, "boost": weights[term]}} for term in weights]
    query = {"bool": {"should": should, "filter": allowed, "minimum_should_match": 1}}
    return {"function_score": {"query": query, "min_score": least}}


def _days(where: Filter) -> Query:
    bounds = {"gte": max(where.since or 0, UNDATED + 1), **({} if where.until is None else {"lte": where.until})}
    within: Query = {"range": {"day": bounds}}
    return any_of([within, {"term": {"day": UNDATED}}]) if where.undated else within
