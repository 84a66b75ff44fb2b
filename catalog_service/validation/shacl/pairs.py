"""``sh:lessThan`` and ``sh:lessThanOrEquals`` on many values, without comparing every pair.

Clauses: SHACL 4.5.3, 4.5.4: each pair in which the first is not less, or which cannot be compared, is a result with the
first as its value. So for each value it is enough to know how many of the others it is not less than.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from catalog_service.validation.shacl.literals import as_double, less, order

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from catalog_service.model.terms import Term

FEW = 16
"""Pairs up to which comparing each is the quickest."""


def all_less(values: Collection[Term], others: Collection[Term], *, or_equal: bool) -> bool:
    """Tell whether every value is less than every other one."""
    if len(values) * len(others) <= FEW:
        return all(less(term, other, or_equal=or_equal) for term in values for other in others)
    return not any(count for _, count in not_less(values, others, or_equal=or_equal))


def not_less(values: Collection[Term], others: Collection[Term], *, or_equal: bool) -> Iterator[tuple[Term, int]]:
    """Yield each value with the number of others that it is not less than."""
    cut: Callable[[list[Any], Any], int] = bisect_left if or_equal else bisect_right
    families = _families(others)
    for term in values:
        found = order(term)
        fine = 0
        if found is not None:
            exact, doubles, exact_as_doubles = families.get(found[0], _NONE)
            key = found[1]
            if isinstance(key, float):
                fine = len(exact) + len(doubles) - cut(exact_as_doubles, key) - cut(doubles, key)
            else:
                fine = len(exact) - cut(exact, key)
                fine += len(doubles) - cut(doubles, as_double(key)) if doubles else 0
        yield term, len(others) - fine


_Sorted = tuple[list[Any], list[float], list[float]]
_NONE: _Sorted = ([], [], [])


def _families(others: Collection[Term]) -> dict[str, _Sorted]:
    """Return the values that compare with one another in order: exact ones, doubles, and the exact ones as doubles."""
    exact: defaultdict[str, list[Any]] = defaultdict(list)
    doubles: defaultdict[str, list[float]] = defaultdict(list)
    for other in others:
        found = order(other)
        if found is None:
            continue
        family, key = found
        (doubles if isinstance(key, float) else exact)[family].append(key)  # type: ignore[arg-type]
    return {
        family: (
            sorted(exact[family]),
            sorted(doubles[family]),
            sorted(map(as_double, exact[family])) if family == "number" else [],
        )
        for family in {*exact, *doubles}
    }
