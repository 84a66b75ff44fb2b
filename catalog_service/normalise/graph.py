"""Rules for records that come as RDF: what is repaired, what is dropped, which values name other records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.namespaces import XSD
from catalog_service.normalise.scalars import canonical_number, has_han
from catalog_service.normalise.values import notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.model.kind import Field, Kind
    from catalog_service.model.record import Nodes
    from catalog_service.model.report import Finding, Place
    from catalog_service.model.terms import Term
    from catalog_service.normalise.values import ValueReader

_HTTPS_SCHEMA = "<https://schema.org/"
_NUMBERS = (f"^^<{XSD}decimal>", f"^^<{XSD}integer>", f"^^<{XSD}double>", f"^^<{XSD}int>")
_DECIMAL = f"{XSD}decimal"


class GraphRules:
    """The rules of one kind, made once."""

    def __init__(self, kind: Kind, values: ValueReader) -> None:
        self.kind = kind
        self._values = values
        self.types = tuple(terms.iri(each) for each in (kind.class_iri, *kind.also))
        self._computed = {each.path[0]: each for each in kind.fields if each.computed}
        self._twins = {
            terms.iri(twin): each.path[0]
            for each in kind.fields
            for twin in each.alignments.get("twin", ())
            if len(each.path) == 1
        }
        self._reference_paths = _reference_paths(kind)
        self._by_predicate: dict[Term, Field] = {}
        self._by_step: dict[tuple[Term, Term], Field] = {}
        self.names: dict[Term, str] = {}
        for above, each in _with_step_above(kind.fields, ""):
            self._by_predicate.setdefault(each.path[-1], each)
            self._by_step.setdefault((each.path[-2] if len(each.path) > 1 else above, each.path[-1]), each)
            if each.type == "node":
                self.names.setdefault(each.path[-1], each.name)
        self._repairable = {
            each.path[-1]
            for _, each in kind.walk()
            if each.datatype == _DECIMAL or each.type in ("text", "concept", "integer")
        }

    def clean(self, nodes: Nodes, node: Term, place: Place) -> tuple[Nodes, list[Finding]]:
        """Return nodes with one spelling of schema.org and of numbers, languages on texts, codes as IRIs.

        A second property that our own output gives a value is read as the one that is stored.
        """
        findings: list[Finding] = []
        clean: Nodes = {}
        above = {
            inner: step
            for properties in nodes.values()
            for step, values in properties.items()
            for inner in values
            if inner in nodes
        }
        for subject, properties in nodes.items():
            own = clean.setdefault(subject, {})
            for given, values in properties.items():
                predicate = "<http" + given[6:] if given.startswith(_HTTPS_SCHEMA) else given
                if subject == node and predicate in self._twins:
                    predicate = self._twins[predicate]
                if subject == node and predicate in self._computed:
                    findings.append(notice("computed", place, field=self._computed[predicate], severity="info"))
                    continue
                objects = values
                if predicate in self._repairable:
                    field = self._by_step.get((above.get(subject, ""), predicate)) or self._by_predicate[predicate]
                    if field.type == "concept":
                        findings += self._own_codes(field, [each for each in values if each in nodes], place)
                    objects = [self._repaired(field, each, place, findings) for each in values]
                elif any(each.startswith(_HTTPS_SCHEMA) for each in values):
                    objects = ["<http" + each[6:] if each.startswith(_HTTPS_SCHEMA) else each for each in values]
                own[predicate] = list(dict.fromkeys(own[predicate] + objects)) if predicate in own else objects
        return clean, findings

    def _own_codes(self, field: Field, values: list[Term], place: Place) -> Iterator[Finding]:
        """Yield findings on inner nodes in the place of a code: they are in no list, whatever they say of themselves."""
        for value in values:
            yield from self._values.concept(field, value.strip("<>"), place).findings

    def _repaired(self, field: Field, value: Term, place: Place, findings: list[Finding]) -> Term:
        if value[0] != '"':
            return "<http" + value[6:] if value.startswith(_HTTPS_SCHEMA) else value
        if field.datatype == _DECIMAL or field.type == "integer":
            return _number(value, field.datatype)
        if field.type == "text":
            if value[-1] != '"':
                return value
            text = terms.value(value)
            language = "zh" if has_han(text) else "en"
            said = notice("language-added", place, field=field, value=text[:40], severity="info", language=language)
            findings.append(said)
            return terms.literal(text, language)
        if field.type != "concept":
            return value
        read = self._values.concept(field, terms.value(value), place)
        findings += read.findings
        return read.terms[0] if read.terms else value

    def references(self, nodes: Nodes, node: Term) -> Iterator[tuple[str, Term, Term, Term]]:
        """Yield path, node, predicate and value of everything that names another record.

        An inner node in such a place is one too: whatever class it gives itself, it is no record.
        """
        for path, name in self._reference_paths:
            reached = [node]
            for step in path[:-1]:
                reached = [each for at in reached for each in nodes.get(at, {}).get(step, ())]
            for at in reached:
                yield from ((name, at, path[-1], value) for value in nodes.get(at, {}).get(path[-1], ()))

    def inner_types(self, nodes: Nodes, node: Term) -> Iterator[tuple[Term, str]]:
        """Yield the inner nodes with the class their shape wants."""
        yield from _inner_types(self.kind.fields, nodes, node)


def _number(value: Term, datatype: str) -> Term:
    """Return a number in its one spelling; one of another type of number gets the field's, if it fits."""
    if not value.endswith(_NUMBERS):
        return value
    text = canonical_number(terms.value(value))
    fits = datatype == _DECIMAL or "." not in text
    return terms.literal(text, datatype=datatype if fits else terms.datatype(value))


def _with_step_above(fields: tuple[Field, ...], above: Term) -> Iterator[tuple[Term, Field]]:
    """Yield every field with the predicate that leads to its owner, empty for the record itself."""
    for each in fields:
        yield above, each
        yield from _with_step_above(each.fields, each.path[-1])


def _inner_types(fields: tuple[Field, ...], nodes: Nodes, node: Term) -> Iterator[tuple[Term, str]]:
    for each in fields:
        reached = [node]
        for step, class_iri in zip(each.path[:-1], each.through, strict=False):
            reached = [inner for at in reached for inner in nodes.get(at, {}).get(step, ()) if inner in nodes]
            if class_iri:
                yield from ((inner, class_iri) for inner in reached)
        if each.type != "node":
            continue
        for at in reached:
            for inner in nodes.get(at, {}).get(each.path[-1], ()):
                if inner in nodes and inner != node:
                    if each.classes:
                        yield inner, each.classes[0]
                    yield from _inner_types(each.fields, nodes, inner)


def _reference_paths(kind: Kind) -> list[tuple[tuple[Term, ...], str]]:
    paths = []
    for name, each in kind.walk():
        if each.type != "reference" or each.computed:
            continue
        parts = name.split(".")
        owners = [kind.field(".".join(parts[: n + 1])) for n in range(len(parts))]
        paths.append((tuple(step for owner in owners if owner for step in owner.path), name))
    return paths
