"""Inner nodes get fragment IRIs that say what is in them, so that order never matters (architecture, decision 2).

``{record}#{short name}-{first 10 hex digits of the SHA-256 of the content}``; the content holds that of nodes below by
their fragments, and never the record's own IRI, so that a record keeps its fragments when it is renamed.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

from catalog_service.model.record import Record
from catalog_service.model.terms import iri

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog_service.model.record import Nodes
    from catalog_service.model.terms import Term

_DIGITS = 10


def fragment_start(record_iri: str) -> str:
    """Return what the IRIs of a record's inner nodes begin with; an IRI that has a fragment itself is gone on with.

    >>> fragment_start("https://catalogue.example/id/x/1"), fragment_start("https://catalogue.example/all#1")
    ('https://catalogue.example/id/x/1#', 'https://catalogue.example/all#1.')
    """
    return record_iri + ("." if "#" in record_iri else "#")


def with_fragments(nodes: Nodes, record_iri: str, short: Callable[[Term], str]) -> tuple[Nodes, dict[Term, Term]]:
    """Return nodes whose blank ones have IRIs, and old term to new; ``short`` names a blank node's role.

    Blank nodes must form trees. Twins with the same content become one. Lists without blank nodes are handed on.
    """
    names = _Names(nodes, "<" + fragment_start(record_iri), short)
    result: Nodes = {}
    for node, own in nodes.items():
        _put(result, names.of(node) if node[0] == "_" else node, _replaced(own, names))
    return result, names.given


class _Names:
    """What blank nodes are called. Not functions within a function: those that call each other are rings of objects."""

    __slots__ = ("_nodes", "_short", "_start", "given")

    def __init__(self, nodes: Nodes, start: str, short: Callable[[Term], str]) -> None:
        self._nodes = nodes
        self._start = start
        self._short = short
        self.given: dict[Term, Term] = {}

    def of(self, node: Term) -> Term:
        found = self.given.get(node)
        if found is None:
            role, start = self._short(node), self._start
            self.given[node] = f"{start}{role}>"  # a node that is met again while it is named cannot loop
            own = self._nodes.get(node, {})
            lines = [f"{predicate} {term}" for predicate, objects in own.items() for term in objects]
            content = "\n".join(lines)
            if " _:" in content or start in content:
                lines = [
                    f"{predicate} {self._relative(term)}" for predicate, objects in own.items() for term in objects
                ]
                content = "\n".join(lines)
            found = self.given[node] = f"{start}{role}-{_digest(content)}>"
        return found

    def _relative(self, term: Term) -> Term:
        named = self.of(term) if term[0] == "_" else term
        return f"<#{named[len(self._start) :]}" if named.startswith(self._start) else named


def _replaced(own: dict[Term, list[Term]], names: _Names) -> dict[Term, list[Term]]:
    """Return what is said of a node with names in the place of blank nodes; what became equal becomes one."""
    result = dict(own)
    for predicate, objects in own.items():
        if len(objects) > 1 or (objects and objects[0][0] == "_"):
            result[predicate] = list(dict.fromkeys([names.of(term) if term[0] == "_" else term for term in objects]))
    return result


@lru_cache(maxsize=8192)
def _digest(lines: str) -> str:
    """Return the digits that name a node by its content; contact points and periods are the same in many records."""
    return hashlib.sha256("\n".join(sorted(lines.split("\n"))).encode()).hexdigest()[:_DIGITS]


def _put(nodes: Nodes, node: Term, own: dict[Term, list[Term]]) -> None:
    """Say of a node what was said of one that became it."""
    twin = nodes.setdefault(node, own)
    if twin is not own:
        for predicate, objects in own.items():
            twin[predicate] = list(dict.fromkeys(twin.get(predicate, []) + objects))


def moved(term: Term, old: str, new: str) -> Term:
    """Return a term as it is when the record it may belong to is called otherwise.

    >>> moved("<urn:x:1#offer-0>", "urn:x:1", "https://catalogue.example/id/x/1")
    '<https://catalogue.example/id/x/1#offer-0>'
    """
    if not term.startswith(old, 1):
        return term
    if term == f"<{old}>":
        return iri(new)
    start = f"<{fragment_start(old)}"
    return f"<{fragment_start(new)}{term[len(start) :]}" if term.startswith(start) else term


def rename(record: Record, new_iri: str) -> Record:
    """Return the record under another IRI, its inner nodes and statements about itself with it; twins become one.

    Lists that say nothing about the record itself are handed on.
    """
    old, beginning = record.iri, f"<{record.iri}"
    result: Nodes = {}
    for node, properties in record.nodes.items():
        own = {
            predicate: list(dict.fromkeys([moved(term, old, new_iri) for term in objects]))
            if len(objects) > 1 or (objects and objects[0].startswith(beginning))
            else objects
            for predicate, objects in properties.items()
        }
        _put(result, moved(node, old, new_iri), own)
    return Record(new_iri, record.kind, result)
