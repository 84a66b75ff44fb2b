"""Totals, facets and counts: what tantivy is asked to add up, in one pass for all that is under the same filters.

Steps of a range are counted in that pass too, from the column of the numbers. A filter aggregation would not do: it
looks at every document of the index, however few the search finds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from indexer.engines.embedded.layout import keyword_field, number_field
from indexer.query import All, Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indexer.query import Clause, Count, FacetRequest, Search

Figures: TypeAlias = "tuple[int, dict[str, dict[str, int]], dict[str, int]]"
"""Total, facets, counts."""

Ask: TypeAlias = Callable[[str, dict[str, Any], "Clause | None"], Mapping[str, Any]]
"""Aggregates under all filters but the one named, and under a clause too if one is given."""

_NUMBER = {"value_count": {"field": "seq"}}
"""How tantivy is asked for a number of documents: each has one seq."""

_ALL_VALUES = 65_000
_EXACT = 1 << 53
"""Bounds of a range aggregation are floating-point numbers, which tell whole ones apart up to here."""


def figures(search: Search, ask: Ask) -> Figures:
    """Return what a search has to count."""
    filters = {name for name, _ in search.filters}

    def under(each: FacetRequest | Count) -> str:
        return each.leave_out if each.leave_out in filters else ""

    passes: dict[str, dict[str, Any]] = {"": {"total": _NUMBER}}
    for facet in search.facets:
        terms = {"field": keyword_field(facet.field), "size": facet.limit, "segment_size": _ALL_VALUES}
        passes.setdefault(under(facet), {})[f"facet {facet.name}"] = {"terms": terms}
    bounds: dict[tuple[str, str], set[int]] = {}
    for count in search.counts:
        if isinstance(count.clause, All):
            passes.setdefault(under(count), {})["total"] = _NUMBER
        elif _is_step(count.clause):
            bounds.setdefault((under(count), count.clause.field), set()).update(_bounds(count.clause))
    for (name, field), found in bounds.items():
        steps = {"field": number_field(field), "ranges": _ranges(sorted(found))}
        passes.setdefault(name, {})[f"steps {field}"] = {"range": steps}
    answers = {name: ask(name, asked, None) for name, asked in passes.items()}
    facets = {each.name: _buckets(answers[under(each)][f"facet {each.name}"], each.limit) for each in search.facets}
    counts = {count.name: _count(count.clause, under(count), answers, ask) for count in search.counts}
    return _total(answers[""]), facets, counts


def _count(clause: Clause, under: str, answers: Mapping[str, Mapping[str, Any]], ask: Ask) -> int:
    if isinstance(clause, All):
        return _total(answers[under])
    if not _is_step(clause):
        return _total(ask(under, {"total": _NUMBER}, clause))
    least = -inf if clause.minimum is None else clause.minimum
    most = inf if clause.maximum is None else clause.maximum + 1
    buckets = answers[under][f"steps {clause.field}"]["buckets"]
    inside = (each for each in buckets if each.get("from", -inf) >= least and each.get("to", inf) <= most)
    return sum(int(each["doc_count"]) for each in inside)


def _total(answer: Mapping[str, Any]) -> int:
    return int(answer["total"]["value"])


def _is_step(clause: Clause) -> TypeGuard[Range]:
    bounds = _bounds(clause) if isinstance(clause, Range) else []
    return bool(bounds) and all(abs(bound) < _EXACT for bound in bounds)


def _bounds(clause: Range) -> list[int]:
    """Return where the range begins and where it is left behind."""
    ends = (clause.minimum, None if clause.maximum is None else clause.maximum + 1)
    return [bound for bound in ends if bound is not None]


def _ranges(bounds: Sequence[int]) -> list[dict[str, int]]:
    """Return the ranges that bounds cut the numbers into, one behind another: tantivy takes none that overlap."""
    between: Iterable[dict[str, int]] = ({"from": low, "to": high} for low, high in pairwise(bounds))
    return [{"to": bounds[0]}, *between, {"from": bounds[-1]}]


def _buckets(answer: Mapping[str, Any], limit: int) -> dict[str, int]:
    counts = {bucket["key"]: int(bucket["doc_count"]) for bucket in answer["buckets"]}
    return {value: counts[value] for value in sorted(sorted(counts), key=counts.__getitem__, reverse=True)[:limit]}
