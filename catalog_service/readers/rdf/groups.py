"""Cutting a stream of triples into records, in document order and with memory for the few that are open.

A record is what is said of its IRI, of its fragments and of the blank nodes below it. It closes when another subject
begins. What is said of it later is yielded as another piece; blank nodes that come apart from it are waited for.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from catalog_service.model.raw import RawRecord
from catalog_service.model.report import Place
from catalog_service.namespaces import STS, TYPE
from catalog_service.readers.base import quoted, refusal
from catalog_service.readers.rdf.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from catalog_service.model.report import Finding
    from catalog_service.model.terms import Term, Triple
    from catalog_service.readers.base import ReadContext

_SUBJECT = itemgetter(0)
_MOST_WAITING = 200_000
"""Triples that may wait for their record or their blank nodes, over the whole file."""
_MOST_REMEMBERED = 200_000
"""Closed records whose kind is remembered for later pieces."""
_MOST_STRAY = 20
"""Subjects of no kind that are named; the others are counted."""


class Groups:
    """Takes triples of the current record and yields raw records when they are whole."""

    def __init__(self, context: ReadContext, line_of: Callable[[Term], int]) -> None:
        self._context = context
        self._limits = context.limits
        self._line_of = line_of
        self._gate = Gate(context.limits)
        self._kinds = {f"<{kind.class_iri}>": kind.name for kind in context.kinds.values()}
        self._also = {f"<{each}>" for kind in context.kinds.values() for each in kind.also}
        self._closed: dict[Term, str] = {}
        self._waiting: dict[Term, list[Triple]] = {}
        self._owners: dict[Term, Term] = {}
        self._loose: dict[Term, list[Triple]] = {}
        self._lines: dict[Term, int] = {}
        self._refused: set[Term] = set()
        self._held = 0
        self._strays = 0
        self._line = 0
        self.root: Term = ""
        self._fragments = "\x00"
        """What every fragment of the current record begins with."""
        self._triples: list[Triple] = []

    def take(self, lines: Iterable[str]) -> Iterator[RawRecord | Finding]:
        """Sort triples, each a line of N-Triples as `str` shows one, to their records; yield what becomes whole."""
        most, owners = self._limits.record_triples, self._owners
        root, fragments, triples = self.root, self._fragments, self._triples
        for line in lines:
            subject, predicate, term = line.split(" ", 2)
            if subject == root or subject.startswith(fragments):
                triples.append((subject, predicate, term))
            elif subject[0] != "_":
                yield from self._open(subject)
                root, fragments, triples = self.root, self._fragments, self._triples
                triples.append((subject, predicate, term))
            elif owners:
                self._blank((subject, predicate, term))
            else:
                triples.append((subject, predicate, term))
            if len(triples) > most:
                yield from self._overflow()
                triples = self._triples

    def _open(self, subject: Term) -> Iterator[RawRecord | Finding]:
        """Close the current record and open the one a subject belongs to."""
        yield from self.close()
        root = self._root_of(subject)
        self.root, self._fragments = root, root[:-1] + "#"
        self._line = self._line_of(subject)
        self._triples = self._waiting.pop(root, [])

    def _blank(self, triple: Triple) -> None:
        """Take a triple whose subject is a blank node that another record may wait for."""
        owner = self._owners.get(triple[0])
        if owner is None or owner == self.root or owner not in self._waiting:
            self._triples.append(triple)
            return
        self._waiting[owner].append(triple)
        if triple[2][0] == "_":
            self._owners[triple[2]] = owner

    def _root_of(self, subject: Term) -> Term:
        base, fragment, _ = subject.partition("#")
        if fragment:
            whole = base + ">"
            if whole in self._closed or whole in self._waiting or whole in self._refused:
                return whole
        return subject

    @property
    def left_out(self) -> bool:
        """Whether the current record is refused already."""
        return self.root in self._refused

    def refuse(self, root: Term) -> None:
        """Leave a record out, what was read of it and what will be."""
        if root[:1] == "<":
            base = root.partition("#")[0]
            root = base + ">" if base + ">" == self.root else root
            self._refused.add(root)
            self._waiting.pop(root, None)
        if root == self.root:
            self._triples = []

    def _overflow(self) -> Iterator[Finding]:
        """Refuse the current record for its size."""
        if self.root and self.root not in self._refused:
            yield self.fault("too-large", "The record has more than {most} statements.", "Split it into several.",
                             most=self._limits.record_triples)  # fmt: skip
        self.refuse(self.root)
        self._triples = []

    def fault(self, code: str, message: str, advice: str, line: int = 0, **values: Any) -> Finding:
        """Return a finding on the current record."""
        return refusal(code, message, self._place(line or self._line), advice, record=self.root[1:-1], **values)

    def _place(self, line: int) -> Place:
        return Place(self._context.file, line=line)

    # closing

    def close(self) -> Iterator[RawRecord | Finding]:
        """Yield what the current record has become."""
        root, triples, self._triples = self.root, self._triples, []
        if not triples or root in self._refused:
            return
        nodes = {subject for subject in set(map(_SUBJECT, triples)) if subject[0] == "_"}
        if nodes != {term for _, _, term in triples if term[0] == "_"}:
            triples, others, missing = self._blank_nodes(triples)
            for triple in others:
                self._hold(self._loose, triple[0], triple)
            if missing:
                self._wait(root, triples, missing)
                return
            if others:
                yield from self._anonymous()
        if triples:
            yield from self._piece(root, triples, self._line)

    def _blank_nodes(self, triples: list[Triple]) -> tuple[list[Triple], list[Triple], set[Term]]:
        """Return the record's triples, those of blank nodes that belong elsewhere, and blank nodes still to come."""
        by_node: dict[Term, list[Triple]] = {}
        own = []
        for triple in triples:
            if triple[0][0] == "_":
                by_node.setdefault(triple[0], []).append(triple)
            else:
                own.append(triple)
        missing: set[Term] = set()
        seen: set[Term] = set()
        ahead = [triple[2] for triple in own if triple[2][0] == "_"]
        while ahead:
            node = ahead.pop()
            if node in seen:
                continue
            seen.add(node)
            found = by_node.pop(node, None) or self._loose_node(node)
            if found is None:
                missing.add(node)
                continue
            own += found
            ahead += [triple[2] for triple in found if triple[2][0] == "_"]
        return own, [triple for found in by_node.values() for triple in found], missing

    def _loose_node(self, node: Term) -> list[Triple] | None:
        found = self._loose.pop(node, None)
        self._held -= len(found or ())
        return found

    def _wait(self, root: Term, triples: list[Triple], missing: set[Term]) -> None:
        """Keep a record until its blank nodes come, or the end."""
        self._waiting[root] = triples
        self._lines[root] = self._line
        for node in missing:
            self._owners[node] = root

    def _hold(self, where: dict[Term, list[Triple]], key: Term, triple: Triple) -> None:
        self._held += 1
        if self._held <= _MOST_WAITING:
            where.setdefault(key, []).append(triple)

    def _anonymous(self) -> Iterator[RawRecord | Finding]:
        """Yield records that have no IRI: blank nodes of a kind's class."""
        mentioned = {triple[2] for triples in self._loose.values() for triple in triples if triple[2][0] == "_"}
        for node in [each for each in self._loose if each[0] == "_" and each not in mentioned]:
            if self._kind(self._loose[node], node):
                ahead, triples = [node], []
                while ahead:
                    found = self._loose_node(ahead.pop()) or []
                    triples += found
                    ahead += [triple[2] for triple in found if triple[2][0] == "_"]
                yield from self._piece(node, triples, self._line)

    def _piece(self, root: Term, triples: list[Triple], line: int) -> Iterator[RawRecord | Finding]:
        """Yield a record, or hold its triples back until its kind is known."""
        kind = self._kind(triples, root)
        if not kind:
            self._keep_loose(root, triples, line)
            return
        if self._loose and root[0] == "<":
            for other in [each for each in self._loose if each == root or each.startswith(root[:-1] + "#")]:
                triples = triples + self._loose.pop(other)
        if root in self._closed:
            self._closed.pop(root)
        elif len(self._closed) >= _MOST_REMEMBERED:
            self._closed.pop(next(iter(self._closed)))
        self._closed[root] = kind
        yield from self._checked(root, kind, triples, line)

    def _keep_loose(self, root: Term, triples: list[Triple], line: int) -> None:
        self._lines.setdefault(root, line)
        for triple in triples:
            self._hold(self._loose, root, triple)

    def _kind(self, triples: Sequence[Triple], root: Term) -> str:
        kinds = self._kinds
        typed = False
        for subject, predicate, term in triples:
            if predicate == TYPE and subject == root:
                if term in kinds:
                    return kinds[term]
                typed = True
        if root in self._closed:
            return self._closed[root]
        return self._context.kind if not typed and any(triple[0] == root for triple in triples) else ""

    def _checked(self, root: Term, kind: str, triples: list[Triple], line: int) -> Iterator[RawRecord | Finding]:
        """Yield the record if it passes the gate, else why it does not."""
        self.root, before = root, self.root
        passed = self._gate.look(root, triples)
        faults = [self.fault(each.code, each.message, each.advice, line, **each.values) for each in passed.faults]
        faults += self._shape(root, triples, line)
        if passed.schema:
            yield self._schema(passed.schema, line)
        self.root = before
        if faults:
            yield from faults[:10]
            self._refused.add(root)
            return
        iri = passed.root[1:-1] if root[0] == "<" else root
        yield RawRecord(self._place(line), kind, (), iri, tuple(passed.kept))

    def _shape(self, root: Term, triples: Sequence[Triple], line: int) -> list[Finding]:
        """Return findings on the size of a record and on blank nodes that form no tree."""
        if len(triples) > self._limits.record_triples:
            return [self.fault("too-large", "The record has more than {most} statements.", "Split it into several.",
                               line, most=self._limits.record_triples)]  # fmt: skip
        links = [(subject, term) for subject, _, term in triples if term[0] == "_"]
        if not links and root[0] == "<":
            return []
        nodes = {target for _, target in links}
        if len(nodes) > self._limits.record_blank_nodes:
            return [self.fault("too-large", "The record has more than {most} nodes without IRI.",
                               "Give inner nodes IRIs such as {record}#offer-1.", line,
                               most=self._limits.record_blank_nodes)]  # fmt: skip
        if len(links) != len(nodes) or root in nodes:
            return [self.fault("no-tree", "A node without IRI belongs to two others, or to itself.",
                               "Write it once for each, or give it an IRI.", line)]  # fmt: skip
        depth, reached = _depth(root, links)
        if depth > self._limits.depth:
            return [self.fault("too-deep", "Nodes without IRI are nested deeper than {most} levels.", "", line,
                               most=self._limits.depth)]  # fmt: skip
        if reached < len(nodes):
            return [self.fault("no-tree", "Nodes without IRI form a ring.", "Give one of them an IRI.", line)]
        return []

    def _schema(self, schema: Sequence[Triple], line: int) -> Finding:
        _, predicate, term = schema[0]
        return refusal(
            "schema-statement",
            "Statements with {value} do not belong into a record; they were left out.",
            self._place(line),
            "What words mean is said in the profile; use its properties.",
            severity="warning",
            value=quoted((term if predicate == TYPE else predicate)[1:-1]),
            record=self.root[1:-1],
        )

    # the end

    def end(self) -> Iterator[RawRecord | Finding]:
        """Yield what waited, and findings on what belongs to no record."""
        yield from self.close()
        for root, triples in list(self._waiting.items()):
            del self._waiting[root]
            self.root, self._line = root, self._lines.get(root, 0)
            own, others, missing = self._blank_nodes(triples)
            for triple in others:
                self._hold(self._loose, triple[0], triple)
            if missing:
                yield self.fault("no-tree", "A node without IRI has no statements, or belongs to two records.",
                                 "Write it once for each, or give it an IRI.")  # fmt: skip
                continue
            yield from self._piece(root, own, self._line)
        yield from self._anonymous()
        for subject, triples in self._loose.items():
            yield from self._stray(subject, triples)
        if self._strays > _MOST_STRAY:
            yield refusal("no-record", "Of {count} more subjects nothing was read: they are of no known kind.",
                           self._place(0), severity="warning", count=self._strays - _MOST_STRAY)  # fmt: skip
        if self._held > _MOST_WAITING:
            yield refusal("too-scattered", "The statements about one record stand too far apart.", self._place(0),
                           "Sort the file by subject, or save it as Turtle.")  # fmt: skip

    def _stray(self, subject: Term, triples: Sequence[Triple]) -> Iterator[Finding]:
        """Yield the finding on a subject of no kind; one that claims to be a service is an error."""
        if subject[0] == "_" or subject in self._refused:
            return
        self._strays += 1
        if self._strays > _MOST_STRAY:
            return
        types = [term for _, predicate, term in triples if predicate == TYPE]
        claims = any(term.startswith(f"<{STS}") or term in self._also for term in types)
        known = ", ".join(kind.class_iri for kind in self._context.kinds.values())
        message = "What is said of {value} belongs to no record of a known kind; it was left out."
        yield refusal("no-record", message, self._place(self._lines.get(subject, 0)),
                       "Type the record as one of {known}.", severity="error" if claims else "warning",
                       value=quoted(subject[1:-1], 200), known=known,
                       record=subject[1:-1] if claims else "")  # fmt: skip


def _depth(root: Term, links: Sequence[tuple[Term, Term]]) -> tuple[int, int]:
    """Return how deep blank nodes nest below a record, and how many are below it at all."""
    below: dict[Term, list[Term]] = {}
    level = []
    for source, target in links:
        if source[0] == "<" or source == root:
            level.append(target)
        else:
            below.setdefault(source, []).append(target)
    depth = reached = 0
    while level:
        reached += len(level)
        depth += 1
        level = [inner for node in level for inner in below.get(node, ())]
    return depth, reached
