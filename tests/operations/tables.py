"""Workbooks and tables for tests of loading: the good rows, and ways to spoil them."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook

from catalog_service.model.columns import columns
from catalog_service.registry import profile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KIND = "service-product"
AGENCY = "漓江知识产权（测试）"
COLUMNS = ("identifier", "title@zh", "description@zh", "category", "process@zh", "offer.priceText@zh",
           "offer.price", "offer.validThrough", "provider", "areaServed")  # fmt: skip
SHEET = "服务产品"


def header(key: str) -> str:
    """Return what stands over a column in a Chinese table."""
    return next(each.header["zh"] for each in columns(profile().kinds[KIND]) if each.key == key)


def letter(key: str) -> str:
    """Return a column's letter in the tables made here."""
    return "ABCDEFGHIJ"[COLUMNS.index(key)]


def row(number: int, **changes: Any) -> list[Any]:
    """Return one good row, with values changed by short name (a dot is written as two underscores)."""
    values: dict[str, Any] = {
        "identifier": f"TEST-{number:04d}",
        "title@zh": f"专利检索与分析第 {number} 号",
        "description@zh": f"检索国内外专利文献，判断技术方案的新颖性，出具第 {number} 份报告。",
        "category": "0504",
        "process@zh": "提交材料，检索，出具报告",
        "offer.priceText@zh": "1000元起",
        "offer.price": None,
        "offer.validThrough": "2027-12-31",
        "provider": AGENCY,
        "areaServed": "柳州",
    }
    for name, value in changes.items():
        key = next(key for key in values if key.partition("@")[0] == name.replace("__", "."))
        values[key] = value
    return [values[key] for key in COLUMNS]


def rows_of(*rows: Sequence[Any]) -> list[Sequence[Any]]:
    """Return rows under their header."""
    return [[header(key) for key in COLUMNS], *rows]


def workbook(rows: Sequence[Sequence[Any]], sheet: str = SHEET) -> bytes:
    """Return a workbook of one sheet."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for each in rows:
        page.append(list(each))
    return saved(book)


def saved(book: Workbook) -> bytes:
    """Return a workbook's bytes."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def table(rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as CSV."""
    target = io.StringIO()
    csv.writer(target).writerows(["" if cell is None else cell for cell in each] for each in rows)
    return target.getvalue()


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Return a zip file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return target.getvalue()
