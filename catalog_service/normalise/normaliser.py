"""The normaliser: one raw record in, one record with IRIs for its inner nodes out, and what was noticed on the way."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.model.identifiers import clean_identifier, is_identifier, own_identifier, record_iri
from catalog_service.model.record import Record, nodes_of
from catalog_service.namespaces import TYPE, term
from catalog_service.normalise.graph import GraphRules
from catalog_service.normalise.nodes import with_fragments
from catalog_service.normalise.values import ValueReader, notice

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from catalog_service.model.kind import Field, Kind
    from catalog_service.model.raw import RawRecord, RawValue
    from catalog_service.model.record import Nodes
    from catalog_service.model.report import Finding, Place
    from catalog_service.model.terms import Term
    from catalog_service.model.vocabulary import Vocabularies

IDENTIFIER = term("dct:identifier")


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that names another record: where it stands, what was written, and the term that stands there for now."""

    path: str
    node: Term
    predicate: Term
    term: Term
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Normalised:
    """A record in canonical values; references are not looked up yet."""

    record: Record
    place: Place
    identifier: str = ""
    findings: tuple[Finding, ...] = ()
    references: tuple[Reference, ...] = ()
    places: Mapping[tuple[Term, Term], Place] = field(default_factory=dict)
    """Node and predicate to where the value came from."""


class Normaliser:
    """Normalises raw records of every kind. Records without identifier get a provisional IRI, ``urn:x-kebao:new:…``."""

    def __init__(
        self,
        kinds: Mapping[str, Kind],
        vocabularies: Vocabularies,
        *,
        iri_base: str,
        today: dt.date,
        limits: Mapping[str, int],
    ) -> None:
        self._kinds = kinds
        self._iri_base = iri_base
        self._today = today
        self._limits = limits
        self._values = ValueReader(vocabularies, limits.get("literal_length", 20_000))
        self._rules = {name: GraphRules(kind, self._values) for name, kind in kinds.items()}
        self._numbers = itertools.count(1)

    def normalise(self, raw: RawRecord) -> Normalised:
        """Return the record that a raw one means."""
        return self._from_triples(raw) if raw.triples else self._from_values(raw)

    # RDF

    def _from_triples(self, raw: RawRecord) -> Normalised:
        rules = self._rules[raw.kind]
        nodes, findings = rules.clean(nodes_of(raw.triples), terms.iri(raw.iri), raw.place)
        node = terms.iri(raw.iri)
        nodes, _ = with_fragments(nodes, raw.iri, rules.names)
        self._typed(nodes, node, rules)
        identifier, said = self._identifier(nodes, node, raw.iri, raw.place)
        found = [Reference(path, at, predicate, value, terms.value(value), raw.place)
                 for path, at, predicate, value in rules.references(nodes, node)]  # fmt: skip
        record = Record(raw.iri, raw.kind, nodes)
        return Normalised(record, raw.place, identifier, (*findings, *said), tuple(found))

    def _identifier(self, nodes: Nodes, node: Term, iri: str, place: Place) -> tuple[str, list[Finding]]:
        """Return the identifier written in a record, or in its IRI if that is of ours; in upper case."""
        written = nodes.get(node, {}).get(IDENTIFIER, [])
        if not written:
            own = own_identifier(self._iri_base, iri)
            return (own[1] if own else ""), []
        clean = clean_identifier(terms.value(written[0]))
        nodes[node] = {**nodes[node], IDENTIFIER: [terms.literal(clean), *written[1:]]}
        if is_identifier(clean):
            return clean, []
        return "", [notice("bad-identifier", place, path="identifier", value=terms.value(written[0]))]

    @staticmethod
    def _typed(nodes: Nodes, node: Term, rules: GraphRules) -> None:
        """Type the record and its inner nodes as their shapes want them."""
        own = nodes.setdefault(node, {})
        own[TYPE] = list(dict.fromkeys([*own.get(TYPE, ()), *rules.types]))
        for inner, class_iri in rules.inner_types(nodes, node):
            if not nodes[inner].get(TYPE):
                nodes[inner][TYPE] = [terms.iri(class_iri)]

    # tables and JSON

    def _from_values(self, raw: RawRecord) -> Normalised:
        kind, rules = self._kinds[raw.kind], self._rules[raw.kind]
        building = _Building(kind, self._values, raw)
        for name, value in sorted(raw.values, key=lambda pair: pair[0].endswith(_TELLING)):
            building.add(name, value)
        building.finish()
        identifier = building.identifier
        iri = (
            record_iri(self._iri_base, kind.name, identifier)
            if identifier
            else f"urn:x-kebao:new:{next(self._numbers)}"
        )
        node = terms.iri(iri)
        nodes = {(node if at == ROOT else at): properties for at, properties in building.nodes.items()}
        nodes.setdefault(node, {})
        nodes, new = with_fragments(nodes, iri, rules.names)
        new[ROOT] = node
        self._typed(nodes, node, rules)
        places = {(new.get(at, at), predicate): place for (at, predicate), place in building.places.items()}
        references = tuple(
            Reference(path, new.get(at, at), predicate, value, terms.value(value), place)
            for path, at, predicate, value, place in building.references
        )
        return Normalised(
            Record(iri, kind.name, nodes), raw.place, identifier, tuple(building.findings), references, places
        )


