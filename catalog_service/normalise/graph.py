"""Records that come as RDF: what is right stays as it stands, what is clear is repaired, the rest is left to SHACL.

This is the fast path: a term that was found in order once is not looked at again, texts are looked at as a whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import is_normalized

from catalog_service.model import terms
from catalog_service.model.identifiers import clean_identifier
from catalog_service.namespaces import SCHEMA, TYPE, XSD, shorten
from catalog_service.normalise import numbers
from catalog_service.normalise.addresses import address
from catalog_service.normalise.dates import NoSuchDay, parse_date
from catalog_service.normalise.findings import notice
from catalog_service.normalise.fragments import with_fragments
from catalog_service.normalise.plan import MOST_USUAL, local_name
from catalog_service.normalise.result import Reference
from catalog_service.normalise.text import clean_text
from catalog_service.normalise.values import DEFAULT_LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog_service.model.kind import Field
    from catalog_service.model.raw import RawRecord
    from catalog_service.model.record import Nodes
    from catalog_service.model.report import Finding
    from catalog_service.model.terms import Term
    from catalog_service.normalise.concepts import Concepts
    from catalog_service.normalise.plan import NodePlan, Slot

_HTTPS_SCHEMA = "<https://schema.org/"
_HTTP_SCHEMA = f"<{SCHEMA}"
_TAGS = ('"@zh', '"@en')
_SUSPICIOUS = frozenset('"\\\u00a0\u2002\u2003\u2009\u3000\ufeff') | frozenset(map(chr, range(0x21)))
_TIMED = re.compile(r"(\d{4}-\d{2}-\d{2})T[\d:.]+(?:Z|[+-]\d{2}:\d{2})?")
_NUMERIC = frozenset(
    f"{XSD}{name}"
    for name in ("integer", "decimal", "double", "float", "int", "long", "short", "nonNegativeInteger", "string")
)


class Graph:
    """Normalises one record from its triples."""

    def __init__(self, plan: NodePlan, raw: RawRecord, node: Term, concepts: Concepts) -> None:
        self._plan = plan
        self._raw = raw
        self._node = node
        self._concepts = concepts
        self.nodes: Nodes = {}
        self.findings: list[Finding] = []
        self._references: list[tuple[Slot, Term, Term, Term]] = []
        self._shorts: dict[Term, str] = {}
        self._walked: set[Term] = set()

    def read(self) -> None:
        """Take the triples in, walk from the record's node along its plan and repair what is clear."""
        nodes = self.nodes
        last: Term = ""
        own: dict[Term, list[Term]] = {}
        for subject, predicate, term in self._raw.triples:
            if subject != last:
                last, own = subject, nodes.setdefault(subject, {})
            if predicate not in own:
                own[predicate] = [term]
            elif term not in own[predicate]:
                own[predicate].append(term)
        if [triple for triple in self._raw.triples if triple[2].startswith(_HTTPS_SCHEMA)]:
            for own in nodes.values():
                for predicate, objects in own.items():
                    own[predicate] = list(dict.fromkeys(map(_http, objects)))
        nodes.setdefault(self._node, {})
        self._walk(self._node, self._plan, ())
        if not nodes.keys() <= self._walked:
            self._drop_loose()

    def _drop_loose(self) -> None:
        """Take out what is said of nodes the record does not lead to: it is about something else."""
        reached, ahead = {self._node}, [self._node]
        while ahead:
            for objects in self.nodes[ahead.pop()].values():
                fresh = [term for term in objects if term in self.nodes and term not in reached]
                reached.update(fresh)
                ahead += fresh
        for node in self.nodes.keys() - reached:
            del self.nodes[node]
            shown = terms.value(node)[:80]
            self.findings.append(notice("loose-node", self._raw.place, value=shown, severity="warning"))

    def named(self, record_iri: str) -> tuple[Reference, ...]:
        """Give inner nodes their IRIs; return what names other records."""
        place = self._raw.place
        new: Mapping[Term, Term] = {}
        if self._shorts or any(node[0] == "_" for node in self.nodes):
            self.nodes, new = with_fragments(self.nodes, record_iri, lambda node: self._shorts.get(node, "node"))
        return tuple(
            Reference(slot.path, new.get(node, node), predicate, term, terms.value(term), place)
            for slot, node, predicate, term in self._references
        )

    def _walk(self, node: Term, plan: NodePlan, above: tuple[Term, ...]) -> None:
        self._walked.add(node)
        own = self.nodes[node]
        slots = plan.slots
        self._type(own, plan, inner=bool(above))
        for predicate in list(own):
            slot = slots.get(predicate)
            if slot is None:
                if predicate != TYPE:
                    self._unknown(node, predicate, plan, above)
            elif slot.node is not None:
                self._inner(node, predicate, own[predicate], slot, above)
            elif slot.text:
                self._texts(own[predicate], slot)
            elif not slot.usual.issuperset(own[predicate]):
                self._values(node, predicate, own[predicate], slot)

    def _type(self, own: dict[Term, list[Term]], plan: NodePlan, *, inner: bool) -> None:
        """Give a node the classes its shape wants: the record all of them, an inner node one of them."""
        types, classes = own.get(TYPE), plan.classes
        if types is None:
            own[TYPE] = list(classes[:1] if inner else classes)
            if not own[TYPE]:
                del own[TYPE]
        elif not inner:
            own[TYPE] = types + [each for each in classes if each not in types]
        elif classes and classes[0] not in types and not any(each in types for each in classes):
            own[TYPE] = [*types, classes[0]]

    def _inner(self, node: Term, predicate: Term, objects: list[Term], slot: Slot, above: tuple[Term, ...]) -> None:
        if slot.field is not None and slot.field.computed:
            self._drop(node, predicate, objects, slot.field, slot.path)
            return
        assert slot.node is not None
        for term in objects:
            if term[0] == "_":
                self._shorts[term] = slot.short
                self.nodes.setdefault(term, {})
            if term in self.nodes and term not in above and term != node:
                self._walk(term, slot.node, (*above, node))

    def _drop(self, node: Term, predicate: Term, objects: list[Term], each: Field, path: str) -> None:
        """Take out what the catalogue fills itself, with the inner nodes below it."""
        del self.nodes[node][predicate]
        ahead = [term for term in objects if term in self.nodes and term != self._node]
        while ahead:
            gone = self.nodes.pop(ahead.pop(), None)
            ahead += [
                term for values in (gone or {}).values() for term in values if term in self.nodes and term != self._node
            ]
        self.findings.append(notice("computed", self._raw.place, path=path, field=each, severity="info"))

    def _unknown(self, node: Term, predicate: Term, plan: NodePlan, above: tuple[Term, ...]) -> None:
        """Take schema.org's two addresses as one; keep what the profile does not know and say so."""
        own = self.nodes[node]
        usual = plan.twins.get(_http(predicate), _http(predicate))
        if usual != predicate:
            own[usual] = list(dict.fromkeys(own.get(usual, []) + own.pop(predicate)))
            slot = plan.slots.get(usual)
            if slot is not None and slot.node is not None:
                self._inner(node, usual, own[usual], slot, above)
                return
            if slot is not None:
                self._values(node, usual, own[usual], slot)
                return
            predicate = usual
        self.findings.append(
            notice("unknown-property", self._raw.place, value=shorten(predicate[1:-1]), severity="info")
        )
        for term in own[predicate]:
            if term[0] == "_":
                self._shorts[term] = local_name(predicate)
                self._below(term)

    def _below(self, node: Term) -> None:
        """Name the blank nodes below one the profile does not know."""
        for predicate, objects in self.nodes.setdefault(node, {}).items():
            for term in objects:
                if term[0] == "_" and term not in self._shorts:
                    self._shorts[term] = local_name(predicate)
                    self._below(term)

    # values

    def _values(self, node: Term, predicate: Term, objects: list[Term], slot: Slot) -> None:
        each = slot.field
        assert each is not None
        if each.computed:
            self._drop(node, predicate, objects, each, slot.path)
            return
        if slot.text:
            self._texts(objects, slot)
            return
        usual = slot.usual
        for position, term in enumerate(objects):
            if term in usual:
                continue
            clean = self._repaired(term, slot, each)
            if clean == term:
                if each.type == "reference":
                    self._references.append((slot, node, predicate, term))
                elif term not in self.nodes and len(usual) < MOST_USUAL:
                    usual.add(term)
                continue
            objects[position] = clean
            if each.type == "reference":
                self._references.append((slot, node, predicate, clean))

    def _texts(self, objects: list[Term], slot: Slot) -> None:
        for position, term in enumerate(objects):
            if not (_is_tidy(term) and is_normalized("NFC", term)):
                objects[position] = self._text(term, slot)

    def _text(self, term: Term, slot: Slot) -> Term:
        """Return a text in NFC, trimmed, with a language."""
        if term[0] != '"':
            return term
        text, tag = terms.value(term), terms.language(term)
        if not tag and term[-1] == ">" and terms.datatype(term) != terms.XSD_STRING:
            return term
        clean = clean_text(text) or text
        if not tag:
            self.findings.append(
                notice(
                    "language-added",
                    self._raw.place,
                    path=slot.path,
                    field=slot.field,
                    value=clean[:60],
                    severity="info",
                )
            )
        return term if tag and clean == text else terms.literal(clean, tag or DEFAULT_LANGUAGE)

    def _repaired(self, term: Term, slot: Slot, each: Field) -> Term:
        """Return a value as it should stand, where that is clear; else as it is, for SHACL to report."""
        match each.type:
            case "concept":
                return self._concept(term, slot, each)
            case "reference":
                return term if term[0] != '"' else terms.literal(clean_text(terms.value(term)))
            case "iri":
                return self._said(term, self._iri(term, each), slot, each)
            case "decimal" | "integer":
                return self._said(term, _number(term, each), slot, each)
            case "date":
                return self._said(term, _date(term, each), slot, each)
            case "boolean":
                return self._said(term, _boolean(term, each), slot, each)
        return self._said(term, self._string(term, each), slot, each)

    def _said(self, term: Term, new: Term, slot: Slot, each: Field) -> Term:
        if new != term and terms.value(new) != terms.value(term):
            self.findings.append(
                notice("repaired", self._raw.place, path=slot.path, field=each, value=terms.value(term)[:80],
                       new=terms.value(new)[:80], severity="info")
            )  # fmt: skip
        return new

    def _concept(self, term: Term, slot: Slot, each: Field) -> Term:
        if term in self.nodes:  # an inner node is in no list, whatever it says of itself
            choice = self._concepts.choice("", each.schemes)
            shown = terms.value(term)[:80]
            self.findings.append(self._concepts.unsure(each, slot.path, shown, choice, self._raw.place))
        if term[0] != '"':
            return term
        text = clean_text(terms.value(term))
        choice = self._concepts.choice(text, each.schemes)
        if choice.one is not None:
            return self._said(term, choice.one.term, slot, each)
        self.findings.append(self._concepts.unsure(each, slot.path, text, choice, self._raw.place))
        return term

    def _iri(self, term: Term, each: Field) -> Term:
        if term[0] != '"' or terms.language(term):
            return term
        found = address(each, clean_text(terms.value(term)))
        return term if found is None else terms.iri(found)

    def _string(self, term: Term, each: Field) -> Term:
        if term[0] != '"':
            concept = self._concepts.find(terms.value(term), each.schemes) if each.schemes else None
            return terms.literal(concept.notation) if concept else term
        text = terms.value(term)
        clean = clean_text(text)
        if each.schemes and (concept := self._concepts.find(clean, each.schemes)):
            clean = concept.notation
        elif "unique" in each.checks:
            clean = clean_identifier(clean)
        return term if clean == text and term[-1] == '"' else terms.literal(clean or text)


