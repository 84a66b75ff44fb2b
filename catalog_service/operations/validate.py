"""Validate: check what was given without storing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_service.namespaces import SH
from catalog_service.operations.load import load

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from catalog_service.model.report import Finding
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.load import Source


@dataclass(frozen=True, slots=True)
class Group:
    """The findings on one record."""

    record: str
    title: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """The findings on everything that was given."""

    records: int
    findings: tuple[Finding, ...]
    titles: dict[str, str]

    @property
    def conforms(self) -> bool:
        """Whether there is no error."""
        return all(finding.severity != "error" for finding in self.findings)

    def by_record(self) -> list[Group]:
        """Return the findings by record, those with most errors first."""
        groups: dict[str, list[Finding]] = {}
        for finding in self.findings:
            groups.setdefault(finding.record, []).append(finding)
        ranked = sorted(groups.items(), key=lambda item: -sum(each.severity == "error" for each in item[1]))
        return [Group(record, self.titles.get(record, ""), tuple(found)) for record, found in ranked]


def check_sources(
    catalogue: Catalogue,
    sources: Sequence[Source],
    *,
    kind: str = "",
    level: str = "recommended",
    progress: Callable[[str, int], None] | None = None,
) -> Checked:
    """Check the records of files as a load would, and store nothing."""
    result = load(catalogue, sources, actor="validate", kind=kind, dry=True, progress=progress)
    wanted = catalogue.validation.at_level(result.findings, level)
    titles = {taken.identifier: taken.title for taken in result.taken}
    return Checked(result.counts["read"], tuple(wanted), titles)


def as_turtle(checked: Checked) -> str:
    """Return a SHACL validation report in Turtle (W3C SHACL, section 3.6)."""
    import pyoxigraph as ox

    from catalog_service.namespaces import PREFIXES, RDF, XSD

    triples: list[ox.Triple] = []
    report = ox.BlankNode()

    def node(name: str) -> ox.NamedNode:
        return ox.NamedNode(SH + name)

    def state(subject: ox.BlankNode, predicate: str, value: ox.NamedNode | ox.BlankNode | ox.Literal) -> None:
        triples.append(ox.Triple(subject, node(predicate), value))

    triples.append(ox.Triple(report, ox.NamedNode(f"{RDF}type"), node("ValidationReport")))
    conforms = "true" if checked.conforms else "false"
    state(report, "conforms", ox.Literal(conforms, datatype=ox.NamedNode(f"{XSD}boolean")))
    for finding in checked.findings:
        result = ox.BlankNode()
        state(report, "result", result)
        triples.append(ox.Triple(result, ox.NamedNode(f"{RDF}type"), node("ValidationResult")))
        state(
            result,
            "resultSeverity",
            node({"error": "Violation", "warning": "Warning", "info": "Info"}[finding.severity]),
        )
        if finding.focus_node.startswith("<"):
            state(result, "focusNode", ox.NamedNode(finding.focus_node[1:-1]))
        if finding.constraint.startswith("http"):
            state(result, "sourceConstraintComponent", ox.NamedNode(finding.constraint))
        if finding.source_shape.startswith("http"):
            state(result, "sourceShape", ox.NamedNode(finding.source_shape))
        if finding.value:
            state(result, "value", ox.Literal(finding.value))
        for lang, text in finding.message.items():
            state(result, "resultMessage", ox.Literal(text, language=lang))
    turtle = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes={"sh": SH, "xsd": PREFIXES["xsd"]})
    return (turtle or b"").decode()