ROOT = "_:record"
_TELLING = ("priceText", "periodText")
"""Texts that tell what other columns can say; they are read last, for columns come first."""


class _Building:
    """The nodes of one record while its values are added, blank so far."""

    def __init__(self, kind: Kind, values: ValueReader, raw: RawRecord) -> None:
        self.kind = kind
        self.nodes: Nodes = {ROOT: {}}
        self.places: dict[tuple[Term, Term], Place] = {}
        self.references: list[tuple[str, Term, Term, Term, Place]] = []
        self.findings: list[Finding] = [
            notice("unknown-column", value.place, value=name, severity="warning") for name, value in raw.unknown
        ]
        self.identifier = ""
        self._values = values
        self._raw = raw
        self._understood: dict[str, tuple[Term, ...]] = {}

    def add(self, name: str, value: RawValue) -> None:
        """Add one value under its dotted name, such as ``offer.0.minPrice``."""
        each = self.kind.field(name)
        if each is None or each.type == "node":
            self.findings.append(notice("unknown-column", value.place, value=name, severity="warning"))
            return
        if each.computed:
            self.findings.append(notice("computed", value.place, path=name, field=each, severity="info"))
            return
        read = self._values.read(each, value, _dotted(name))
        self.findings += read.findings
        owner = self._owner(name)
        if read.terms:
            self._understood[name] = read.terms
        for sibling, beside in self._unsaid(name, read.beside):
            self.add(sibling, beside)
        for found in read.terms:
            self._put(owner, each, _dotted(name), found, value.place)

    def _unsaid(self, name: str, beside: tuple[tuple[str, RawValue], ...]) -> list[tuple[str, RawValue]]:
        """Return what a text tells of its siblings as far as their own columns leave it open: columns come first."""
        owner = name.rpartition(".")[0]
        siblings = [(f"{owner}.{extra}".lstrip("."), value) for extra, value in beside]
        modes = {name: value for name, value in siblings if name.endswith("pricingMode")}
        said = {name for name, _ in siblings if name in self._understood}
        given = any(f"{owner}.{each}" in self._understood for each in ("price", "minPrice", "maxPrice"))
        other = any(not self._understood[name][0].endswith(f"/{modes[name].value}>") for name in said & set(modes))
        if modes and (given or other):
            return []
        return [(name, value) for name, value in siblings if name not in said]

    def _put(self, owner: Term, each: Field, path: str, found: Term, place: Place) -> None:
        node = self._through(owner, each)
        predicate = each.path[-1]
        if predicate == IDENTIFIER and owner == ROOT:
            self._identify(found, place)
            return
        self.nodes[node].setdefault(predicate, []).append(found)
        self.places.setdefault((node, predicate), place)
        if each.type == "reference":
            self.references.append((path, node, predicate, found, place))

    def _identify(self, found: Term, place: Place) -> None:
        clean = clean_identifier(terms.value(found))
        if not is_identifier(clean):
            self.findings.append(notice("bad-identifier", place, path="identifier", value=terms.value(found)))
            return
        self.identifier = clean
        self.nodes[ROOT][IDENTIFIER] = [terms.literal(clean)]
        self.places[ROOT, IDENTIFIER] = place

    def _owner(self, name: str) -> Term:
        """Return the node that holds the field a dotted name ends in, made on the way."""
        node, parts, fields = ROOT, name.split(".")[:-1], self.kind.fields
        position = 0
        while position < len(parts):
            each = next(one for one in fields if one.name == parts[position])
            number = parts[position + 1] if position + 1 < len(parts) and parts[position + 1].isdigit() else "0"
            position += 2 if position + 1 < len(parts) and parts[position + 1].isdigit() else 1
            node = self._inner(self._through(node, each), each.path[-1], f"{each.name}{number}", each.classes)
            fields = each.fields
        return node

    def _through(self, node: Term, each: Field) -> Term:
        """Return the unnamed node that a field of a longer path stands on; fields of one beginning share it."""
        for step, class_iri in zip(each.path[:-1], each.through or ("",) * len(each.path), strict=False):
            node = self._inner(node, step, "", (class_iri,) if class_iri else ())
        return node

    def _inner(self, node: Term, predicate: Term, name: str, classes: tuple[str, ...]) -> Term:
        inner = f"{node}.{predicate[1:-1].rsplit('/', 1)[-1].replace('#', '')}{name}"
        if inner not in self.nodes:
            self.nodes[inner] = {TYPE: [terms.iri(classes[0])]} if classes else {}
            self.nodes[node].setdefault(predicate, []).append(inner)
        return inner

    def finish(self) -> None:
        """Fill what follows from other values: pricing mode and currency of offers, fields copied from others."""
        for node in list(self.nodes):
            self._values.complete_offer(self.nodes, node)
        for each in self.kind.fields:
            source = self.kind.field(each.copied_from) if each.copied_from else None
            if source is None or self.nodes[ROOT].get(each.path[0]):
                continue
            found = next((node for node in self.nodes if self.nodes[node].get(source.path[-1]) and node != ROOT), None)
            if found is not None:
                self.nodes[ROOT][each.path[0]] = list(self.nodes[found][source.path[-1]])
                place = self.places.get((found, source.path[-1]))
                if place is not None:
                    self.places[ROOT, each.path[0]] = place


def _dotted(name: str) -> str:
    return ".".join(part for part in name.split(".") if not part.isdigit())
