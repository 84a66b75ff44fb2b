"""Bench workbooks: the bench records as a cataloguer would have them, providers by name and products without identifier."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from benchmarks.records import AGENCIES, BASE, Records
from catalog_service.model.derive import columns
from catalog_service.normalise import Normaliser
from catalog_service.readers import open_records
from catalog_service.registry import profile
from catalog_service.writers.base import Outgoing, Surroundings
from catalog_service.writers.tables import row_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from catalog_service.model.record import Record


def write_workbook(path: Path, products: int, agencies: int = AGENCIES) -> Path:
    """Write a workbook of so many products, and of their agencies on a sheet of their own; return its path.

    It has the columns of the templates; each cell is text as a drop-down or a person writes it.
    """
    from openpyxl import Workbook

    book: Any = Workbook(write_only=True)
    turtle = path.with_suffix(".ttl")
    with turtle.open("w", encoding="utf-8") as file:
        file.writelines(Records(agencies=agencies).turtle(products))
    sheets: dict[str, WriteOnlyWorksheet] = {}
    names: dict[str, str] = {}
    around = Surroundings(profile().vocabularies, lambda iri: {"zh": iri}, str)
    for record in _records(turtle):
        kind = profile().kinds[record.kind]
        chosen = columns(kind)
        keys = [column.key for column in chosen]
        if kind.name not in sheets:
            sheets[kind.name] = book.create_sheet(kind.label("zh"))
            sheets[kind.name].append([column.header["zh"] for column in chosen])
        row = row_of(Outgoing(record, kind, "", 1, "", ""), chosen, around)
        cells = dict(zip(keys, row, strict=True))
        if "provider" in cells:
            cells |= {"identifier": "", "provider": names[cells["provider"]]}
        else:
            names[cells["identifier"]] = cells["name@zh"]
        sheets[kind.name].append([text or None for text in cells.values()])
    turtle.unlink()
    book.save(path)
    return path


def _records(turtle: Path) -> Iterator[Record]:
    kinds = profile().kinds
    normaliser = Normaliser(kinds, profile().vocabularies, iri_base=BASE, today=dt.date(2026, 11, 1), limits={})
    for raw in open_records(turtle, name=turtle.name, kinds=kinds):
        assert hasattr(raw, "triples"), raw
        yield normaliser.normalise(raw).record
