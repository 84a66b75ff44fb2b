"""Errors of use: told in the language of the call, with what was meant, the use of the command, and exit code 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.running import CHINESE, LANGUAGES, run

if TYPE_CHECKING:
    from pathlib import Path


@LANGUAGES
@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("serch", "x"), "search"),
        (("load",), "FILE"),
        (("load", "--publih", "x"), "--publish"),
        (("list", "--limit"), "--limit"),
        (("list", "--limit", "many"), "many"),
        (("list", "--limit", "0"), "1"),
        (("run", "--port", "70000"), "65535"),
        (("list", "--state", "publishd"), "published"),
        (("validate", "--level", "best", "x"), "recommended"),
        (("template", "service-product", "more", "-o", "x.xlsx"), "more"),
        (("validate", "--stored", "--shapes", "nowhere"), "nowhere"),
        (("export", "-o", "."), "."),
    ],
)
def test_a_wrong_use_is_told_in_the_asked_language(
    tmp_path: Path, words: tuple[str, ...], named: str, lang: str
) -> None:
    (tmp_path / "home").mkdir()

    result = run(tmp_path / "home", *words, lang=lang)

    assert result.exit_code == 2
    assert named in result.stderr
    assert bool(CHINESE.search(result.stderr)) == (lang == "zh")
    assert not result.stdout


@LANGUAGES
def test_an_error_of_use_leads_to_the_help_of_the_command(tmp_path: Path, lang: str) -> None:
    assert "kebao load --help" in run(tmp_path, "load", lang=lang).stderr


def test_chinese_help_has_no_english_brackets(tmp_path: Path) -> None:
    told = run(tmp_path, "withdraw", "--help", lang="zh").stdout

    assert "用法：" in told
    assert "[必填]" in told
