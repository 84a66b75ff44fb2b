"""A new user's afternoon: ten mistakes in the sample workbook, and every sentence ``kebao validate`` answers with.

The answers stand in ``ten-mistakes.*.txt`` beside this file.
"""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from catalog_service.cli import kebao
from catalog_service.resources import folder

MISTAKES = {
    (2, "服务产品名称（中文）"): None,
    (3, "服务类别"): "研发服物",
    (4, "报价/最低价"): 200_000,
    (5, "报价/价格"): "很便宜",
    (6, "报价/价格"): None,
    (6, "资质与认证/有效期至"): "2029年13月1日",
    (7, "服务机构"): "漓江分析测试中兴（样例）",
    (8, "联系方式/联系邮箱"): "studio.hudong",
    (9, "报价/周期单位"): "工作曰",
    (10, "全程线上"): "也许",
}
"""Row and header to what somebody wrote there."""


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.load_workbook(folder("samples") / "products.xlsx")
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for (row, header), value in MISTAKES.items():
        sheet.cell(row, columns[header]).value = value
    book.save(tmp_path / "ten.xlsx")
    return tmp_path / "ten.xlsx"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_ten_mistakes_are_told_where_they_are_and_what_to_write(workbook: Path, tmp_path: Path, lang: str) -> None:
    words = ["--home", str(tmp_path / "home"), "--lang", lang, "validate", str(folder("samples") / "agencies.xlsx")]

    result = CliRunner().invoke(kebao, [*words, str(workbook)])

    assert result.exit_code == 1
    assert result.output == Path(__file__).with_name(f"ten-mistakes.{lang}.txt").read_text("utf-8")
