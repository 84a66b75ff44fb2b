"""A stream of triples is cut into records as it comes.

A record is what is said of its IRI, of its fragments and of the blank nodes below it. It is closed when another subject
begins, unless a blank node of it is still to come.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from catalog_service.errors import TooLarge
from catalog_service.model.raw import RawRecord
from catalog_service.model.report import Place
from catalog_service.namespaces import RDFS, SH, TYPE
from catalog_service.readers.base import ReadContext, refusal
from catalog_service.readers.statements import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from catalog_service.model.report import Finding
    from catalog_service.model.terms import Term, Triple

_SCHEMES = "http|https|urn|tel|mailto|weixin|qq|xmpp|info|doi"
_IRI = re.compile(rf"<(?:{_SCHEMES}):", re.IGNORECASE)
_ESCAPED_CONTROL = re.compile(r"(?<!\\)(?:\\\\)*\\(?:u00(?:[01][0-9A-Fa-f]|7F)|u(?i:FFF[EF])|[bf])")
"""Control characters as they stand in terms: the parser writes them escaped."""

_NON_CHARACTERS = re.compile("[\ufdd0-\ufdef\ufffe\uffff]|[\U0001fffe\U0001ffff]")
_OWL = "http://www.w3.org/2002/07/owl#"
_SCHEMA = tuple(f"<{each}" for each in (RDFS, _OWL, SH))
_MOST_WAITING = 1_000_000
"""Statements about blank nodes whose record has not come."""


class Cutter:
    """Cuts a stream of triples into records."""

    def __init__(self, context: ReadContext, line_of: Callable[[str], int] | None = None) -> None:
        """``line_of`` tells at which line of the source a subject that has just come stands, 0 if unknown."""
        self._context = context
        self._line_of = line_of
        self._kinds = {f"<{kind.class_iri}>": kind.name for kind in context.kinds.values()}
        self._blank: dict[Term, list[Triple]] = {}
        self._waiting: list[tuple[str, list[Triple], int]] = []
        self._broken: set[str] = set()
        self._most = context.limit("record_triples", 2000)
        self._most_blank = context.limit("record_blank_nodes", 200)
        self._literal = context.limit("literal_length", 20_000)
        self._iri = context.limit("iri_length", 2048)

    def records(self, triples: Iterator[Triple | Broken]) -> Iterator[RawRecord | Finding]:
        """Yield records in the order in which they are closed."""
        root, line = "", 0
        current: list[Triple] = []
        for triple in triples:
            if isinstance(triple, Broken):
                yield from self._break(triple, root)
                continue
            subject = triple[0]
            if subject[0] == "_":
                self._blank.setdefault(subject, []).append(triple)
                if len(self._blank) > _MOST_WAITING:
                    raise TooLarge("{file} holds too many inner nodes of no record.", file=self._context.file)
                continue
            owner = subject.partition("#")[0].rstrip(">")
            if owner != root:
                yield from self._close(root, current, line)
                root, current = owner, []
                line = self._line_of(root[1:]) if self._line_of else 0
            current.append(triple)
        yield from self._close(root, current, line)
        for root, waiting, line in self._waiting:
            yield from self._made(root, waiting, self._below(waiting)[0], line)

    def _break(self, broken: Broken, root: str) -> Iterator[Finding]:
        """Yield the finding on a broken statement, once a record; what else is said of its subject is left out."""
        owner = broken.subject if broken.subject.startswith("_:") else broken.subject.partition("#")[0].rstrip(">")
        if not owner and not broken.written:
            owner = root
        if owner and owner in self._broken:
            return
        self._broken.add(owner)
        place = Place(self._context.file, line=broken.line)
        said: dict[str, Any] = {
            "line": broken.line,
            "reason": broken.reason,
            "value": owner.lstrip("<") or broken.written,
        }
        if broken.resumed:
            yield refusal(
                "broken-syntax",
                "The statement is broken: {reason}. The record it is in was left out: {value}.",
                place,
                "Mend the line; the other records were read.",
                **said,
            )
        else:
            yield refusal(
                "broken-syntax",
                "The statement is broken: {reason}. Nothing from this line on was read.",
                place,
                "Mend the line, then read the file again.",
                **said,
            )

    def _close(self, root: str, own: list[Triple], line: int) -> Iterator[RawRecord | Finding]:
        if not own or root in self._broken:
            return
        below, missing = self._below(own) if self._blank or _names_blank(own) else ([], False)
        if missing:
            self._waiting.append((root, own, line))
            return
        yield from self._made(root, own, below, line)

    def _below(self, own: list[Triple]) -> tuple[list[Triple], bool]:
        """Return the triples of the blank nodes below some triples, and whether one of these is still to come."""
        found: list[Triple] = []
        stack = [term for _, _, term in own if term[0] == "_"]
        seen: set[Term] = set()
        missing = False
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            triples = self._blank.get(node)
            if triples is None:
                missing = True
                continue
            found += triples
            stack += [term for _, _, term in triples if term[0] == "_"]
        if not missing:
            for node in seen:
                self._blank.pop(node, None)
        return found, missing

    def _made(self, root: str, own: list[Triple], below: list[Triple], line: int) -> Iterator[RawRecord | Finding]:
        """Yield the records among triples that share an IRI up to its fragment."""
        if self._broken and (root in self._broken or not self._broken.isdisjoint(each[2] for each in (*own, *below))):
            return
        place = Place(self._context.file, line=line)
        nodes: dict[Term, list[Triple]] = {}
        for triple in (*own, *below):
            nodes.setdefault(triple[0], []).append(triple)
        typed = {node: self._kind(triples) for node, triples in nodes.items() if node[0] == "<"}
        heads = [node for node, kind in typed.items() if kind]
        whole = f"{root}>"
        if len(heads) == 1 and (heads[0] == whole or whole not in nodes):
            reached = _reached(heads[0], nodes) if len(typed) > 1 else set(nodes)
            triples = (
                [*own, *below] if len(reached) == len(nodes) else [each for node in reached for each in nodes[node]]
            )
            yield from self._record(heads[0], typed[heads[0]], triples, place)
            loose = next((node for node in typed if node not in reached), None)
            if loose:
                yield self._stray(loose, place)
        elif heads:
            yield from self._split(heads, typed, nodes, place)
        else:
            yield self._stray(whole if whole in nodes else next(iter(typed)), place)

    def _split(
        self, heads: list[Term], typed: dict[Term, str], nodes: dict[Term, list[Triple]], place: Place
    ) -> Iterator[RawRecord | Finding]:
        """Yield records whose IRIs differ in the fragment only; inner nodes go to who reaches them first."""
        for head in heads:
            triples = [triple for node in _reached(head, nodes, heads) for triple in nodes[node]]
            yield from self._record(head, typed[head], triples, place)

    def _kind(self, triples: list[Triple]) -> str:
        for _, predicate, term in triples:
            if predicate == TYPE and term in self._kinds:
                return self._kinds[term]
        return ""

    def _stray(self, node: Term, place: Place) -> Finding:
        return refusal(
            "no-record",
            "What is said of {value} belongs to no record of a known kind.",
            place,
            "Give it the class of a kind: {kinds}.",
            severity="warning",
            value=node[1:-1],
            kinds=", ".join(kind.class_iri for kind in self._context.kinds.values()),
        )

    def _record(self, node: Term, kind: str, triples: list[Triple], place: Place) -> Iterator[RawRecord | Finding]:
        fault = self._fault(triples)
        if fault:
            code, message, values = fault
            yield refusal(code, message, place, value=node[1:-1], **values)
            return
        good = [
            triple
            for triple in triples
            if not triple[1].startswith(_SCHEMA) and not (triple[1] == TYPE and triple[2].startswith(_SCHEMA))
        ]
        if len(good) < len(triples):
            yield refusal(
                "schema-statement",
                "Statements about classes and shapes in the record {value} were left out.",
                place,
                severity="warning",
                value=node[1:-1],
            )
        yield RawRecord(place, kind, iri=node[1:-1], triples=tuple(good))

    def _fault(self, triples: list[Triple]) -> tuple[str, str, dict[str, Any]] | None:
        """Return what makes a record unfit to be kept: its size, or a term that would harm whoever reads it."""
        if len(triples) > self._most:
            return "too-large", "The record {value} has more than {most} statements.", {"most": self._most}
        blank = {triple[0] for triple in triples if triple[0][0] == "_"}
        if len(blank) > self._most_blank:
            return "too-large", "The record {value} has more than {most} inner nodes.", {"most": self._most_blank}
        if blank and not _is_tree(triples):
            return "no-tree", "Inner nodes of the record {value} refer to one another in a ring or have two owners.", {}
        for _, predicate, term in triples:
            if term[0] == '"':
                if len(term) > self._literal and len(term) > self._literal + 60:
                    return (
                        "too-long",
                        "A text of the record {value} has more than {most} characters.",
                        {"most": self._literal},
                    )
                if "\\" in term and _ESCAPED_CONTROL.search(term):
                    return "forbidden-character", "A text of the record {value} holds control characters.", {}
                if _NON_CHARACTERS.search(term):
                    return "forbidden-character", "A text of the record {value} holds characters that are none.", {}
            elif term[0] == "<" and (len(term) > self._iri or not _IRI.match(term)):
                return (
                    "bad-iri",
                    "The record {value} names an address that cannot be used: {iri}.",
                    {"iri": term[1:80].rstrip(">")},
                )
            if len(predicate) > self._iri:
                return (
                    "bad-iri",
                    "The record {value} names an address that cannot be used: {iri}.",
                    {"iri": predicate[1:80]},
                )
        return None


def _reached(head: Term, nodes: Mapping[Term, list[Triple]], others: Collection[Term] = ()) -> set[Term]:
    """Return the node and the inner nodes it leads to, without those of other records."""
    reached, stack = {head}, [head]
    while stack:
        for _, _, term in nodes[stack.pop()]:
            if term in nodes and term not in reached and term not in others:
                reached.add(term)
                stack.append(term)
    return reached


def _names_blank(triples: list[Triple]) -> bool:
    return any(term[0] == "_" for _, _, term in triples)


def _is_tree(triples: list[Triple]) -> bool:
    """Tell whether every blank node is the object of at most one statement and in no ring."""
    owner: dict[Term, Term] = {}
    for subject, _, term in triples:
        if term[0] == "_":
            if term in owner:
                return False
            owner[term] = subject
    for node in owner:
        seen, at = set(), node
        while at in owner:
            if at in seen:
                return False
            seen.add(at)
            at = owner[at]
    return True
