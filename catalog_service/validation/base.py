"""The port of the SHACL engines: both give the same results, so both give the same findings.

Source: W3C Shapes Constraint Language, section 3.6.2 (validation results): https://www.w3.org/TR/shacl/#results
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from catalog_service.model.record import Record
    from catalog_service.model.terms import Term, Triple


@dataclass(frozen=True, slots=True)
class ShapeResult:
    """One ``sh:ValidationResult``; terms in N-Triples syntax, shape, component and severity plain IRIs."""

    focus_node: Term
    path: tuple[Term, ...]
    """Predicates of a simple or sequence path, empty for a node shape."""
    value: Term
    """The value node, empty if the result has none."""
    component: str
    severity: str
    source_shape: str
    messages: Mapping[str, str] = field(default_factory=dict)
    details: tuple[ShapeResult, ...] = ()


def different(results: Iterable[ShapeResult]) -> list[ShapeResult]:
    """Return results without those that say the same again, as ``sh:lessThan`` does for every pair of values."""
    found: dict[tuple[object, ...], ShapeResult] = {}
    for each in results:
        told = id(each) if each.details else 0  # one shape may have several sh:node, each with details of its own
        key = (each.focus_node, each.value, each.component, each.source_shape, each.severity, each.path, told)
        found.setdefault(key, each)
    return list(found.values())


class ShapeEngine(Protocol):
    """What checks records against the profile's shapes."""

    name: str
    warnings: tuple[str, ...]
    """What was noticed in the shapes graph and has no effect."""
    fallback: tuple[str, ...]
    """The shapes that are not compiled and run by pySHACL instead, which is far slower; empty if that is the engine."""

    def check(self, records: Sequence[Record], context: Iterable[Triple]) -> list[ShapeResult]:
        """Return the results on the records' own nodes; ``context`` holds list triples and types of linked records."""
