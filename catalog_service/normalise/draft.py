"""Records that come as named values, from tables and plain JSON: a tree of nodes is filled, then turned into terms."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.namespaces import TYPE
from catalog_service.normalise.findings import notice
from catalog_service.normalise.fragments import with_fragments
from catalog_service.normalise.result import Reference

if TYPE_CHECKING:
    from catalog_service.model.kind import Field
    from catalog_service.model.raw import RawValue
    from catalog_service.model.record import Nodes
    from catalog_service.model.report import Finding, Place
    from catalog_service.model.terms import Term
    from catalog_service.normalise.plan import NodePlan
    from catalog_service.normalise.values import Values

ROOT = "_:record"


@dataclass(slots=True)
class Draft:
    """One node with the values given for its fields, by short name, and its inner nodes in their order."""

    plan: NodePlan
    values: dict[str, list[RawValue]] = field(default_factory=dict)
    inner: dict[str, dict[int, Draft]] = field(default_factory=dict)

    def child(self, name: str, position: int) -> Draft:
        """Return an inner node, made when first asked for."""
        nodes = self.inner.setdefault(name, {})
        if position not in nodes:
            nodes[position] = Draft(self.plan.inner[name])
        return nodes[position]

    def children(self, name: str) -> list[Draft]:
        """Return the inner nodes of a field in their order."""
        return [draft for _, draft in sorted(self.inner.get(name, {}).items())]

    def add(self, name: str, raw: RawValue) -> Finding | None:
        """Take a value by its dotted name with positions; return the finding that it cannot stand there."""
        if name in self.plan.fields:
            self.values.setdefault(name, []).append(raw)
            return None
        draft, route = self, self.plan.route(name)
        for owner, position in route.steps:
            draft = draft.child(owner, position)
        if not route.name:
            return notice("unknown-column", raw.place, value=name, near="", severity="warning")
        draft.values.setdefault(route.name, []).append(raw)
        return None

    def given(self, name: str) -> bool:
        """Tell whether a field has a value."""
        return any(raw.value is not None and str(raw.value).strip() for raw in self.values.get(name, ()))


def number_steps(draft: Draft) -> None:
    """Number inner nodes whose shape wants a position that nobody wrote, in the order in which they came."""
    for name in draft.inner:
        for member in draft.plan.inner[name].numbered:
            children = draft.children(name)
            if any(child.given(member) for child in children):
                continue
            for number, child in enumerate(children, 1):
                first = next((raw for raws in child.values.values() for raw in raws), None)
                if first is not None:
                    child.values[member] = [replace(first, value=number, language="")]


class Builder:
    """Turns a draft into nodes."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self.nodes: Nodes = {}
        self.findings: list[Finding] = []
        self.places: dict[tuple[Term, str], Place] = {}
        self._references: list[tuple[str, Term, Term, Term, Place]] = []
        self._shorts: dict[Term, str] = {}
        self._count = 0

    def build(self, draft: Draft) -> None:
        """Fill the nodes from the record's own draft."""
        self.nodes[ROOT] = {TYPE: list(draft.plan.classes)}
        self._node(draft, ROOT)

    def named(self, record_iri: str) -> tuple[Nodes, dict[tuple[Term, str], Place], tuple[Reference, ...]]:
        """Return nodes under their IRIs, with the places of values and what names other records."""
        start = terms.iri(record_iri)
        nodes = {(start if node == ROOT else node): own for node, own in self.nodes.items()}
        nodes, new = with_fragments(nodes, record_iri, lambda node: self._shorts.get(node, "node"))
        new[ROOT] = start
        places = {(new.get(node, node), name): place for (node, name), place in self.places.items()}
        references = tuple(
            Reference(path, new.get(node, node), predicate, term, terms.value(term), place)
            for path, node, predicate, term, place in self._references
        )
        return nodes, places, references

    def _node(self, draft: Draft, node: Term) -> list[Place]:
        """Fill a node; return the places of what stands in it."""
        places: list[Place] = []
        for name, raws in draft.values.items():
            each = draft.plan.fields[name]
            if each.computed:
                self.findings.append(
                    notice("computed", raws[0].place, path=draft.plan.dotted[name], field=each, severity="info")
                )
            elif each.type == "node":
                self._needs_members(draft, each, raws)
            else:
                self._field(draft.plan.dotted[name], node, each, raws)
                places.append(raws[0].place)
        for name in draft.inner:
            each = draft.plan.fields[name]
            if each.computed:
                self.findings.append(notice("computed", path=name, field=each, severity="info"))
                continue
            for child in draft.children(name):
                places += self._child(node, each, child)
        return places

    def _needs_members(self, draft: Draft, each: Field, raws: list[RawValue]) -> None:
        members = {lang: "、".join(one.label(lang) for one in each.fields[:6]) for lang in ("zh", "en")}
        path = draft.plan.dotted[each.name]
        for raw in raws:
            self.findings.append(
                notice("needs-members", raw.place, path=path, field=each, value=str(raw.value)[:80], members=members)
            )

    def _field(self, path: str, node: Term, each: Field, raws: list[RawValue]) -> None:
        place = raws[0].place
        self.places[node, path] = place
        found = self._terms(path, each, raws)
        if not found:
            return
        owner = node if len(each.path) == 1 else self._owner(node, each)
        predicate = each.path[-1]
        own = self.nodes.setdefault(owner, {})
        own[predicate] = list(dict.fromkeys(own[predicate] + found)) if predicate in own else found
        self.places[owner, predicate] = self.places[owner, path] = place
        if each.type == "reference":
            self._references += [(path, owner, predicate, term, place) for term in found]

    def _terms(self, path: str, each: Field, raws: list[RawValue]) -> list[Term]:
        found: list[Term] = []
        for raw in raws:
            converted = self._values.convert(each, path, raw)
            self.findings += converted.findings
            found += converted.terms
        return list(dict.fromkeys(found)) if len(found) > 1 else found

    def _owner(self, node: Term, each: Field) -> Term:
        """Return the node a field's values stand at: the node itself, or an unnamed one between."""
        for predicate, class_iri in zip(each.path[:-1], each.through, strict=True):
            inner = next(iter(self.nodes.setdefault(node, {}).get(predicate, ())), None)
            if inner is None:
                inner = self._new(predicate[1:-1].replace("#", "/").rsplit("/", 1)[-1])
                self.nodes[inner] = {TYPE: [terms.iri(class_iri)]} if class_iri else {}
                self.nodes[node][predicate] = [inner]
            node = inner
        return node

    def _child(self, node: Term, each: Field, child: Draft) -> list[Place]:
        """Make an inner node; return its place, if its owner is the node and has none for it yet."""
        inner = self._new(each.name)
        self.nodes[inner] = {}
        places = self._node(child, inner)
        if not self.nodes[inner]:
            del self.nodes[inner]
            return []
        if child.plan.classes:
            self.nodes[inner][TYPE] = [child.plan.classes[0]]
        owner = self._owner(node, each)
        self.nodes.setdefault(owner, {}).setdefault(each.path[-1], []).append(inner)
        first = min(places, key=_order, default=None)
        told = [key for key in ((owner, each.path[-1]), (owner, child.plan.path)) if key not in self.places]
        if first is None or not told:
            return []
        self.places |= dict.fromkeys(told, first)
        return [first] if owner == node else []

    def _new(self, short: str) -> Term:
        self._count += 1
        node = f"_:n{self._count}"
        self._shorts[node] = short
        return node


def _order(place: Place) -> tuple[int, int, int, str]:
    return place.row, place.line, len(place.column), place.column
