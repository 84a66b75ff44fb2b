"""RDF through pyoxigraph only, behind a byte gate and a term gate; records are cut out of the stream as they come.

A record is what is said of its IRI, of its fragments and of the blank nodes below it. It is closed when another subject
begins, unless a blank node of it is still to come. Source of the limits: `catalog_service.config`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from catalog_service.errors import TooLarge, UnreadableInput
from catalog_service.model.raw import RawRecord
from catalog_service.model.report import Place
from catalog_service.namespaces import RDFS, SH, TYPE
from catalog_service.readers.base import ReadContext, check_depth, is_text, refusal, text_head
from catalog_service.resources import folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.model.report import Finding
    from catalog_service.model.terms import Term, Triple

CONTEXT_ADDRESSES = ("https://w3id.org/stsp/context.jsonld", "https://w3id.org/stsp/context/1.0.jsonld")
"""Where our JSON-LD context is said to be; it is built in and never fetched."""

_SCHEMES = "http|https|urn|tel|mailto|weixin|qq|xmpp|info|doi"
_IRI = re.compile(rf"<(?:{_SCHEMES}):", re.IGNORECASE)
_ESCAPED_CONTROL = re.compile(r"\\u00(?:[01][0-9A-Fa-f]|7F)")
_NON_CHARACTERS = re.compile("[\ufdd0-\ufdef\ufffe\uffff]|[\U0001fffe\U0001ffff]")
_OWL = "http://www.w3.org/2002/07/owl#"
_SCHEMA_PREDICATES = tuple(f"<{each}" for each in (RDFS, _OWL, SH))
_LARGEST_WHOLE = 50_000_000


class _Rdf:
    """What all syntaxes share."""

    name = ""
    endings: tuple[str, ...] = ()
    syntax = ""

    def read(self, source: BinaryIO, context: ReadContext) -> Iterator[RawRecord | Finding]:
        """Yield a raw record for each subject of a known kind."""
        self._gate(source, context)
        yield from _Cutter(context).records(self._triples(source, context))

    def _gate(self, source: BinaryIO, context: ReadContext) -> None:
        """Refuse bytes no parser should see."""
        head = source.read(4)
        source.seek(0)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise UnreadableInput("{file} is not UTF-8.", advice="Save it as UTF-8.", file=context.file)

    def _triples(self, source: BinaryIO, context: ReadContext) -> Iterator[Triple | SyntaxError]:
        """Yield triples, and syntax errors where the parser went on behind one."""
        import pyoxigraph as ox

        quads = ox.parse(source, format=getattr(ox.RdfFormat, self.syntax), base_iri="urn:x-kebao:base")
        failures = 0
        while True:
            try:
                for quad in quads:
                    line = str(quad)
                    subject, predicate, rest = line.split(" ", 2)
                    if quad.graph_name.__class__ is not ox.DefaultGraph:
                        rest = str(quad.object)
                    yield subject, predicate, rest
                return
            except SyntaxError as error:
                failures += 1
                yield error
                if failures > _MOST_FAILURES:
                    return
            except (ValueError, OSError) as error:
                raise UnreadableInput(
                    "{file} cannot be read: {reason}.", file=context.file, reason=str(error)
                ) from error


_MOST_FAILURES = 1000


class Turtle(_Rdf):
    """Turtle."""

    name = "turtle"
    endings: tuple[str, ...] = ("ttl", "turtle")
    syntax = "TURTLE"

    def sniff(self, head: bytes) -> bool:
        """Tell whether it begins with a directive, a comment, an IRI or a prefixed name."""
        return (
            is_text(head)
            and re.match(r"(@prefix|@base|PREFIX|BASE|#|<[^>\s]*>\s|_:|[\w.-]*:\S+\s)", text_head(head), re.I)
            is not None
        )


class TriG(Turtle):
    """TriG; the graphs are not kept apart."""

    name = "trig"
    endings = ("trig",)
    syntax = "TRIG"

    def sniff(self, head: bytes) -> bool:
        """Tell whether it is like Turtle with a graph's brace."""
        return super().sniff(head) and re.search(r"(^|\n)\s*(GRAPH\s+)?\S+\s*\{", text_head(head)) is not None


_LINE = re.compile(
    r"(#.*\n|\s*\n)*(<[^>\s]+>|_:\S+)\s+<[^>\s]+>\s+(<[^>\s]+>|_:\S+|\".*\"\S*)\s*(?P<graph><[^>\s]+>|_:\S+)?\s*\.\s*(\n|$)"
)


