"""SHACL by pySHACL: the reference, and what runs when the compiled validator is switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog_service.namespaces import SH
from catalog_service.validation.base import ShapeResult
from catalog_service.validation.shacl.graph import from_rdflib

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from catalog_service.model.record import Record
    from catalog_service.model.terms import Term, Triple


class PyShaclEngine:
    """The profile's shapes as an rdflib graph, parsed once."""

    name = "pyshacl"
    warnings: tuple[str, ...] = ()
    fallback: tuple[str, ...] = ()

    def __init__(self, shapes: bytes) -> None:
        """``shapes`` is the shapes graph in Turtle."""
        from rdflib import Graph

        self._shapes = Graph().parse(data=shapes, format="turtle")

    def check(self, records: Sequence[Record], context: Iterable[Triple]) -> list[ShapeResult]:
        """Return the results on the records' own nodes."""
        import rdflib
        from pyshacl import validate

        own = {node for record in records for node in record.nodes}
        lines = {f"{s} {p} {o} ." for record in records for s, p, o in record.triples()}
        lines |= {f"{s} {p} {o} ." for s, p, o in context}
        normalising, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
        try:
            data = rdflib.Graph().parse(data="\n".join(lines), format="nt")
            _, report, _ = validate(data, shacl_graph=self._shapes, advanced=False, js=False, inference="none")
        finally:
            rdflib.NORMALIZE_LITERALS = normalising
        return [result for result in _results(report) if result.focus_node in own]


def _results(report: Any) -> list[ShapeResult]:
    from rdflib import Namespace

    sh = Namespace(SH)
    return [_result(report, node) for node in report.objects(None, sh.result)]


def _result(report: Any, node: Any) -> ShapeResult:
    from rdflib import Namespace

    sh = Namespace(SH)
    value = report.value(node, sh.value)
    return ShapeResult(
        focus_node=report.value(node, sh.focusNode).n3(),
        path=_path(report, report.value(node, sh.resultPath)),
        value="" if value is None else from_rdflib(value),
        component=str(report.value(node, sh.sourceConstraintComponent)),
        severity=str(report.value(node, sh.resultSeverity)),
        source_shape=str(report.value(node, sh.sourceShape)),
        messages={message.language or "": str(message) for message in report.objects(node, sh.resultMessage)},
        details=tuple(_result(report, detail) for detail in report.objects(node, sh.detail)),
    )


def _path(report: Any, path: Any) -> tuple[Term, ...]:
    from rdflib import BNode
    from rdflib.collection import Collection

    if path is None:
        return ()
    if isinstance(path, BNode):
        return tuple(step.n3() for step in Collection(report, path))
    return (path.n3(),)
