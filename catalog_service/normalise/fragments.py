"""Inner nodes get fragment IRIs that say what is in them, so that order never matters (architecture, decision 2).

``{record}#{short name}-{first 10 hex digits of the SHA-256 of the content}``; the content holds that of nodes below by
their fragments, and never the record's own IRI, so that a record keeps its fragments when it is renamed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from catalog_service.model.record import Record
from catalog_service.model.terms import iri

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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

    Blank nodes must form trees. Twins with the same content become one.
    """
    new: dict[Term, Term] = {}
    start = "<" + fragment_start(record_iri)

    def name(node: Term) -> Term:
        found = new.get(node)
        if found is None:
            new[node] = f"{start}{short(node)}>"  # a node that is met again while it is named cannot loop
            digest = hashlib.sha256(content(node).encode()).hexdigest()[:_DIGITS]
            found = new[node] = f"{start}{short(node)}-{digest}>"
        return found

    def content(node: Term) -> str:
        return "\n".join(
            sorted(
                f"{predicate} {relative(term)}"
                for predicate, objects in nodes.get(node, {}).items()
                for term in objects
            )
        )

    def relative(term: Term) -> Term:
        named = name(term) if term[0] == "_" else term
        return f"<#{named[len(start) :]}" if named.startswith(start) else named

    for node in [each for each in nodes if each[0] == "_"]:
        name(node)
    for objects in [each for properties in nodes.values() for each in properties.values()]:
        for term in objects:
            if term[0] == "_":
                name(term)
    return renamed(nodes, new), new


def renamed(nodes: Mapping[Term, Mapping[Term, list[Term]]], new: Mapping[Term, Term]) -> Nodes:
    """Return nodes with terms replaced; what became equal becomes one."""
    result: Nodes = {}
    for node, properties in nodes.items():
        own = result.setdefault(new.get(node, node), {})
        for predicate, objects in properties.items():
            replaced = [new.get(term, term) for term in objects]
            own[predicate] = (
                list(dict.fromkeys(own.get(predicate, []) + replaced))
                if len(replaced) > 1 or predicate in own
                else replaced
            )
    return result


def moved(term: Term, old: str, new: str) -> Term:
    """Return a term as it is when the record it may belong to is called otherwise.

    >>> moved("<urn:x:1#offer-0>", "urn:x:1", "https://catalogue.example/id/x/1")
    '<https://catalogue.example/id/x/1#offer-0>'
    """
    if term == f"<{old}>":
        return iri(new)
    start = f"<{fragment_start(old)}"
    return f"<{fragment_start(new)}{term[len(start) :]}" if term.startswith(start) else term


def rename(record: Record, new_iri: str) -> Record:
    """Return the record under another IRI, its inner nodes and statements about itself with it."""
    old = record.iri
    mentioned = {term for _, _, term in record.triples()} | set(record.nodes)
    changed = {term: to for term in mentioned if term[0] == "<" and (to := moved(term, old, new_iri)) != term}
    return Record(new_iri, record.kind, renamed(record.nodes, changed))
