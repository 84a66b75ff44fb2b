"""Turtle, N-Triples, N-Quads, TriG and RDF/XML. Named graphs are not kept apart."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from catalog_service.errors import UnreadableInput
from catalog_service.readers.base import head_text, is_text, quoted
from catalog_service.readers.rdf.groups import Groups
from catalog_service.readers.rdf.source import RecordTooLong, Source, declarations
from catalog_service.readers.rdf.xmlgate import XmlGate
from catalog_service.readers.reasons import reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyoxigraph as ox

    from catalog_service.model.raw import RawRecord
    from catalog_service.model.report import Finding
    from catalog_service.readers.base import ReadContext

_MOST_FAILURES = 1000
"""A file with more broken statements is left there."""

_STATEMENT = re.compile(
    r"(?:<[^>\s]*>|_:\S+)[ \t]+<[^>\s]*>[ \t]+(?:<[^>\s]*>|_:[^\s<]+|\"(?:[^\"\\]|\\.)*\"(?:@[\w-]+|\^\^<[^>\s]*>)?)"
    r"[ \t]*(?P<graph><[^>\s]*>|_:\S+)?[ \t]*\.[ \t]*(?:#.*)?"
)
_TURTLE = re.compile(
    r"@prefix\s|@base\s|PREFIX\s|BASE\s|GRAPH\s|<[^<>\"{}|^`\s]*>\s*[<\[a-z_:]|_:\w+\s|\[\s|[\w.-]*:[\w.%-]*\s+(?:a\s|<|[\w.-]*:)",
    re.IGNORECASE,
)
_GRAPH = re.compile(r"(?m)^\s*(?:GRAPH\s+)?(?:<[^<>\s]*>|_:\w+|[\w.-]*:[\w.-]*)?\s*\{", re.IGNORECASE)
_COMMENTS = re.compile(r"(?:\s*#[^\n]*(?:\n|$))+")


class _Lines:
    """What the syntaxes share whose statements begin on lines of their own."""

    name: ClassVar[str]
    syntax: ClassVar[str]
    by_line: ClassVar[bool] = False
    graphs: ClassVar[bool] = False

    def read(self, source: BinaryIO, context: ReadContext) -> Iterator[RawRecord | Finding]:
        """Yield the records; a broken statement costs its record, the others go on."""
        lines = Source(source, longest=context.limits.record_bytes, by_line=self.by_line)
        run = _Run(lines, context, self.name)
        parser = self._parser(lines)
        added = failures = 0
        while True:
            try:
                yield from run.records(parser, graphs=self.graphs)
                break
            except SyntaxError as error:
                failures += 1
                if not (self.graphs and lines.pass_brace((error.lineno or 1) + added)):
                    yield from run.broken(error, added, parser)
            except RecordTooLong:
                failures += not lines.pass_whole(partial(self._is_whole, parser))
                yield from run.too_long()
            if failures >= _MOST_FAILURES:
                break
            prefixes, base = parser.prefixes, parser.base_iri
            added = lines.restart(prefixes, base)
            parser = self._parser(lines)
        yield from run.groups.end()

    def _parser(self, lines: Source) -> ox.QuadParser:
        import pyoxigraph as ox

        return ox.parse(lines, format=getattr(ox.RdfFormat, self.syntax))  # type: ignore[arg-type]

    def _is_whole(self, known: ox.QuadParser, text: bytes) -> bool:
        """Tell whether a text is statements and nothing else."""
        import pyoxigraph as ox

        head = b"" if self.by_line else declarations(known.prefixes, known.base_iri).encode()
        try:
            return any(ox.parse(head + text, format=getattr(ox.RdfFormat, self.syntax)))
        except SyntaxError:
            return False


class _Run:
    """One reading of a file: from the parser's triples to records, and on behind what is broken."""

    def __init__(self, lines: Source, context: ReadContext, syntax: str) -> None:
        self.groups = Groups(context, self._line_of)
        self._lines = lines
        self._context = context
        self._syntax = syntax
        self._prefixes: Mapping[str, str] = {}
        self._parser: ox.QuadParser | None = None

    def _line_of(self, subject: str) -> int:
        if not self._prefixes and self._parser is not None:
            self._prefixes = self._parser.prefixes
        return self._lines.begin(subject, self._prefixes)

    def records(self, parser: ox.QuadParser, *, graphs: bool) -> Iterator[RawRecord | Finding]:
        """Yield records until the parser ends or fails."""
        self._parser, self._prefixes = parser, {}
        yield from self.groups.take((str(quad.triple) for quad in parser) if graphs else map(str, parser))

    def broken(self, error: SyntaxError, added: int, parser: ox.QuadParser) -> Iterator[RawRecord | Finding]:
        """Yield the finding on a broken statement; its record is left out."""
        line = (error.lineno or 1) + added
        column = (error.offset or 1) - (self._lines.declared if error.lineno == 1 else 0)
        found = self._lines.broken(line, column, parser.prefixes)
        groups = self.groups
        root = found.subject if found.subject[:1] == "<" else groups.root
        base = root.partition("#")[0] + ">" if "#" in root else root
        if groups.root and groups.root not in (root, base):
            yield from groups.close()
        elif base == groups.root:
            root = base
        groups.refuse(root)
        finding = groups.fault(
            "broken-syntax",
            "“{text}” is not {format}: {reason}. The record {value} was left out.",
            "Mend the line and load the record once more.",
            line,
            text=quoted(found.text),
            format=_TITLES[self._syntax],
            reason=reason(error),
            value=root[1:-1] or "—",
        )
        yield _of(finding, root)

    def too_long(self) -> Iterator[RawRecord | Finding]:
        """Yield the finding on a record that is too long, if nothing was told of it before."""
        groups = self.groups
        if not groups.left_out:
            yield groups.fault("too-large", "The record has more than {most} bytes.", "Split it, or shorten its texts.",
                               self._lines.record_line, most=self._context.limits.record_bytes)  # fmt: skip
        groups.refuse(groups.root)


