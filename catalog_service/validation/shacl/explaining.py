"""The closures that say what is wrong with a node; run only where the quick answer was no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_service.validation.shacl.checks import Check, Conforms, Explain, add, is_cut, result_of
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


def explain_parts(parts: list[Part], follow: Follow | None) -> Explain:
    """Return what adds a result for everything that is wrong with a node."""

    def explain(run: Run, node: Term, found: list[Result]) -> None:
        values = (node,) if follow is None else follow(run, (node,))
        for part in parts:
            if part.whole is not None:
                _explain_whole(run, part.source, part.whole, node, values, found)
            elif part.child is not None:
                _explain_child(run, part.child, values, found)
            else:
                for term in values:
                    fine = part.test(term) if part.test else part.asks is None or part.asks(run, term)
                    if not fine:
                        detail = _detail(run, part.detail, term) if part.detail else ()
                        add(run, found, result_of(part.source, node, term, detail))

    return explain


def _explain_whole(
    run: Run, source: Source, constraint: Whole, node: Term, values: Collection[Term], found: list[Result]
) -> None:
    if constraint.conforms(run, node, values):
        return
    for term, predicate in constraint.offenders(run, node, values):
        path = Predicate(predicate) if predicate else source.path
        add(run, found, Result(node, term, source, path))


def _explain_child(run: Run, child: Check, values: Collection[Term], found: list[Result]) -> None:
    for term in values:
        if is_cut(child):
            run.later.append((child, term))
        elif not child.conforms(run, term):
            child.explain(run, term, found)


def _detail(run: Run, check: Check, node: Term) -> tuple[Result, ...]:
    """Return the results of a node to the shape of ``sh:node``; none where that lies too deep."""
    if is_cut(check):
        return ()
    known = run.details.get((check.index, node))
    if known is None:
        found: list[Result] = []
        room = run.room
        try:
            check.explain(run, node, found)
        except Pending:
            found = []
        run.room = room - len(found)
        known = run.details[check.index, node] = tuple(found)
    return known
