"""Tables as text: delimiters, encodings, and quotation marks gone astray."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_service.errors import CatalogError
from tests.readers.readings import read

HEAD = "identifier,title@zh,description@zh\n"


def rows(text: str, kind: str = "service-product") -> list[tuple[int, list[object]]]:
    records, _ = read(text, "a.csv", kind)
    return [(record.place.row, [value.value for _, value in record.values]) for record in records]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，"])
def test_the_delimiter_is_told_by_the_header(delimiter: str) -> None:
    text = HEAD.replace(",", delimiter) + delimiter.join(("A-0001", "专利检索", "说明")) + "\n"

    assert rows(text) == [(2, ["A-0001", "专利检索", "说明"])]


def test_a_header_with_a_language_that_is_none_is_told() -> None:
    records, findings = read("identifier,title@zh,title@e_n\nA-0001,检索,x\n", "a.csv", "service-product")

    assert [(name, each.language) for name, each in records[0].values] == [("identifier", ""), ("title", "zh")]
    assert [each.code for each in findings] == ["unknown-column"]


def test_a_cell_may_hold_line_ends_and_delimiters() -> None:
    text = HEAD + 'A-0001,"专利,检索","第一行\n第二行"\nB-0002,x,y\n'

    assert rows(text) == [(2, ["A-0001", "专利,检索", "第一行\n第二行"]), (4, ["B-0002", "x", "y"])]


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_lines_may_end_in_a_carriage_return_alone(end: str) -> None:
    text = HEAD.replace("\n", end) + end.join(['A-0001,x,"a', 'b"', "B-0002,专利,y", "C-0003,x,y"])

    assert rows(text) == [(2, ["A-0001", "x", f"a{end}b"]), (4, ["B-0002", "专利", "y"]), (5, ["C-0003", "x", "y"])]


def test_a_long_table_with_carriage_returns_is_read_to_its_end() -> None:
    text = HEAD.replace("\n", "\r") + "".join(f"A-{n:04d},{'长' * 30},y\r" for n in range(3000)) + "B-0002,x,y"

    assert [row for row, _ in rows(text)] == list(range(2, 3003))


def test_an_empty_line_with_another_end_may_stand_first() -> None:
    assert rows("\r" + HEAD + "A-0001,x,y\n") == [(3, ["A-0001", "x", "y"])]


def test_a_stray_carriage_return_in_a_row_is_told() -> None:
    _, findings = read(HEAD + "A-0001,x\ry,z\nB-0002,x,y\n", "a.csv", "service-product")

    assert [(each.place.row, each.code) for each in findings] == [(2, "stray-quote")]


@pytest.mark.parametrize(
    "line",
    ['B-0002,"open,y', 'B-0002,x,"open', 'B-0002,"open,"y', 'B-0002,x,y,z,"'],
    ids=["middle", "last", "two", "more"],
)
def test_a_stray_quotation_mark_costs_its_row_only(line: str) -> None:
    text = HEAD + "A-0001,x,y\n" + line + "\nC-0003,x,y\nD-0004,x,y\n"

    records, findings = read(text, "a.csv", "service-product")

    got = [record.values[0][1].value for record in records]
    assert [each for each in got if each != "B-0002"] == ["A-0001", "C-0003", "D-0004"]
    assert {finding.place.row for finding in findings} <= {3}
    assert len(findings) + got.count("B-0002") == 1


def test_a_quotation_mark_that_never_closes_does_not_swallow_a_long_file() -> None:
    text = HEAD + 'A-0001,"x,y\n' + "".join(f"B-{n:04d},x,y\n" for n in range(2000))

    records, findings = read(text, "a.csv", "service-product")

    assert len(records) == 2000
    assert [finding.place.row for finding in findings] == [2]


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='ab,"\n\r;专\x00', max_size=60))
def test_no_table_makes_it_fail(text: str) -> None:
    with contextlib.suppress(CatalogError):
        read(HEAD + text, "a.csv", "service-product")


def test_every_line_is_read_or_told() -> None:
    text = HEAD + 'A-0001,"x\n\n"B-0002",x,y\nC-0003,""x"",y\n'

    records, findings = read(text, "a.csv", "service-product")

    assert [record.values[0][1].value for record in records] == ["B-0002"]
    assert [(finding.code, finding.place.row) for finding in findings] == [("stray-quote", 2), ("stray-quote", 5)]


def test_only_the_apostrophe_that_guards_a_cell_is_taken_away() -> None:
    assert rows(HEAD + "A-0001,'a'=b,'=1+1\n") == [(2, ["A-0001", "'a'=b", "=1+1"])]


def test_a_column_that_counts_rows_is_no_step() -> None:
    records, findings = read(
        "序号,title,description,process\n1,专利检索,检索文献,出具报告\n", "t.csv", "service-product"
    )

    assert [name for name, _ in records[0].values] == ["title", "description", "process"]
    assert [each.code for each in findings] == ["unknown-column"]
