"""Workbooks: what is published as sheets, and the empty template a cataloguer fills.

A row whose first cell begins with ``#`` is help and is passed over when the workbook is read.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from catalog_service.i18n import LANGUAGES, MARKS, say
from catalog_service.model.derive import columns
from catalog_service.writers.tables import by_kind, row_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from catalog_service.model.derive import Column
    from catalog_service.model.kind import Field, Kind
    from catalog_service.model.vocabulary import Vocabularies
    from catalog_service.writers.base import Outgoing, Surroundings

_JOIN = "; "
_ROWS = 2000
"""Rows of a template that have drop-downs."""

_FIRST_ROW = 5
"""Where people begin to write: below the header and the rows of help."""

_LISTS = "codes"
_HELP_SHEET = "说明 Help"
_OBLIGATIONS = {
    "M": "required",
    "C": "required in some cases",
    "R": "recommended",
    "O": "optional",
    "G": "required where this group is used",
    "S": "leave it empty and the catalogue fills it in",
}
"""What is asked of a column; ``G`` holds where its group is used, ``S`` is for what the catalogue fills in itself."""


class Xlsx:
    """One sheet a kind; every cell is text, so that nothing becomes a formula."""

    name = "xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ending = "xlsx"
    one_kind = False

    def write(self, records: Iterable[Outgoing], around: Surroundings) -> Iterator[bytes]:
        """Yield the workbook."""
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        book = _empty_book()
        for group in by_kind(records).values():
            kind = group[0].kind
            sheet = book.create_sheet(kind.label("zh"))
            chosen = columns(kind)
            _header(sheet, chosen, kind)
            for number, outgoing in enumerate(group, 2):
                for place, text in enumerate(row_of(outgoing, chosen, around), 1):
                    if text:
                        cell = sheet.cell(number, place)
                        cell.value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", text), "s"
            _tell_left_out(sheet, kind, around)
        if not book.sheetnames:
            book.create_sheet("empty")
        yield _saved(book)


def _tell_left_out(sheet: Worksheet, kind: Kind, around: Surroundings) -> None:
    """Write below the records, as a row of help, what of them has no place in the sheet."""
    fields = {name: kind.field(name) for of, name in around.left_out if of == kind.name}
    for lang in LANGUAGES if fields else ():
        named = MARKS[lang].join(
            f"{field.label(lang)} {around.left_out[kind.name, name]:,}" for name, field in fields.items() if field
        )
        said = say(
            "This sheet has no place for: {values}. Other formats hold everything.",
            lang,
            domain="writers",
            values=named,
        )
        cell: Any = sheet.cell(sheet.max_row + 1, 1)
        cell.value, cell.data_type = f"# {said}", "s"


def template(kind: Kind, vocabularies: Vocabularies, lang: str, example: Mapping[str, str] | None = None) -> bytes:
    """Return an empty workbook of a kind: headers, help and an example, drop-downs, help on a sheet of its own.

    ``example`` is one believable record, a text by column; without one each element shows its own example.
    """
    book = _empty_book()
    chosen = columns(kind)
    sheet = book.create_sheet(kind.label("zh"))
    _header(sheet, chosen, kind)
    _help_rows(sheet, chosen, kind, vocabularies, lang, example or {})
    _drop_downs(book, sheet, chosen, vocabularies)
    _explain(book.create_sheet(_HELP_SHEET), kind)
    book.active = 0
    return _saved(book)


def _empty_book() -> Workbook:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    return book


def _saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _header(sheet: Worksheet, chosen: Sequence[Column], kind: Kind) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for place, column in enumerate(chosen, 1):
        cell: Any = sheet.cell(1, place)
        cell.value = column.header["zh"]
        mandatory = _obligation(column, kind) == "M"
        cell.font = Font(bold=True, color="FFFFFF" if mandatory else "15201F")
        cell.fill = PatternFill("solid", fgColor="005A63" if mandatory else "E3F1F1")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[cell.column_letter].width = 28 if column.field.type == "text" else 18
    sheet.freeze_panes = "B2"


def _help_rows(
    sheet: Worksheet,
    chosen: Sequence[Column],
    kind: Kind,
    vocabularies: Vocabularies,
    lang: str,
    example: Mapping[str, str],
) -> None:
    """Write the short names, the help and an example, each row marked as help by its first cell."""
    from openpyxl.styles import Alignment, Font

    rows = (
        [column.key for column in chosen],
        [
            _help(column, kind, lang, _own_example(column) if example and column.key not in example else "")
            for column in chosen
        ],
        [_example(column, vocabularies, example) for column in chosen],
    )
    for number, row in enumerate(rows, 2):
        for place, text in enumerate(row, 1):
            cell: Any = sheet.cell(number, place)
            cell.value, cell.data_type = (f"# {text}" if place == 1 else text), "s"
            cell.font = Font(color="4A5958", size=9)
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _obligation(column: Column, kind: Kind) -> str:
    """Return what is asked of a column, a key of ``_OBLIGATIONS``.

    Of texts the Chinese is asked for, other languages are welcome.
    """
    own = "S" if column.field.system else column.field.obligation
    if column.language not in ("", "zh"):
        return "O" if own in ("M", "C") else own
    parts = column.name.split(".")
    owners = [kind.field(".".join(parts[: n + 1])) for n in range(len(parts) - 1)]
    free = any(owner is not None and owner.obligation != "M" for owner in owners)
    return "G" if own == "M" and free else own


def _help(column: Column, kind: Kind, lang: str, example: str) -> str:
    asked = _OBLIGATIONS.get(_obligation(column, kind), "")
    obligation = say(asked, lang, domain="writers") if asked else ""
    several = say("several: separate them by ;", lang, domain="writers") if _many(column.field) else ""
    definition = column.field.definitions.get(lang, "")
    such = say("such as {example}", lang, domain="writers", example=example) if example else ""
    return "\n".join(part for part in (f"[{obligation}] {column.header[lang]}", definition, several, such) if part)


def _many(field: Field) -> bool:
    return field.max_count != 1 and not field.unique_lang


def _example(column: Column, vocabularies: Vocabularies, example: Mapping[str, str]) -> str:
    """Return what the example row says in a column, codes as its drop-down offers them."""
    text = example.get(column.key, "") if example else _own_example(column)
    offered = _entries(column.field, vocabularies)
    if not offered:
        return text
    return _JOIN.join(_offered(part.strip(), offered) for part in text.split(";")) if text else ""


def _offered(text: str, entries: Sequence[str]) -> str:
    """Return the entry of a drop-down that has a code or a label, the text itself if none has."""
    return next((entry for entry in entries if text in entry.split(" ", 1)), text)


def _own_example(column: Column) -> str:
    """Return the element's first example that is in the column's language."""
    examples = column.field.examples
    if column.language:
        examples = tuple(text for text in examples if _chinese(text) == (column.language == "zh"))
    return next(iter(examples), "")


def _chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def _drop_downs(book: Workbook, sheet: Worksheet, chosen: Sequence[Column], vocabularies: Vocabularies) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    lists = book.create_sheet(_LISTS)
    lists.sheet_state = "hidden"
    ranges: dict[tuple[Any, ...], str] = {}
    for place, column in enumerate(chosen, 1):
        entries = _entries(column.field, vocabularies)
        if not entries:
            continue
        if entries not in ranges:
            letter = get_column_letter(len(ranges) + 1)
            for number, entry in enumerate(entries, 1):
                lists[f"{letter}{number}"] = entry
            ranges[entries] = f"{_LISTS}!${letter}$1:${letter}${len(entries)}"
        validation = DataValidation(type="list", formula1=ranges[entries], allow_blank=True)
        validation.showErrorMessage = not _many(column.field)
        validation.errorTitle = column.header["zh"][:32]
        validation.error = "请从列表中选择。 Choose from the list."
        sheet.add_data_validation(validation)
        letter = get_column_letter(place)
        validation.add(f"{letter}{_FIRST_ROW}:{letter}{_ROWS}")


def _entries(field: Field, vocabularies: Vocabularies) -> tuple[str, ...]:
    """Return what a drop-down offers: codes with Chinese labels, those that may really be chosen."""
    if field.type == "boolean":
        return ("是", "否")
    if field.type != "concept" and not field.schemes:
        return ()
    found = []
    for slug in field.schemes:
        scheme = vocabularies[slug]
        for code, concept in scheme.concepts.items():
            usable = (not field.leaf or scheme.is_leaf(code)) and (not field.top or concept.broader is None)
            if usable and not concept.replaced_by and (not field.codes or code in field.codes):
                found.append(f"{code} {concept.label('zh')}")
    return tuple(found)


def _explain(sheet: Worksheet, kind: Kind) -> None:
    """Write what every element is, in both languages."""
    from openpyxl.styles import Font

    sheet.append(["编号 No.", "短名 Short name", "名称", "Name", "义务 Obligation", "定义", "Definition"])
    for name, field in kind.walk():
        if not field.computed:
            label, meaning = field.labels, field.definitions
            row = [
                field.number,
                name,
                label["zh"],
                label["en"],
                field.obligation,
                meaning.get("zh", ""),
                meaning.get("en", ""),
            ]
            sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDEFG", (9, 26, 20, 24, 14, 60, 60), strict=True):
        sheet.column_dimensions[letter].width = width
