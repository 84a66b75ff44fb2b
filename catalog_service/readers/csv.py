"""Comma-separated tables in UTF-8 or GB18030; commas, semicolons or tabs between cells."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from catalog_service.errors import UnreadableInput
from catalog_service.model.cells import unguarded
from catalog_service.model.report import Place
from catalog_service.readers.base import BOM, is_text, quoted, refusal
from catalog_service.readers.headers import Table, letters, read_header, sheet_kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.model.raw import RawRecord
    from catalog_service.model.report import Finding
    from catalog_service.readers.base import ReadContext

DELIMITERS = (",", ";", "\t", "，", "；")
_FIRST_END = re.compile(rb'(?:[^"\r\n]|"[^"]*")*(\r\n|\r|\n)')
_RETURN = re.compile(rb"\r\n|\r(?=[^\n])|\n")
_PIECE = 1 << 16
_MOST_LINES = 400
"""A cell may hold line breaks, but a record that goes on for more lines has lost a quote."""


class Csv:
    """One record a row below a header row; a table of another kind may follow, with a header row of its own."""

    name = "csv"
    media_types = ("text/csv",)
    endings = ("csv", "tsv")

    def sniff(self, head: bytes) -> bool:
        """Tell whether it is text with something between cells in its first lines."""
        if not is_text(head):
            return False
        lines = [line for line in head.removeprefix(BOM).split(b"\n")[:5] if line.strip()]
        if any(line.lstrip().startswith((b"<", b"{", b"[", b"@")) for line in lines[:1]):
            return False
        text = b"\n".join(lines).decode("gb18030" if not _is_utf8(head) else "utf-8", "ignore")
        return any(mark in text for mark in DELIMITERS)

    def read(self, source: BinaryIO, context: ReadContext) -> Iterator[RawRecord | Finding]:
        """Yield the records; a row that cannot be read is told with its line, the others go on."""
        if not _decodable(peeked(source)):
            raise UnreadableInput(
                "{file} is neither UTF-8 nor GB18030.", advice="Save it as CSV UTF-8.", file=context.file
            )
        kind = context.kind or sheet_kind(context.file, context.kinds)
        table = Table(context, Place(context.file), kind, by_line=True)
        rows = 0
        for row in _Rows(source, context):
            if not isinstance(row, tuple):
                yield row
                continue
            rows += table.header is not None
            yield from _checked(table, *row)
        if table.header is None:
            yield table.no_header()
        elif not rows:
            yield refusal("no-rows", "The table has headers and no rows below them.", table.at(1), severity="warning")


def _checked(table: Table, line: int, cells: list[str]) -> Iterator[RawRecord | Finding]:
    """Yield what a row holds; one with more cells than headers has lost a quote or gained a comma."""
    if table.header is not None and any(cell.strip() for cell in cells[table.width :]):
        yield refusal(
            "too-many-cells",
            "The row has {count} cells, the header row {width}; it was left out.",
            table.at(line),
            "Put cells that hold a comma or a quote into double quotes, and write a quote inside as two.",
            count=len(cells),
            width=table.width,
            value=quoted(cells[table.width]),
        )
        return
    yield from table.row(line, [unguarded(cell) for cell in cells])


class _Rows:
    """Rows of a table with their lines; quotes that do not close cost their own row only."""

    def __init__(self, source: BinaryIO, context: ReadContext) -> None:
        returns = _ends_in_returns(peeked(source))
        self._source: BinaryIO | _Returns = _Returns(source) if returns else source
        self._ends = (b"\n", b"\r") if returns else (b"\n",)
        self._context = context
        self._ahead: list[str | Finding] = []
        self._taken = 0
        self._encoding = "" if _is_utf8(peeked(source)) else "gb18030"
        self._delimiter = ""
        self._width = 0

    def __iter__(self) -> Iterator[tuple[int, list[str]] | Finding]:
        while (line := self._line(0)) is not None:
            number = self._taken + 1
            if not isinstance(line, str):
                self._take(1)
                yield line
                continue
            if not self._delimiter:
                self._delimiter = self._find_delimiter(line)
            yield self._row(number, line)

    def _row(self, number: int, line: str) -> tuple[int, list[str]] | Finding:
        """Return the row that begins with a line, which it takes with those that belong to it."""
        if not line.count('"') % 2 or not _opens(line, self._delimiter):
            self._take(1)
            return self._parsed(number, line)
        text, used = line, 1
        while used < _MOST_LINES and isinstance(more := self._line(used), str):
            text, used = text + more, used + 1
            if text.count('"') % 2 == 0:
                row = self._parsed(number, text)
                if isinstance(row, tuple) and self._belongs(text, len(row[1])):
                    self._take(used)
                    return row
                break
        self._take(1)
        return self._stray(number, line)

    def _belongs(self, text: str, cells: int) -> bool:
        """Tell whether the lines of a text are one row, and not a row with a lost quote and whole rows behind it."""
        whole = any(line.count(self._delimiter) >= self._width - 1 for line in text.splitlines()[1:])
        return not self._width or cells == self._width or (cells < self._width and not whole)

    def _parsed(self, number: int, text: str) -> tuple[int, list[str]] | Finding:
        try:
            cells = next(csv.reader([text], delimiter=self._delimiter, strict=True), [])
        except csv.Error as error:
            return self._long(number, text) if "limit" in str(error) else self._stray(number, text)
        if any(len(cell) > self._context.limits.literal_length for cell in cells):
            return self._long(number, text)
        if not self._width and any(cells) and read_header(cells, self._context.kinds, ""):
            self._width = len(cells)
        return number, cells

    def _long(self, number: int, text: str) -> Finding:
        cells = text.split(self._delimiter or ",")
        position = max(range(len(cells)), key=lambda each: len(cells[each]))
        message = "A cell has more than {most} characters; the row was left out."
        place = Place(self._context.file, row=number, column=letters(position), line=number)
        return refusal("too-long", message, place, most=self._context.limits.literal_length)

    def _stray(self, number: int, text: str) -> Finding:
        return self._told(
            number,
            "stray-quote",
            "A quote is opened or closed at the wrong place in “{value}”; the row was left out.",
            "Put the whole cell into double quotes, and write a quote inside as two.",
            value=_around_quote(text),
        )

    def _told(self, number: int, code: str, message: str, advice: str, **values: Any) -> Finding:
        place = Place(self._context.file, row=number, line=number)
        return refusal(code, message, place, advice, most=self._context.limits.literal_length, **values)

    def _take(self, lines: int) -> None:
        del self._ahead[:lines]
        self._taken += lines

    def _line(self, ahead: int) -> str | Finding | None:
        """Return the line that comes after ``ahead`` others, or what is wrong with it; None at the end."""
        while len(self._ahead) <= ahead:
            most = self._context.limits.record_bytes
            data = self._source.readline(most + 1)
            if not data:
                return None
            number = self._taken + len(self._ahead) + 1
            if len(data) > most:
                while (more := self._source.readline(most)) and not more.endswith(self._ends):
                    pass
                self._ahead.append(self._long(number, data.decode("utf-8", "replace")))
            else:
                self._ahead.append(self._decoded(number, data))
        return self._ahead[ahead]

    def _decoded(self, number: int, data: bytes) -> str | Finding:
        if number == 1:
            data = data.removeprefix(BOM)
        for encoding in (self._encoding, "utf-8", "gb18030"):
            try:
                text = data.decode(encoding) if encoding else ""
            except UnicodeDecodeError:
                continue
            if encoding:
                self._encoding = self._encoding or ("" if text.isascii() else encoding)
                return text.replace("\x00", "")
        return self._told(number, "encoding", "The row is neither UTF-8 nor GB18030.", "Save the file as CSV UTF-8.")

    def _find_delimiter(self, line: str) -> str:
        """Return what makes of a line the most headers, else what it has most of."""
        best, most = ",", -1
        for mark in DELIMITERS:
            try:
                cells = next(csv.reader([line], delimiter=mark), [])
            except csv.Error:
                continue
            header = read_header(cells, self._context.kinds, "") if len(cells) > 1 else None
            score = 1000 * len(header.columns) if header else len(cells)
            if score > most:
                best, most = mark, score
        return best


class _Returns:
    """Reads lines that end in a carriage return alone, as old spreadsheet programs write them, beside all others."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._held = b""
        self._at = 0

    def readline(self, most: int) -> bytes:
        """Return the next line, or the first bytes of one that has more than ``most``."""
        while (end := _RETURN.search(self._held, self._at)) is None and len(self._held) - self._at < most:
            more = self._source.read(_PIECE)
            if not more:
                break
            self._held, self._at = self._held[self._at :] + more, 0
        start = self._at
        self._at = min(end.end() if end else len(self._held), start + most)
        return self._held[start : self._at]


def _ends_in_returns(head: bytes) -> bool:
    """Tell whether the first line ends in a carriage return alone."""
    found = _FIRST_END.match(head)
    return found is not None and found[1] == b"\r"


def peeked(source: BinaryIO) -> bytes:
    """Return the bytes that come next without taking them, if the source can show them."""
    peek = getattr(source, "peek", None)
    return bytes(peek(1 << 16)) if peek else b""


def _opens(line: str, delimiter: str) -> bool:
    """Tell whether some cell of a line begins with a quote."""
    return re.search(rf'(^|{re.escape(delimiter)})\s*"', line) is not None


def _around_quote(text: str) -> str:
    at = text.find('"')
    return quoted(text[max(0, at - 15) : at + 25])


def _is_utf8(head: bytes) -> bool:
    try:
        head[: max(0, len(head) - 4)].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return True


def _decodable(head: bytes) -> bool:
    if _is_utf8(head):
        return True
    try:
        head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1 or len(head)].decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True
