"""Bad input, row by row: a clear sentence at the right place in both languages, and the good records go in."""

from __future__ import annotations

import gzip
import json
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from catalog_service.errors import CatalogError, InputError, TooLarge, UnreadableInput
from catalog_service.i18n import explain
from tests.catalogues import load_text, make_catalogue
from tests.operations import stories as story
from tests.operations.tables import AGENCY, SHEET, header, letter, row, rows_of, saved, table, workbook, zipped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.model.report import Finding
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.load import LoadResult

AGENCY_RECORD = {
    "kind": "service-agency",
    "name": {"zh": AGENCY},
    "uscc": "91450300MA5KTEST4L",
    "agencyClass": "05",
    "serviceField": ["05 知识产权服务"],
    "legalForm": "110",
    "address": [{"region": "450300", "street": {"zh": "七星区测试路 1 号"}}],
    "telephone": "0773-5550123",
    "spatial": "450300",
}


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def ready(catalogue: Catalogue) -> Catalogue:
    """A catalogue with the agency that all products name."""
    from catalog_service.validation.catalogue import check_character

    code = AGENCY_RECORD["uscc"][:17].replace("S", "X")  # type: ignore[index]
    record = AGENCY_RECORD | {"uscc": code + check_character(code)}
    result = load_text(catalogue, json.dumps(record), "agency.json")
    assert not result.refused, [each.message["en"] for each in errors(result)]
    return catalogue


def errors(result: LoadResult) -> list[Finding]:
    return [each for each in result.findings if each.severity == "error"]


def assert_speaks(finding: Finding) -> None:
    """Both languages say it, in their own characters, with no place left unfilled."""
    for said in (finding.message, finding.suggestion):
        if not said:
            continue
        assert re.search("[\u4e00-\u9fff]", said["zh"]), said
        assert said["en"] != said["zh"]
        assert not re.search(r"\{[a-z]+\}", said["zh"] + said["en"]), said
        (said["zh"] + said["en"]).encode()


def refused(catalogue: Catalogue, data: str | bytes, name: str, **options: Any) -> InputError:
    """Load what as a whole cannot be read; return the error, which speaks both languages."""
    with pytest.raises(InputError) as caught:
        load_text(catalogue, data, name, **options)
    chinese, advice = explain(caught.value, "zh")
    assert re.search("[\u4e00-\u9fff]", chinese), chinese
    assert not advice or re.search("[\u4e00-\u9fff]", advice), advice
    return caught.value


def only_error(result: LoadResult, stored: int) -> Finding:
    """Return the one error of a load that stored so many records."""
    found = errors(result)
    assert len(found) == 1, [each.message["en"] for each in found]
    assert result.counts["created"] == stored
    assert_speaks(found[0])
    return found[0]


# files that cannot be read


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a.ttl", "a.json", "a.nt.gz", "a"])
def test_an_empty_file_is_said_to_be_empty(catalogue: Catalogue, name: str) -> None:
    data = gzip.compress(b"") if name.endswith(".gz") else b"  \n"

    error = refused(catalogue, data, name)

    assert isinstance(error, UnreadableInput)
    assert explain(error, "zh")[0] == f"{name} 是空的。"


def test_a_wrong_ending_does_not_matter(ready: Catalogue) -> None:
    result = load_text(ready, workbook(rows_of(row(1))), "products.csv")
    other = load_text(ready, table(rows_of(row(2))), "products.xlsx")

    assert (result.counts["created"], other.counts["created"]) == (1, 1)


def test_a_file_of_no_known_format_names_the_formats(catalogue: Catalogue) -> None:
    error = refused(catalogue, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "picture.csv")

    assert "xlsx" in explain(error, "zh")[1]