class NTriples(_Rdf):
    """N-Triples."""

    name = "ntriples"
    endings = ("nt",)
    syntax = "N_TRIPLES"

    def sniff(self, head: bytes) -> bool:
        """Tell whether the first statement is one line of three terms."""
        found = _LINE.match(text_head(head)) if is_text(head) else None
        return found is not None and found["graph"] is None


class NQuads(_Rdf):
    """N-Quads; the graphs are not kept apart."""

    name = "nquads"
    endings = ("nq",)
    syntax = "N_QUADS"

    def sniff(self, head: bytes) -> bool:
        """Tell whether the first statement is one line of four terms."""
        found = _LINE.match(text_head(head)) if is_text(head) else None
        return found is not None and found["graph"] is not None


class RdfXml(_Rdf):
    """RDF/XML without any DTD."""

    name = "rdfxml"
    endings = ("rdf", "xml", "owl")
    syntax = "RDF_XML"

    def sniff(self, head: bytes) -> bool:
        """Tell whether it is XML."""
        text = text_head(head)
        return (
            is_text(head)
            and text.startswith("<")
            and ("<?xml" in text[:100] or "rdf:RDF" in text or "<!DOCTYPE" in text)
        )

    def _gate(self, source: BinaryIO, context: ReadContext) -> None:
        """Refuse document type declarations and entities anywhere, and deep nesting."""
        super()._gate(source, context)
        data = source.read(_LARGEST_WHOLE + 1)
        source.seek(0)
        if len(data) > _LARGEST_WHOLE:
            raise TooLarge("{file} is larger than {most} bytes.", file=context.file, most=_LARGEST_WHOLE)
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise UnreadableInput(
                "{file} holds a document type declaration, which is not read.",
                advice="Delete the <!DOCTYPE …> part and write entities out.",
                file=context.file,
            )
        declared = re.match(rb'<\?xml[^>]*encoding=["\']([^"\']+)', data)
        if declared and declared[1].lower() not in (b"utf-8", b"us-ascii"):
            raise UnreadableInput("{file} is not UTF-8.", advice="Save it as UTF-8.", file=context.file)
        depth = 0
        for tag in re.finditer(rb"<(/?)[A-Za-z_][^<>]*?(/?)>", data):
            depth += -1 if tag[1] else 0 if tag[2] else 1
            if depth > context.limit("depth", 64):
                raise UnreadableInput(
                    "{file} is nested deeper than {most} levels.", file=context.file, most=context.limit("depth", 64)
                )


class JsonLd(_Rdf):
    """JSON-LD; the only context that may be named by its address is ours."""

    name = "jsonld"
    endings = ("jsonld", "json")
    syntax = "JSON_LD"

    def sniff(self, head: bytes) -> bool:
        """Tell whether it is JSON with the words of JSON-LD."""
        text = text_head(head)
        return (
            is_text(head)
            and text.startswith(("{", "["))
            and re.search(r'"@(context|id|graph|type)"\s*:', text) is not None
        )

    def read(self, source: BinaryIO, context: ReadContext) -> Iterator[RawRecord | Finding]:
        """Yield the records of the document, which is read whole."""
        import io

        data = source.read(_LARGEST_WHOLE + 1)
        if len(data) > _LARGEST_WHOLE:
            raise TooLarge("{file} is larger than {most} bytes.", file=context.file, most=_LARGEST_WHOLE)
        check_depth(data, context.limit("depth", 64), context.file)
        try:
            document = _with_our_context(json.loads(data.decode("utf-8-sig")), context)
        except (ValueError, RecursionError) as error:
            raise UnreadableInput("{file} is not JSON: {reason}.", file=context.file, reason=str(error)) from error
        text = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
        yield from _Cutter(context).records(self._triples(io.BytesIO(text), context))


def _with_our_context(node: Any, context: ReadContext) -> Any:
    """Return the document with our context in place of its address; other addresses are refused."""
    if isinstance(node, list):
        return [_with_our_context(each, context) for each in node]
    if not isinstance(node, dict):
        return node
    if "@import" in node:
        raise UnreadableInput("{file} imports a context, which is not fetched.", file=context.file)
    return {
        name: _own(value, context) if name == "@context" else _with_our_context(value, context)
        for name, value in node.items()
    }


def _own(value: Any, context: ReadContext) -> Any:
    if isinstance(value, list):
        return [_own(each, context) for each in value]
    if not isinstance(value, str):
        return _with_our_context(value, context)
    if value not in CONTEXT_ADDRESSES:
        raise UnreadableInput(
            "{file} names the context {address}, which is not fetched.",
            advice="Write the context into the file, or name {ours}.",
            file=context.file,
            address=value[:200],
            ours=CONTEXT_ADDRESSES[0],
        )
    return json.loads((folder("ontology") / "context.jsonld").read_text(encoding="utf-8"))["@context"]


