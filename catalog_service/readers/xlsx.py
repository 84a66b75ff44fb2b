"""Workbooks: read by python-calamine after `catalog_service.readers.workbook` looked at what they hold."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, BinaryIO

from catalog_service.errors import TooLarge, UnreadableInput
from catalog_service.model.report import Place
from catalog_service.readers.base import ReadContext, refusal
from catalog_service.readers.headers import fold, letters, read_table
from catalog_service.readers.workbook import MOST_COLUMNS, inspect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalog_service.model.raw import RawRecord, Scalar
    from catalog_service.model.report import Finding


class Xlsx:
    """Excel workbooks: a sheet a kind, found by its name or its headers; other sheets are passed over."""

    name = "xlsx"
    endings = ("xlsx", "xlsm")

    def sniff(self, head: bytes) -> bool:
        """Tell whether it is a zip file."""
        return head.startswith(b"PK\x03\x04")

    def read(self, source: BinaryIO, context: ReadContext) -> Iterator[RawRecord | Finding]:
        """Yield the records of every sheet that is a table of a kind."""
        data = source.read(context.limit("xlsx_bytes", 10_000_000) + 1)
        if len(data) > context.limit("xlsx_bytes", 10_000_000):
            raise TooLarge(
                "{file} is larger than {most} bytes.", file=context.file, most=context.limit("xlsx_bytes", 0)
            )
        sheets = inspect(data, context)
        book = _open(data, context)
        found = False
        for sheet in book.sheet_names:
            kind = _kind_of(sheet, context)
            rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            if kind is None or not any(any(cell not in ("", None) for cell in row) for row in rows[:50]):
                continue
            found = True
            yield from _sheet(sheet, rows, kind, context, sheets[sheet].formulas if sheet in sheets else ())
        if not found:
            raise UnreadableInput(
                "{file} has no sheet with records.",
                advice="Start from `kebao template`; name the sheet as it does.",
                file=context.file,
            )


def _kind_of(sheet: str, context: ReadContext) -> str | None:
    """Return the kind a sheet is of: by its name, else as asked, else empty for its headers to tell; None to skip."""
    for kind in context.kinds.values():
        if fold(sheet) in {fold(kind.name), *(fold(label) for label in kind.labels.values())}:
            return kind.name
    if fold(sheet) in {"codes", "说明help", "help", "说明", "代码"}:
        return None
    return context.kind


def _sheet(
    sheet: str, rows: list[list[Any]], kind: str, context: ReadContext, formulas: Sequence[tuple[int, int]]
) -> Iterator[RawRecord | Finding]:
    most = context.limit("xlsx_rows", 10_000)
    place = Place(context.file, sheet)
    for row, column in formulas:
        if row < len(rows) and column < len(rows[row]) and rows[row][column] in ("", None):
            at = Place(context.file, sheet, row + 1, letters(column))
            yield refusal("formula", "This cell holds a formula without a value.", at, "Write the value itself.")
    numbered = ((number, _cells(row)) for number, row in enumerate(rows[: most + 10], 1))
    yield from read_table(numbered, context.kinds, kind, place)
    if len(rows) > most + 10:
        yield refusal("too-many-rows", "Only the first {most} rows were read.", place, "Split the workbook.", most=most)


def _cells(row: list[Any]) -> list[Scalar]:
    return [None if cell == "" else cell for cell in row[:MOST_COLUMNS]]


def _open(data: bytes, context: ReadContext) -> Any:
    from python_calamine import CalamineWorkbook

    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except Exception as error:  # calamine raises errors of many classes for broken files
        raise UnreadableInput("{file} cannot be read: {reason}.", file=context.file, reason=str(error)) from error
