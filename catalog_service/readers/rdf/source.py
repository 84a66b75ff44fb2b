"""The bytes of a line-oriented RDF document on their way to the parser.

The parser says in which line an error is, but neither where a triple came from nor how to go on behind a broken
statement; its own way of going on loses whole records behind an unclosed quote. So this keeps the text of the record
being read: it finds the line on which a record begins, which record an error is in, and where the next one starts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from catalog_service.errors import InputError
from catalog_service.readers.base import BOM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from catalog_service.model.terms import Term

_CHUNK = 1 << 16
_START = re.compile(rb"^(?:<|_:|\[|@|PREFIX\b|BASE\b|GRAPH\b|[A-Za-z0-9_\x80-\xff][^\s:<>\"'\[\]{}]*:|:)", re.MULTILINE)
_INSIDE = re.compile(
    rb"\.[ \t]+(?=(?:<[^<>\s]*>|_:\w+|[^\s:<>\"'\[\]{};,]*:[^\s;,\[<\"]+)[ \t]+(?:a[ \t]|<|[\w.-]*:[\w.-]+))"
)
"""Where a statement ends and another begins on the same line."""
_ENDED = re.compile(rb"[.{}]\s*(?:#.*)?$|^\s*#|^\s*(?:PREFIX|BASE)\b", re.IGNORECASE)
"""The last line of a text that ends a statement, or stands between statements."""
_SUBJECT = re.compile(rb"\s*(?:<([^<>\s]*)>|(_:[^\s;,.\[]+)|([^\s:<>\"'\[\]{}]*):([^\s;,\[<\"]*))")


class RecordTooLong(InputError):
    """The text of one record is over the limit; raised out of the parser's reading."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A statement that cannot be read: its line, its subject as a term (empty if unknown), and its text."""

    line: int
    subject: Term
    text: str


