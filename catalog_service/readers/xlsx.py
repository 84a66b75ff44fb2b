"""Excel workbooks, read by python-calamine after the zip directory and the extent of the sheets were looked at."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from catalog_service.errors import TooLarge, UnreadableInput, UnsupportedFormat
from catalog_service.model.raw import RawRecord
from catalog_service.model.report import Place
from catalog_service.readers.base import refusal
from catalog_service.readers.headers import Table, fold, is_empty, letters, sheet_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalog_service.model.raw import Scalar
    from catalog_service.model.report import Finding
    from catalog_service.readers.base import Limits, ReadContext
    from catalog_service.readers.headers import Header

_UNWANTED = ("vbaproject", "externallinks/", "embeddings/", "activex/", "oleobject")
_PACKED = (".zip", ".xlsx", ".xlsm", ".docx", ".gz", ".7z", ".rar")
_WORKBOOK = "xl/workbook.xml"
_ADVICE = "Open it in the spreadsheet program and save it again as .xlsx."
_HELP_SHEETS = frozenset({"说明help", "说明", "help", "codes", "代码"})
_MOST_CELLS = 8_000_000
_DAMAGED = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, KeyError, NotImplementedError, RuntimeError)

_REFERENCE = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=\"([A-Z]{1,3})([0-9]{1,7})\"")
_CELL = re.compile(rb"<(?:\w+:)?c(\s[^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_SHARED = re.compile(rb"<(?:\w+:)?c\s[^>]*?\bt=\"s\"[^>]*>\s*<(?:\w+:)?v>([0-9]{1,9})<")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>[^<]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


class Xlsx:
    """A sheet is of the kind its name says, else of the one its headers fit; sheets of no kind are passed over."""

    name = "xlsx"
    media_types = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",)
    endings = ("xlsx", "xlsm")

    def sniff(self, head: bytes) -> bool:
        """Tell whether it is a zip file; whether it is a workbook its directory says."""
        return head.startswith(b"PK\x03\x04")

    def read(self, source: BinaryIO, context: ReadContext) -> Iterator[RawRecord | Finding]:
        """Yield the records of every sheet that is a table of a kind."""
        most = context.limits.xlsx_bytes
        data = source.read(most + 1)
        if len(data) > most:
            raise TooLarge("{file} is larger than {most} bytes.", file=context.file, most=most)
        package = open_package(data, context.file, context.limits)
        book = _open(data, context.file)
        found = False
        for sheet in book.sheets_metadata:
            if not str(sheet.visible).endswith(".Visible") or fold(sheet.name) in _HELP_SHEETS:
                continue
            table = Table(context, Place(context.file, sheet.name), sheet_kind(sheet.name, context.kinds))
            items = _sheet(table, book.get_sheet_by_name(sheet.name), package.holes(sheet.name), context)
            yield from items
            if table.header is not None:
                found = True
            elif table.failed and (context.kind or sheet_kind(sheet.name, context.kinds)):
                found = True
                yield table.no_header()
        if not found:
            raise UnreadableInput(
                "{file} has no sheet with records.",
                advice="Start from a template: kebao template KIND -o FILE.xlsx.",
                file=context.file,
            )


def _sheet(
    table: Table, sheet: Any, holes: Mapping[tuple[int, int], str], context: ReadContext
) -> Iterator[RawRecord | Finding]:
    """Yield what the rows of a sheet hold, and what stands in the way of reading some cells."""
    merged = sheet.merged_cell_ranges or []
    place = Place(context.file, sheet.name)
    records = 0
    loose: list[int] | None = None
    labels: dict[tuple[int, int], Any] = {}
    for number, given in enumerate(sheet.iter_rows(), 1):
        row = given[: context.limits.xlsx_columns]
        if table.header is None:
            row = _filled(row, number - 1, merged, labels)
        for item in table.row(number, [_scalar(cell) for cell in row]):
            if isinstance(item, RawRecord):
                records += 1
                if records > context.limits.xlsx_rows:
                    yield _too_many(place, number, context)
                    return
            yield item
        if table.header is None:
            continue
        yield from _unreadable(holes, number, place, table)
        if loose is None:
            loose = _loose(table.header, len(row))
        yield from _unnamed(loose, row, number, place, merged)
    if table.header is not None and not records:
        yield refusal("no-rows", "The sheet has headers and no rows below them.", place, severity="warning")


def _too_many(place: Place, number: int, context: ReadContext) -> Finding:
    return refusal(
        "too-many-rows",
        "Only the first {most} records of the sheet were read.",
        Place(place.file, place.sheet, number),
        "Put the others into a second workbook, or load them as CSV.",
        most=context.limits.xlsx_rows,
    )


def _filled(row: Sequence[Any], number: int, merged: Sequence[Any], labels: dict[tuple[int, int], Any]) -> list[Any]:
    """Return a row above the records with the labels that span several rows put into each of them."""
    cells = list(row)
    for (top, left), (bottom, right) in merged:
        if left != right or left >= len(cells):
            continue
        if number == top:
            labels[left, bottom] = cells[left]
        elif top < number <= bottom and is_empty(cells[left]):
            cells[left] = labels.get((left, bottom), "")
    return cells


def _scalar(cell: Any) -> Scalar:
    """Return a cell as a raw value; a time of day or a duration becomes text."""
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, dt.timedelta | dt.time):
        return str(cell)
    value: Scalar = cell
    return value


def _unreadable(holes: Mapping[tuple[int, int], str], number: int, place: Place, table: Table) -> Iterator[Finding]:
    """Yield findings on the cells of a row that look empty but are not: formulas without result, errors."""
    if not holes or table.header is None:
        return
    for position, (name, _) in sorted(table.header.columns.items()):
        what = holes.get((number, position))
        if what is None:
            continue
        each = table.header.kind.field(name)
        at = Place(place.file, place.sheet, number, letters(position))
        message = (
            "{label}: the formula has no stored result." if what == "formula" else "{label}: the cell says {value}."
        )
        advice = "Write the value itself, or save the workbook in the spreadsheet program first."
        label = dict(each.labels) if each else {}
        code = "formula" if what == "formula" else "cell-error"
        yield refusal(code, message, at, advice, label=label, value=what.partition(":")[2])


def _loose(header: Header, width: int) -> list[int]:
    """Return the columns that have no header."""
    named = {*header.columns, *header.unknown, *header.doubled, header.kind_column}
    return [position for position in range(width) if position not in named]


def _unnamed(
    loose: list[int], row: Sequence[Any], number: int, place: Place, merged: Sequence[Any]
) -> Iterator[Finding]:
    """Yield a finding for each column that has values and no header, once: it is loose no more."""
    for position in [each for each in loose if not is_empty(row[each])]:
        loose.remove(position)
        first = next((left for (_, left), (_, right) in merged if left < position <= right), None)
        message = "The column has values and no header; they were left out."
        if first is not None:
            message = "One merged header stands over columns {first} to {column}; only the first was read."
        at = Place(place.file, place.sheet, number, letters(position))
        advice = "Give every column a header cell of its own."
        yield refusal(
            "merged-header" if first is not None else "missing-header",
            message, at, advice, severity="warning", column=letters(position), first=letters(first or 0),
        )  # fmt: skip


def _open(data: bytes, file: str) -> Any:
    from python_calamine import CalamineWorkbook

    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except Exception as error:  # calamine raises errors of many classes for broken files
        raise UnreadableInput("{file} cannot be read as a workbook.", advice=_ADVICE, file=file) from error


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of a workbook that passed the gate."""

    parts: Mapping[str, bytes]
    """XML of each sheet by the sheet's name."""

    def holes(self, sheet: str) -> dict[tuple[int, int], str]:
        """Return row (from 1) and column (from 0) of cells that read as empty but hold a formula or an error."""
        data = self.parts.get(sheet, b"")
        if b't="e"' not in data and not _FORMULA.search(data):
            return {}
        found = {}
        for match in _CELL.finditer(data):
            attributes, content = match[1], match[2] or b""
            place = re.search(rb'\br="([A-Z]{1,3})([0-9]{1,7})"', attributes)
            if place is None:
                continue
            if b't="e"' in attributes:
                said = re.search(rb"<(?:\w+:)?v>([^<]{1,20})<", content)
                shown = said[1].decode("utf-8", "replace") if said else ""
                found[int(place[2]), _position(place[1])] = f"error:{shown}"
            elif _FORMULA.search(content) and not _VALUE.search(content) and b't="str"' not in attributes:
                found[int(place[2]), _position(place[1])] = "formula"
        return found


