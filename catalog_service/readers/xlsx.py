"""Workbooks: read by python-calamine after the zip directory was looked at."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO

from catalog_service.errors import TooLarge, UnreadableInput
from catalog_service.model.report import Place
from catalog_service.readers.base import ReadContext, refusal
from catalog_service.readers.headers import fold, letters, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.model.raw import RawRecord, Scalar
    from catalog_service.model.report import Finding

_MOST_MEMBERS = 200
_MOST_RATIO = 100
_MOST_COLUMNS = 400
_UNWANTED = ("vbaproject", "externallinks/", "embeddings/", "activex/")


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
        _check_directory(data, context)
        formulas = _formulas(data)
        book = _open(data, context)
        found = False
        for sheet in book.sheet_names:
            kind = _kind_of(sheet, context)
            rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            if kind is None or not any(any(cell not in ("", None) for cell in row) for row in rows[:50]):
                continue
            found = True
            yield from _sheet(sheet, rows, kind, context, formulas.get(sheet, ()))
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
    sheet: str, rows: list[list[Any]], kind: str, context: ReadContext, formulas: tuple[tuple[int, int], ...]
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
    return [None if cell == "" else cell for cell in row[:_MOST_COLUMNS]]


def _check_directory(data: bytes, context: ReadContext) -> None:
    """Look at the zip directory before anything is unpacked: sizes, ratios, members that have no place here."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableInput(
            "{file} is not a whole workbook: {reason}.",
            advice="Open it in the spreadsheet program, save it again as .xlsx.",
            file=context.file,
            reason=str(error),
        ) from error
    inflated = sum(member.file_size for member in members)
    most = context.limit("xlsx_inflated", 64_000_000)
    packed = sum(member.compress_size for member in members) or 1
    if inflated > most or (inflated > 1_000_000 and inflated / packed > _MOST_RATIO) or len(members) > _MOST_MEMBERS:
        raise TooLarge(
            "{file} unpacks to {size} bytes; {most} is the most.", file=context.file, size=inflated, most=most
        )
    for member in members:
        name = member.filename.lower()
        if ".." in name or name.startswith("/") or any(each in name for each in _UNWANTED):
            raise UnreadableInput(
                "{file} holds {member}, which a table of records does not need.",
                advice="Save it as a plain .xlsx without macros, links or embedded files.",
                file=context.file,
                member=member.filename,
            )
    if not any(member.filename == "xl/workbook.xml" for member in members):
        raise UnreadableInput("{file} is a zip file but no workbook.", file=context.file)


def _open(data: bytes, context: ReadContext) -> Any:
    from python_calamine import CalamineWorkbook

    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except Exception as error:  # calamine raises errors of many classes for broken files
        raise UnreadableInput("{file} cannot be read: {reason}.", file=context.file, reason=str(error)) from error


def _formulas(data: bytes) -> dict[str, tuple[tuple[int, int], ...]]:
    """Return row and column of the cells with formulas but no stored value, by sheet."""
    import re

    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheets = sorted(name for name in package.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
        parts = {name: package.read(name) for name in sheets}
        if not any(b"<f" in part for part in parts.values()):
            return {}
        names = _sheet_names(package)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    found = {}
    for name, part in parts.items():
        if b"<f" not in part or name not in names:
            continue
        cells = etree.fromstring(part, parser).iter(f"{space}c")
        empty = [
            str(cell.get("r"))
            for cell in cells
            if cell.find(f"{space}f") is not None and not cell.findtext(f"{space}v")
        ]
        found[names[name]] = tuple(_position(each) for each in empty)
    return found


def _position(reference: str) -> tuple[int, int]:
    """Return row and column from 0 of a reference such as ``B7``."""
    column = 0
    for char in reference.rstrip("0123456789"):
        column = column * 26 + ord(char) - 64
    return int(reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - 1, column - 1


def _sheet_names(package: zipfile.ZipFile) -> dict[str, str]:
    """Return part name to sheet name."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    relations = etree.fromstring(package.read("xl/_rels/workbook.xml.rels"), parser)
    targets = {str(each.get("Id")): str(each.get("Target")) for each in relations}
    book = etree.fromstring(package.read("xl/workbook.xml"), parser)
    key = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    sheets = book.iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet")
    return {"xl/" + targets.get(str(each.get(key)), "").removeprefix("/xl/"): str(each.get("name")) for each in sheets}
