"""What ``kebao load`` says beside its counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from catalog_service.cli import kebao
from tests.operations.tables import header, row, rows_of, workbook

if TYPE_CHECKING:
    from pathlib import Path


def test_columns_that_are_left_out_are_told(tmp_path: Path) -> None:
    first, *rest = rows_of(row(1))
    table = [[*first, header("title@zh"), None], *([*each, "另一个名称", "没有表头"] for each in rest)]
    (tmp_path / "doubled.xlsx").write_bytes(workbook(table))

    result = CliRunner().invoke(
        kebao, ["--home", str(tmp_path / "home"), "--lang", "en", "load", "--dry-run", str(tmp_path / "doubled.xlsx")]
    )

    assert "stands twice; the second column was left out" in result.output
    assert "column L" in result.output
