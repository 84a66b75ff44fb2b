"""Which field a column answers to: by short name, or by label in either language."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from catalog_service.model.columns import columns
from catalog_service.model.raw import RawRecord, RawValue
from catalog_service.model.report import Place
from catalog_service.readers.base import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalog_service.model.kind import Kind
    from catalog_service.model.raw import Scalar
    from catalog_service.model.report import Finding

_LANGUAGES = {"zh": "zh", "en": "en"}
HELP = "#"
"""A row whose first cell begins so is help."""


def fold(text: str) -> str:
    """Return a header as headers are compared: half width, no case, no spaces, no marks for mandatory."""
    return re.sub(r"[\s*：:]+", "", unicodedata.normalize("NFKC", text).casefold())


class Header:
    """The columns of one table of a kind: position to dotted name and language."""

    def __init__(self, kind: Kind, cells: Sequence[Scalar]) -> None:
        known = _known(kind)
        self.kind = kind
        self.columns: dict[int, tuple[str, str]] = {}
        self.unknown: dict[int, str] = {}
        for position, cell in enumerate(cells):
            text = "" if cell is None else str(cell)
            if not text.strip() or fold(text) in ("kind", "类型"):
                continue
            name = known.get(fold(text)) or _repeated(kind, text)
            if name:
                self.columns[position] = name
            else:
                self.unknown[position] = text
        self.letters: dict[str, str] = {}
        for position, (dotted, _) in self.columns.items():
            self.letters.setdefault(dotted, letters(position))

    def record(self, cells: Sequence[Scalar], place: Place) -> RawRecord:
        """Return one row as a raw record; every value knows its column."""
        values, unknown = [], []
        for position, cell in enumerate(cells):
            if cell is None or (isinstance(cell, str) and not cell.strip()):
                continue
            at = Place(place.file, place.sheet, place.row, letters(position), place.line)
            if position in self.columns:
                name, language = self.columns[position]
                values.append((name, RawValue(cell, at, language)))
            elif position in self.unknown:
                unknown.append((self.unknown[position], RawValue(cell, at)))
        return RawRecord(place, self.kind.name, tuple(values), unknown=tuple(unknown), columns=self.letters)


def _known(kind: Kind) -> dict[str, tuple[str, str]]:
    """Return folded header to name and language."""
    known: dict[str, tuple[str, str]] = {}
    for column in columns(kind):
        for text in (column.key, column.name, *column.header.values()):
            known.setdefault(fold(text), (column.name, column.language))
        bare = column.name.rsplit(".", 1)[-1]
        for label in column.field.labels.values():
            if bare == column.name:
                known.setdefault(fold(label), (column.name, column.language or ""))
    return known


def _repeated(kind: Kind, text: str) -> tuple[str, str] | None:
    """Return name and language of a header with positions or a language, such as ``offer.1.price`` or ``title@en``."""
    name, _, language = text.strip().partition("@")
    field = kind.field(name) if re.fullmatch(r"[A-Za-z0-9.]+", name) else None
    return (name, _LANGUAGES.get(language, "")) if field is not None and field.type != "node" else None


def letters(position: int) -> str:
    """Return a column's letters.

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    text = ""
    number = position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def read_table(
    rows: Iterator[tuple[int, Sequence[Scalar]]],
    kinds: Mapping[str, Kind],
    kind: str,
    place: Place,
) -> Iterator[RawRecord | Finding]:
    """Yield the records of a table: a header row, help rows, then one record a row."""
    header: Header | None = None
    for number, cells in rows:
        filled = [cell for cell in cells if cell is not None and str(cell).strip()]
        if not filled or str(filled[0]).lstrip().startswith(HELP):
            continue
        at = Place(place.file, place.sheet, number)
        if header is None:
            header = _header(cells, kinds, kind)
            if header is None:
                yield _no_header(at, cells)
                return
            yield from (_unknown_header(at, position, text) for position, text in header.unknown.items())
            continue
        yield header.record(cells, at)
    if header is None:
        yield refusal("no-header", "There is no header row.", place, "Start from `kebao template`.")


def _header(cells: Sequence[Scalar], kinds: Mapping[str, Kind], kind: str) -> Header | None:
    """Return the header as the kind it fits best reads it; None when fewer than two columns are known."""
    candidates = [kinds[kind]] if kind else list(kinds.values())
    best = max((Header(each, cells) for each in candidates), key=lambda each: len(each.columns))
    return best if len(best.columns) >= 2 else None


def _no_header(place: Place, cells: Sequence[Scalar]) -> Finding:
    shown = ", ".join(str(cell) for cell in cells if cell is not None)[:80]
    return refusal(
        "no-header",
        "This row should hold the headers, but “{value}” are none.",
        place,
        "Put the headers of `kebao template` into one row, one header a cell, without merged cells.",
        value=shown,
    )


def _unknown_header(place: Place, position: int, text: str) -> Finding:
    at = Place(place.file, place.sheet, place.row, letters(position))
    return refusal(
        "unknown-column",
        "There is no field for the header “{value}”; the column is left out.",
        at,
        "Use the headers of `kebao template`, or delete the column.",
        severity="warning",
        value=text,
    )
