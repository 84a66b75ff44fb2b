"""What the closures of a shape look like from outside, and how results are collected."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_service.model.terms import Term
from catalog_service.validation.shacl.report import Result, Source
from catalog_service.validation.shacl.run import Enough, Pending, Run

if TYPE_CHECKING:
    from catalog_service.validation.shacl.values import Test

Conforms = Callable[[Run, Term], bool]
"""Does a node conform?"""
ConformsValues = Callable[[Run, Term, Collection[Term]], bool]
"""Do the value nodes of a focus node conform?"""
Explain = Callable[[Run, Term, list[Result]], None]
"""Add the results of a node."""
Offenders = Callable[[Run, Term, Collection[Term]], Iterable[tuple[Term, Term]]]
"""The values to report, each with the predicate to report if it is not the shape's path."""


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """A shape, compiled. It never changes, and is told from others by identity."""

    index: int
    height: int
    conforms: Conforms
    explain: Explain
    test: Test | None = None
    """The whole shape as a test of one term, if it needs nothing else."""
    weight: int = 0
    """How many tests that is in all: a shape listed twice is asked twice."""
    is_local: bool = False
    """Whether the answer depends on the node's own properties and the class hierarchy only."""
    predicate: Term = ""
    """For a property shape with a predicate as its path: that predicate, …"""
    conforms_values: ConformsValues | None = None
    """… what checks its values if there are any, …"""
    is_required: bool = False
    """… and whether it is violated if there are none."""


def add(run: Run, found: list[Result], result: Result) -> None:
    """Add a result, or stop the validation at the limit."""
    if run.room <= 0:
        raise Enough
    run.room -= 1
    found.append(result)


def result_of(source: Source, focus: Term, value: Term = "", detail: tuple[Result, ...] = ()) -> Result:
    """Return a result with the shape's own path."""
    return Result(focus, value, source, source.path, detail)


CUT = 40
"""Levels of shapes after which Python's stack is left and the next shape is settled first."""

HEAVIEST = 1000
"""Tests in a test; what has more is asked as a shape, whose answers are remembered."""


def is_cut(check: Check) -> bool:
    """Tell whether a shape is settled before the one that refers to it."""
    return check.height > 0 and check.height % CUT == 0


def reference(check: Check) -> Conforms:
    """Return what asks another shape about a node.

    Answers are remembered, or a few values that refer to the same few would multiply level by level, and a node with
    many values be walked through for each that refers to it. Of nodes that are in the context only, answers that depend
    on the node alone are remembered for as long as the context lives.
    """
    if check.test is not None:
        test = check.test
        return lambda _run, node: test(node)
    if is_cut(check):
        return _settled(check)
    if check.is_local:
        return _shared(check)
    index, conforms = check.index, check.conforms

    def ask(run: Run, node: Term) -> bool:
        memo = run.memos[index]
        known = memo.get(node)
        if known is None:
            memo[node] = known = conforms(run, node)
        return known

    return ask


def _shared(check: Check) -> Conforms:
    index, conforms = check.index, check.conforms

    def ask(run: Run, node: Term) -> bool:
        memo = run.shared[index] if run.is_apart and node in run.context.lasting else run.memos[index]
        known = memo.get(node)
        if known is None:
            memo[node] = known = conforms(run, node)
        return known

    return ask


def _settled(check: Check) -> Conforms:
    index = check.index

    def ask(run: Run, node: Term) -> bool:
        known = run.memos[index].get(node)
        if known is None:
            raise Pending(check, node)
        return known

    return ask


def settle(run: Run, check: Check, node: Term) -> bool:
    """Return whether a node conforms, settling first what lies deeper than `CUT` levels."""
    waiting = [(check, node)]
    answer = False
    while waiting:
        current, subject = waiting[-1]
        try:
            answer = current.conforms(run, subject)
        except Pending as pending:
            waiting.append((pending.check, pending.node))
        else:
            run.memos[current.index][subject] = answer
            waiting.pop()
    return answer


def explain_deep(run: Run, check: Check, node: Term, found: list[Result]) -> None:
    """Add the results of a node to a shape that may refer deeper than `CUT` levels."""
    waiting = [(check, node)]
    while waiting:
        current, subject = waiting.pop()
        own: list[Result] = []
        room = run.room
        while True:
            try:
                current.explain(run, subject, own)
                break
            except Pending as pending:
                settle(run, pending.check, pending.node)
                own, run.room = [], room
                run.later.clear()
            except Enough:
                found += own
                raise
        found += own
        waiting += run.later
        run.later.clear()
