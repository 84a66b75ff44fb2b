"""Bench records are full and conformant, so that what is measured is not the writing of findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.records import Records
from catalog_service.model.record import parse_canonical
from tests.catalogues import load_text, make_catalogue

if TYPE_CHECKING:
    from pathlib import Path


def test_a_load_of_bench_records_has_no_findings(tmp_path: Path) -> None:
    result = load_text(make_catalogue(tmp_path / "home"), "".join(Records(agencies=20).turtle(200)))

    assert result.findings == []
    assert result.counts["published"] == 220


def test_a_bench_product_has_45_to_60_triples(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path / "home")
    load_text(catalogue, "".join(Records(agencies=3).turtle(100)))

    entries = catalogue.store.listing(kind="service-product", limit=100).entries
    sizes = [sum(1 for _ in parse_canonical(each.form or b"", each.iri, each.kind).triples()) for each in entries]
    assert len(sizes) == 100
    assert 45 <= min(sizes) <= max(sizes) <= 60, (min(sizes), max(sizes), sum(sizes) / 100)
