"""Workbooks as another program opens them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from catalog_service.model.derive import columns
from catalog_service.model.report import Finding
from catalog_service.namespaces import term
from catalog_service.readers import open_records
from catalog_service.registry import profile
from catalog_service.writers import writer
from catalog_service.writers.xlsx import template

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl import Workbook

    from catalog_service.writers.base import Outgoing, Surroundings


@pytest.fixture(scope="module", params=sorted(profile().kinds))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def book(kind: str) -> Workbook:
    return load_workbook(io.BytesIO(template(profile().kinds[kind], profile().vocabularies, "zh")))


def test_the_template_has_the_columns_of_the_kind_in_order(kind: str, book: Workbook) -> None:
    chosen = columns(profile().kinds[kind])

    header, keys = ([cell.value for cell in row] for row in book.worksheets[0].iter_rows(max_row=2))

    assert header == [column.header["zh"] for column in chosen]
    assert keys == ["# " + chosen[0].key, *(column.key for column in chosen[1:])]


def test_the_first_offer_stands_in_the_main_sheet() -> None:
    keys = [column.key for column in columns(profile().kinds["service-product"])]

    assert {"offer.pricingMode", "offer.minPrice", "offer.periodMax", "provider"} <= set(keys)


def test_every_list_has_a_drop_down_of_codes_that_exist(kind: str, book: Workbook) -> None:
    sheet, vocabularies = book.worksheets[0], profile().vocabularies
    lists = {str(each.sqref).split(":")[0]: str(each.formula1) for each in sheet.data_validations.dataValidation}
    chosen = columns(profile().kinds[kind])

    for column, cell in zip(chosen, sheet[5], strict=True):
        if not (column.field.type == "concept" or column.field.schemes):
            continue
        place, _, area = lists[cell.coordinate].partition("!")
        offered = [str(row[0].value) for row in book[place][area.replace("$", "")]]
        codes = {code for slug in column.field.schemes for code in vocabularies[slug].concepts}
        assert offered
        assert {entry.split(" ", 1)[0] for entry in offered} <= codes


def test_rows_of_help_are_no_records(kind: str) -> None:
    data = template(profile().kinds[kind], profile().vocabularies, "en")
    limits = {"xlsx_bytes": 10_000_000, "xlsx_inflated": 64_000_000, "xlsx_rows": 10_000}

    read = open_records(io.BytesIO(data), name="t.xlsx", limits=limits, kinds=profile().kinds)

    assert [each for each in read if not isinstance(each, Finding)] == []


def test_help_says_what_is_asked_in_the_asked_language() -> None:
    kind = profile().kinds["service-product"]
    sheets = {
        lang: load_workbook(io.BytesIO(template(kind, profile().vocabularies, lang))).worksheets[0]
        for lang in ("zh", "en")
    }
    place = [column.key for column in columns(kind)].index("title@zh")

    assert str(sheets["zh"][3][place].value).startswith("[必填] 服务产品名称")
    assert str(sheets["en"][3][place].value).startswith("[required] ")
    assert str(sheets["en"][3][0].value).startswith("# [leave it empty")


def test_examples_are_in_the_language_of_their_column(book: Workbook) -> None:
    for header, example in zip(book.worksheets[0][2], book.worksheets[0][4], strict=True):
        if str(header.value).endswith("@en"):
            assert not any("\u4e00" <= char <= "\u9fff" for char in str(example.value or ""))


def test_the_help_sheet_has_every_element_people_fill_in(kind: str, book: Workbook) -> None:
    names = {row[1] for row in book["说明 Help"].iter_rows(min_row=2, values_only=True)}

    assert names == {name for name, each in profile().kinds[kind].walk() if not each.computed}


def test_each_kind_has_a_sheet_and_no_cell_is_a_formula(
    make: Callable[..., Outgoing], published: tuple[Outgoing, ...], around: Surroundings
) -> None:
    evil = make((term("dct:title"), '"=1+1"@zh'))

    book = load_workbook(io.BytesIO(b"".join(writer("xlsx").write([evil, *published], around))))

    assert book.sheetnames == ["服务产品", "服务机构"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "=1+1" in {cell.value for cell in cells}


def test_characters_that_no_workbook_can_hold_are_left_out(make: Callable[..., Outgoing], around: Surroundings) -> None:
    outgoing = make((term("dct:title"), '"a\\u0001b"@zh'))

    book = load_workbook(io.BytesIO(b"".join(writer("xlsx").write([outgoing], around))))

    assert "ab" in {cell.value for cell in book.worksheets[0][2]}
