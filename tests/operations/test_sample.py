"""The example row of a template is one record that is good as it stands."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from catalog_service.operations.load import Source, load
from catalog_service.operations.sample import example_row, load_samples
from catalog_service.operations.validate import check_sources
from catalog_service.registry import profile
from catalog_service.resources import folder
from catalog_service.writers.xlsx import template
from tests.catalogues import make_catalogue

if TYPE_CHECKING:
    from pathlib import Path

KINDS = profile().kinds


def filled(kind: str) -> bytes:
    """Return a template whose example was copied to the first empty row, as people do."""
    book = load_workbook(io.BytesIO(template(KINDS[kind], profile().vocabularies, "zh", example_row(KINDS, kind))))
    sheet = book.worksheets[0]
    for place, cell in enumerate(sheet[4], 1):
        text = str(cell.value or "").removeprefix("#").strip()
        if text:
            sheet.cell(5, place).value = text
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_filled_with_its_own_example_is_good(tmp_path: Path, kind: str) -> None:
    catalogue = make_catalogue(tmp_path)
    mine = Source("mine.xlsx", io.BytesIO(filled(kind)))
    known = [] if kind == "service-agency" else [Source("agencies.xlsx", folder("samples") / "agencies.xlsx")]

    checked = check_sources(catalogue, [*known, mine])
    catalogue.close()

    assert [each for each in checked.findings if each.place.file == "mine.xlsx"] == []
    assert checked.records == (33 if known else 1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_filled_with_its_own_example_is_a_new_record_among_the_samples(tmp_path: Path, kind: str) -> None:
    catalogue = make_catalogue(tmp_path)
    load_samples(catalogue)

    result = load(catalogue, [Source("mine.xlsx", io.BytesIO(filled(kind)))], actor="test", publishing=True)
    catalogue.close()

    assert result.findings == []
    assert (result.counts["created"], result.counts["published"]) == (1, 1)


def test_the_example_of_a_product_is_one_service() -> None:
    row = example_row(KINDS, "service-product")

    assert {"title@zh", "category", "provider", "offer.pricingMode", "offer.periodMax", "areaServed"} <= set(row)
    assert not {"offer.price", "offer.minPrice"} <= set(row)
    assert "." not in row.get("offer.price", "") + row.get("offer.minPrice", "")


def test_a_kind_without_an_example_has_no_example_row() -> None:
    assert example_row(KINDS, "no-such-kind") == {}
