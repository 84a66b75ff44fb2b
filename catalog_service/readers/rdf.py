"""RDF through pyoxigraph only: bytes pass a gate before it, terms another behind it (`catalog_service.readers.cutter`).

Source of the limits: `catalog_service.config`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

from catalog_service.errors import TooLarge, UnreadableInput
from catalog_service.readers.base import ReadContext, check_depth, is_text, text_head
from catalog_service.readers.cutter import Cutter
from catalog_service.readers.statements import Broken, Watched, find_line, find_statement, subject_of
from catalog_service.resources import folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.model.raw import RawRecord
    from catalog_service.model.report import Finding
    from catalog_service.model.terms import Triple
    from catalog_service.readers.statements import Statement

CONTEXT_ADDRESSES = ("https://w3id.org/stsp/context.jsonld", "https://w3id.org/stsp/context/1.0.jsonld")
"""Where our JSON-LD context is said to be; it is built in and never fetched."""

_BASE = "urn:x-kebao:base"
_LARGEST_WHOLE = 50_000_000


class _Rdf:
    """What all syntaxes share."""

    name = ""
    endings: tuple[str, ...] = ()
    syntax = ""

    def read(self, source: BinaryIO, context: ReadContext) -> Iterator[RawRecord | Finding]:
        """Yield a raw record for each subject of a known kind."""
        self._gate(source, context)
        yield from Cutter(context).records(self._triples(source, context))

    def _gate(self, source: BinaryIO, context: ReadContext) -> None:
        """Refuse bytes no parser should see."""
        head = source.read(4)
        source.seek(0)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise UnreadableInput("{file} is not UTF-8.", advice="Save it as UTF-8.", file=context.file)

    def _triples(self, source: BinaryIO, context: ReadContext) -> Iterator[Triple | Broken]:
        """Yield triples; behind a syntax error nothing more is read."""
        quads = self._parser(source)
        try:
            yield from _terms_of(quads)
        except SyntaxError as error:
            yield Broken(error.lineno or 0, _reason(error), resumed=False)
        except (ValueError, OSError) as error:
            raise UnreadableInput("{file} cannot be read: {reason}.", file=context.file, reason=str(error)) from error

    def _parser(self, source: Any, base: str = _BASE) -> Any:
        import pyoxigraph as ox

        return ox.parse(source, format=getattr(ox.RdfFormat, self.syntax), base_iri=base)


def _terms_of(quads: Any) -> Iterator[Triple]:
    """Yield the three terms of each quad, whatever graph it is in."""
    from pyoxigraph import DefaultGraph

    for quad in quads:
        subject, predicate, rest = str(quad).split(" ", 2)
        if quad.graph_name.__class__ is not DefaultGraph:
            rest = str(quad.object)
        yield subject, predicate, rest


def _reason(error: SyntaxError) -> str:
    """Return what the parser says, without the place it begins with."""
    text = re.sub(r"^Parser error (?:at|between) line .*?: ", "", str(error.msg))
    return text.rstrip(". ")


class _Text(_Rdf):
    """Syntaxes whose statements can be told apart by the text: behind a broken one, reading goes on at the next."""

    def read(self, source: BinaryIO, context: ReadContext) -> Iterator[RawRecord | Finding]:
        """Yield a raw record for each subject of a known kind, with the line it begins at."""
        self._gate(source, context)
        reading = _Reading(Watched(source))
        yield from Cutter(context, reading.line_of).records(self._read(source, context, reading))

    def _read(self, source: BinaryIO, context: ReadContext, reading: _Reading) -> Iterator[Triple | Broken]:
        offset, line, added, base = 0, 1, 0, _BASE
        for _ in range(_MOST_FAILURES):
            quads = self._parser(reading.watched, base)
            try:
                yield from _terms_of(quads)
                return
            except SyntaxError as error:
                at = max((error.lineno or 1) - added, 1) + line - 1
                found = self._statement(source, offset, line, at, error.offset or 1)
                base = quads.base_iri or base
                subject, written = subject_of(found.text, quads.prefixes, base)
                if not found.text.lstrip().startswith("}"):  # the end of a graph whose beginning was left out
                    yield Broken(at, _reason(error), subject, written or "?")
                if found.offset < 0:
                    return
                offset, line = found.offset, found.line
                head = " ".join(f"@prefix {name}: <{iri}> ." for name, iri in quads.prefixes.items())
                added = 1 if head and self.syntax in ("TURTLE", "TRIG") else 0
                source.seek(offset)
                reading.watched = Watched(source, head=f"{head}\n".encode() if added else b"", line=line)
            except (ValueError, OSError) as error:
                raise UnreadableInput(
                    "{file} cannot be read: {reason}.", file=context.file, reason=str(error)
                ) from error
        yield Broken(line, "too many broken places", written="?", resumed=False)

    def _statement(self, source: BinaryIO, offset: int, first: int, wanted: int, column: int) -> Statement:
        return find_statement(source, offset, first, wanted, column)


class _Reading:
    """The part of a file that is read now."""

    def __init__(self, watched: Watched) -> None:
        self.watched = watched

    def line_of(self, subject: str) -> int:
        return self.watched.line_of(subject)


_MOST_FAILURES = 1000


class Turtle(_Text):
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


class _Lines(_Text):
    """Syntaxes with one statement a line."""

    def _statement(self, source: BinaryIO, offset: int, first: int, wanted: int, column: int) -> Statement:
        del column
        return find_line(source, offset, first, wanted)


class NTriples(_Lines):
    """N-Triples."""

    name = "ntriples"
    endings = ("nt",)
    syntax = "N_TRIPLES"

    def sniff(self, head: bytes) -> bool:
        """Tell whether the first statement is one line of three terms."""
        found = _LINE.match(text_head(head)) if is_text(head) else None
        return found is not None and found["graph"] is None


class NQuads(_Lines):
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
        yield from Cutter(context).records(self._triples(io.BytesIO(text), context))


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
    return _our_context()


@cache
def _our_context() -> Any:
    """Return our context, read once: where strangers' content is read, no file can be opened."""
    return json.loads((folder("ontology") / "context.jsonld").read_text(encoding="utf-8"))["@context"]
