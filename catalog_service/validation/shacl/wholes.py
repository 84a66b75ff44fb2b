"""Constraints on all value nodes of a focus node together, and on the node itself.

Clauses: SHACL 4.2 (counts), 4.4.5 (uniqueLang), 4.5 (pairs), 4.7.3 (qualified shapes), 4.8.1 (closed), 4.8.2 (value).
Each is a pair: a quick answer, and the values to report once the answer is no.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

from catalog_service.model.terms import Term, language
from catalog_service.validation.shacl.checks import Check, Conforms, ConformsValues, Offenders, reference
from catalog_service.validation.shacl.pairs import all_less, not_less

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from catalog_service.validation.shacl.plan import Constraint
    from catalog_service.validation.shacl.run import Run


@dataclass(frozen=True, slots=True)
class Whole:
    """A compiled constraint on a set of value nodes."""

    conforms: ConformsValues
    offenders: Offenders
    fails_without: bool = False
    """Whether no value at all is a violation, whatever else the node has."""
    fine_without: bool = True
    """Whether no value at all is never a violation."""


def whole(constraint: Constraint, checks: dict[Term, Check]) -> Whole | None:
    """Return the compiled form of a constraint on all values; None if it is none."""
    make = _WHOLES.get(constraint.component)
    return make(constraint, checks) if make else None


def _nothing(_run: Run, _focus: Term, _values: Collection[Term]) -> Iterable[tuple[Term, Term]]:
    return (("", ""),)


def _min_count(constraint: Constraint, _checks: dict[Term, Check]) -> Whole:
    least = constraint.number
    return Whole(lambda _run, _focus, values: len(values) >= least, _nothing, least > 0, least <= 0)


def _max_count(constraint: Constraint, _checks: dict[Term, Check]) -> Whole:
    most = constraint.number
    return Whole(lambda _run, _focus, values: len(values) <= most, _nothing)


def _has_value(constraint: Constraint, _checks: dict[Term, Check]) -> Whole:
    wanted = constraint.argument
    return Whole(lambda _run, _focus, values: wanted in values, _nothing, fails_without=True, fine_without=False)


def _unique_lang(_constraint: Constraint, _checks: dict[Term, Check]) -> Whole:
    def conforms(_run: Run, _focus: Term, values: Collection[Term]) -> bool:
        if len(values) < 2:
            return True
        tags = [tag.lower() for tag in map(language, values) if tag]
        return len(set(tags)) == len(tags)

    def offenders(_run: Run, _focus: Term, values: Collection[Term]) -> Iterator[tuple[Term, Term]]:
        tags = [tag.lower() for tag in map(language, values) if tag]
        seen: dict[str, int] = {}
        for tag in tags:
            seen[tag] = seen.get(tag, 0) + 1
        return (("", "") for count in seen.values() if count > 1)

    return Whole(conforms, offenders)


def _equals(constraint: Constraint, _checks: dict[Term, Check]) -> Whole:
    predicate = constraint.argument

    def conforms(run: Run, focus: Term, values: Collection[Term]) -> bool:
        return set(values) == set(run.look(focus).get(predicate, ()))

    def offenders(run: Run, focus: Term, values: Collection[Term]) -> Iterator[tuple[Term, Term]]:
        others = dict.fromkeys(run.look(focus).get(predicate, ()))
        own = dict.fromkeys(values)
        yield from ((term, "") for term in own if term not in others)
        yield from ((term, "") for term in others if term not in own)

    return Whole(conforms, offenders, fine_without=False)


def _disjoint(constraint: Constraint, _checks: dict[Term, Check]) -> Whole:
    predicate = constraint.argument

    def conforms(run: Run, focus: Term, values: Collection[Term]) -> bool:
        others = run.look(focus).get(predicate)
        return not others or set(values).isdisjoint(others)

    def offenders(run: Run, focus: Term, values: Collection[Term]) -> Iterator[tuple[Term, Term]]:
        others = set(run.look(focus).get(predicate, ()))
        return ((term, "") for term in values if term in others)

    return Whole(conforms, offenders)


def _less_than(*, or_equal: bool) -> Callable[[Constraint, dict[Term, Check]], Whole]:
    def make(constraint: Constraint, _checks: dict[Term, Check]) -> Whole:
        predicate = constraint.argument

        def conforms(run: Run, focus: Term, values: Collection[Term]) -> bool:
            others = run.look(focus).get(predicate)
            return not others or all_less(values, others, or_equal=or_equal)

        def offenders(run: Run, focus: Term, values: Collection[Term]) -> Iterator[tuple[Term, Term]]:
            others = run.look(focus).get(predicate, ())
            for term, count in not_less(values, others, or_equal=or_equal):
                # one result a pair (W3C test lessThan-002), unless one a value was asked for
                yield from repeat((term, ""), count if run.each_pair else min(count, 1))

        return Whole(conforms, offenders)

    return make


def _qualified(*, at_least: bool) -> Callable[[Constraint, dict[Term, Check]], Whole]:
    def make(constraint: Constraint, checks: dict[Term, Check]) -> Whole:
        wanted = reference(checks[constraint.argument])
        unwanted = tuple(reference(checks[sibling]) for sibling in constraint.siblings)
        counts = _counting(wanted, unwanted)
        number = constraint.number
        if at_least:
            return Whole(lambda run, _focus, values: counts(run, values) >= number, _nothing, number > 0, number <= 0)
        return Whole(lambda run, _focus, values: counts(run, values) <= number, _nothing)

    return make


def _counting(wanted: Conforms, unwanted: tuple[Conforms, ...]) -> Callable[[Run, Collection[Term]], int]:
    def counts(run: Run, values: Collection[Term]) -> int:
        count = 0
        for term in values:
            if wanted(run, term) and not any(sibling(run, term) for sibling in unwanted):
                count += 1
        return count

    return counts


def _closed(constraint: Constraint, _checks: dict[Term, Check]) -> Whole:
    allowed = frozenset(constraint.members)

    def conforms(run: Run, _focus: Term, values: Collection[Term]) -> bool:
        return all(run.look(term).keys() <= allowed for term in values)

    def offenders(run: Run, _focus: Term, values: Collection[Term]) -> Iterator[tuple[Term, Term]]:
        for term in values:
            for predicate, objects in run.look(term).items():
                if predicate not in allowed:
                    yield from ((each, predicate) for each in objects)

    return Whole(conforms, offenders)


_WHOLES: dict[str, Callable[[Constraint, dict[Term, Check]], Whole]] = {
    "MinCount": _min_count,
    "MaxCount": _max_count,
    "HasValue": _has_value,
    "UniqueLang": _unique_lang,
    "Equals": _equals,
    "Disjoint": _disjoint,
    "LessThan": _less_than(or_equal=False),
    "LessThanOrEquals": _less_than(or_equal=True),
    "QualifiedMinCount": _qualified(at_least=True),
    "QualifiedMaxCount": _qualified(at_least=False),
    "Closed": _closed,
}
