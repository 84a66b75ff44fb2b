"""A new user's afternoon: ten mistakes in the sample workbook, and every sentence ``kebao validate`` answers with.

The answers stand in ``ten-mistakes.*.txt`` beside this file.
"""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from catalog_service.cli import kebao
from catalog_service.resources import folder
from tests.operations.stories import agency, product

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


def validated(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(kebao, ["--home", str(folder / "home"), "--lang", "en", "validate", *words])


def test_rows_that_cannot_be_read_fail_at_every_level(tmp_path: Path) -> None:
    (tmp_path / "broken.csv").write_text("产品标识符,服务产品名称\n甲,乙,丙\n", encoding="utf-8")

    result = validated(tmp_path, "--kind", "service-product", "--level", "harvestable", str(tmp_path / "broken.csv"))

    assert result.exit_code == 1
    assert "3 cells" in result.output


def test_what_is_wrong_with_a_file_is_told_under_its_name(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.csv", "b.csv")]
    for path in files:
        path.write_text(f"产品标识符,服务产品名称\n甲,乙,{path.name}\n", encoding="utf-8")

    lines = validated(tmp_path, "--kind", "service-product", *map(str, files)).output.splitlines()

    heads = [number for number, line in enumerate(lines) if line in [path.name for path in files] + [*map(str, files)]]
    assert len(heads) == 2
    assert all("3 cells" in lines[number + 1] for number in heads)


def test_advice_on_what_is_stored_is_told_at_its_level(tmp_path: Path) -> None:
    (tmp_path / "records.json").write_text(json.dumps([agency(), product()]), encoding="utf-8")
    words = ["--home", str(tmp_path / "home"), "load", "--publish", str(tmp_path / "records.json")]
    assert CliRunner().invoke(kebao, words).exit_code == 0

    recommended = validated(tmp_path, "--stored", "--level", "recommended")
    conformant = validated(tmp_path, "--stored", "--level", "conformant")

    assert (recommended.exit_code, conformant.exit_code) == (0, 0)
    assert "all good, 0 pieces of advice" in conformant.output
    assert "all good, 0 pieces of advice" not in recommended.output
