from __future__ import annotations

import subprocess
import sys

import pytest

from indexer.analysis.pinyin import pinyin, readings


def test_syllables_then_initials_two_by_two() -> None:
    assert pinyin("专利 检索 pct").split() == ["zhuan", "li", "jian", "suo", "ZL", "LJ", "JS"]


def test_a_word_decides_how_its_characters_are_read() -> None:
    assert pinyin("银行").split()[:2] == ["yin", "hang"]
    assert pinyin("行走").split()[:2] == ["xing", "zou"]


def test_letters_are_cut_into_syllables_in_every_way() -> None:
    assert set(readings("xian")) == {("xian",), ("xi", "an")}


def test_umlaut_may_be_typed_either_way() -> None:
    assert readings("lüse") == readings("lvse") == (("lv", "se"),)


@pytest.mark.parametrize("word", ["patent", "pct", "led", "service", "5g", "", "测试"])
def test_words_that_are_no_pinyin_have_no_reading(word: str) -> None:
    assert readings(word) == ()


def test_four_initials_are_a_reading() -> None:
    assert readings("zljs") == (("ZL", "LJ", "JS"),)


def test_a_very_long_word_is_read_in_no_time() -> None:
    assert readings("xian" * 200) == ()
    assert 0 < len(readings("xian" * 16)) <= 8


def test_pypinyin_stays_out_of_a_process_that_only_searches() -> None:
    code = (
        "import sys; from indexer.analysis import Analyser; a = Analyser(); a.query('zhuanli 专利'); "
        "a.document('专利'); sys.exit('pypinyin' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