def _is_tidy(term: Term) -> bool:
    """Tell whether a text has one of our languages and no space at its ends, as nearly all have."""
    return term.endswith(_TAGS) and term[1] not in _SUSPICIOUS and term[-5] not in _SUSPICIOUS and term[-6] != "\\"


def _http(term: Term) -> Term:
    """Return schema.org's own spelling of one of its terms."""
    return _HTTP_SCHEMA + term[len(_HTTPS_SCHEMA) :] if term.startswith(_HTTPS_SCHEMA) else term


def _number(term: Term, each: Field) -> Term:
    """Return a number in the field's datatype: whole numbers are decimals too, and digits in quotes are meant."""
    if term[0] != '"' or terms.datatype(term) == each.datatype or terms.datatype(term) not in _NUMERIC:
        return term
    number = numbers.parse_number(terms.value(term))
    if number is None or (each.type == "integer" and number != number.to_integral_value()):
        return term
    return terms.literal(numbers.decimal_text(number), datatype=each.datatype)


def _date(term: Term, each: Field) -> Term:
    if term[0] != '"' or terms.datatype(term) == each.datatype or terms.language(term):
        return term
    text = terms.value(term)
    timed = _TIMED.fullmatch(text)
    try:
        found = parse_date(timed[1] if timed else text)
    except NoSuchDay:
        return term
    return term if found is None else terms.literal(found.isoformat(), datatype=each.datatype)


def _boolean(term: Term, each: Field) -> Term:
    if term[0] != '"' or terms.datatype(term) == each.datatype:
        return term
    answer = numbers.parse_boolean(terms.value(term))
    return term if answer is None else terms.literal("true" if answer else "false", datatype=each.datatype)