def test_an_old_workbook_is_told_to_be_saved_anew(catalogue: Catalogue) -> None:
    error = refused(catalogue, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old.xls")

    assert ".xlsx" in explain(error, "zh")[1]


@pytest.mark.parametrize("keep", [100, 1000, 4000])
def test_a_truncated_workbook_is_said_not_to_be_whole(catalogue: Catalogue, keep: int) -> None:
    error = refused(catalogue, workbook(rows_of(row(1)))[:keep], "cut.xlsx")

    assert isinstance(error, UnreadableInput)


def test_a_truncated_gzip_is_said_not_to_be_whole(catalogue: Catalogue) -> None:
    packed = gzip.compress(table(rows_of(*(row(n) for n in range(50)))).encode())

    assert isinstance(refused(catalogue, packed[:-20], "cut.csv.gz"), UnreadableInput)


def test_a_zip_bomb_is_refused_by_its_directory(catalogue: Catalogue) -> None:
    bomb = zipped({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"\x00" * 80_000_000})
    assert len(bomb) < 200_000

    assert isinstance(refused(catalogue, bomb, "bomb.xlsx"), TooLarge)


def test_a_zip_file_that_is_no_workbook_is_said_to_be_none(catalogue: Catalogue) -> None:
    refused(catalogue, zipped({"readme.txt": b"hello"}), "archive.zip")


def test_a_workbook_with_macros_is_refused(catalogue: Catalogue) -> None:
    data = zipped({"xl/workbook.xml": b"<x/>", "xl/vbaProject.bin": b"x"})

    assert "vbaProject" in explain(refused(catalogue, data, "macros.xlsm"), "zh")[0]


# workbooks


def test_a_workbook_without_header_says_which_row_should_be_one(ready: Catalogue) -> None:
    finding = only_error(load_text(ready, workbook([row(1), row(2)]), "bare.xlsx"), 0)

    assert (finding.code, finding.place.sheet, finding.place.row) == ("no-header", SHEET, 1)


def test_a_merged_header_says_so(ready: Catalogue) -> None:
    import io

    book = load_workbook(io.BytesIO(workbook(rows_of(row(1)))))
    book[SHEET].merge_cells("A1:J1")

    finding = only_error(load_text(ready, saved(book), "merged.xlsx"), 0)

    assert (finding.code, finding.place.row) == ("no-header", 1)
    assert "合并" in finding.suggestion["zh"]


def test_a_formula_without_value_names_its_cell(ready: Catalogue) -> None:
    rows = rows_of(row(1), row(2, description="=CONCATENATE(B3,B3)"))

    result = load_text(ready, workbook(rows), "formula.xlsx")

    found = [each for each in errors(result) if each.code == "formula"]
    assert [(each.place.row, each.place.column) for each in found] == [(3, letter("description@zh"))]
    assert_speaks(found[0])
    assert result.counts["created"] == 1


def test_an_unknown_header_is_advice_and_names_its_column(ready: Catalogue) -> None:
    rows = rows_of(row(1))
    result = load_text(ready, workbook([[*rows[0], "颜色"], [*rows[1], "红"]]), "extra.xlsx")

    found = [each for each in result.findings if each.code == "unknown-column"]
    assert {(each.severity, each.place.column) for each in found} == {("warning", "K")}
    assert result.counts["created"] == 1


def test_an_empty_mandatory_cell_is_named_by_row_and_column(ready: Catalogue) -> None:
    rows = rows_of(row(1), row(2, description=None), row(3, category=None), row(4, provider=None))

    result = load_text(ready, workbook(rows), "empty.xlsx")

    places = {(each.place.sheet, each.place.row, each.place.column) for each in errors(result)}
    assert places == {
        (SHEET, 3, letter("description@zh")),
        (SHEET, 4, letter("category")),
        (SHEET, 5, letter("provider")),
    }
    assert (result.counts["created"], result.refused) == (1, 3)


def test_an_empty_cell_is_placed_in_records_without_identifier_too(ready: Catalogue) -> None:
    rows = rows_of(row(1, identifier=None), row(2, identifier=None, description="太短"))

    finding = only_error(load_text(ready, workbook(rows), "new.xlsx"), 1)

    assert (finding.place.row, finding.place.column) == (3, letter("description@zh"))


# tables


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_in_the_encodings_spreadsheets_write(ready: Catalogue, encoding: str) -> None:
    result = load_text(ready, table(rows_of(row(1), row(2))).encode(encoding), "table.csv")

    assert errors(result) == []
    assert result.counts["created"] == 2
    assert result.taken[0].title == "专利检索与分析第 1 号"


def test_a_table_in_no_encoding_says_what_to_save_it_as(catalogue: Catalogue) -> None:
    data = table(rows_of(row(1))).encode("gb18030") + b"\xff\xff,\x80\n"

    assert "UTF-8" in explain(refused(catalogue, data, "broken.csv"), "zh")[1]


def test_a_stray_quotation_mark_costs_one_row(ready: Catalogue) -> None:
    lines = table(rows_of(*(row(n) for n in range(1, 6)))).splitlines()
    lines[2] = lines[2].replace("检索国内外", '"检索国内外', 1).replace(",专利", ',"专利', 1)

    result = load_text(ready, "\n".join(lines) + "\n", "stray.csv")

    assert result.counts["created"] == 4
    assert {each.place.row for each in errors(result)} == {3}
    for each in errors(result):
        assert_speaks(each)


# values


def test_an_unknown_code_names_the_nearest(ready: Catalogue) -> None:
    finding = only_error(load_text(ready, workbook(rows_of(row(1), row(2, category="专利检所"))), "code.xlsx"), 1)

    assert (finding.place.row, finding.place.column) == (3, letter("category"))
    assert "0504" in finding.suggestion["zh"]


def test_a_code_that_lost_its_zero_is_found(ready: Catalogue) -> None:
    result = load_text(ready, workbook(rows_of(row(1, category=504))), "zero.xlsx")

    assert errors(result) == []


def test_an_identifier_in_a_number_cell_is_taken(ready: Catalogue) -> None:
    result = load_text(ready, workbook(rows_of(row(1, identifier=20260001))), "number.xlsx")

    assert [each.identifier for each in result.taken] == ["20260001"]


def test_a_day_that_is_not_in_the_calendar_names_its_cell(ready: Catalogue) -> None:
    rows = rows_of(row(1), row(2, offer__validThrough="2024-02-30"))

    finding = only_error(load_text(ready, workbook(rows), "date.xlsx"), 1)

    assert (finding.place.row, finding.place.column) == (3, letter("offer.validThrough"))
    assert "2024-02-30" in finding.message["zh"]


@pytest.mark.parametrize("price", [-500, "-500元", "很便宜", "1e3"])
def test_a_price_that_is_none_names_its_cell(ready: Catalogue, price: Any) -> None:
    rows = rows_of(row(1), row(2, offer__priceText=None, offer__price=price))

    result = load_text(ready, workbook(rows), "price.xlsx")

    assert result.counts["created"] == 1
    assert (3, letter("offer.price")) in {(each.place.row, each.place.column) for each in errors(result)}
    for each in errors(result):
        assert_speaks(each)


def test_of_two_records_with_one_identifier_the_first_goes_in(ready: Catalogue) -> None:
    rows = rows_of(row(1), row(2), row(1, title="另一项专利检索"))

    finding = only_error(load_text(ready, workbook(rows), "twice.xlsx"), 2)

    assert (finding.code, finding.place.row) == ("identifier-twice", 4)
    assert "TEST-0001" in finding.message["zh"]


def test_a_reference_to_nothing_names_its_cell_and_the_nearest(ready: Catalogue) -> None:
    rows = rows_of(row(1), row(2, provider="漓江知识产杈（测试）"))

    finding = only_error(load_text(ready, workbook(rows), "nobody.xlsx"), 1)

    assert (finding.place.row, finding.place.column) == (3, letter("provider"))
    assert AGENCY in finding.suggestion["zh"]


def test_a_reference_resolved_late_belongs_to_the_new_name(catalogue: Catalogue) -> None:
    rows = rows_of(row(1, identifier=None), row(2, identifier=None))

    result = load_text(catalogue, workbook(rows), "orphans.xlsx")

    assert {(each.code, each.place.row, each.place.column) for each in errors(result)} == {
        ("unknown-reference", 2, letter("provider")), ("unknown-reference", 3, letter("provider"))
    }  # fmt: skip


def test_control_characters_are_taken_out_and_told(ready: Catalogue) -> None:
    text = table(rows_of(row(1, description="检索国内外专利文献，\x08判断技术方案的新颖性。")))

    result = load_text(ready, text, "control.csv")

    assert result.counts["created"] == 1
    assert [each.code for each in result.findings if each.code == "forbidden-character"] == ["forbidden-character"]


def test_a_text_of_ten_megabytes_is_refused_with_its_record(ready: Catalogue) -> None:
    long = "检索" * 1_700_000

    finding = only_error(load_text(ready, table(rows_of(row(1), row(2, description=long), row(3))), "long.csv"), 2)

    assert (finding.place.row, finding.place.column) == (3, letter("description@zh"))
    assert len(finding.message["zh"]) < 300


# RDF and JSON


def good_turtle(catalogue: Catalogue, *numbers: int) -> str:
    """Return products as Turtle that loads, written by the catalogue itself."""
    from catalog_service.operations.export import export

    load_text(catalogue, workbook(rows_of(*(row(n) for n in numbers))), "source.xlsx")
    return b"".join(export(catalogue, "turtle", "service-product")).decode()


def test_broken_turtle_far_down_costs_the_record_it_is_in(ready: Catalogue, tmp_path: Path) -> None:
    from tests.catalogues import bench_turtle

    lines = bench_turtle(180).split("\n")
    at = next(n for n, line in enumerate(lines, 1) if n >= 3000 and line.startswith(" ") and line.endswith(";"))
    lines[at - 1] = " dct:title @@@ ;"
    other = make_catalogue(tmp_path / "other")

    result = load_text(other, "\n".join(lines), "broken.ttl")

    finding = only_error(result, 182)
    assert finding.place.line == at
    assert "没有读入" in finding.message["zh"]
    other.close()


@pytest.mark.parametrize("statement", ["<!DOCTYPE x [<!ENTITY a 'b'>]>", "<!DOCTYPE x SYSTEM 'file:///etc/passwd'>"])
def test_rdf_xml_with_a_document_type_is_refused(catalogue: Catalogue, statement: str) -> None:
    data = f"<?xml version='1.0'?>{statement}<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>"

    refused(catalogue, data, "dtd.rdf")


@pytest.mark.parametrize("address", ["https://evil.example/context", "file:///etc/passwd", "/etc/passwd"])
def test_json_ld_with_a_context_elsewhere_is_refused(catalogue: Catalogue, address: str) -> None:
    error = refused(catalogue, json.dumps({"@context": address, "@id": "https://e.example/a"}), "remote.jsonld")

    assert address in explain(error, "zh")[0]


@pytest.mark.parametrize("name", ["deep.json", "deep.jsonld"])
def test_json_nested_ten_thousand_deep_is_refused(catalogue: Catalogue, name: str) -> None:
    inner = '{"@id":' if name.endswith("ld") else "["
    data = '{"@context":{},"x":' * (name.endswith("ld")) + inner * 10_000

    assert "64" in explain(refused(catalogue, data, name, kind="service-product"), "zh")[0]


def test_a_deep_line_of_json_costs_one_record(ready: Catalogue) -> None:
    good = json.dumps(AGENCY_RECORD | {"kind": "service-agency"})

    result = load_text(ready, f'{{"kind": "service-agency"}}\n{"[" * 10_000}\n{good}\n', "deep.jsonl")

    assert {each.place.line for each in errors(result)} >= {1, 2}


def test_a_literal_of_ten_megabytes_in_rdf_is_refused_with_its_record(catalogue: Catalogue) -> None:
    from tests.catalogues import bench_turtle

    text = bench_turtle(3)
    first = re.search(r'dct:title "([^"]+)"@zh , "Service', text)
    assert first

    result = load_text(catalogue, text.replace(first[1], "长" * 3_400_000, 1), "long.ttl")

    assert len({each.record or each.value for each in errors(result)}) == 1
    assert result.counts["created"] == 5
    assert result.refused == 1


@pytest.mark.parametrize("bad", ["\\u0000", "\\u0008", "\\uFFFE"])
def test_forbidden_characters_in_rdf_are_refused_with_the_record(catalogue: Catalogue, bad: str) -> None:
    from tests.catalogues import bench_turtle

    text = bench_turtle(3)
    at = text.rindex('"@zh')

    finding = only_error(load_text(catalogue, text[:at] + bad + text[at:], "control.ttl"), 5)

    assert finding.place.line > 0


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_json_of_a_wrong_form_is_told_once_at_its_line_and_costs_its_record(ready: Catalogue, name: str) -> None:
    good = story.product(1, provider=[AGENCY])
    advised = good | {"identifier": "TEST-0002", "colour": "red", "title": {"zh": "商标检索报告", "?": "x"}}
    wrong = good | {"identifier": "TEST-0003", "category": {"code": "0504"}, "offer": [{"price": [{}]}]}
    lines = [json.dumps(each) for each in (good, advised, wrong)]
    text = "\n".join(lines) if name.endswith("l") else "[" + ",\n".join(lines) + "]"

    result = load_text(ready, text, name)

    assert [each.status for each in result.taken] == ["created", "created", "refused"]
    assert sorted((each.code, each.path, each.place.line) for each in result.findings if each.code != "minCount") == [
        ("unknown-member", "", 2), ("unknown-member", "title", 2),
        ("wrong-type", "category", 3), ("wrong-type", "offer.price", 3),
    ]  # fmt: skip
    for each in result.findings:
        assert_speaks(each)


def test_json_that_is_loosely_written_is_good(ready: Catalogue) -> None:
    loose = {"title": "商标检索", "title@en": "Trademark search", "category": "专利检索与信息分析", "offer": "1000元起",
             "fullyOnline": "是", "issued": 20260305, "version": 2, "abstract": None, "areaServed": ["柳州", 450300],
             "provider": AGENCY}  # fmt: skip
    record = story.product(1) | loose

    result = load_text(ready, json.dumps(record), "loose.json")

    assert [each.status for each in result.taken] == ["created"]
    assert {each.code for each in result.findings} <= {"minCount", "recommended-here"}


def test_lone_surrogates_in_json_are_taken_out_and_never_printed(ready: Catalogue) -> None:
    good = story.product(1, provider=[AGENCY])
    spoiled = good | {"identifier": "TEST-0002", "title": {"zh": "商标检索\ud800报告"}, "\udfffx": 1}
    wrong = good | {"identifier": "TEST-0003", "category": ["\ud800"]}

    result = load_text(ready, json.dumps([good, spoiled, wrong]), "surrogates.json")

    assert {each.identifier: each.status for each in result.taken} == {
        "TEST-0001": "created", "TEST-0002": "created", "TEST-0003": "refused"
    }  # fmt: skip
    assert result.taken[1].title == "商标检索报告"
    assert "forbidden-character" in {each.code for each in result.findings if each.record == "TEST-0002"}
    for each in result.findings:
        assert_speaks(each)


def test_nothing_of_bad_bytes_becomes_a_traceback(ready: Catalogue) -> None:
    """Every file cut anywhere or with bytes changed is read, refused or told, and nothing else."""
    import random

    chance = random.Random(7)
    files = {
        "a.xlsx": workbook(rows_of(row(1), row(2))),
        "a.csv": table(rows_of(row(1), row(2))).encode(),
        "a.json": json.dumps(AGENCY_RECORD).encode(),
    }
    for name, data in files.items():
        for _ in range(12):
            spoiled = bytearray(data[: chance.randrange(1, len(data))])
            for _ in range(3):
                spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
            try:
                load_text(ready, bytes(spoiled), name, dry=True, publishing=False)
            except CatalogError as error:
                explain(error, "zh")


def test_sheets_are_named_in_sentences(ready: Catalogue) -> None:
    from catalog_service.cli.base import describe

    result = load_text(ready, workbook(rows_of(row(1, category=None))), "one.xlsx")

    said = describe(errors(result)[0], "zh")
    assert said.startswith(f"「{SHEET}」表第 2 行 {letter('category')} 列 {header('category')}：")
    assert sys.getdefaultencoding() == "utf-8"
