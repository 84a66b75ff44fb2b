"""SHACL by our compiled validator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.validation.base import ShapeResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
        self._known: set[Triple] = set()
        self._context = self._validator.prepare(())

    def check(self, records: Sequence[Record], context: Iterable[Triple]) -> list[ShapeResult]:
        """Return the results on the records' own nodes."""
        own = {node for record in records for node in record.nodes}
        report = self._validator.validate(records, self._prepared(set(context)), own_classes=False)
        return [_result(result) for result in report.results if result.focus_node in own]

    def _prepared(self, context: set[Triple]) -> Context:
        """Return the context indexed; what was said once is kept, since the same codes come again and again."""
        if not context <= self._known:
            self._known = context if len(self._known) > _MOST_KNOWN else self._known | context
            self._context = self._validator.prepare(list(self._known))
        return self._context


_MOST_KNOWN = 200_000
"""Triples of context kept; past that they are gathered anew."""


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
