"""Where a statement of Turtle or N-Triples stands in its file: for lines in findings, and to go on behind a broken one.

The parser's own recovery goes on behind the next dot, and an open quotation mark then swallows the rest of the file.
So reading starts anew at the next statement, found here by the text. Source: W3C RDF 1.1 Turtle, section 6.5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalog_service.model.terms import Term

_TOKEN = re.compile(
    rb'"""|\'\'\'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|<[^<>\s]*>|#[^\n]*|\.(?=\s|$)|[{}]'
)  # fmt: skip
_SUBJECT = re.compile(r"\s*(<[^>\s]*>|_:[^\s;,]+|[^\s:<>\"'\[\](){};,@#]*:(?:[^\s;,\[\](){}<>\"'\\]|\\.)*)")
_BEGINS = re.compile(rb"\s*(?:<|_:|\[|\(|@prefix|@base|prefix\s|base\s|[^\s:<>\"'\[\](){};,@#]*:)", re.IGNORECASE)
_CLEARLY_BEGINS = re.compile(
    rb"(?:<[^>\s]+>|_:\S+|[\w.-]*:[^\s;,\"]+)\s+(?:a\s|<[^>\s]+>|[\w.-]*:[\w.%-]+(?:\s|$))|@prefix\s|@base\s"
)
_ESCAPED = re.compile(r"\\(.)")
_WINDOW = 4


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken statement; ``subject`` is empty where the text does not tell it."""

    line: int
    reason: str
    subject: Term = ""
    written: str = ""
    """The subject as it stands in the text."""
    resumed: bool = True
    """Whether what follows is read."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Where a broken statement begins, and where the next one does."""

    text: str
    offset: int
    """Where reading goes on, in bytes; -1 at the end of the file."""
    line: int


class Watched:
    """The bytes a parser reads, with a few of the last ones kept to tell at which line a subject stands."""

    def __init__(self, source: BinaryIO, *, head: bytes = b"", line: int = 1) -> None:
        """``head`` is read first and not counted; ``line`` is that of the first byte of the source."""
        self._source = source
        self._head = head
        self._chunks: list[tuple[int, bytes]] = []
        self._line = line

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        if self._head:
            head, self._head = self._head, b""
            return head
        chunk = self._source.read(size)
        self._chunks.append((self._line, chunk))
        self._line += chunk.count(b"\n")
        if len(self._chunks) > _WINDOW:
            del self._chunks[0]
        return chunk

    def line_of(self, subject: str) -> int:
        """Return the line that begins with a subject among the last bytes read; 0 if it is not found."""
        tail = re.split(r"[/#:]", subject)[-1].encode()
        if not tail or not self._chunks:
            return 0
        window = b"".join(chunk for _, chunk in self._chunks)
        at = window.find(tail)
        while at >= 0:
            start = window.rfind(b"\n", 0, at) + 1
            if not any(char in window[start:at] for char in b" \t\"'"):
                return self._chunks[0][0] + window.count(b"\n", 0, start)
            at = window.find(tail, at + 1)
        return 0


def find_line(source: BinaryIO, offset: int, first: int, wanted: int) -> Statement:
    """Return the line of a format whose statements are lines; ``first`` is the number of the line at ``offset``."""
    source.seek(offset)
    text, line = b"", first - 1
    for line, text in enumerate(source, first):
        offset += len(text)
        if line >= wanted:
            break
    return Statement(text.decode("utf-8", "replace"), offset if text and line >= wanted else -1, line + 1)


def find_statement(source: BinaryIO, offset: int, first: int, wanted: int, column: int) -> Statement:
    """Return the Turtle statement that holds a place (line, column in characters), and where the next one begins.

    ``offset`` is where some statement before begins, at line ``first``. Text in long quotation marks is passed over,
    unless a statement clearly begins in it: then a mark was left open.
    """
    source.seek(offset)
    text, ended, ran_away = "", True, None
    for line, start, content, inside, dots in _lines(source, offset, first):
        pieces = [dot + 1 for dot in dots]
        if line <= wanted and ended and content.strip() and not content.lstrip().startswith(b"#") and not inside:
            text, ran_away = content.decode("utf-8", "replace"), None
        elif line <= wanted and inside and ran_away is None and _CLEARLY_BEGINS.match(content):
            ran_away = (start, line)
        if line < wanted:
            ended = _ended(content, dots, inside, ended)
            continue
        if line == wanted:
            error = len(content.decode("utf-8", "replace")[: max(column - 1, 0)].encode())
            if not ended and not inside and error == 0 and _CLEARLY_BEGINS.match(content):
                return Statement(text, start, line)
            before = [each for each in pieces if 0 < each <= error and _BEGINS.match(content[each:])]
            text = content[before[-1] :].decode("utf-8", "replace") if before else text
            pieces = [each for each in pieces if each > error]
        if ran_away:
            return Statement(text, *ran_away)
        if line > wanted and _CLEARLY_BEGINS.match(content):
            return Statement(text, start, line)
        for each in pieces:
            if not content[each:].strip():
                return Statement(text, start + len(content), line + 1)
            if _BEGINS.match(content[each:]):
                return Statement(text, start + each, line)
    return Statement(text, -1, 0)


def _ended(content: bytes, dots: list[int], inside: bool, ended: bool) -> bool:
    """Tell whether a statement has ended at the end of a line."""
    bare = content.strip()
    if not bare or (bare.startswith(b"#") and not inside):
        return ended
    rest = content[dots[-1] + 1 :].strip() if dots else bare
    return bool(dots) and (not rest or rest.startswith(b"#"))


def _lines(source: BinaryIO, offset: int, first: int) -> Iterator[tuple[int, int, bytes, bool, list[int]]]:
    """Yield number, offset and bytes of a line, whether it begins in a long text, and the ends of statements in it."""
    mark = b""
    for number, content in enumerate(source, first):
        inside, dots, at = bool(mark), [], 0
        while at < len(content):
            if mark:
                close = content.find(mark, at)
                if close < 0:
                    break
                at, mark = close + 3, b""
                continue
            token = _TOKEN.search(content, at)
            if token is None:
                break
            at = token.end()
            if token[0] in (b'"""', b"'''"):
                mark = token[0]
            elif token[0] in (b".", b"{", b"}"):
                dots.append(token.start())
        yield number, offset, content, inside, dots
        offset += len(content)


def subject_of(text: str, prefixes: Mapping[str, str], base: str) -> tuple[Term, str]:
    """Return the subject a statement begins with, as a term and as it is written; empty if it has none."""
    found = _SUBJECT.match(text)
    if found is None:
        return "", text.strip()[:80]
    written = found[1]
    if written.startswith("_:"):
        return written, written
    if written.startswith("<"):
        return f"<{urljoin(base, written[1:-1])}>", written
    prefix, _, local = written.partition(":")
    if prefix not in prefixes:
        return "", written
    return f"<{prefixes[prefix]}{_unescaped(local)}>", written


def _unescaped(local: str) -> str:
    return _ESCAPED.sub(r"\1", local)
