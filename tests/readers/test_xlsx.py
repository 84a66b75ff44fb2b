"""Workbooks: sheets are found, the zip directory is looked at first."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook

from catalog_service.errors import TooLarge, UnreadableInput
from catalog_service.registry import profile
from catalog_service.writers.xlsx import template
from tests.operations.tables import saved, workbook, zipped
from tests.readers.readings import read

ROWS = [["identifier", "title@zh", "offer.validThrough"], ["A-0001", "专利检索", None]]


def test_a_template_is_read_as_empty() -> None:
    known = profile()
    for kind in known.kinds.values():
        records, findings = read(template(kind, known.vocabularies, "zh"), "t.xlsx")

        assert records == []
        assert [(each.code, each.severity) for each in findings] == [("no-rows", "warning")]


def test_the_sheet_tells_the_kind_by_its_name_or_by_its_headers() -> None:
    by_name, _ = read(workbook(ROWS, "service-product"), "a.xlsx")
    by_header, _ = read(workbook(ROWS, "Tabelle1"), "a.xlsx")

    assert [each.kind for each in (*by_name, *by_header)] == ["service-product"] * 2


def test_every_value_knows_sheet_row_and_column() -> None:
    records, _ = read(workbook(ROWS, "服务产品"), "a.xlsx")

    place = records[0].values[1][1].place
    assert (place.file, place.sheet, place.row, place.column) == ("a.xlsx", "服务产品", 2, "B")


def test_rows_are_counted_from_the_top_though_the_first_are_empty() -> None:
    records, _ = read(workbook([[None], [], *ROWS], "服务产品"), "a.xlsx")

    assert [each.place.row for each in records] == [4]


def test_dates_come_as_dates() -> None:
    import datetime as dt

    day = dt.date(2027, 12, 31)
    records, _ = read(workbook([ROWS[0], ["A-0001", "x", day]], "服务产品"), "a.xlsx")

    value = records[0].values[2][1].value
    assert (value.date() if isinstance(value, dt.datetime) else value) == day


def test_a_formula_with_its_value_is_read() -> None:
    data = workbook([ROWS[0], ["A-0001", "=1+1", None]], "服务产品")
    parts = {
        name: zipfile.ZipFile(io.BytesIO(data)).read(name) for name in zipfile.ZipFile(io.BytesIO(data)).namelist()
    }
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = (
        sheet.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>").replace(b"<v/>", b"<v>2</v>")
    )

    records, findings = read(zipped(parts), "a.xlsx")

    assert findings == []
    assert records[0].values[1][1].value == 2


def test_rows_past_the_limit_are_told() -> None:
    rows = [ROWS[0], *([f"A-{n:04d}", "x", None] for n in range(200))]

    records, findings = read(workbook(rows, "服务产品"), "a.xlsx", xlsx_rows=50)

    assert len(records) < 100
    assert [each.code for each in findings] == ["too-many-rows"]


def test_as_many_rows_as_may_be_are_all_read() -> None:
    rows = [ROWS[0], *([f"A-{n:04d}", "x", None] for n in range(50))]

    records, findings = read(workbook(rows, "服务产品"), "a.xlsx", xlsx_rows=50)

    assert (len(records), findings) == (50, [])


@pytest.mark.parametrize(
    "member", ["xl/externalLinks/externalLink1.xml", "xl/embeddings/a.bin", "../evil.xml", "/etc/x"]
)
def test_members_that_have_no_place_in_a_table_are_refused(member: str) -> None:
    with pytest.raises(UnreadableInput):
        read(zipped({"xl/workbook.xml": b"<x/>", member: b"x"}), "a.xlsx")


def test_too_many_members_are_refused() -> None:
    with pytest.raises(TooLarge):
        read(zipped({f"xl/{n}.xml": b"" for n in range(300)}), "a.xlsx")


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(TooLarge):
        read(workbook(ROWS), "a.xlsx", xlsx_bytes=1000)


def test_a_workbook_without_records_says_so() -> None:
    book = Workbook()

    with pytest.raises(UnreadableInput):
        read(saved(book), "empty.xlsx")


def test_a_cell_at_the_far_corner_costs_no_memory() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "服务产品"
    for row in ROWS:
        sheet.append(row)
    sheet["XFD1048576"] = "x"

    with pytest.raises(TooLarge):
        read(saved(book), "corner.xlsx")


def test_one_long_string_in_many_cells_is_refused() -> None:
    """A shared string is stored once and would be read as often as it is named."""
    rows = [ROWS[0], *([f"A-{n:04d}", "长" * 30_000, None] for n in range(3000))]

    with pytest.raises(TooLarge):
        read(workbook(rows, "服务产品"), "shared.xlsx")
