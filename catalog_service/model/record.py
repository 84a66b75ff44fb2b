"""A record: the triples about its IRI and its inner nodes, and their canonical form (architecture, decision 2)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_service.model.terms import Term, Triple, language, value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Nodes = dict[Term, dict[Term, list[Term]]]
"""Subject to predicate to objects, all as N-Triples terms."""

_NOTHING: dict[Term, list[Term]] = {}
_END = " .\n"
"""The end of a line of N-Triples; terms have no line breaks."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a kind. ``iri`` has no brackets; ``nodes`` holds the record's own node and its inner nodes."""

    iri: str
    kind: str
    nodes: Mapping[Term, Mapping[Term, list[Term]]]

    @property
    def node(self) -> Term:
        """The record's own node as a term."""
        return f"<{self.iri}>"

    @property
    def own(self) -> Mapping[Term, list[Term]]:
        """What is said of the record's own node: predicate to objects."""
        return self.nodes.get(f"<{self.iri}>", _NOTHING)

    def triples(self) -> Iterator[Triple]:
        """Yield every triple, in no promised order."""
        for subject, properties in self.nodes.items():
            for predicate, objects in properties.items():
                for term in objects:
                    yield subject, predicate, term

    def canonical(self) -> bytes:
        """Return sorted N-Triples in UTF-8, one triple a line: the bytes that are stored and hashed."""
        lines: list[str] = []
        for subject, properties in self.nodes.items():
            for predicate, objects in properties.items():
                if len(objects) == 1:
                    lines.append(f"{subject} {predicate} {objects[0]} .\n")
                else:
                    lines += [f"{subject} {predicate} {term} .\n" for term in set(objects)]
        lines.sort()
        return "".join(lines).encode()

    def objects(self, *path: Term, of: Term | None = None) -> list[Term]:
        """Return the objects reached from ``of`` (the record's own node) along predicates, given as terms."""
        if len(path) == 1:
            own = self.nodes.get(of or f"<{self.iri}>")
            return list(own.get(path[0], ())) if own else []
        reached = [of or self.node]
        for predicate in path:
            reached = [term for node in reached for term in self.nodes.get(node, {}).get(predicate, ())]
        return reached

    def text(self, predicate: Term, lang: str, of: Term | None = None) -> str:
        """Return the text of a property in the asked language, else in Chinese, else in any; empty if there is none."""
        return best_text(self.objects(predicate, of=of), lang)


def best_text(terms: Iterable[Term], lang: str) -> str:
    """Return the literal's text that suits a reader of ``lang`` best; empty without terms.

    >>> best_text(['"检索"@zh', '"search"@en'], "en")
    'search'
    """
    found = list(terms)
    for wanted in (lang, "zh", "en"):
        for term in found:
            if language(term).split("-")[0] == wanted:
                return value(term)
    return value(found[0]) if found else ""


def nodes_of(triples: Iterable[Triple]) -> Nodes:
    """Group triples by subject and predicate."""
    nodes: Nodes = {}
    for subject, predicate, term in triples:
        nodes.setdefault(subject, {}).setdefault(predicate, []).append(term)
    return nodes


def canonical(triples: Iterable[Triple]) -> bytes:
    """Return the canonical form of triples without blank nodes: sorted, without doubles, N-Triples in UTF-8."""
    return "".join(sorted({f"{s} {p} {o} .\n" for s, p, o in triples})).encode()


def content_hash(canonical_form: bytes) -> str:
    """Return the SHA-256 of a canonical form in hexadecimal digits."""
    return hashlib.sha256(canonical_form).hexdigest()


def parse_canonical(canonical_form: bytes, record_iri: str, kind: str) -> Record:
    """Return the record whose canonical form this is; sorted lines keep what is said of a node together."""
    nodes: Nodes = {}
    subject = ""
    own: dict[Term, list[Term]] = {}
    lines = canonical_form.decode().split(_END)
    lines.pop()
    for line in lines:
        node, predicate, term = line.split(" ", 2)
        if node != subject:
            subject, own = node, nodes.setdefault(node, {})
        if predicate in own:
            own[predicate].append(term)
        else:
            own[predicate] = [term]
    return Record(record_iri, kind, nodes)


def objects_in(canonical_form: bytes, node: Term, *path: Term) -> list[Term]:
    """Return what `Record.objects` would, looked up in a canonical form: for who wants a few values of a record.

    >>> objects_in('<r> <p> "检索"@zh .\\n'.encode(), "<r>", "<p>")
    ['"检索"@zh']
    """
    reached = [node]
    for predicate in path:
        reached = [term for each in reached for term in _said(canonical_form, f"{each} {predicate} ".encode())]
    return reached


def _said(canonical_form: bytes, head: bytes) -> list[Term]:
    """Return the objects on the lines that begin so; sorted lines stand together."""
    start = 0 if canonical_form.startswith(head) else canonical_form.find(b"\n" + head) + 1
    found = []
    while canonical_form.startswith(head, start):
        end = canonical_form.index(_END.encode(), start)
        found.append(canonical_form[start + len(head) : end].decode())
        start = end + len(_END)
    return found