class Source:
    """A file the parser reads from; it can begin again behind a broken statement."""

    def __init__(self, file: BinaryIO, *, longest: int, by_line: bool = False) -> None:
        self._file = file
        self._longest = longest
        self._by_line = by_line
        self._text = b""
        self._given = 0
        """How much of the kept text the parser has."""
        self._start = 0
        """Where in the kept text the current record begins; `_start_line` is its line."""
        self._start_line = 1
        self._head = b""
        self._prefixed = False
        self._begun = False
        self.record_line = 1
        """On which line the last record began that was too long."""
        self.declared = 0
        """How many characters of declarations stand before the first line of what the parser reads now."""

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most ``size``; the parser asks for a few kilobytes at a time."""
        if self._head:
            head, self._head = self._head, b""
            return head
        given = self._given
        if given >= len(self._text):
            if given - self._start > self._longest:
                raise RecordTooLong("the record is too long")
            if not self._more():
                return b""
            given = self._given
        chunk = self._text[given : given + size] if size > 0 else self._text[given:]
        self._given = given + len(chunk)
        return chunk

    def _more(self) -> bool:
        """Keep what belongs to the current record and take another piece of the file."""
        chunk = self._file.read(_CHUNK)
        if not self._begun:
            chunk, self._begun = chunk.removeprefix(BOM), True
        if not chunk:
            return False
        self._text = self._text[self._start :] + chunk
        self._given -= self._start
        self._start = 0
        return True

    def begin(self, subject: Term, prefixes: Mapping[str, str]) -> int:
        """Note that a record begins whose subject is this, and return its line."""
        text, start = self._text, self._start
        found = self._find(subject[1:-1].encode(), prefixes)
        if found < 0:
            found = max(start, self._given - _CHUNK)
        self._start_line += text.count(b"\n", start, found)
        self._start = found
        return self._start_line

    def _find(self, subject: bytes, prefixes: Mapping[str, str]) -> int:
        """Return where a subject stands, at the beginning of a line if it can be; -1 if it is not found."""
        text, start, given = self._text, self._start, self._given
        whole = b"<" + subject + b">"
        if text.startswith(whole, start):
            return start
        if not self._prefixed and (at := text.find(b"\n" + whole, start, given)) >= 0:
            return at + 1
        for token in _short_forms(subject, prefixes):
            at = start if text.startswith(token, start) else text.find(b"\n" + token, start, given) + 1
            if at > 0 or text.startswith(token, start):
                self._prefixed = True
                return at
        self._prefixed = False
        at = text.find(b"\n" + whole, start, given)
        return at + 1 if at >= 0 else min((at for token in (whole, *_short_forms(subject, prefixes))
                                           if (at := text.find(token, start, given)) >= 0), default=-1)  # fmt: skip

    def broken(self, line: int, column: int, prefixes: Mapping[str, str]) -> Broken:
        """Return the statement an error is in, and stand at where the next statement begins.

        ``column`` counts from 1; several statements may stand on one line.
        """
        self._fill_to(line)
        at = self._offset(line)
        end = self._after_line(at)
        shown = self._text[at:end]
        where = at + len(shown.decode("utf-8", "replace")[: max(column - 1, 0)].encode())
        start = self._statement(at)
        for match in _INSIDE.finditer(self._text, start, where):
            start = match.end()
        subject = self._subject(start, prefixes)
        following = _INSIDE.search(self._text, max(where, start), end)
        if following is not None:
            self._stand(following.end())
        elif start < at:
            self._resume(at, exempt=True)
        else:
            self._resume(end)
        return Broken(line, subject, shown[:400].decode("utf-8", "replace").strip())

    def pass_brace(self, line: int) -> bool:
        """Step behind the brace that ends a graph, where a line holds nothing else; tell whether it did."""
        self._fill_to(line)
        at = self._offset(line)
        if self._text[at : self._after_line(at)].strip() != b"}":
            return False
        self._stand(self._after_line(at))
        return True

    def pass_whole(self, is_whole: Callable[[bytes], bool]) -> bool:
        """Stand behind the statements that are whole of a record that is too long, and tell whether there are any.

        Where there are none, the first one never ends: then stand at the first statement behind its first line.
        """
        self.record_line, start = self._start_line, self._start
        begins = [
            start,
            *(match.start() for match in _START.finditer(self._text, self._after_line(start), self._given)),
        ]
        least, most = 0, len(begins) - 1
        tried = most
        while least < most:
            if is_whole(self._text[start : begins[tried]]):
                least = tried
            else:
                most = tried - 1
            tried = (least + most + 1) // 2
        if least:
            self._stand(begins[least])
        else:
            self._resume(self._after_line(start))
        return least > 0

    def restart(self, prefixes: Mapping[str, str], base: str | None) -> int:
        """Prepare reading from here by a new parser; return the number to add to the lines it tells."""
        head = "" if self._by_line else declarations(prefixes, base)
        self._head, self.declared = head.encode(), len(head)
        return self._start_line - 1

    def _fill_to(self, line: int) -> None:
        """Read on until the text holds a line as a whole: the parser may tell an error of its last bytes."""
        missing = line - self._start_line - self._text.count(b"\n", self._start)
        if missing >= 0:
            self._append()

    def _append(self) -> bool:
        chunk = self._file.read(_CHUNK)
        self._text += chunk
        return bool(chunk)

    def _offset(self, line: int) -> int:
        """Return where a line begins; an earlier one than the record's counts as the record's."""
        at = self._start
        for _ in range(line - self._start_line):
            following = self._text.find(b"\n", at)
            if following < 0:
                return at
            at = following + 1
        return at

    def _after_line(self, at: int) -> int:
        end = self._text.find(b"\n", at)
        return end + 1 if end >= 0 else len(self._text)

    def _statement(self, at: int) -> int:
        """Return where the statement begins that goes on at a position: there, if one could begin on that line."""
        if self._by_line or (_START.match(self._text, at) and self._ended_before(at)):
            return at
        starts = [match.start() for match in _START.finditer(self._text, self._start, at)]
        return next((each for each in reversed(starts) if self._ended_before(each)), self._start)

    def _ended_before(self, at: int) -> bool:
        """Tell whether the text before a position ends a statement."""
        before = self._text[max(0, at - 4096) : at].rstrip()
        return not before or _ENDED.search(before[before.rfind(b"\n") + 1 :]) is not None

    def _subject(self, at: int, prefixes: Mapping[str, str]) -> Term:
        """Return the subject of the statement at a position as a term; empty if there is none to be seen."""
        match = _SUBJECT.match(self._text, at)
        if match is None:
            return ""
        if match[1] is not None:
            return f"<{match[1].decode('utf-8', 'replace')}>"
        if match[2] is not None:
            return match[2].decode("utf-8", "replace")
        prefix = match[3].decode("utf-8", "replace")
        if prefix not in prefixes:
            return ""
        return f"<{prefixes[prefix]}{match[4].decode('utf-8', 'replace').rstrip('.')}>"

    def _resume(self, at: int, *, exempt: bool = False) -> None:
        """Stand at the first statement from a position on, reading on as far as need be.

        ``exempt``: one that begins right there counts although the text before does not end one, for want of a stop.
        """
        self._stand(at if self._by_line else self._next_start(at, at if exempt else -1))

    def _stand(self, at: int) -> None:
        """Take a position as where the current record begins and the parser goes on."""
        self._start_line += self._text.count(b"\n", self._start, at)
        self._start = self._given = at

    def _next_start(self, at: int, exempt: int) -> int:
        while True:
            for match in _START.finditer(self._text, at):
                if match.start() == exempt or self._ended_before(match.start()):
                    return match.start()
            kept = max(self._start, len(self._text) - 8192)
            self._start_line += self._text.count(b"\n", self._start, kept)
            self._text, self._start, exempt = self._text[kept:], 0, -1
            at = self._text.rfind(b"\n") + 1 if kept else at
            if not self._append():
                return len(self._text)


def declarations(prefixes: Mapping[str, str], base: str | None) -> str:
    """Return what a parser has to know before it goes on in the middle of a document, on one line."""
    declared = [f"@prefix {prefix}: <{namespace}> . " for prefix, namespace in prefixes.items()]
    return "".join([*declared, *([f"@base <{base}> . "] if base else [])])


def _short_forms(subject: bytes, prefixes: Mapping[str, str]) -> list[bytes]:
    """Return the prefixed names a subject can be written as."""
    return [
        prefix.encode() + b":" + subject[len(namespace.encode()) :]
        for prefix, namespace in prefixes.items()
        if namespace and subject.startswith(namespace.encode())
    ]
