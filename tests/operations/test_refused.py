"""What names a record that the same load refuses is refused too, so that nothing refers to what is not there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from catalog_service.operations import load as loading
from catalog_service.operations.load import Source, load
from tests.catalogues import load_text, make_catalogue
from tests.operations.stories import agency, product
from tests.operations.tables import AGENCY, letter, row, rows_of, saved, workbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.load import LoadResult

BAD = "坏"
"""A telephone number that is none."""


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "home")
    yield made
    made.close()


def loaded(catalogue: Catalogue, *records: dict[str, Any]) -> LoadResult:
    return load_text(catalogue, json.dumps(records, ensure_ascii=False), "records.json")


def nameless(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in agency(**changes).items() if name != "uscc"}


def unknown(result: LoadResult) -> list[tuple[str, str, str]]:
    return [(each.record, each.path, each.value) for each in result.findings if each.code == "unknown-reference"]


def test_a_product_of_a_refused_agency_is_refused_at_every_load(catalogue: Catalogue) -> None:
    name = agency()["name"]["zh"]
    records = [product(1), product(2, provider=[agency(2)["name"]["zh"]]), nameless(telephone=BAD), agency(2)]

    first, second = loaded(catalogue, *records), loaded(catalogue, *records)

    assert unknown(first) == unknown(second) == [("TEST-0001", "provider", name)]
    assert (first.counts["created"], first.refused) == (2, 2)
    assert (second.counts["unchanged"], second.counts["changed"], second.refused) == (2, 0, 2)
    assert catalogue.store.get("TEST-0001") is None


def test_once_the_agency_is_mended_all_goes_in(catalogue: Catalogue) -> None:
    loaded(catalogue, product(1), nameless(telephone=BAD))

    assert loaded(catalogue, product(1), nameless()).counts["published"] == 2


def test_a_refused_record_that_is_stored_already_can_be_named(catalogue: Catalogue) -> None:
    loaded(catalogue, nameless())

    result = loaded(catalogue, product(1), nameless(telephone=BAD))

    assert (unknown(result), result.counts["published"]) == ([], 1)


def test_it_is_told_at_the_cell_of_the_name(catalogue: Catalogue) -> None:
    book = load_workbook(io_of(workbook(rows_of(row(1)))))
    sheet = book.create_sheet("服务机构")
    for line in (["机构名称", "电话"], [AGENCY, BAD]):
        sheet.append(line)

    result = load(catalogue, [Source("s.xlsx", io_of(saved(book)))], actor="test")

    (finding,) = [each for each in result.findings if each.code == "unknown-reference"]
    assert (finding.place.sheet, finding.place.row, finding.place.column) == ("服务产品", 2, letter("provider"))
    assert AGENCY in finding.message["zh"]


@pytest.mark.parametrize("chunk", [1, 250])
def test_what_names_it_by_way_of_others_waits_too(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(loading, "CHUNK", chunk)
    chain = [
        product(1, provider=[agency(2)["name"]["zh"]]),
        product(2, requires=["TEST-0001"]),
        product(3, requires=["TEST-0002"]),
        product(4),
    ]

    result = loaded(catalogue, *chain, agency(1), agency(2, telephone=BAD))

    assert [each[:2] for each in unknown(result)] == [
        ("TEST-0001", "provider"),
        ("TEST-0002", "requires"),
        ("TEST-0003", "requires"),
    ]
    assert result.counts["published"] == 2


def test_records_that_name_each_other_before_they_have_identifiers_go_in(catalogue: Catalogue) -> None:
    ring = [agency(mainProduct=[product(1)["title"]["zh"]]), without_identifier(product(1))]

    first, second = loaded(catalogue, *ring), loaded(catalogue, *ring)

    assert (first.counts["published"], first.counts["waiting"]) == (2, 0)
    assert [each for each in first.findings if each.code == "target-not-published"] == []
    assert second.counts["unchanged"] == 2


def test_records_of_one_kind_name_those_that_come_behind_them(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "CHUNK", 1)
    row_of = [product(n, related=[product(n + 1)["title"]["zh"]]) for n in (1, 2)]

    result = loaded(catalogue, agency(), *(without_identifier(each) for each in (*row_of, product(3))))

    assert (result.refused, result.counts["published"]) == (0, 4)


def test_who_waits_for_a_refused_record_is_told_to_mend_that_one(catalogue: Catalogue) -> None:
    result = loaded(catalogue, agency(mainProduct=["TEST-0001"]), product(1, category=["9999"]))

    (finding,) = [each for each in result.findings if each.code == "target-not-published"]
    assert finding.record == agency()["uscc"]
    assert "Mend that record first" in finding.suggestion["en"]


def without_identifier(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "identifier"}


def io_of(data: bytes) -> Any:
    import io

    return io.BytesIO(data)
