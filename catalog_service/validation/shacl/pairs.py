"""``sh:lessThan`` and ``sh:lessThanOrEquals`` on many values, without comparing every pair.

Clauses: SHACL 4.5.3, 4.5.4: each pair in which the first is not less, or which cannot be compared, is a result with the
first as its value. So for each value it is enough to know how many of the others it is not less than.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from catalog_service.validation.shacl.literals import Single, as_double, as_single, less, order

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
        if found is not None and (family := families.get(found[0])):
            fine = sum(len(places) - cut(places, key) for places, key in family.beside(found[1]) if places)
        yield term, len(others) - fine


class _Family:
    """Values that compare with one another, in order: exact ones, of ``xsd:float`` and of ``xsd:double``."""

    def __init__(self, keys: list[Any]) -> None:
        self._exact = sorted(key for key in keys if not isinstance(key, float))
        self._singles = sorted(key for key in keys if isinstance(key, Single))
        self._doubles = sorted(key for key in keys if isinstance(key, float) and not isinstance(key, Single))

    @cached_property
    def _exact_as_singles(self) -> list[Single]:
        return sorted(map(as_single, self._exact))

    @cached_property
    def _exact_as_doubles(self) -> list[float]:
        return sorted(map(as_double, self._exact))

    def beside(self, key: Any) -> Iterator[tuple[list[Any], Any]]:
        """Yield the values by sort, with the key as what it is compared with them (SPARQL 1.1, 17.3)."""
        if isinstance(key, Single):
            yield self._exact_as_singles, key
            yield self._singles, key
            yield self._doubles, key
        elif isinstance(key, float):
            yield self._exact_as_doubles, key
            yield self._singles, key
            yield self._doubles, key
        else:
            yield self._exact, key
            yield self._singles, as_single(key) if self._singles else key
            yield self._doubles, as_double(key) if self._doubles else key


def _families(others: Collection[Term]) -> dict[str, _Family]:
    keys: defaultdict[str, list[Any]] = defaultdict(list)
    for other in others:
        found = order(other)
        if found is not None:
            keys[found[0]].append(found[1])
    return {family: _Family(each) for family, each in keys.items()}
