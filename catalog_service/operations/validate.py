"""Validate: check what was given without storing it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from catalog_service.errors import InputError
from catalog_service.i18n import both
from catalog_service.model import terms
from catalog_service.model.record import parse_canonical
from catalog_service.model.report import Finding
from catalog_service.namespaces import SH
from catalog_service.operations.alone import check_alone
from catalog_service.operations.load import load
from catalog_service.operations.outgoing import as_if_published
from catalog_service.operations.publish import check_stored
from catalog_service.operations.references import Resolver
from catalog_service.registry import Profile
from catalog_service.validation.engines import Validation
from catalog_service.validation.shacl.errors import ShaclError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pyoxigraph as ox

    from catalog_service.model.record import Record
    from catalog_service.model.terms import Term
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.load import Source
    from catalog_service.store.rows import RecordRow

_PAGE = 250
_MOST_FINDINGS = 20_000
"""Findings that are listed; what fails beyond is counted."""


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
    result = check_alone(catalogue, sources, kind)
    if result is None:
        result = load(catalogue, sources, actor="validate", kind=kind, dry=True, progress=progress)
    wanted = catalogue.validation.at_level(result.findings, level)
    titles = {taken.identifier: taken.title for taken in result.taken}
    return Checked(result.counts["read"], tuple(wanted), titles)


@dataclass(frozen=True, slots=True)
class CheckedStored(Checked):
    """The errors of published records; of another profile only those of records that pass the one in force."""

    failing: int = 0
    failing_before: int = 0
    """Records that fail the profile in force as well, and are not listed for another one."""


def other_profile(place: Path) -> Profile:
    """Return the profile of a folder of shapes, or of one that holds ``shapes``, ``vocab`` and ``ontology``."""
    parts = {name: place / name for name in ("shapes", "vocab", "ontology") if (place / name).is_dir()}
    if "shapes" not in parts:
        parts["shapes"] = place
    return Profile.load(**parts)


def check_stored_records(
    catalogue: Catalogue,
    *,
    kind: str = "",
    profile: Profile | None = None,
    progress: Callable[[str, int], None] | None = None,
) -> CheckedStored:
    """Check everything published, or everything of a kind; with another profile, tell what that would newly refuse."""
    if kind:
        catalogue.kind(kind)
    checking = profile or catalogue.profile
    validation = _validation_of(catalogue, profile) if profile else catalogue.validation
    resolver = Resolver(catalogue.store, checking.kinds)
    findings = _about_shapes(validation) if profile else []
    titles: dict[str, str] = {}
    checked = failing = before = 0
    for rows in _published(catalogue, kind):
        with _shapes_usable():
            found = _errors_of(catalogue, rows, validation, resolver, checking)
        old = profile and check_stored(
            catalogue, {row.identifier: _record(catalogue, row) for row in rows if row.identifier in found}
        )
        for identifier, errors in found.items():
            if old and old[identifier]:
                before += 1
                continue
            failing += 1
            findings += errors if len(findings) < _MOST_FINDINGS else ()
        titles |= {row.identifier: row.title for row in rows if row.identifier in found}
        checked += len(rows)
        if progress:
            progress("checked", len(rows))
            progress("refused", len(found))
    return CheckedStored(checked, tuple(findings), titles, failing, before)


def _validation_of(catalogue: Catalogue, profile: Profile) -> Validation:
    """Return what checks by another profile; raises `InputError` when its shapes cannot be compiled."""
    with _shapes_usable():
        return Validation(profile, catalogue.settings.text("validation.engine"))


@contextmanager
def _shapes_usable() -> Iterator[None]:
    """Tell as `InputError` what shapes cannot be compiled, or what query of theirs cannot be run."""
    try:
        yield
    except ShaclError as error:
        raise InputError(
            "These shapes cannot be used: {reason}.", advice="Mend them first.", reason=str(error).rstrip(".")
        ) from error


def _about_shapes(validation: Validation) -> list[Finding]:
    """Return what was noticed in shapes: what has no effect, and what is not compiled."""
    said = [both("The shapes: {warning}.", domain="findings", warning=each.rstrip(".")) for each in validation.warnings]
    said += [
        both("The shape {shape} is run by pySHACL, which takes far longer.", domain="findings", shape=each)
        for each in validation.fallback
    ]
    return [Finding("shapes", message, severity="warning", constraint="shapes") for message in said]


def _published(catalogue: Catalogue, kind: str) -> Iterator[list[RecordRow]]:
    after = ""
    while rows := catalogue.store.listing_records(kind=kind, live=True, after=after, limit=_PAGE):
        after = rows[-1].identifier
        yield rows


def _record(catalogue: Catalogue, row: RecordRow) -> Record:
    """Return a record as it was published, with what the public does not see."""
    version = catalogue.store.version(row.identifier, row.published_version or row.working_version)
    return parse_canonical(version.canonical if version else b"", row.iri, row.kind)


def _errors_of(
    catalogue: Catalogue, rows: Sequence[RecordRow], validation: Validation, resolver: Resolver, profile: Profile
) -> dict[str, list[Finding]]:
    """Return the errors of records that have some, by identifier."""
    records = {row.identifier: _record(catalogue, row) for row in rows if row.kind in profile.kinds}
    linked = resolver.classes(records.values())
    resolver.forget()
    by_iri = validation.check(as_if_published(records.values()), linked)
    found = {
        identifier: [replace(each, record=identifier) for each in by_iri[record.iri] if each.severity == "error"]
        for identifier, record in records.items()
    }
    found |= {row.identifier: [_no_kind(row)] for row in rows if row.kind not in profile.kinds}
    return {identifier: errors for identifier, errors in found.items() if errors}


def _no_kind(row: RecordRow) -> Finding:
    message = both("There is no kind {kind} in the profile.", domain="findings", kind=row.kind)
    return Finding(
        "no-kind", message, record=row.identifier, value=row.kind, constraint="kind", focus_node=f"<{row.iri}>"
    )


def as_turtle(checked: Checked) -> str:
    """Return a SHACL validation report in Turtle (W3C SHACL, section 3.6).

    A ``sh:ValidationResult`` is what a shape found. What is wrong by no shape (a file that cannot be read, a rule of
    the catalogue) is a plain ``sh:AbstractResult`` and no ``sh:result``, as it has no constraint component.
    """
    import pyoxigraph as ox

    from catalog_service.namespaces import DCT, PREFIXES, RDF, XSD

    report = ox.BlankNode()
    triples = [ox.Triple(report, ox.NamedNode(f"{RDF}type"), ox.NamedNode(f"{SH}ValidationReport"))]
    conforms = checked.conforms
    for finding in checked.findings:
        is_result = bool(finding.focus_node) and finding.constraint.startswith("http")
        conforms = conforms and not is_result  # of whatever severity (section 3.6.1.1)
        node = ox.BlankNode()
        triples.append(ox.Triple(report, ox.NamedNode(f"{SH}result" if is_result else f"{DCT}hasPart"), node))
        triples += _as_triples(node, finding, "ValidationResult" if is_result else "AbstractResult")
    value = ox.Literal(str(conforms).lower(), datatype=ox.NamedNode(f"{XSD}boolean"))
    triples.append(ox.Triple(report, ox.NamedNode(f"{SH}conforms"), value))
    prefixes = {"sh": SH, "xsd": XSD, "dct": PREFIXES["dct"]}
    return (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b"").decode()


_SEVERITIES = {"error": "Violation", "warning": "Warning", "info": "Info"}


def _as_triples(node: ox.BlankNode, finding: Finding, kind: str) -> Iterator[ox.Triple]:
    """Yield what a report says of one finding."""
    import pyoxigraph as ox

    from catalog_service.namespaces import RDF

    def said(name: str, value: ox.NamedNode | ox.BlankNode | ox.Literal) -> ox.Triple:
        return ox.Triple(node, ox.NamedNode(SH + name), value)

    yield ox.Triple(node, ox.NamedNode(f"{RDF}type"), ox.NamedNode(SH + kind))
    yield said("resultSeverity", ox.NamedNode(SH + _SEVERITIES[finding.severity]))
    if finding.focus_node:
        yield said("focusNode", _term(finding.focus_node))
    if finding.constraint.startswith("http"):
        yield said("sourceConstraintComponent", ox.NamedNode(finding.constraint))
    if finding.source_shape.startswith("http"):
        yield said("sourceShape", ox.NamedNode(finding.source_shape))
    if finding.value_term or finding.value:
        yield said("value", _term(finding.value_term) if finding.value_term else ox.Literal(finding.value))
    if len(finding.predicates) == 1:
        yield said("resultPath", _term(finding.predicates[0]))
    elif finding.predicates:
        steps = [ox.BlankNode() for _ in finding.predicates]
        rests: list[ox.BlankNode | ox.NamedNode] = [*steps[1:], ox.NamedNode(f"{RDF}nil")]
        yield said("resultPath", steps[0])
        for step, predicate, rest in zip(steps, finding.predicates, rests, strict=True):
            yield ox.Triple(step, ox.NamedNode(f"{RDF}first"), _term(predicate))
            yield ox.Triple(step, ox.NamedNode(f"{RDF}rest"), rest)
    for lang, text in finding.message.items():
        yield said("resultMessage", ox.Literal(text, language=lang))


def _term(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """Return an N-Triples term as pyoxigraph has it."""
    import pyoxigraph as ox

    if term[0] == "<":
        return ox.NamedNode(terms.value(term))
    if term[0] == "_":
        return ox.BlankNode(terms.value(term))
    if tag := terms.language(term):
        return ox.Literal(terms.value(term), language=tag)
    return ox.Literal(terms.value(term), datatype=ox.NamedNode(terms.datatype(term)))
