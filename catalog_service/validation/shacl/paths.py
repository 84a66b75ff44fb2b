"""Property paths: read from a shapes graph, followed through data, written for people and into reports.

Clause: SHACL 2.3.1, which maps its paths onto SPARQL 1.1 property paths, whose value nodes are a set.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_service.model.terms import Term, is_blank, is_iri
from catalog_service.validation.shacl.graph import NO_PROPERTIES, Nodes
from catalog_service.validation.shacl.names import FIRST, NIL, REST, sh

if TYPE_CHECKING:
    from catalog_service.validation.shacl.run import Run

DEEPEST = 100
"""Levels a path may be nested."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """One predicate."""

    iri: Term

    def __str__(self) -> str:
        return self.iri


@dataclass(frozen=True, slots=True)
class Inverse:
    """A path walked backwards."""

    path: Path

    def __str__(self) -> str:
        return f"^{_grouped(self.path)}"


@dataclass(frozen=True, slots=True)
class Sequence:
    """One path after the other."""

    paths: tuple[Path, ...]

    def __str__(self) -> str:
        return "/".join(map(_grouped, self.paths))


@dataclass(frozen=True, slots=True)
class Alternative:
    """Any of several paths."""

    paths: tuple[Path, ...]

    def __str__(self) -> str:
        return "|".join(map(_grouped, self.paths))


@dataclass(frozen=True, slots=True)
class Repeated:
    """A path taken several times: ``*``, ``+`` or ``?``."""

    path: Path
    sign: str

    def __str__(self) -> str:
        return _grouped(self.path) + self.sign


Path = Predicate | Inverse | Sequence | Alternative | Repeated
Follow = Callable[["Run", Collection[Term]], Collection[Term]]
"""From some nodes to the set of nodes reached."""

REPEATED = {sh("zeroOrMorePath"): "*", sh("oneOrMorePath"): "+", sh("zeroOrOnePath"): "?"}
SIGNS = {sign: predicate for predicate, sign in REPEATED.items()}
INVERSE, ALTERNATIVE = sh("inversePath"), sh("alternativePath")


class BadPath(ValueError):
    """A path that is not well-formed."""


class BadList(ValueError):
    """An RDF list that is not well-formed."""


def _grouped(path: Path) -> str:
    return str(path) if isinstance(path, Predicate) else f"({path})"


def read_list(nodes: Nodes, head: Term) -> tuple[Term, ...]:
    """Return the members of an RDF list; a missing or second rest, or a cycle, is an error."""
    members: list[Term] = []
    seen: set[Term] = set()
    while head != NIL:
        properties = nodes.get(head, NO_PROPERTIES)
        first, rest = properties.get(FIRST, ()), properties.get(REST, ())
        if head in seen:
            raise BadList(f"the list at {head} is a cycle")
        if len(first) != 1 or len(rest) != 1:
            raise BadList(f"the list at {head} has {len(first)} rdf:first and {len(rest)} rdf:rest")
        seen.add(head)
        members.append(first[0])
        head = rest[0]
    return tuple(members)


def read_path(nodes: Nodes, term: Term, above: tuple[Term, ...] = ()) -> Path:
    """Return the path that a term stands for; cycles and ill-formed nodes are errors."""
    if is_iri(term) and term != NIL:
        return Predicate(term)
    if term in above:
        raise BadPath(f"the path at {term} refers to itself")
    if len(above) > DEEPEST:
        raise BadPath(f"a path is nested more than {DEEPEST} deep")
    if not is_blank(term):
        raise BadPath(f"{term} is no path")
    properties, above = nodes.get(term, NO_PROPERTIES), (*above, term)
    if FIRST in properties or REST in properties:
        return Sequence(_members(nodes, term, above))
    steps = [(predicate, terms) for predicate, terms in properties.items() if predicate in _STEPS]
    if len(steps) != 1 or len(steps[0][1]) != 1:
        raise BadPath(f"the path at {term} must have one of sh:inversePath, sh:alternativePath, … or be a list")
    predicate, (argument,) = steps[0]
    if predicate == ALTERNATIVE:
        return Alternative(_members(nodes, argument, above))
    inner = read_path(nodes, argument, above)
    return Inverse(inner) if predicate == INVERSE else Repeated(inner, REPEATED[predicate])


_STEPS = frozenset({INVERSE, ALTERNATIVE, *REPEATED})


def _members(nodes: Nodes, head: Term, above: tuple[Term, ...]) -> tuple[Path, ...]:
    try:
        members = read_list(nodes, head)
    except BadList as problem:
        raise BadPath(str(problem)) from None
    if len(members) < 2:
        raise BadPath(f"the path list at {head} has fewer than two members")
    return tuple(read_path(nodes, member, above) for member in members)


def backwards(path: Path) -> Path:
    """Return the path that leads back, with the inversion moved down to the predicates.

    >>> str(backwards(Sequence((Predicate("<a>"), Predicate("<b>")))))
    '(^<b>)/(^<a>)'
    """
    match path:
        case Predicate():
            return Inverse(path)
        case Inverse(inner):
            return inner
        case Sequence(paths):
            return Sequence(tuple(backwards(inner) for inner in reversed(paths)))
        case Alternative(paths):
            return Alternative(tuple(backwards(inner) for inner in paths))
        case Repeated(inner, sign):
            return Repeated(backwards(inner), sign)


def compile_path(path: Path) -> Follow:
    """Return the closure that follows a path from a set of nodes to the set of those reached."""
    match path:
        case Predicate(iri):
            return _forwards(iri)
        case Inverse(Predicate(iri)):
            return _back(iri)
        case Inverse(inner):
            return compile_path(backwards(inner))
        case Sequence(paths):
            return _one_after_the_other(tuple(map(compile_path, paths)))
        case Alternative(paths):
            return _any(tuple(map(compile_path, paths)))
        case Repeated(inner, sign):
            return _optional(compile_path(inner)) if sign == "?" else _closure(compile_path(inner), sign)


def _forwards(predicate: Term) -> Follow:
    def follow(run: Run, nodes: Collection[Term]) -> Collection[Term]:
        look = run.look
        if len(nodes) == 1:
            (node,) = nodes
            return look(node).get(predicate, ())
        return dict.fromkeys(term for node in nodes for term in look(node).get(predicate, ()))

    return follow


def _back(predicate: Term) -> Follow:
    def follow(run: Run, nodes: Collection[Term]) -> Collection[Term]:
        subjects = run.subjects(predicate)
        return dict.fromkeys(term for node in nodes for term in subjects(node))

    return follow


def _one_after_the_other(follows: tuple[Follow, ...]) -> Follow:
    def follow(run: Run, nodes: Collection[Term]) -> Collection[Term]:
        for step in follows:
            nodes = step(run, nodes)
            if not nodes:
                break
        return nodes

    return follow


def _any(follows: tuple[Follow, ...]) -> Follow:
    def follow(run: Run, nodes: Collection[Term]) -> Collection[Term]:
        return dict.fromkeys(term for step in follows for term in step(run, nodes))

    return follow


def _optional(step: Follow) -> Follow:
    def follow(run: Run, nodes: Collection[Term]) -> Collection[Term]:
        return dict.fromkeys((*nodes, *step(run, nodes)))

    return follow


def _closure(step: Follow, sign: str) -> Follow:
    def follow(run: Run, nodes: Collection[Term]) -> Collection[Term]:
        reached = dict.fromkeys(nodes if sign == "*" else step(run, nodes))
        fresh: Collection[Term] = list(reached)
        while fresh:
            fresh = [term for term in step(run, fresh) if term not in reached]
            reached.update(dict.fromkeys(fresh))
        return reached

    return follow