class _Cutter:
    """Cuts a stream of triples into records."""

    def __init__(self, context: ReadContext) -> None:
        self._context = context
        self._kinds = {f"<{kind.class_iri}>": kind.name for kind in context.kinds.values()}
        self._blank: dict[Term, list[Triple]] = {}
        self._waiting: list[tuple[str, list[Triple]]] = []
        self._most = context.limit("record_triples", 2000)
        self._most_blank = context.limit("record_blank_nodes", 200)
        self._literal = context.limit("literal_length", 20_000)
        self._iri = context.limit("iri_length", 2048)

    def records(self, triples: Iterator[Triple | SyntaxError]) -> Iterator[RawRecord | Finding]:
        """Yield records in the order in which they are closed."""
        root = ""
        current: list[Triple] = []
        broken: set[str] = set()
        for triple in triples:
            if isinstance(triple, SyntaxError):
                yield self._broken(triple, root)
                current, broken = [], broken | {root}
                self._blank.clear()
                continue
            subject = triple[0]
            if subject[0] == "_":
                self._blank.setdefault(subject, []).append(triple)
                continue
            owner = subject.partition("#")[0].rstrip(">")
            if owner != root:
                if root not in broken:
                    yield from self._close(root, current)
                root, current = owner, []
            current.append(triple)
        if root not in broken:
            yield from self._close(root, current)
        for root, waiting in self._waiting:
            yield from self._made(root, waiting, self._below(waiting)[0])

    def _broken(self, error: SyntaxError, root: str) -> Finding:
        line = error.lineno or 0
        return refusal(
            "broken-syntax",
            "Line {line} is broken: {reason}. The record it is in was left out.",
            Place(self._context.file, line=line),
            "Mend the line; everything else was read.",
            line=line,
            reason=str(error.msg).rstrip("."),
            value=root[1:],
        )

    def _close(self, root: str, own: list[Triple]) -> Iterator[RawRecord | Finding]:
        if not own:
            return
        below, missing = self._below(own) if self._blank or _names_blank(own) else ([], False)
        if missing:
            self._waiting.append((root, own))
            return
        yield from self._made(root, own, below)

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

    def _made(self, root: str, own: list[Triple], below: list[Triple]) -> Iterator[RawRecord | Finding]:
        """Yield the records among triples that share an IRI up to its fragment."""
        nodes: dict[Term, list[Triple]] = {}
        for triple in (*own, *below):
            nodes.setdefault(triple[0], []).append(triple)
        typed = {node: self._kind(triples) for node, triples in nodes.items() if node[0] == "<"}
        heads = [node for node, kind in typed.items() if kind]
        whole = f"{root}>"
        if len(heads) == 1 and (heads[0] == whole or whole not in nodes):
            yield from self._record(heads[0], typed[heads[0]], [*own, *below])
        elif heads:
            yield from self._split(heads, typed, nodes)
        elif whole in nodes:
            yield self._stray(whole)

    def _split(
        self, heads: list[Term], typed: dict[Term, str], nodes: dict[Term, list[Triple]]
    ) -> Iterator[RawRecord | Finding]:
        """Yield records whose IRIs differ in the fragment only; inner nodes go to who reaches them first."""
        for head in heads:
            reached, stack = {head}, [head]
            while stack:
                for _, _, term in nodes[stack.pop()]:
                    if term in nodes and term not in reached and term not in heads:
                        reached.add(term)
                        stack.append(term)
            yield from self._record(head, typed[head], [triple for node in reached for triple in nodes[node]])

    def _kind(self, triples: list[Triple]) -> str:
        for _, predicate, term in triples:
            if predicate == TYPE and term in self._kinds:
                return self._kinds[term]
        return ""

    def _stray(self, node: Term) -> Finding:
        return refusal(
            "no-record",
            "What is said of {value} belongs to no record of a known kind.",
            Place(self._context.file),
            "Give it the class of a kind: {kinds}.",
            severity="warning",
            value=node[1:-1],
            kinds=", ".join(kind.class_iri for kind in self._context.kinds.values()),
        )

    def _record(self, node: Term, kind: str, triples: list[Triple]) -> Iterator[RawRecord | Finding]:
        place = Place(self._context.file)
        fault = self._fault(triples)
        if fault:
            code, message, values = fault
            yield refusal(code, message, place, value=node[1:-1], **values)
            return
        good = [triple for triple in triples if not triple[1].startswith(_SCHEMA_PREDICATES)]
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
                if "\\u00" in term and _ESCAPED_CONTROL.search(term):
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
