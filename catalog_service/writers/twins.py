"""Second properties of the same value: written beside the stored one in RDF for others, never stored.

Which they are is data, ``ontology/alignments/twins.ttl``; reading takes them for what they stand for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.model.kind import per_kind
from catalog_service.model.record import Record

if TYPE_CHECKING:
    from catalog_service.model.kind import Kind
    from catalog_service.model.terms import Term
    from catalog_service.writers.base import Outgoing

FORMAT = "twin"
"""The name alignments go by."""


def with_twins(outgoing: Outgoing) -> Record:
    """Return the record with the twins its kind declares."""
    record = outgoing.record
    nodes = {node: dict(properties) for node, properties in record.nodes.items()}
    for owner, path, twins in _twins(outgoing.kind):
        for node in record.objects(*owner) if owner else (record.node,):
            values = record.objects(*path, of=node)
            for twin in twins if values else ():
                own = nodes[node]
                own[twin] = list(dict.fromkeys([*own.get(twin, ()), *values]))
    return Record(record.iri, record.kind, nodes)


@per_kind
def _twins(kind: Kind) -> list[tuple[tuple[Term, ...], tuple[Term, ...], tuple[Term, ...]]]:
    """Return the path to the owner, the path from it to the values and the predicates of the twins, of each field."""
    found = []
    for name, each in kind.walk():
        twins = tuple(f"<{iri}>" for iri in each.alignments.get(FORMAT, ()))
        if twins and not each.private:
            parts = name.split(".")[:-1]
            owners = [kind.field(".".join(parts[: depth + 1])) for depth in range(len(parts))]
            found.append((tuple(step for owner in owners if owner for step in owner.path), each.path, twins))
    return found