_TITLES = {"turtle": "Turtle", "ntriples": "N-Triples", "nquads": "N-Quads", "trig": "TriG", "rdfxml": "RDF/XML"}


def _of(finding: Finding, root: str) -> Finding:
    from dataclasses import replace

    return replace(finding, record=root[1:-1] if root[:1] == "<" else "")


def _beginning(head: bytes) -> str:
    """Return the first bytes as text without comments and space at their beginning."""
    text = head_text(head)
    comments = _COMMENTS.match(text)
    return text[comments.end() :].lstrip() if comments else text


class Turtle(_Lines):
    """Turtle."""

    name = "turtle"
    media_types = ("text/turtle",)
    endings: tuple[str, ...] = ("ttl", "turtle")
    syntax = "TURTLE"

    def sniff(self, head: bytes) -> bool:
        """Tell whether it begins with a directive or a statement."""
        return is_text(head) and _TURTLE.match(_beginning(head)) is not None


class TriG(Turtle):
    """TriG; which graph something stands in is not kept."""

    name = "trig"
    media_types = ("application/trig",)
    endings = ("trig",)
    syntax = "TRIG"
    graphs = True

    def sniff(self, head: bytes) -> bool:
        """Tell whether it is like Turtle with the brace of a graph."""
        text = _beginning(head)
        return is_text(head) and not text.startswith("{") and bool(_TURTLE.match(text)) and bool(_GRAPH.search(text))


class NTriples(_Lines):
    """N-Triples."""

    name = "ntriples"
    media_types = ("application/n-triples",)
    endings = ("nt",)
    syntax = "TURTLE"
    by_line = True

    def sniff(self, head: bytes) -> bool:
        """Tell whether the first statements are lines of three terms."""
        return _statements(head) == {3}


class NQuads(_Lines):
    """N-Quads; which graph something stands in is not kept."""

    name = "nquads"
    media_types = ("application/n-quads",)
    endings = ("nq",)
    syntax = "N_QUADS"
    by_line = True
    graphs = True

    def sniff(self, head: bytes) -> bool:
        """Tell whether the first statements are lines of terms, and one of them names a graph."""
        return 4 in _statements(head)


def _statements(head: bytes) -> set[int]:
    """Return how many terms the first statements have, if each of them is a line; else nothing."""
    if not is_text(head):
        return set()
    lines = head_text(head).split("\n")
    whole = [line.strip() for line in (lines[:-1] if len(lines) > 1 and len(head) > 60_000 else lines)]
    counts: set[int] = set()
    broken = 0
    for line in [line for line in whole if line and not line.startswith("#")][:40]:
        match = _STATEMENT.fullmatch(line)
        if match is None:
            broken += 1
            if broken > 1 or not counts:
                return set()
            continue
        counts.add(4 if match["graph"] else 3)
    return counts


class RdfXml:
    """RDF/XML without any document type declaration."""

    name = "rdfxml"
    media_types = ("application/rdf+xml",)
    endings = ("rdf", "xml", "owl")

    def sniff(self, head: bytes) -> bool:
        """Tell whether it is XML."""
        text = head_text(head)
        page = text[:200].lower().startswith(("<!doctype html", "<html"))
        return (
            is_text(head)
            and not page
            and re.match(r"<(?:\?xml|!--|!DOCTYPE|rdf:RDF|[\w.-]+(?::[\w.-]+)?\s+xmlns)", text) is not None
        )

    def read(self, source: BinaryIO, context: ReadContext) -> Iterator[RawRecord | Finding]:
        """Yield the records up to where the XML is broken, if it is."""
        import pyoxigraph as ox

        gate = XmlGate(source, context.file, context.limits.depth)
        groups = Groups(context, gate.line_of)
        parser = ox.parse(gate, format=ox.RdfFormat.RDF_XML)  # type: ignore[arg-type]
        failures = 0
        while True:
            try:
                yield from groups.take(map(str, parser))
                break
            except SyntaxError as error:
                failures += 1
                yield _broken_xml(groups, gate, error)
                groups.refuse(groups.root)
                if gate.broken or failures >= _MOST_FAILURES:
                    break
            except UnreadableInput:
                groups.refuse(groups.root)
                yield from groups.end()
                raise
        yield from groups.end()


def _broken_xml(groups: Groups, gate: XmlGate, error: SyntaxError) -> Finding:
    """Return the finding on what is broken, and the record it is in."""
    line, said = gate.broken or (gate.line, error)
    message = "This is not RDF/XML: {reason}. The record {value} was left out."
    if gate.broken:
        message = "This is not XML: {reason}. The record {value} was left out, and what comes behind it."
    return groups.fault("broken-syntax", message, "Mend it and load the file once more.", line, reason=reason(said),
                        value=groups.root[1:-1] or "—")  # fmt: skip
