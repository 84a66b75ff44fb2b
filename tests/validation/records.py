"""Records for tests of validation: the shape cases as records, and both engines."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from catalog_service.model.record import Record, nodes_of
from catalog_service.model.terms import split_line
from catalog_service.namespaces import XSD
from catalog_service.registry import profile
from catalog_service.validation.engines import Validation
from tests.shapes.cases import Case, case_files, good_graph, record_iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalog_service.model.report import Finding
    from catalog_service.model.terms import Term


@cache
def validation(engine: str) -> Validation:
    return Validation(profile(), engine)


def record_of(kind: str, case: Case, number: int = 0) -> tuple[Record, dict[Term, str]]:
    """Return a case's record under an IRI of its own, and the classes of the records it names."""
    base = record_iri(kind)
    own = f"{base}.{number}"
    plain = case.triples.replace(f"^^<{XSD}string>", "")  # as records hold them
    lines = plain.replace(f"<{base}", f"<{own}").splitlines()
    nodes = nodes_of(split_line(line) for line in lines if line.strip())
    mine = {node: properties for node, properties in nodes.items() if node.startswith((f"<{own}>", f"<{own}#", "_:"))}
    classes = {each.class_iri for each in profile().kinds.values()} | {"https://w3id.org/stsp/ns#ServiceProfessional"}
    linked = {
        node: term[1:-1]
        for node, properties in nodes.items()
        if node not in mine
        for values in properties.values()
        for term in values
        if term[1:-1] in classes
    }
    return Record(own, kind, mine), linked


def cases(kind: str) -> Iterator[Case]:
    """Yield the good record and all changed ones."""
    yield Case("good", good_graph(kind).serialize(format="nt"))
    yield from case_files(kind)


@cache
def findings(engine: str, kind: str) -> dict[str, list[Finding]]:
    """Return the findings on every case of a kind."""
    found: dict[str, list[Finding]] = {}
    made = [(case, *record_of(kind, case, number)) for number, case in enumerate(cases(kind))]
    linked = {node: class_iri for _, _, each in made for node, class_iri in each.items()}
    by_iri = validation(engine).check([record for _, record, _ in made], linked)
    for case, record, _ in made:
        found[case.name] = by_iri[record.iri]
    return found


def check(engine: str, records: Iterable[Record], linked: dict[Term, str]) -> list[Finding]:
    """Return all findings on records."""
    found = validation(engine).check(list(records), linked)
    return [finding for each in found.values() for finding in each]
