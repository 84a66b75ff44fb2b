"""Tables: the rows that CSV and workbooks share, one record a row, the first of each inner node inline."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.model.cells import guarded
from catalog_service.model.derive import beyond_table, columns, first_node
from catalog_service.namespaces import CODE_LISTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalog_service.model.derive import Column
    from catalog_service.model.kind import Field, Kind
    from catalog_service.model.record import Record
    from catalog_service.model.terms import Term
    from catalog_service.writers.base import Outgoing, Surroundings

_JOIN = "; "
_SEPARATORS = frozenset(";；、|\n")
"""What readers take a cell of several texts apart at."""


def row_of(outgoing: Outgoing, chosen: Iterable[Column], around: Surroundings) -> list[str]:
    """Return a record's cells; codes are written with their labels, as a cataloguer would choose them.

    What the row has no place for is counted in ``around.left_out``, what will not come back from it as one value in
    ``around.taken_apart``.
    """
    for name, count in beyond_table(outgoing.record, outgoing.kind).items():
        around.left_out[outgoing.kind.name, name] += count
    return [_cell(outgoing.record, outgoing.kind, column, around) for column in chosen]


def _cell(record: Record, kind: Kind, column: Column, around: Surroundings) -> str:
    node = record.node
    parts = column.name.split(".")
    for depth in range(1, len(parts)):
        owner = kind.field(".".join(parts[:depth]))
        found = record.objects(*owner.path, of=node) if owner else []
        if not found:
            return ""
        node = first_node(found)
    values = record.objects(*column.field.path, of=node)
    if column.language:
        values = [term for term in values if terms.language(term).split("-")[0] == column.language]
    texts = [_text(term, column.field, around) for term in sorted(values)]
    many = column.field.max_count != 1 and not column.field.unique_lang and column.field.type in ("text", "string")
    if many and (apart := sum(not _SEPARATORS.isdisjoint(text) for text in texts)):
        around.taken_apart[kind.name, column.name] += apart
    return _JOIN.join(texts)


def _text(term: Term, field: Field, around: Surroundings) -> str:
    text = terms.value(term)
    if field.type == "concept":
        concept = around.vocabularies.concept(text)
        return f"{concept.notation} {concept.label('zh')}" if concept else text.removeprefix(CODE_LISTS)
    if field.type == "reference":
        return text.rsplit("/", 1)[-1] if around.name_of(text) else text
    return text.removeprefix(field.iri_prefix) if field.iri_prefix else text


def by_kind(records: Iterable[Outgoing]) -> dict[str, list[Outgoing]]:
    """Return records grouped by kind, in the order in which kinds come."""
    groups: dict[str, list[Outgoing]] = {}
    for outgoing in records:
        groups.setdefault(outgoing.kind.name, []).append(outgoing)
    return groups


class Csv:
    """CSV in UTF-8 with a byte order mark, so that spreadsheet programs read Chinese. One kind a file.

    A cell that a spreadsheet program would take for a formula begins with an apostrophe, which reading takes away.
    """

    name = "csv"
    media_type = "text/csv"
    ending = "csv"
    one_kind = True

    def write(self, records: Iterable[Outgoing], around: Surroundings) -> Iterator[bytes]:
        """Yield the header, then a line for each record."""
        kind: Kind | None = None
        chosen: tuple[Column, ...] = ()
        yield b"\xef\xbb\xbf"
        for outgoing in records:
            if kind is None:
                kind, chosen = outgoing.kind, columns(outgoing.kind)
                yield _line(["kind", *(column.key for column in chosen)])
            yield _line([kind.name, *(guarded(cell) for cell in row_of(outgoing, chosen, around))])


def _line(cells: list[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue().encode()
