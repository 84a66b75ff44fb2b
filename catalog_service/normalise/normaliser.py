"""The normaliser: one raw record in, one record in canonical values out, and what was noticed on the way."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.model.identifiers import clean_identifier, is_identifier, own_identifier, record_iri
from catalog_service.model.record import Record
from catalog_service.namespaces import term
from catalog_service.normalise.addresses import good_address
from catalog_service.normalise.concepts import Concepts
from catalog_service.normalise.draft import ROOT, Builder, Draft, number_steps
from catalog_service.normalise.findings import notice
from catalog_service.normalise.graph import Graph
from catalog_service.normalise.offers import complete_offers, offers_of
from catalog_service.normalise.plan import plan_of
from catalog_service.normalise.result import Normalised, Reference
from catalog_service.normalise.text import clean_text
from catalog_service.normalise.values import Values

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from catalog_service.model.kind import Field, Kind
    from catalog_service.model.raw import RawRecord
    from catalog_service.model.record import Nodes
    from catalog_service.model.report import Finding
    from catalog_service.model.terms import Term
    from catalog_service.model.vocabulary import Vocabularies
    from catalog_service.normalise.plan import NodePlan

__all__ = ["PROVISIONAL", "Normalised", "Normaliser", "Reference"]

IDENTIFIER = term("dct:identifier")
PROVISIONAL = "urn:x-kebao:new:"
"""What the IRI of a record begins with until it has an identifier."""

_OWN_IRI = re.compile(r"(?:https?://[^\s/<>\"{}|\\^`]+/|urn:[A-Za-z0-9-]+:)[^\s<>\"{}|\\^`]*")


class Normaliser:
    """Normalises raw records of every kind.

    A record of a table or of plain JSON gets the IRI its identifier gives it; one without identifier, and a blank node,
    gets a provisional one, which whoever mints identifiers replaces by `rename`. RDF keeps its IRIs. Defaults are not
    stored, but for the currency beside amounts in tables and JSON. A text without language is Chinese.
    """

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
        self._plans: dict[str, NodePlan] = {name: plan_of(kind) for name, kind in kinds.items()}
        self._copied = {name: _copies(kind) for name, kind in kinds.items()}
        self._values = Values(Concepts(vocabularies), limits, today)
        self._offers = {name: offers_of(plan, self._values) for name, plan in self._plans.items()}
        self._numbers = itertools.count(1)

    def normalise(self, raw: RawRecord) -> Normalised:
        """Return the record that a raw one means."""
        return self._from_triples(raw) if raw.triples else self._from_values(raw)

    # RDF

    def _from_triples(self, raw: RawRecord) -> Normalised:
        if raw.iri.startswith("_:"):
            raw = self._with_iri(raw)
        node = terms.iri(raw.iri)
        graph = Graph(self._plans[raw.kind], raw, node, self._values.concepts)
        graph.read()
        self._copy(raw.kind, graph.nodes, node)
        references = graph.named(raw.iri)
        identifier, findings = self._identifier(graph.nodes[node], raw, raw.iri)
        record = Record(raw.iri, raw.kind, graph.nodes)
        return Normalised(record, raw.place, identifier, (*graph.findings, *findings), references)

    def _with_iri(self, raw: RawRecord) -> RawRecord:
        """Return a record that was a blank node under the IRI its identifier gives it, else under a provisional one."""
        written = next((o for s, p, o in raw.triples if s == raw.iri and p == IDENTIFIER and o[0] == '"'), '""')
        iri = self._iri_of(clean_identifier(terms.value(written)), raw.kind)
        node = terms.iri(iri)
        return replace(
            raw,
            iri=iri,
            triples=tuple((node if s == raw.iri else s, p, node if o == raw.iri else o) for s, p, o in raw.triples),
        )

    def _identifier(self, own: Mapping[Term, list[Term]], raw: RawRecord, iri: str) -> tuple[str, list[Finding]]:
        """Return the identifier of a record: as written, else as its IRI says if that is of ours; they must agree."""
        written = next(iter(own.get(IDENTIFIER, ())), "")
        identifier = terms.value(written) if written else ""
        ours = own_identifier(self._iri_base, iri)
        if ours is None or not identifier or identifier == ours[1]:
            found = identifier or (ours[1] if ours else "")
            return (found, []) if is_identifier(found) else ("", [])
        each = self._identifier_field(raw.kind)
        said = notice("identifier-mismatch", raw.place, path=each.name if each else "", field=each, value=identifier,
                      other=ours[1])  # fmt: skip
        return ours[1], [said]

    def _identifier_field(self, kind: str) -> Field | None:
        return next((each for each in self._kinds[kind].fields if each.path == (IDENTIFIER,)), None)

    # tables and plain JSON

    def _from_values(self, raw: RawRecord) -> Normalised:
        draft = Draft(self._plans[raw.kind])
        findings = [said for name, value in raw.values if (said := draft.add(name, value))]
        findings += complete_offers(draft, self._offers[raw.kind])
        number_steps(draft)
        builder = Builder(self._values)
        builder.build(draft)
        iri, about_iri = self._own_iri(builder.nodes[ROOT], raw)
        self._copy(raw.kind, builder.nodes, ROOT)
        nodes, places, references = builder.named(iri)
        identifier, mismatch = self._identifier(nodes[terms.iri(iri)], raw, iri)
        record = Record(iri, raw.kind, nodes)
        every = (*findings, *builder.findings, *about_iri, *mismatch)
        return Normalised(record, raw.place, identifier, every, references, places)

    def _own_iri(self, own: dict[Term, list[Term]], raw: RawRecord) -> tuple[str, list[Finding]]:
        """Return the record's IRI: as given, as its identifier makes it, or a provisional one."""
        findings: list[Finding] = []
        if raw.iri:
            if _OWN_IRI.fullmatch(raw.iri) and raw.iri == clean_text(raw.iri) == good_address(raw.iri):
                return raw.iri, findings
            findings.append(notice("bad-iri-own", raw.place, value=raw.iri[:80]))
        written = next(iter(own.get(IDENTIFIER, ())), "")
        identifier = terms.value(written) if written else ""
        if identifier and not is_identifier(identifier):
            each = self._identifier_field(raw.kind)
            place = next((value.place for name, value in raw.values if each and name == each.name), raw.place)
            findings.append(notice("bad-identifier", place, path=each.name if each else "", field=each,
                                   value=identifier[:80]))  # fmt: skip
            del own[IDENTIFIER]
        return self._iri_of(identifier, raw.kind), findings

    def _iri_of(self, identifier: str, kind: str) -> str:
        if is_identifier(identifier):
            return record_iri(self._iri_base, kind, identifier)
        return f"{PROVISIONAL}{next(self._numbers)}"

    # both

    def _copy(self, kind: str, nodes: Nodes, node: Term) -> None:
        """Fill fields that the profile copies from another field, where that one has exactly one value."""
        own = nodes[node]
        for target, path in self._copied[kind]:
            if own.get(target):
                continue
            found = {term for term in _reached(path, nodes, node) if term[0] != "_"}
            if len(found) == 1:
                own[target] = list(found)


def _copies(kind: Kind) -> list[tuple[Term, tuple[Term, ...]]]:
    """Return the predicates that are filled from others, with the path of those, over inner nodes on the way."""
    found = []
    for each in kind.fields:
        parts = each.copied_from.split(".") if each.copied_from else []
        fields = [kind.field(".".join(parts[: depth + 1])) for depth in range(len(parts))]
        if parts:
            found.append((each.path[0], tuple(predicate for one in fields if one for predicate in one.path)))
    return found


def _reached(path: tuple[Term, ...], nodes: Nodes, node: Term) -> list[Term]:
    reached = [node]
    for predicate in path:
        reached = [term for at in reached for term in nodes.get(at, {}).get(predicate, ())]
    return reached
