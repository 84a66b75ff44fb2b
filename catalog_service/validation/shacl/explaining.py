"""The closures that say what is wrong with a node; run only where the quick answer was no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_service.validation.shacl.checks import Check, Conforms, ConformsValues, Explain, add, is_cut, result_of
from catalog_service.validation.shacl.paths import Predicate
from catalog_service.validation.shacl.report import Result, Source
from catalog_service.validation.shacl.run import Pending, Run

if TYPE_CHECKING:
    from collections.abc import Collection

    from catalog_service.model.terms import Term
    from catalog_service.validation.shacl.paths import Follow
    from catalog_service.validation.shacl.values import Test
    from catalog_service.validation.shacl.wholes import Whole


@dataclass(frozen=True, slots=True)
class Part:
    """One constraint, compiled as exactly one of five forms."""

    source: Source
    test: Test | None = None
    asks: Conforms | None = None
    whole: Whole | None = None
    child: Check | None = None
    detail: Check | None = None
    weight: int = 1
    """How many tests are in the test."""


Step = Callable[["Run", "Term", "Collection[Term]", "list[Result]"], None]
"""Adds the results of one constraint, given a focus node and its value nodes."""


def explain_parts(parts: list[Part], follow: Follow | None) -> Explain:
    """Return what adds a result for everything that is wrong with a node; without a path the node is its own value."""
    steps = tuple(_step(part, on_itself=follow is None) for part in parts)

    def explain(run: Run, node: Term, found: list[Result]) -> None:
        values = (node,) if follow is None else follow(run, (node,))
        for step in steps:
            step(run, node, values, found)

    return explain


def _step(part: Part, *, on_itself: bool) -> Step:
    if part.whole is not None:
        return _of_whole(part.source, part.whole)
    if part.child is None:
        return _of_each(part)
    if is_cut(part.child):
        return _of_later(part.child)
    if on_itself and part.child.conforms_values is not None:
        return _of_property(part.child, part.child.conforms_values)
    return _of_child(part.child)


def _of_whole(source: Source, constraint: Whole) -> Step:
    def step(run: Run, node: Term, values: Collection[Term], found: list[Result]) -> None:
        if constraint.conforms(run, node, values):
            return
        for term, predicate in constraint.offenders(run, node, values):
            path = Predicate(predicate) if predicate else source.path
            add(run, found, Result(node, term, source, path))

    return step


def _of_each(part: Part) -> Step:
    test, asks, source, detailed = part.test, part.asks, part.source, part.detail

    def step(run: Run, node: Term, values: Collection[Term], found: list[Result]) -> None:
        for term in values:
            fine = test(term) if test else asks is None or asks(run, term)
            if not fine:
                add(run, found, result_of(source, node, term, _detail(run, detailed, term) if detailed else ()))

    return step


def _of_later(child: Check) -> Step:
    def step(run: Run, _node: Term, values: Collection[Term], _found: list[Result]) -> None:
        run.later += [(child, term) for term in values]

    return step


def _of_child(child: Check) -> Step:
    conforms, explain = child.conforms, child.explain

    def step(run: Run, _node: Term, values: Collection[Term], found: list[Result]) -> None:
        for term in values:
            if not conforms(run, term):
                explain(run, term, found)

    return step


def _of_property(child: Check, conforms: ConformsValues) -> Step:
    """Return the step for a property shape on a predicate, which most nodes do not even have."""
    predicate, is_required, explain = child.predicate, child.is_required, child.explain

    def step(run: Run, node: Term, _values: Collection[Term], found: list[Result]) -> None:
        values = run.look(node).get(predicate)
        if is_required if values is None else not conforms(run, node, values):
            explain(run, node, found)

    return step


def _detail(run: Run, check: Check, node: Term) -> tuple[Result, ...]:
    """Return the results of a node to the shape of ``sh:node``; none where that lies too deep."""
    if is_cut(check):
        return ()
    known = run.details.get((check.index, node))
    if known is None:
        found: list[Result] = []
        room, later = run.room, run.later
        run.later = []  # what lies too deep would come as results of their own
        try:
            check.explain(run, node, found)
        except Pending:
            found = []
        finally:
            run.later = later
        run.room = room - len(found)
        known = run.details[check.index, node] = tuple(found)
    return known
