"""A column answers to short names and to labels in both languages."""

from __future__ import annotations

import pytest

from catalog_service.model.columns import columns
from catalog_service.model.report import Finding, Place
from catalog_service.readers.headers import Header, letters, read_table
from catalog_service.registry import profile

KIND = profile().kinds["service-product"]


@pytest.mark.parametrize("way", ["key", "zh", "en"])
def test_every_column_of_a_template_is_known(way: str) -> None:
    for kind in profile().kinds.values():
        chosen = columns(kind)
        header = Header(kind, [each.key if way == "key" else each.header[way] for each in chosen])

        assert header.unknown == {}
        assert [header.columns[n] for n in range(len(chosen))] == [(each.name, each.language) for each in chosen]


@pytest.mark.parametrize(
    "text", ["服务产品名称", "* 服务产品名称（中文）：", " 服务产品名称 (中文)", "title@zh", "TITLE@ZH", "ｔｉｔｌｅ"]
)
def test_a_header_is_found_however_it_is_written(text: str) -> None:
    assert Header(KIND, [text]).columns[0][0] == "title"


def test_a_header_may_name_the_position_of_an_inner_node() -> None:
    assert Header(KIND, ["offer.1.price", "offer"]).columns == {0: ("offer.1.price", "")}


def test_values_know_their_column_and_empty_cells_are_left_out() -> None:
    header = Header(KIND, ["title@zh", "category", "colour"])
    record = header.record(["专利检索", " ", "red"], Place("a.xlsx", "s", 7))

    assert [(name, value.place.column, value.language) for name, value in record.values] == [("title", "A", "zh")]
    assert [(name, value.place.column) for name, value in record.unknown] == [("colour", "C")]
    assert record.columns["category"] == "B"


def test_help_rows_and_empty_rows_are_passed_over() -> None:
    rows = [["title@zh", "category"], ["# 说明", "类别"], [None, ""], ["专利检索", "0504"]]

    found = list(read_table(iter(enumerate(rows, 1)), profile().kinds, KIND.name, Place("a.xlsx", "s")))

    assert [each.place.row for each in found] == [4]


def test_the_kind_is_told_by_the_headers() -> None:
    for kind in profile().kinds.values():
        rows = [[each.header["zh"] for each in columns(kind)], ["X-0001", "x", "y", "z"]]
        found = list(read_table(iter(enumerate(rows, 1)), profile().kinds, "", Place("a.xlsx")))

        assert [each.kind for each in found if not isinstance(each, Finding)] == [kind.name]


def test_letters_are_those_of_a_spreadsheet() -> None:
    assert [letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
