"""CSV: UTF-8 with or without byte order mark, or GB18030; comma, semicolon or tab."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, BinaryIO

from catalog_service.errors import UnreadableInput
from catalog_service.model.cells import unguarded
from catalog_service.model.report import Place
from catalog_service.readers.base import ReadContext, is_text, refusal
from catalog_service.readers.headers import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalog_service.model.raw import RawRecord, Scalar
    from catalog_service.model.report import Finding

_DELIMITERS = (",", "\t", ";", "，")
_LONGEST_CELL = 64_000_000
"""What the parser takes; a text too long for its field is a finding later."""

_MOST_LINES = 500
"""Lines a row may have; a row of more has a quotation mark that never closes."""


class Csv:
    """Comma-separated tables, one kind a file."""

    name = "csv"
    endings = ("csv", "tsv", "txt")

    def sniff(self, head: bytes) -> bool:
        """Tell whether it is text whose first line has two or more cells."""
        if not is_text(head):
            return False
        first = _decoded_head(head).split("\n", 1)[0]
        return not first.startswith(("{", "[", "<", "@")) and any(each in first for each in _DELIMITERS)

    def read(self, source: BinaryIO, context: ReadContext) -> Iterator[RawRecord | Finding]:
        """Yield a record for each row."""
        head = source.read(1 << 16)
        source.seek(0)
        encoding = _encoding(source)
        first = _decoded_head(head).split("\n", 1)[0]
        delimiter = max(_DELIMITERS, key=first.count)
        text = io.TextIOWrapper(source, encoding=encoding, newline="", errors="strict")
        csv.field_size_limit(_LONGEST_CELL)
        findings: list[Finding] = []
        yield from read_table(
            _rows(text, delimiter, context, findings), context.kinds, context.kind, Place(context.file)
        )
        yield from findings
        text.detach()


def _decoded_head(head: bytes) -> str:
    try:
        return head.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start > len(head) - 4:
            return head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "ignore")
        return head.decode("gb18030", "ignore")


def _encoding(source: BinaryIO) -> str:
    """Return the encoding of the whole file: UTF-8 if it is, else GB18030."""
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := source.read(1 << 20):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "gb18030"
    finally:
        source.seek(0)
    return "utf-8-sig"


def _rows(
    text: io.TextIOWrapper, delimiter: str, context: ReadContext, findings: list[Finding]
) -> Iterator[tuple[int, Sequence[Scalar]]]:
    """Yield line number and cells; a line with a stray quotation mark is told, the ones it swallowed are read again."""
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=False)
    width = 0
    while True:
        first = lines.begin()
        try:
            cells = next(reader, None)
        except UnicodeDecodeError as error:
            raise UnreadableInput(
                "{file} is neither UTF-8 nor GB18030.", advice="Save it as CSV UTF-8.", file=context.file
            ) from error
        except csv.Error as error:
            findings.append(_unreadable(Place(context.file, row=first), error))
            lines.again()
            continue
        if cells is None:
            return
        width = width or len(cells)
        if len(cells) > width or (lines.several and (len(cells) < width or lines.ended)):
            findings.append(_stray(Place(context.file, row=first), len(cells), width))
            lines.again()
            continue
        yield first, [unguarded(cell) or None for cell in cells]


class _Lines:
    """Lines of a text; those of a row that turns out wrong can be given again, but for its first."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._taken: list[str] = []
        self._back: list[str] = []
        self._number = 1
        self.ended = False
        """Whether a row ran to the end of the text, or further than a row may."""

    def begin(self) -> int:
        """Begin a row; return the number of its first line."""
        self._number += len(self._taken)
        self._taken, self.ended = [], False
        return self._number

    @property
    def several(self) -> bool:
        """Whether the row has several lines."""
        return len(self._taken) > 1

    def again(self) -> None:
        """Give all lines of the row but the first again."""
        self._back = self._taken[1:] + self._back
        del self._taken[1:]

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._back.pop(0) if self._back else self._text.readline()
        if not line or len(self._taken) >= _MOST_LINES:
            self.ended = True
            if line:
                self._back.insert(0, line)
            raise StopIteration
        self._taken.append(line)
        return line


def _stray(place: Place, count: int, width: int) -> Finding:
    return refusal(
        "stray-quote",
        "This row has {count} cells, the header has {width}; a quotation mark may be wrong.",
        place,
        "Put cells with commas or line ends between quotation marks, and double the marks inside.",
        count=count,
        width=width,
    )


def _unreadable(place: Place, error: csv.Error) -> Finding:
    return refusal("unreadable-row", "This row cannot be read: {reason}.", place, reason=str(error))