def open_package(data: bytes, file: str, limits: Limits) -> Package:
    """Return the sheets' XML; refuses bombs, macros, embedded files and sheets that are mostly emptiness."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_directory(package.infolist(), file, limits)
            members = _inflated(package, file, limits)
            shared = members.get("xl/sharedStrings.xml", b"")
            parts = {name: members[path] for name, path in _sheets(members).items() if path in members}
    except (*_DAMAGED, SyntaxError) as error:
        raise UnreadableInput("{file} is damaged or cut off.", advice=_ADVICE, file=file) from error
    lengths = [len(each) for each in shared.split(b"<si")[1:]]
    for part in parts.values():
        _check_extent(part, lengths, file, limits)
    return Package(parts)


def _check_directory(members: Sequence[zipfile.ZipInfo], file: str, limits: Limits) -> None:
    names = {member.filename for member in members}
    inflated = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    out_of_proportion = inflated > limits.record_bytes and inflated > limits.ratio * packed
    if inflated > limits.xlsx_inflated or out_of_proportion or len(members) > limits.xlsx_members:
        raise TooLarge("{file} unpacks to more than {most} bytes.", file=file, most=limits.xlsx_inflated)
    for name in names:
        low = name.lower()
        unwanted = any(each in low for each in _UNWANTED) or low.endswith(_PACKED)
        if unwanted or ".." in low.split("/") or low.startswith("/"):
            raise UnreadableInput(
                "{file} holds {member}; a table of records needs no macros, links or files inside.",
                advice="Save it as a plain .xlsx without them.",
                file=file,
                member=name[:80],
            )
    if _WORKBOOK not in names:
        raise UnsupportedFormat("{file} is a zip file, but no workbook.", advice=_ADVICE, file=file)


def _inflated(package: zipfile.ZipFile, file: str, limits: Limits) -> dict[str, bytes]:
    """Return every member unpacked, which is never more than may be, because a directory may lie about sizes."""
    members: dict[str, bytes] = {}
    left = limits.xlsx_inflated
    for member in package.infolist():
        with package.open(member) as content:
            members[member.filename] = content.read(left + 1)
        left -= len(members[member.filename])
        if left < 0:
            raise TooLarge("{file} unpacks to more than {most} bytes.", file=file, most=limits.xlsx_inflated)
    return members


def _check_extent(part: bytes, lengths: Sequence[int], file: str, limits: Limits) -> None:
    """Refuse a sheet whose cells lie far apart, or that repeats a long text in very many cells: both fill memory."""
    places = set(_REFERENCE.findall(part))
    if places:
        rows = max(map(int, {row for _, row in places}))
        columns = max(map(_position, {column for column, _ in places})) + 1
        if rows * columns > _MOST_CELLS:
            raise TooLarge(
                "{file} has a sheet of {rows} rows and {columns} columns, most of them empty.",
                advice="Delete the rows and columns behind the records and save it again.",
                file=file,
                rows=rows,
                columns=columns,
            )
    used = [int(each) for each in _SHARED.findall(part)] if lengths else []
    if used and max(lengths) * len(used) > limits.xlsx_inflated:
        total = sum(lengths[each] for each in used if each < len(lengths))
        if total > 4 * limits.xlsx_inflated:
            raise TooLarge("{file} unpacks to more than {most} bytes.", file=file, most=4 * limits.xlsx_inflated)


def _position(column: bytes) -> int:
    """Return a column's position from 0."""
    number = 0
    for char in column:
        number = number * 26 + char - 64
    return number - 1


def _sheets(members: Mapping[str, bytes]) -> dict[str, str]:
    """Return sheet name to the path of its part."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    relations = etree.fromstring(members["xl/_rels/workbook.xml.rels"], parser)
    targets = {str(each.get("Id")): str(each.get("Target")) for each in relations}
    sheets = {}
    for element in etree.fromstring(members[_WORKBOOK], parser).iter("{*}sheet"):
        target = next((targets.get(str(value), "") for key, value in element.items() if str(key).endswith("}id")), "")
        sheets[str(element.get("name"))] = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return sheets
