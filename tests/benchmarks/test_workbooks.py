"""The bench workbook says what the bench Turtle says, as a cataloguer would have written it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.workbooks import write_workbook
from catalog_service.operations.load import Source, load
from tests.catalogues import make_catalogue

if TYPE_CHECKING:
    from pathlib import Path


def test_every_row_of_the_bench_workbook_is_published_under_its_provider(tmp_path: Path) -> None:
    book = write_workbook(tmp_path / "bench.xlsx", 20, agencies=3)

    result = load(make_catalogue(tmp_path / "home"), [Source(book.name, book)], actor="test", publishing=True)

    assert (result.counts["published"], result.counts["refused"]) == (23, 0)
    assert result.findings == []
