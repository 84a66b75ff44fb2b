"""The closures that answer quickly whether a node, or the values of a property, conform.

For each combination of constraints there is the leanest closure that serves it. Loops are written out because a call
from Python to Python is cheaper than one by way of ``all`` or ``map``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from catalog_service.model.terms import Term
    from catalog_service.validation.shacl.checks import Conforms, ConformsValues
    from catalog_service.validation.shacl.paths import Follow
    from catalog_service.validation.shacl.run import Run
    from catalog_service.validation.shacl.values import Test


def of_test(test: Test) -> Conforms:
    """Return a test of a term as a check of a node."""
    return lambda _run, node: test(node)


def of_class(wanted: Term) -> Conforms:
    """Return what asks whether a node is an instance of a class."""
    return lambda run, node: run.has_class(node, wanted)


def on_itself(conforms: ConformsValues) -> Conforms:
    """Return a check of values as one of a node, which is its own value (section 3.4.2)."""
    return lambda run, node: conforms(run, node, (node,))


def both(first: ConformsValues | None, second: ConformsValues) -> ConformsValues:
    """Return what asks two shapes about the same values."""
    if first is None:
        return second
    return lambda run, node, values: first(run, node, values) and second(run, node, values)


def of_predicate(predicate: Term, values_conform: ConformsValues, without: bool | None) -> Conforms:
    """Return what checks the values of a predicate; ``without`` is the answer if there are none, None if it depends."""

    def conforms(run: Run, node: Term) -> bool:
        values = run.look(node).get(predicate)
        if values is None:
            return values_conform(run, node, ()) if without is None else without
        return values_conform(run, node, values)

    return conforms


def of_path(follow: Follow, values_conform: ConformsValues, without: bool | None) -> Conforms:
    """Return what checks the values at the end of a path."""

    def conforms(run: Run, node: Term) -> bool:
        values = follow(run, (node,))
        if not values and without is not None:
            return without
        return values_conform(run, node, values)

    return conforms


def walk(table: dict[Term, ConformsValues], required: frozenset[Term], others: tuple[Conforms, ...]) -> Conforms:
    """Return what checks a node by walking through the properties it has."""
    find = table.get

    def through(run: Run, node: Term) -> bool:
        properties = run.look(node)
        for predicate, values in properties.items():
            check = find(predicate)
            if check is not None and not check(run, node, values):
                return False
        return properties.keys() >= required

    if not table:
        return _all_of(others)
    if not others:
        return through
    ask = _all_of(others)
    return lambda run, node: through(run, node) and ask(run, node)


def _all_of(asks: tuple[Conforms, ...]) -> Conforms:
    if len(asks) == 1:
        return asks[0]

    def conforms(run: Run, node: Term) -> bool:
        for ask in asks:  # noqa: SIM110
            if not ask(run, node):
                return False
        return True

    return conforms


def of_values(
    test: Test | None,
    asks: tuple[Conforms, ...],
    wholes: tuple[ConformsValues, ...],
    least: int,
    most: int | None,
) -> ConformsValues:
    """Return the leanest closure that checks the values of one property, of which there is at least one.

    That there is none is looked at before, but for constraints such as ``sh:equals``, which `_values_in_full` serves.
    """
    if asks or wholes:
        return _values_in_full(test, asks, wholes, least, most)
    if test is None:
        return _counted(least, most)
    if most == 1 and least <= 1:
        return _single(test)
    if least <= 1 and most is None:
        return _tested(test)
    return _all_wholes((_counted(least, most), _tested(test)))


def _counted(least: int, most: int | None) -> ConformsValues:
    if most is None:
        return lambda _run, _focus, values: len(values) >= least
    return lambda _run, _focus, values: least <= len(values) <= most


def _values_in_full(
    test: Test | None,
    asks: tuple[Conforms, ...],
    wholes: tuple[ConformsValues, ...],
    least: int,
    most: int | None,
) -> ConformsValues:
    limits = _limits(test, least, most)
    if not asks:
        return _all_wholes((limits, *wholes) if limits else wholes)
    each_conforms = _each(_all_of(asks))
    return _all_wholes((limits, each_conforms, *wholes) if limits else (each_conforms, *wholes))


def _limits(test: Test | None, least: int, most: int | None) -> ConformsValues | None:
    """Return what checks number and terms of values, of which there may be none; None if there is nothing to check."""
    if test is None:
        return None if least <= 0 and most is None else _counted(least, most)
    if least <= 0 and most is None:
        return _tested(test)
    return _all_wholes((_counted(least, most), _tested(test)))


def _single(test: Test) -> ConformsValues:
    def conforms(_run: Run, _focus: Term, values: Collection[Term]) -> bool:
        if len(values) != 1:
            return False
        (term,) = values
        return test(term)

    return conforms


def _tested(test: Test) -> ConformsValues:
    def conforms(_run: Run, _focus: Term, values: Collection[Term]) -> bool:
        for term in values:  # noqa: SIM110
            if not test(term):
                return False
        return True

    return conforms


def _each(ask: Conforms) -> ConformsValues:
    def conforms(run: Run, _focus: Term, values: Collection[Term]) -> bool:
        for term in values:  # noqa: SIM110
            if not ask(run, term):
                return False
        return True

    return conforms


def _all_wholes(wholes: tuple[ConformsValues, ...]) -> ConformsValues:
    match wholes:
        case [one]:
            return one
        case [one, two]:
            return lambda run, focus, values: one(run, focus, values) and two(run, focus, values)
        case [one, two, three]:
            return lambda run, focus, values: (
                one(run, focus, values) and two(run, focus, values) and three(run, focus, values)
            )

    def conforms(run: Run, focus: Term, values: Collection[Term]) -> bool:
        for each in wholes:  # noqa: SIM110
            if not each(run, focus, values):
                return False
        return True

    return conforms


LOGIC_OF_TESTS: dict[str, Callable[[tuple[Test, ...]], Test]] = {
    "Node": lambda tests: tests[0],
    "Not": lambda tests: lambda term: not tests[0](term),
    "And": lambda tests: lambda term: all(test(term) for test in tests),
    "Or": lambda tests: lambda term: any(test(term) for test in tests),
    "Xone": lambda tests: lambda term: sum(test(term) for test in tests) == 1,
}
LOGIC: dict[str, Callable[[tuple[Conforms, ...]], Conforms]] = {
    "Node": lambda asks: asks[0],
    "Not": lambda asks: lambda run, node: not asks[0](run, node),
    "And": lambda asks: lambda run, node: all(ask(run, node) for ask in asks),
    "Or": lambda asks: lambda run, node: any(ask(run, node) for ask in asks),
    "Xone": lambda asks: lambda run, node: sum(ask(run, node) for ask in asks) == 1,
}
