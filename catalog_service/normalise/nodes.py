"""Inner nodes become fragment IRIs that say what is in them, so that order never matters (architecture, decision 2)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from catalog_service.model.record import Record
from catalog_service.model.terms import iri, is_blank

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog_service.model.record import Nodes
    from catalog_service.model.terms import Term

_DIGITS = 10


def with_fragments(nodes: Nodes, record: str, names: Mapping[Term, str]) -> tuple[Nodes, dict[Term, Term]]:
    """Return nodes whose blank ones have IRIs ``{record}#{short name}-{hash of content}``, and the new names.

    ``names`` gives the short name of a predicate. Twins with the same content become one. Blank nodes must form trees.
    """
    new: dict[Term, Term] = {}
    blank = [node for node in nodes if is_blank(node)]
    if not blank:
        return nodes, new
    owners = {
        term: names.get(predicate) or local_name(predicate)
        for properties in nodes.values()
        for predicate, objects in properties.items()
        for term in objects
        if is_blank(term)
    }

    def name(node: Term, above: frozenset[Term]) -> Term:
        if node not in new:
            digest = hashlib.sha256(content(node, above | {node}).encode()).hexdigest()[:_DIGITS]
            new[node] = iri(f"{record}#{owners.get(node, 'node')}-{digest}")
        return new[node]

    def content(node: Term, above: frozenset[Term]) -> str:
        lines = []
        for predicate, objects in nodes.get(node, {}).items():
            for term in objects:
                inner = is_blank(term) and term not in above
                lines.append(f"{predicate} {'<#' + name(term, above).rsplit('#', 1)[1] if inner else term}\n")
        return "".join(sorted(lines))

    for node in blank:
        name(node, frozenset())
    return _renamed(nodes, new), new


def _renamed(nodes: Mapping[Term, Mapping[Term, list[Term]]], new: Mapping[Term, Term]) -> Nodes:
    renamed: Nodes = {}
    for node, properties in nodes.items():
        own = renamed.setdefault(new.get(node, node), {})
        for predicate, objects in properties.items():
            own[predicate] = list(dict.fromkeys(new.get(term, term) for term in objects))
    return renamed


def local_name(predicate: Term) -> str:
    """Return the last part of an IRI.

    >>> local_name("<http://schema.org/offers>")
    'offers'
    """
    return predicate[1:-1].replace("#", "/").rsplit("/", 1)[-1]


def moved(term: Term, old: str, new: str) -> Term:
    """Return a term with the record's IRI at its beginning replaced."""
    if term == iri(old):
        return iri(new)
    return f"<{new}#{term[len(old) + 2 :]}" if term.startswith(f"<{old}#") else term


def rename(record: Record, new: str) -> Record:
    """Return the record under another IRI, its inner nodes with it."""
    own = {term: moved(term, record.iri, new) for term in record.nodes}
    return Record(new, record.kind, _renamed(record.nodes, own))
