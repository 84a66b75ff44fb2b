"""Kinds as normalisation walks them: for each node which predicate leads to which field, unnamed nodes included."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_service.model import terms

if TYPE_CHECKING:
    from catalog_service.model.kind import Field, Kind
    from catalog_service.model.terms import Term

MOST_USUAL = 4096
"""Terms remembered as being in order, a slot."""


@dataclass(slots=True)
class Slot:
    """What stands behind one predicate of a node: a field, or an unnamed inner node."""

    path: str
    """Dotted short name of the field; of an unnamed node, that of its owner."""
    short: str
    """Short name that fragment IRIs begin with."""
    field: Field | None = None
    node: NodePlan | None = None
    text: bool = False
    """Whether it is a field of texts, each in a language, that people fill."""
    usual: set[Term] = dataclasses.field(default_factory=set)
    """Terms that were looked at and are in order."""


@dataclass(slots=True)
class NodePlan:
    """The slots of one node."""

    path: str
    classes: tuple[Term, ...]
    slots: dict[Term, Slot] = dataclasses.field(default_factory=dict)
    names: dict[tuple[Term, ...], str] = dataclasses.field(default_factory=dict)
    """Path to the short name of the field there, for members of the node and of unnamed nodes below it."""
    twins: dict[Term, Term] = dataclasses.field(default_factory=dict)
    """Properties that our own output writes beside a stored one, to that one: on input they mean the same."""
    fields: dict[str, Field] = dataclasses.field(default_factory=dict)
    dotted: dict[str, str] = dataclasses.field(default_factory=dict)
    """Short name of each field to the dotted one."""
    inner: dict[str, NodePlan] = dataclasses.field(default_factory=dict)
    """Short name of each field of inner nodes to their plan."""
    numbered: tuple[str, ...] = ()
    """Members that hold the node's position among its siblings."""
    routes: dict[str, Route] = dataclasses.field(default_factory=dict)
    """Dotted names, with positions, that were asked for."""

    def name(self, *path: Term) -> str:
        """Return the short name of the field behind a path; empty if there is none."""
        return self.names.get(path, "")

    def route(self, name: str) -> Route:
        """Return the way to the field of a dotted name with positions, as far as there is one."""
        found = self.routes.get(name)
        if found is None:
            if len(self.routes) >= MOST_USUAL:
                self.routes.clear()
            found = self.routes[name] = _route(self, name.split("."))
        return found


@dataclass(frozen=True, slots=True)
class Route:
    """The way to a field: inner nodes by short name and position, then the field's own; empty where there is none."""

    steps: tuple[tuple[str, int], ...]
    name: str


def _route(plan: NodePlan, parts: list[str]) -> Route:
    steps: list[tuple[str, int]] = []
    at = 0
    while at < len(parts) - 1:
        each = plan.fields.get(parts[at])
        if each is None or each.type != "node":
            return Route(tuple(steps), "")
        position = int(parts[at + 1]) if parts[at + 1].isdigit() else 0
        at += 2 if parts[at + 1].isdigit() else 1
        if at >= len(parts):
            return Route(tuple(steps), "")
        steps.append((each.name, position))
        plan = plan.inner[each.name]
    return Route(tuple(steps), parts[at] if parts[at] in plan.fields else "")


def plan_of(kind: Kind) -> NodePlan:
    """Return the plan of a kind's own node."""
    plan = NodePlan("", tuple(map(terms.iri, (kind.class_iri, *kind.also))))
    _fill(plan, kind.fields)
    return plan


def _fill(plan: NodePlan, fields: tuple[Field, ...]) -> None:
    for each in fields:
        plan.names[each.path] = each.name
        plan.fields[each.name] = each
        path = plan.dotted[each.name] = f"{plan.path}.{each.name}" if plan.path else each.name
        owner = plan
        for predicate, class_iri in zip(each.path[:-1], each.through, strict=True):
            owner = _unnamed(owner, predicate, class_iri, plan.path)
        for twin in each.alignments.get("twin", ()) if len(each.path) == 1 else ():
            plan.twins[terms.iri(twin)] = each.path[0]
        slot = Slot(path, each.name, each, text=each.type == "text" and not each.computed)
        if each.type == "node":
            slot.node = plan.inner[each.name] = NodePlan(path, tuple(map(terms.iri, each.classes)))
            _fill(slot.node, each.fields)
        owner.slots.setdefault(each.path[-1], slot)
    plan.numbered = tuple(each.name for each in fields if each.type == "integer" and "distinct" in each.checks)


def _unnamed(owner: NodePlan, predicate: Term, class_iri: str, path: str) -> NodePlan:
    slot = owner.slots.get(predicate)
    if slot is None or slot.node is None:
        slot = Slot(path, local_name(predicate), None, NodePlan(path, (terms.iri(class_iri),) if class_iri else ()))
        owner.slots[predicate] = slot
    assert slot.node is not None
    return slot.node


def local_name(predicate: Term) -> str:
    """Return the last part of an IRI, as far as it may stand in a fragment.

    >>> local_name("<http://schema.org/offers>")
    'offers'
    """
    last = predicate[1:-1].replace("#", "/").rstrip("/").rsplit("/", 1)[-1]
    return "".join(char for char in last if char.isascii() and (char.isalnum() or char in "-_")) or "node"
