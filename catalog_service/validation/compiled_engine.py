"""SHACL by our compiled validator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.namespaces import CODE_LISTS, SH
from catalog_service.validation.base import ShapeResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from catalog_service.model.record import Record
    from catalog_service.model.terms import Triple
    from catalog_service.validation.shacl import Context, Result


class CompiledEngine:
    """The profile's shapes compiled once; records are checked as they are, without a copy."""

    name = "compiled"

    def __init__(self, shapes: bytes) -> None:
        """``shapes`` is the shapes graph in Turtle."""
        import pyoxigraph as ox

        from catalog_service.validation.shacl import compile_shapes

        triples = (terms.split_line(str(quad)) for quad in ox.parse(shapes, format=ox.RdfFormat.TURTLE))
        self._validator = compile_shapes(triples)
        self.warnings = self._validator.warnings
        self.fallback = tuple(map(terms.value, self._validator.plan.fallback))
        self._known: set[Triple] = set()
        self._lists = self._validator.prepare(())

    def check(self, records: Sequence[Record], context: Iterable[Triple]) -> list[ShapeResult]:
        """Return the results on the records' own nodes."""
        own = {node for record in records for node in record.nodes}
        prepared = self._prepared(context)
        report = self._validator.validate(records, prepared, own_classes=False, limit=_MOST_RESULTS, each_pair=False)
        if report.truncated:
            return [result for each in self._alone(records, prepared) for result in each if result.focus_node in own]
        return [_result(result) for result in report.results if result.focus_node in own]

    def _alone(self, records: Sequence[Record], context: Context) -> Iterator[list[ShapeResult]]:
        """Yield the results of each record checked by itself, so that one with very many hides those of no other."""
        from catalog_service.validation.shacl.names import SUBCLASS

        beside = [
            (subject, predicate, term)
            for record in records
            for subject, properties in record.nodes.items()
            for predicate, objects in properties.items()
            if predicate != SUBCLASS
            for term in objects
        ]
        context = self._validator.prepare(beside, onto=context)
        for record in records:
            report = self._validator.validate(record, context, own_classes=False, limit=_MOST_RESULTS, each_pair=False)
            found = list(map(_result, report.results))
            yield [*found, _unchecked(record)] if report.truncated else found

    def _prepared(self, context: Iterable[Triple]) -> Context:
        """Return the context indexed: codes are kept, since they come again and again; linked records may change."""
        concepts, linked = set(), []
        for triple in context:
            if triple[0].startswith(_CONCEPT):
                concepts.add(triple)
            else:
                linked.append(triple)
        if not concepts <= self._known:
            self._known |= concepts
            self._lists = self._validator.prepare(list(self._known))
        return self._validator.prepare(linked, onto=self._lists) if linked else self._lists


_CONCEPT = "<" + CODE_LISTS
_MOST_RESULTS = 100_000
"""Results of one batch; where there are more, its records are checked one by one."""


def _unchecked(record: Record) -> ShapeResult:
    """Return the result of a record with so many that what is wrong besides is not known: it must not pass as good."""
    return ShapeResult(record.node, (), "", f"{SH}UncheckedConstraintComponent", f"{SH}Violation", "")


def _result(result: Result) -> ShapeResult:
    return ShapeResult(
        focus_node=result.focus_node,
        path=result.predicates,
        value=result.value or "",
        component=terms.value(result.component),
        severity=terms.value(result.severity),
        source_shape=terms.value(result.source_shape),
        messages=result.messages,
        details=tuple(_result(detail) for detail in result.detail),
    )
