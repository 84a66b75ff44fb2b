"""What a workbook holds, looked at before it is opened: a few bytes can stand for more cells than memory has.

Source of the limits: `catalog_service.config`; of the tricks: reports on zip bombs, far cells and shared strings.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog_service.errors import TooLarge, UnreadableInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.readers.base import ReadContext

_MOST_MEMBERS = 200
_MOST_RATIO = 100
MOST_COLUMNS = 400
_UNWANTED = ("vbaproject", "externallinks/", "embeddings/", "activex/")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}


@dataclass(slots=True)
class Sheet:
    """How far a sheet reaches, how much text its cells hold, and its formulas without a stored value."""

    rows: int = 0
    columns: int = 0
    text: int = 0
    formulas: list[tuple[int, int]] = field(default_factory=list)
    """Row and column from 0."""


def inspect(data: bytes, context: ReadContext) -> dict[str, Sheet]:
    """Return what each sheet holds, by name; raises for a file that is no whole workbook, or more than may be read."""
    from lxml import etree

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_members(package, context)
            lengths = _string_lengths(package)
            sheets = {name: _sheet(package, part, lengths) for part, name in _parts(package).items()}
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, KeyError, NotImplementedError, RuntimeError) as error:
        raise _not_whole(context, error) from error
    except (etree.XMLSyntaxError, zlib.error) as error:
        raise _not_whole(context, error) from error
    for sheet in sheets.values():
        _check_reach(sheet, context)
    return sheets


def _not_whole(context: ReadContext, error: Exception) -> UnreadableInput:
    return UnreadableInput(
        "{file} is not a whole workbook: {reason}.",
        advice="Open it in the spreadsheet program, save it again as .xlsx.",
        file=context.file,
        reason=str(error).rstrip("."),
    )


def _check_members(package: zipfile.ZipFile, context: ReadContext) -> None:
    """Look at the zip directory: sizes, ratios, members that have no place in a table."""
    members = package.infolist()
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


def _check_reach(sheet: Sheet, context: ReadContext) -> None:
    most = (context.limit("xlsx_rows", 10_000) + 1000) * MOST_COLUMNS
    if sheet.rows * sheet.columns > most or sheet.text > context.limit("xlsx_inflated", 64_000_000):
        raise TooLarge(
            "{file} has a sheet that reaches to row {rows} and column {columns}; that is too far.",
            advice="Delete what stands far off the table, or split the workbook.",
            file=context.file,
            rows=sheet.rows,
            columns=sheet.columns,
        )


def _elements(package: zipfile.ZipFile, part: str, *tags: str) -> Iterator[tuple[str, Any]]:
    from lxml import etree

    with package.open(part) as source:
        yield from etree.iterparse(source, events=("start", "end"), tag=[_MAIN + tag for tag in tags], **_SAFE)


def _string_lengths(package: zipfile.ZipFile) -> list[int]:
    if "xl/sharedStrings.xml" not in package.namelist():
        return []
    lengths = []
    for event, item in _elements(package, "xl/sharedStrings.xml", "si"):
        if event == "end":
            lengths.append(sum(map(len, item.itertext())))
            item.clear()
    return lengths


def _parts(package: zipfile.ZipFile) -> dict[str, str]:
    """Return part name to sheet name."""
    from lxml import etree

    parser = etree.XMLParser(**_SAFE)  # type: ignore[arg-type]
    relations = etree.fromstring(package.read("xl/_rels/workbook.xml.rels"), parser)
    targets = {str(each.get("Id")): str(each.get("Target")) for each in relations}
    book = etree.fromstring(package.read("xl/workbook.xml"), parser)
    paths = {str(each.get("name")): targets.get(str(each.get(_RELATION)), "") for each in book.iter(f"{_MAIN}sheet")}
    found = {(path[1:] if path.startswith("/") else f"xl/{path}"): name for name, path in paths.items()}
    return {part: name for part, name in found.items() if part in package.namelist()}


def _sheet(package: zipfile.ZipFile, part: str, lengths: list[int]) -> Sheet:
    sheet = Sheet()
    row = column = 0
    for event, element in _elements(package, part, "row", "c"):
        is_row = element.tag == f"{_MAIN}row"
        if event == "start":
            if is_row:
                row, column = int(element.get("r") or row + 1), 0
            continue
        if is_row:
            element.clear()
            continue
        reference = element.get("r")
        row, column = _position(reference) if reference else (row, column + 1)
        _count(sheet, element, row, column, lengths)
    return sheet


def _count(sheet: Sheet, cell: Any, row: int, column: int, lengths: list[int]) -> None:
    if not len(cell):
        return
    value = cell.findtext(f"{_MAIN}v") or ""
    if cell.get("t") == "s":
        number = int(value or -1)
        sheet.text += lengths[number] if 0 <= number < len(lengths) else 0
    else:
        sheet.text += len(value)
    if cell.find(f"{_MAIN}f") is not None and not value:
        sheet.formulas.append((row - 1, column - 1))
    sheet.rows, sheet.columns = max(sheet.rows, row), max(sheet.columns, column)


def _position(reference: str) -> tuple[int, int]:
    """Return row and column from 1 of a reference such as ``B7``."""
    column = 0
    digits = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    for char in reference[: len(reference) - len(digits)]:
        column = column * 26 + ord(char) - 64
    return int(digits), column
