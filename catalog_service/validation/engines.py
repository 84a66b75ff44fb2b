"""Validation behind one port: shapes by the engine the settings name, then the catalogue's own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.namespaces import CODE_LISTS, TYPE
from catalog_service.validation.base import different
from catalog_service.validation.catalogue import check_rules
from catalog_service.validation.messages import FindingMaker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from catalog_service.model.record import Record
    from catalog_service.model.report import Finding
    from catalog_service.model.terms import Term, Triple
    from catalog_service.registry import Profile
    from catalog_service.validation.base import ShapeEngine, ShapeResult

ENGINES = {
    "compiled": "catalog_service.validation.compiled_engine:CompiledEngine",
    "pyshacl": "catalog_service.validation.pyshacl_engine:PyShaclEngine",
}
LEVELS = ("harvestable", "conformant", "recommended")
"""How good a record is, the least first (profile 3.9)."""


def open_shape_engine(name: str, shapes: bytes) -> ShapeEngine:
    """Return an engine for a shapes graph in Turtle."""
    from importlib import import_module

    module, _, attribute = ENGINES[name].partition(":")
    engine: ShapeEngine = getattr(import_module(module), attribute)(shapes)
    return engine


class Validation:
    """Checks records of every kind of a profile."""

    def __init__(self, profile: Profile, engine: str) -> None:
        self._profile = profile
        self._engine = open_shape_engine(engine, profile.shapes)
        self._maker = FindingMaker(profile.kinds, profile.vocabularies)
        self._also = {kind.class_iri: kind.also for kind in profile.kinds.values()}
        self._levels = {each.shape: each.level for kind in profile.kinds.values() for _, each in kind.walk()}
        self._triples: dict[Term, tuple[Triple, ...]] = {}

    def check(self, records: Sequence[Record], linked: Mapping[Term, str] | None = None) -> dict[str, list[Finding]]:
        """Return the findings by the records' IRIs; ``linked`` gives the class IRI of records that are named."""
        found: dict[str, list[Finding]] = {record.iri: [] for record in records}
        results = self._engine.check(records, self._context(records, linked or {}))
        owners = {node: record for record in records for node in record.nodes} if results else {}
        for result in different(results):
            record = owners[result.focus_node]
            found[record.iri] += self._maker.findings(result, record)
        for record in records:
            found[record.iri] += check_rules(record, self._profile.kinds[record.kind], self._profile.vocabularies)
        return {iri: sorted(set_of(each), key=_order) if each else each for iri, each in found.items()}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the engine noticed in the shapes graph and leaves without effect."""
        return self._engine.warnings

    @property
    def fallback(self) -> tuple[str, ...]:
        """The shapes that are not compiled, which makes every validation slow."""
        return self._engine.fallback

    def without_shapes(self) -> None:
        """Leave the shapes out from now on: for measuring everything else."""
        self._engine = _NoShapes()

    def at_level(self, findings: Iterable[Finding], level: str) -> list[Finding]:
        """Return the findings that count at a level."""
        return at_level(findings, level, self._levels)

    def _context(self, records: Iterable[Record], linked: Mapping[Term, str]) -> Iterator[Triple]:
        """Yield what shapes ask beyond the records: the classes of what they name, and the concepts."""
        for node, class_iri in linked.items():
            for each in (class_iri, *self._also.get(class_iri, ())):
                yield node, TYPE, terms.iri(each)
        for triples in self._lists(records):
            yield from triples

    def _lists(self, records: Iterable[Record]) -> Iterator[tuple[Triple, ...]]:
        """Yield the triples of every concept the records name."""
        mark = "<" + CODE_LISTS
        named = {
            term
            for record in records
            for properties in record.nodes.values()
            for objects in properties.values()
            for term in objects
            if term.startswith(mark)
        }
        for term in named:
            if term not in self._triples:
                concept = self._profile.vocabularies.concept(terms.value(term))
                self._triples[term] = () if concept is None else self._profile.vocabularies.triples(concept)
            yield self._triples[term]


class _NoShapes:
    name = "none"
    warnings: tuple[str, ...] = ()
    fallback: tuple[str, ...] = ()

    def check(self, _records: Sequence[Record], _context: Iterable[Triple]) -> list[ShapeResult]:
        return []


def set_of(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings without those that say the same of the same value, or more of what is not there at all.

    What is not even of the right form (text instead of a code, of another type) need not be told to be wrong as such.
    """
    found: dict[tuple[str, ...], Finding] = {}
    for each in sorted(findings, key=lambda one: (one.source_shape, one.message.get("en", ""), one.value_term)):
        found.setdefault((each.code, each.focus_node, each.path, each.value, each.severity), each)
    absent = {(each.focus_node, each.path) for each in found.values() if each.code == "minCount"}
    formless = {
        (each.focus_node, each.path, each.value) for each in found.values() if each.code in ("nodeKind", "datatype")
    }
    return [
        each
        for each in found.values()
        if not (each.code == "qualifiedMinCount" and (each.focus_node, each.path) in absent)
        and not (each.code in _OF_CONTENT and (each.focus_node, each.path, each.value) in formless)
    ]


_OF_CONTENT = {
    "class", "node", "or", "in", "pattern", "minLength", "maxLength", "minInclusive", "maxInclusive", "minExclusive",
    "maxExclusive", "lessThan", "lessThanOrEquals",
}  # fmt: skip
_WORST = {"error": 0, "warning": 1, "info": 2}


def _order(finding: Finding) -> tuple[int, str, str, str, str]:
    return _WORST[finding.severity], finding.path, finding.focus_node, finding.value, finding.code


def at_level(findings: Iterable[Finding], level: str, levels: Mapping[str, str]) -> list[Finding]:
    """Return the findings that count at a level; ``levels`` gives the level of a shape by its IRI."""
    highest = LEVELS.index(level)
    return [
        finding for finding in findings if LEVELS.index(levels.get(finding.source_shape) or _level(finding)) <= highest
    ]


def _level(finding: Finding) -> str:
    """Return the level of a finding that no shape gives: what cannot be read at all can be harvested by nobody."""
    if finding.severity != "error":
        return "recommended"
    unread = not finding.source_shape and finding.path in ("", "identifier")
    return "harvestable" if unread else "conformant"
