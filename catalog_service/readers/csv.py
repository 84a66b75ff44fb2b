"""CSV: UTF-8 with or without byte order mark, or GB18030; comma, semicolon or tab."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, BinaryIO

from catalog_service.errors import UnreadableInput
from catalog_service.model.report import Place
from catalog_service.readers.base import ReadContext, is_text, refusal
from catalog_service.readers.headers import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalog_service.model.raw import RawRecord, Scalar
    from catalog_service.model.report import Finding

_DELIMITERS = (",", "\t", ";", "，")
_LONGEST_CELL = 1_000_000


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
    """Yield line number and cells; a quote that never closes is told with the line where it opens."""
    width = 0
    reader = csv.reader(text, delimiter=delimiter, strict=False)
    line = 0
    try:
        for cells in reader:
            start, line = line + 1, reader.line_num
            width = width or len(cells)
            if len(cells) > width or (line - start > 0 and len(cells) < width):
                place = Place(context.file, row=start)
                findings.append(
                    refusal(
                        "stray-quote",
                        "This row has {count} cells, the header has {width}; a quotation mark may be wrong.",
                        place,
                        "Put cells with commas or line ends between quotation marks, and double the marks inside.",
                        count=len(cells),
                        width=width,
                    )
                )
                continue
            yield start, [cell or None for cell in cells]
    except csv.Error as error:
        findings.append(
            refusal(
                "unreadable-row",
                "This row cannot be read: {reason}.",
                Place(context.file, row=line + 1),
                reason=str(error),
            )
        )
    except UnicodeDecodeError as error:
        raise UnreadableInput(
            "{file} is neither UTF-8 nor GB18030.", advice="Save it as CSV UTF-8.", file=context.file
        ) from error
