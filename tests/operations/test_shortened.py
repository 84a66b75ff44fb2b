"""Tables hold the first inner node of each sort; who writes one and who reads one back is told what it lacks."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from catalog_service.cli import kebao
from catalog_service.operations.export import export, left_out
from catalog_service.operations.load import Source, load
from catalog_service.operations.outgoing import surroundings
from tests.catalogues import make_catalogue
from tests.operations.stories import agency, load_json, product

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue

CHINESE = re.compile("[\u4e00-\u9fff]")
OFFERS = [{"pricingMode": "fixed", "price": price} for price in (100, 200, 300)]
STEPS = [{"name": {"zh": name}, "position": place} for place, name in enumerate(("受理", "检索"), 1)]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "home")
    load_json(made, agency(), product(1, offer=OFFERS, processStep=STEPS), product(2, offer=OFFERS[:2]), product(3))
    yield made
    made.close()


def table(catalogue: Catalogue, form: str) -> bytes:
    return b"".join(export(catalogue, form, "service-product"))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_tells_what_it_has_no_place_for(catalogue: Catalogue, form: str) -> None:
    around = surroundings(catalogue)
    b"".join(export(catalogue, form, "service-product", around=around))

    told = {each.path: (each.severity, each.value) for each in left_out(catalogue, around)}

    assert told == {"offer": ("warning", "3"), "processStep": ("warning", "2")}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_tells_values_that_will_not_come_back_as_one(catalogue: Catalogue, form: str) -> None:
    load_json(catalogue, product(3, keyword={"zh": ["查新、检索", "专利"]}))
    around = surroundings(catalogue)
    b"".join(export(catalogue, form, "service-product", around=around))

    told = [(each.path, each.value) for each in left_out(catalogue, around) if each.code == "taken-apart"]

    assert told == [("keyword", "1")]


def test_formats_that_hold_everything_tell_nothing(catalogue: Catalogue) -> None:
    around = surroundings(catalogue)
    b"".join(export(catalogue, "turtle", around=around))

    assert left_out(catalogue, around) == []


def test_a_workbook_says_it_below_its_rows_in_both_languages(catalogue: Catalogue) -> None:
    sheet = load_workbook(io.BytesIO(table(catalogue, "xlsx"))).worksheets[0]

    said = [str(row[0].value) for row in sheet.iter_rows() if str(row[0].value).startswith("#")]

    assert len(said) == 2
    assert CHINESE.search(said[0])
    assert "no place for: " in said[1]
    assert all(" 3" in each for each in said)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_table_read_back_says_which_records_lose_what(catalogue: Catalogue, form: str) -> None:
    source = Source(f"export.{form}", io.BytesIO(table(catalogue, form)))

    result = load(catalogue, [source], actor="test", kind="service-product")

    told = [
        (each.record, each.path, each.value, each.severity) for each in result.findings if each.constraint == "table"
    ]
    assert sorted(told) == [
        ("TEST-0001", "offer", "2", "warning"),
        ("TEST-0001", "processStep", "2", "warning"),
        ("TEST-0002", "offer", "1", "warning"),
    ]
    assert (result.counts["changed"], result.counts["unchanged"], result.refused) == (2, 1, 0)
    lost = next(each for each in result.findings if each.constraint == "table")
    assert "version 1" in lost.message["en"]
    assert CHINESE.search(lost.message["zh"])
    assert "第 1 版" in lost.message["zh"]


def test_a_second_reading_loses_nothing_more(catalogue: Catalogue) -> None:
    data = table(catalogue, "csv")
    for _ in range(2):
        result = load(catalogue, [Source("export.csv", io.BytesIO(data))], actor="test", kind="service-product")

    assert result.counts["unchanged"] == 3
    assert not [each for each in result.findings if each.constraint == "table"]


def test_json_that_drops_an_offer_says_so_by_itself(catalogue: Catalogue) -> None:
    result = load_json(catalogue, product(1))

    assert not [each for each in result.findings if each.code == "not-in-table"]


def run(home: Path, *words: str, lang: str) -> Result:
    return CliRunner().invoke(kebao, ["--home", str(home), "--lang", lang, *words])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_both_commands_tell_it(tmp_path: Path, lang: str) -> None:
    home, records, out = tmp_path / "home", tmp_path / "records.json", tmp_path / "export.xlsx"
    records.write_text(json.dumps([agency(), product(1, offer=OFFERS)]), encoding="utf-8")
    run(home, "load", "--publish", str(records), lang=lang)

    written = run(home, "export", "--format", "xlsx", "-o", str(out), lang=lang)
    loaded = run(home, "load", str(out), lang=lang)

    assert (written.exit_code, loaded.exit_code) == (0, 0)
    label = "Offer" if lang == "en" else "报价"
    assert [line for line in written.stderr.splitlines() if line.startswith("△") and label in line and "2" in line]
    assert [line for line in loaded.stdout.splitlines() if line.startswith("△") and label in line and "2" in line]
    assert not written.stdout
