"""Plan to closures: for each shape one that answers whether a node conforms, and one that says why not.

The first is run on every node and made to be quick; the second only where the first said no. Constraints on one
property are one closure over the list of its values; a node shape walks through the properties that a node has and asks
the closure of each, so that what is absent costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.validation.shacl.checks import CUT, HEAVIEST, Check, Conforms, ConformsValues, is_cut, reference
from catalog_service.validation.shacl.closures import (
    LOGIC,
    LOGIC_OF_TESTS,
    both,
    of_class,
    of_path,
    of_predicate,
    of_test,
    of_values,
    on_itself,
    walk,
)
from catalog_service.validation.shacl.explaining import Part, explain_parts
from catalog_service.validation.shacl.paths import Predicate, compile_path
from catalog_service.validation.shacl.plan import LOGICAL_LISTS, Constraint, Plan, Shape
from catalog_service.validation.shacl.report import Source
from catalog_service.validation.shacl.values import Test, every, value_test
from catalog_service.validation.shacl.wholes import whole

if TYPE_CHECKING:
    from catalog_service.model.terms import Term
    from catalog_service.validation.shacl.paths import Follow


def compile_plan(plan: Plan) -> dict[Term, Check]:
    """Return the check of every shape that takes part."""
    checks: dict[Term, Check] = {}
    for index, term in enumerate(plan.order):
        checks[term] = _ShapeCompiler(plan.shapes[term], index, plan.heights[term], checks).check()
    return checks


class _ShapeCompiler:
    def __init__(self, shape: Shape, index: int, height: int, checks: dict[Term, Check]) -> None:
        self._shape = shape
        self._index = index
        self._height = height
        self._checks = checks
        self._parts = [] if shape.deactivated else [self._part(each) for each in shape.constraints]

    def check(self) -> Check:
        if self._shape.path is not None:
            return self._property_check(compile_path(self._shape.path))
        test = self._pure_test()
        conforms = of_test(test) if test else self._node_conforms()
        return Check(
            self._index,
            self._height,
            conforms,
            explain_parts(self._parts, None),
            test,
            self._weight(),
            is_local=self._is_local(),
        )

    def _part(self, constraint: Constraint) -> Part:
        shape = self._shape
        source = Source(shape.term, shape.path, constraint.component, shape.severity, shape.messages)
        test = value_test(constraint)
        if test:
            return Part(source, test=test)
        found = whole(constraint, self._checks)
        if found:
            return Part(source, whole=found)
        if constraint.component == "Property":
            return Part(source, child=self._checks[constraint.argument])
        if constraint.component == "Class":
            return Part(source, asks=of_class(constraint.argument))
        return self._logical(constraint, source)

    def _logical(self, constraint: Constraint, source: Source) -> Part:
        terms = constraint.members if constraint.component in LOGICAL_LISTS else (constraint.argument,)
        members = [self._checks[term] for term in terms]
        tests = [member.test for member in members if member.test]
        if len(tests) == len(members):
            weight = sum(member.weight for member in members)
            return Part(source, test=LOGIC_OF_TESTS[constraint.component](tuple(tests)), weight=weight)
        detail = members[0] if constraint.component == "Node" else None
        asks = LOGIC[constraint.component](tuple(map(reference, members)))
        return Part(source, asks=asks, detail=detail)

    def _pure_test(self) -> Test | None:
        if self._height >= CUT:  # tests call one another, and deeper ones would need a deep stack
            return None
        tests = [part.test for part in self._parts if part.test]
        if len(tests) < len(self._parts) or self._weight() > HEAVIEST:
            return None
        return every(tests) or _always

    def _weight(self) -> int:
        return sum(part.weight for part in self._parts)

    def _is_local(self) -> bool:
        """Whether no other node than the one asked about is looked at, but for literals' own terms."""
        return all(part.test or part.whole or _is_class(part) or _is_local_child(part) for part in self._parts)

    def _node_conforms(self) -> Conforms:
        table: dict[Term, ConformsValues] = {}
        required: set[Term] = set()
        others: list[Conforms] = []
        for part in self._parts:
            child = part.child
            if child is not None and child.conforms_values is not None and not is_cut(child):
                table[child.predicate] = both(table.get(child.predicate), child.conforms_values)
                if child.is_required:
                    required.add(child.predicate)
            elif child is not None:
                others.append(reference(child))
            elif part.asks:
                others.append(part.asks)
            elif part.whole:
                others.append(on_itself(part.whole.conforms))
        tests = every([part.test for part in self._parts if part.test])
        if tests:
            others.insert(0, of_test(tests))
        return walk(table, frozenset(required), tuple(others))

    def _property_check(self, follow: Follow) -> Check:
        path = self._shape.path
        wholes = [part.whole for part in self._parts if part.whole]
        values_conform = self._values_conform()
        predicate = path.iri if isinstance(path, Predicate) else ""
        if any(each.fails_without for each in wholes):
            without: bool | None = False
        else:
            without = True if all(each.fine_without for each in wholes) else None
        if predicate:
            conforms = of_predicate(predicate, values_conform, without)
        else:
            conforms = of_path(follow, values_conform, without)
        return Check(
            self._index,
            self._height,
            conforms,
            explain_parts(self._parts, follow),
            is_local=bool(predicate) and all(part.test or _stays(part) for part in self._parts),
            predicate=predicate,
            conforms_values=values_conform if predicate and without is not None else None,
            is_required=without is False,
        )

    def _values_conform(self) -> ConformsValues:
        """Return one closure for all constraints of a property shape."""
        test = every([part.test for part in self._parts if part.test])
        asks = tuple(part.asks or reference(part.child) for part in self._parts if part.asks or part.child)  # type: ignore[arg-type]
        most = min((each.number for each in self._active("MaxCount")), default=None)
        least = max((each.number for each in self._active("MinCount")), default=0)
        wholes = tuple(
            part.whole.conforms
            for part in self._parts
            if part.whole and part.source.component not in ("MinCount", "MaxCount")
        )
        return of_values(test, asks, wholes, least, most)

    def _active(self, component: str) -> list[Constraint]:
        if self._shape.deactivated:
            return []
        return [each for each in self._shape.constraints if each.component == component]


def _always(_term: Term) -> bool:
    return True


def _is_class(part: Part) -> bool:
    return part.source.component == "Class"


def _stays(part: Part) -> bool:
    """Whether a constraint of a property shape does not look at properties of the values."""
    return part.whole is not None and part.source.component not in ("QualifiedMinCount", "QualifiedMaxCount", "Closed")


def _is_local_child(part: Part) -> bool:
    return part.child is not None and part.child.is_local
