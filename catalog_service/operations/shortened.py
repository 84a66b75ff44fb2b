"""Records that come from a table with less than the stored ones have: a row holds the first inner node of each sort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.i18n import both
from catalog_service.model.derive import beyond_table
from catalog_service.model.record import parse_canonical
from catalog_service.model.report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog_service.model.kind import Kind
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.spool import Candidate
    from catalog_service.store.rows import Content


def tell_shortened(
    catalogue: Catalogue, candidates: Iterable[Candidate], findings: Mapping[int, list[Finding]]
) -> None:
    """Add a warning to the findings of each candidate whose row leaves out values that the stored record has."""
    in_tables = [each for each in candidates if each.place.row]
    stored = catalogue.store.contents([each.identifier for each in in_tables]) if in_tables else {}
    for each in in_tables:
        if each.identifier in stored:
            kind = catalogue.profile.kinds[each.record.kind]
            findings[each.number].extend(_lost(each, kind, stored[each.identifier]))


def _lost(candidate: Candidate, kind: Kind, content: Content) -> list[Finding]:
    before = beyond_table(parse_canonical(content.canonical, content.iri, kind.name), kind)
    now = beyond_table(candidate.record, kind)
    found = []
    for name, count in before.items():
        lost = count - now.get(name, 0)
        field = kind.field(name)
        if lost <= 0 or field is None:
            continue
        said = {"label": dict(field.labels), "count": lost, "version": content.version}
        message = both(
            "{label}: {count} that version {version} has are not in the table; this load leaves them out.",
            domain="findings",
            **said,
        )
        advice = both(
            "To keep them, change this record as JSON-LD or Turtle: `kebao show` gives it.", domain="findings"
        )
        found.append(
            Finding(
                "not-in-table",
                message,
                advice,
                severity="warning",
                record=candidate.identifier,
                path=name,
                label=dict(field.labels),
                value=str(lost),
                constraint="table",
                place=candidate.place,
            )
        )
    return found
