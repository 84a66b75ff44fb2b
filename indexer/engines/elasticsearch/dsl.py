"""What is said to Elasticsearch: the mapping of an index, and clauses and searches as query DSL. Pure functions.

Text reaches the server as tokens joined by spaces, in fields with the built-in ``whitespace`` analyzer, so nothing has
to be installed there; a query is made of ``term`` and phrase clauses on tokens only, never of free text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.bulk import fields_of
from indexer.query import All, And, Best, Keyword, Not, Or, Phrase, Range, Token

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.query import Clause, Search
    from indexer.schema import IndexSchema

Json = dict[str, Any]

LIVE: Json = {"term": {"live": True}}
"""Holds for documents; not for tombstones and the mark of the position."""

_NOTHING: Json = {"match_none": {}}
_EVERYTHING: Json = {"match_all": {"boost": 0.0}}
_MISSING_ASCENDING, _MISSING_DESCENDING = 2**63 - 1, -(2**63)
_FACET_VALUES_PER_SHARD = 10_000


K1_PLUS_1 = 2.2
"""Elasticsearch still multiplies BM25 by this constant, which Lucene has left out since version 8."""


def index_body(schema: IndexSchema, fingerprint: str, *, shards: int, replicas: int) -> Json:
    """Return settings and mapping of a new index. Tokens are searched, not kept: the store has the texts."""
    texts = {f"{text.name}.{stream}": _tokens(stream) for text in schema.texts for stream in fields_of(text)}
    fields = {
        "id": {"type": "keyword"},
        "kind": {"type": "keyword"},
        "seq": {"type": "long"},
        "hash": {"type": "keyword"},
        "live": {"type": "boolean"},
        "position": {"type": "long"},
        "stored": {"type": "keyword", "index": False, "doc_values": False},
        "text": _flat(texts),
        "keyword": _flat({name: {"type": "keyword"} for name in schema.keywords}),
        "number": _flat({name: {"type": "long"} for name in schema.numbers}),
    }
    count = len(texts) + len(schema.keywords) + len(schema.numbers)
    return {
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            "refresh_interval": -1,
            "mapping.total_fields.limit": max(1000, count + 50),
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": {"fingerprint": fingerprint},
            "_source": {"excludes": ["text"]},
            "properties": fields,
        },
    }


def _tokens(stream: str) -> Json:
    """Return the field of a stream; no phrase is ever asked of words, so they need no positions."""
    return {"type": "text", "analyzer": "whitespace", "index_options": "freqs" if stream == "words" else "positions"}


def _flat(fields: Json) -> Json:
    """Return an object whose field names may have dots in them."""
    return {"type": "object", "subobjects": False, "dynamic": "strict", "properties": fields}


def query(clause: Clause) -> Json:
    """Return the clause as query DSL; what is never scored adds nothing to a score."""
    match clause:
        case All():
            return _EVERYTHING
        case Token():
            return {"term": {_text(clause): {"value": clause.token, "boost": clause.boost}}}
        case Phrase():
            tokens = {"query": " ".join(clause.tokens), "analyzer": "whitespace", "boost": clause.boost}
            return {"match_phrase": {_text(clause): tokens}} if clause.tokens else _NOTHING
        case Keyword():
            return _constant({"terms": {_keyword(clause.field): list(clause.values)}}, clause.boost * K1_PLUS_1)
        case Range():
            bounds = {"gte": clause.minimum, "lte": clause.maximum}
            given = {name: bound for name, bound in bounds.items() if bound is not None}
            return _constant({"range": {f"number.{clause.field}": given}})
        case Not():
            return {"bool": {"must_not": [query(clause.clause)]}}
        case And():
            return _all_of(clause)
        case Or():
            return (
                {"bool": {"should": _each(clause.clauses), "minimum_should_match": 1}} if clause.clauses else _NOTHING
            )
        case Best():
            return {"dis_max": {"queries": _each(clause.clauses), "tie_breaker": 0}} if clause.clauses else _NOTHING


def _text(clause: Token | Phrase) -> str:
    return f"text.{clause.field}.{clause.stream}"


def _keyword(name: str) -> str:
    return "kind" if name == "kind" else f"keyword.{name}"


def _constant(condition: Json, score: float = 0.0) -> Json:
    return {"constant_score": {"filter": condition, "boost": score}}


def _each(clauses: Iterable[Clause]) -> list[Json]:
    return [query(clause) for clause in clauses]


def _all_of(clause: And) -> Json:
    if not clause.clauses and not clause.optional:
        return _EVERYTHING
    return {
        "bool": {
            "must": _each(clause.clauses) or [_EVERYTHING],
            "should": _each(clause.optional),
            "minimum_should_match": 0,
        }
    }


def search_body(search: Search) -> Json:
    """Return the search without order and page: filters that some count leaves out are put behind the counting."""
    left_out = {facet.leave_out for facet in search.facets} | {count.leave_out for count in search.counts}
    left_out -= {""}
    before = [query(clause) for name, clause in search.filters if name not in left_out]
    after = {name: query(clause) for name, clause in search.filters if name in left_out}
    body: Json = {
        "query": {"bool": {"must": [query(search.query)], "filter": [LIVE, *before]}},
        "track_total_hits": True,
    }
    if after:
        body["post_filter"] = {"bool": {"filter": list(after.values())}}
    if search.facets or search.counts:
        body["aggs"] = _counted(search, after)
    return body


def _counted(search: Search, behind: dict[str, Json]) -> Json:
    """Return one ``filter`` aggregation for each filter left out, with facets and counts under it by their number."""
    groups: dict[str, Json] = {}
    for number, facet in enumerate(search.facets):
        terms = {
            "field": _keyword(facet.field),
            "size": facet.limit,
            "shard_size": max(facet.limit, _FACET_VALUES_PER_SHARD),
            "order": [{"_count": "desc"}, {"_key": "asc"}],
        }
        groups.setdefault(facet.leave_out, {})[f"facet{number}"] = {"terms": terms}
    for number, count in enumerate(search.counts):
        groups.setdefault(count.leave_out, {})[f"count{number}"] = {"filter": query(count.clause)}
    return {
        f"without{number}": {
            "filter": {"bool": {"filter": [clause for name, clause in behind.items() if name != left_out]}},
            "aggs": aggregations,
        }
        for number, (left_out, aggregations) in enumerate(groups.items())
    }


def facets_and_counts(search: Search, answer: Json) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Return what the aggregations of `search_body` counted, by the names asked for."""
    found = {name: each for group in answer.get("aggregations", {}).values() for name, each in _inner(group)}
    facets = {
        facet.name: {each["key"]: each["doc_count"] for each in found[f"facet{number}"]["buckets"]}
        for number, facet in enumerate(search.facets)
    }
    return facets, {count.name: found[f"count{number}"]["doc_count"] for number, count in enumerate(search.counts)}


def _inner(group: Json) -> list[tuple[str, Json]]:
    return [(name, each) for name, each in group.items() if isinstance(each, dict)]


def by_relevance() -> list[Json]:
    """Return the order by raw score, equal ones by id."""
    return [{"_score": {"order": "desc"}}, {"id": {"order": "asc"}}]


def by_number(field: str, *, descending: bool) -> list[Json]:
    """Return the order by a number field, documents without it last, equal ones by id."""
    order = "desc" if descending else "asc"
    return [{f"number.{field}": {"order": order, "missing": "_last"}}, {"id": {"order": "asc"}}]


def search_after(key: tuple[float | int | None, str], *, descending: bool) -> list[Any]:
    """Return a hit's key as Elasticsearch takes it: a missing number is the last one there is."""
    number, identifier = key
    missing = _MISSING_DESCENDING if descending else _MISSING_ASCENDING
    return [missing if number is None else number, identifier]


def number_key(sort: list[Any]) -> tuple[int | None, str]:
    """Return a hit's key from the sort values Elasticsearch gives back."""
    number, identifier = sort
    return (None if number in {None, _MISSING_ASCENDING, _MISSING_DESCENDING} else int(number), str(identifier))
