"""The byte gate of RDF/XML: no document type, no entities, no other encoding, no deep nesting, before any parser.

lxml reads along to count the nesting and to know the line where XML breaks off; libxml2's own limits stay on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from catalog_service.errors import UnreadableInput
from catalog_service.readers.base import BOM

if TYPE_CHECKING:
    from catalog_service.model.terms import Term

_CHUNK = 1 << 15
_ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"']([^\"']+)", re.IGNORECASE)
_FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class XmlGate:
    """A file the RDF/XML parser reads from."""

    def __init__(self, file: BinaryIO, name: str, most: int) -> None:
        from lxml import etree

        self._file = file
        self._name = name
        self._most = most
        self._depth = _Depth()
        self._along = etree.XMLParser(
            target=self._depth, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        self._failure: type[Exception] = etree.XMLSyntaxError
        self._ahead = b""
        self._tail = b""
        self._text = b""
        self._at = 0
        self._first = True
        self.line = 1
        """Line on which the current record begins."""
        self.broken: tuple[int, str] | None = None
        """Line and reason, once the XML is not well formed."""

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, after a look at them."""
        if not self._ahead:
            self._ahead = self._next()
        if size < 0:
            size = len(self._ahead)
        chunk, self._ahead = self._ahead[:size], self._ahead[size:]
        return chunk

    def _next(self) -> bytes:
        if self.broken:
            return b""
        chunk = self._file.read(_CHUNK)
        if self._first:
            chunk = chunk.removeprefix(BOM)
            self._check_encoding(chunk)
            self._first = False
        if _FORBIDDEN.search(self._tail + chunk):
            raise UnreadableInput(
                "{file} holds a document type declaration, which is not read.",
                advice="Delete the part <!DOCTYPE …> and write entities out.",
                file=self._name,
            )
        self._tail = chunk[-16:]
        self._keep(chunk)
        self._look(chunk)
        return chunk

    def _check_encoding(self, chunk: bytes) -> None:
        declared = _ENCODING.match(chunk)
        if declared and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"):
            raise UnreadableInput("{file} is not UTF-8.", advice="Save it as UTF-8.", file=self._name)

    def _look(self, chunk: bytes) -> None:
        try:
            if chunk:
                self._along.feed(chunk)
            else:
                self._along.close()
        except self._failure as error:
            self.broken = (getattr(error, "lineno", None) or self.line, str(error).partition(", line ")[0])
        if self._depth.deepest > self._most:
            raise UnreadableInput("{file} is nested deeper than {most} levels.", file=self._name, most=self._most)

    def _keep(self, chunk: bytes) -> None:
        """Keep the text from where the current record begins, a few chunks at most."""
        start = max(self._at, len(self._text) - 8 * _CHUNK)
        self.line += self._text.count(b"\n", self._at, start)
        self._text, self._at = self._text[start:] + chunk, 0

    def line_of(self, subject: Term) -> int:
        """Return the line on which a subject is named; the last one found where it is not."""
        found = self._text.find(subject[1:-1].replace("&", "&amp;").encode() + b'"', self._at)
        if found >= 0:
            self.line += self._text.count(b"\n", self._at, found)
            self._at = found
        return self.line


class _Depth:
    """Counts how deep elements nest."""

    def __init__(self) -> None:
        self._depth = 0
        self.deepest = 0

    def start(self, tag: str | bytes, attrib: object) -> None:
        """Count an element."""
        del tag, attrib
        self._depth += 1
        self.deepest = max(self.deepest, self._depth)

    def end(self, tag: str | bytes) -> None:
        """Count its end."""
        del tag
        self._depth -= 1

    def data(self, data: str | bytes) -> None:
        """Pass text over."""

    def comment(self, text: str | bytes) -> None:
        """Pass a comment over."""

    def close(self) -> None:
        """End the document."""
