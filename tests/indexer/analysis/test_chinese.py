from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.chinese import Segmenter, characters, has_han, pairs, slow_pairs
from indexer.analysis.latin import MAX_TOKEN
from indexer.analysis.variants import fold

FOLDED = st.text(max_size=60).map(fold) | st.text(alphabet="专利检索 a5é\u0131龟\u9fff", max_size=60)


@given(FOLDED, st.booleans())
def test_pairs_cut_in_columns_are_those_cut_one_by_one(folded: str, letters: bool) -> None:
    assert pairs(folded, letters=letters).split() == slow_pairs(folded, letters=letters).split()


@given(FOLDED)
def test_every_character_stands_in_the_characters_stream_in_order(folded: str) -> None:
    assert "".join(characters(folded).split()) == folded.replace(" ", "")
    assert characters(folded, letters=True).split() == list(folded.replace(" ", ""))


def test_latin_words_stand_whole_among_characters() -> None:
    assert characters("采用5g基站 iso认证").split() == ["采", "用", "5g", "基", "站", "iso", "认", "证"]


def test_characters_beyond_the_basic_plane_are_characters_too() -> None:
    assert characters("a𠀀𠀁b").split() == ["a", "𠀀", "𠀁", "b"]
    assert pairs("𠀀𠀁专").split() == ["𠀀𠀁", "𠀁专"]


def test_no_pair_reaches_across_a_space() -> None:
    assert pairs("专利 检索").split() == ["专利", "检索"]


def test_own_words_are_not_cut() -> None:
    assert "科宝网" not in Segmenter().cut("用科宝网找").split()
    assert "科宝网" in Segmenter(["科宝网"]).cut("用科宝网找").split()


def test_no_word_is_too_long() -> None:
    assert max(map(len, Segmenter().cut("x" * 300 + "哈" * 300).split())) <= MAX_TOKEN


def test_only_text_with_more_than_latin_has_han() -> None:
    assert [has_han(text) for text in ("", "abc", "été", "a专")] == [False, False, False, True]
