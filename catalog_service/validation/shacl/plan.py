"""What a shapes graph says, as frozen data: the plan from which the closures are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalog_service.validation.shacl.names import VIOLATION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from catalog_service.model.terms import Term
    from catalog_service.validation.shacl.paths import Path


@dataclass(frozen=True, slots=True)
class Targets:
    """How the focus nodes of a shape are found (section 2.1.3)."""

    nodes: tuple[Term, ...] = ()
    classes: tuple[Term, ...] = ()
    subjects_of: tuple[Term, ...] = ()
    objects_of: tuple[Term, ...] = ()
    other: bool = False
    """Whether there is a target that is not compiled, such as a SPARQL-based one."""

    def __bool__(self) -> bool:
        return bool(self.nodes or self.classes or self.subjects_of or self.objects_of or self.other)


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint of a shape; which fields are used depends on the component."""

    component: str
    """The component's local name without ``ConstraintComponent``, such as ``MinCount``."""
    argument: Term = ""
    """The parameter's value, or the shape that is referred to."""
    number: int = 0
    """Counts and lengths."""
    members: tuple[Term, ...] = ()
    """Members of a list: languages, values, shapes; the allowed predicates of a closed shape."""
    flags: str = ""
    """The flags of a pattern."""
    matcher: tuple[Callable[[str], bool], bool] | None = field(default=None, compare=False)
    """A pattern as it was compiled while reading, which is the costly part of it."""
    siblings: tuple[Term, ...] = ()
    """The shapes that a qualified value must not conform to."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape, or a property shape if it has a path."""

    term: Term
    path: Path | None = None
    severity: Term = VIOLATION
    messages: tuple[Term, ...] = ()
    deactivated: bool = False
    targets: Targets = field(default_factory=Targets)
    constraints: tuple[Constraint, ...] = ()
    uncompiled: tuple[str, ...] = ()
    """What stands on the shape that only pySHACL runs, such as ``sh:sparql``."""

    def references(self) -> tuple[Term, ...]:
        """Return the shapes this one refers to."""
        found: list[Term] = []
        for constraint in self.constraints:
            if constraint.component in REFERRING:
                found += (constraint.argument, *constraint.siblings)
            elif constraint.component in LOGICAL_LISTS:
                found += constraint.members
        return tuple(dict.fromkeys(found))


REFERRING = frozenset({"Property", "Node", "Not", "QualifiedMinCount", "QualifiedMaxCount"})
LOGICAL_LISTS = frozenset({"And", "Or", "Xone"})


@dataclass(frozen=True, slots=True)
class Plan:
    """All shapes of a graph, those that have targets, and what was noticed while reading."""

    shapes: Mapping[Term, Shape]
    roots: tuple[Term, ...]
    """Shapes with targets that are compiled, in the graph's order."""
    fallback: tuple[Term, ...]
    """Shapes with targets that pySHACL has to run."""
    order: tuple[Term, ...]
    """Every shape that ``roots`` need, those referred to first."""
    heights: Mapping[Term, int]
    """For each shape in ``order``: how many shapes deep it refers."""
    warnings: tuple[str, ...] = ()
