from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.variants import fold, fold_with_offsets


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＰＣＴ２０２４", "pct2024"),
        ("國際專利檢索", "国际专利检索"),
        ("ISO 9001", "iso 9001"),
        ("专\u200b利\ufeff", "专利"),
        ("cafe\u0301", "café"),
        ("Ⅲ①㎡", "iii1m2"),
        ("a\u3000b\u2028c\td\u00a0e", "a b c d e"),
        ("\ud800专\udfff", " 专 "),
        ("𝐀𝟓", "a5"),
        ("（北京）、C++", " 北京  c  "),
    ],
)
def test_variants_of_a_character_have_one_spelling(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_a_traditional_character_folds_alike_in_every_word() -> None:
    assert fold("乾坤乾燥") == fold("乾") + fold("坤") + fold("乾") + fold("燥")


@given(st.text(max_size=40))
def test_folded_text_holds_letters_digits_and_plain_spaces_only(text: str) -> None:
    for character in fold(text):
        assert character == " " or unicodedata.category(character)[0] in "LNM"
        assert character == " " or not character.isspace()


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.sampled_from("专利國际 ，ＡbC㎡½\u200be\u0301é𠀀Ⅲ"), max_size=20))
def test_offsets_rise_and_stay_within_the_text(text: str) -> None:
    folded, offsets = fold_with_offsets(text)

    assert folded == fold(text)
    assert len(offsets) == len(folded) + 1
    assert list(offsets) == sorted(offsets)
    assert offsets[-1] == len(text)
