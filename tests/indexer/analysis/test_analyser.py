from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Analyser
from indexer.analysis.latin import MAX_TOKEN
from indexer.schema import SENTINEL

ANALYSER = Analyser()


@given(st.text(max_size=200), st.booleans())
def test_tokens_are_short_and_without_spaces_whatever_the_text(text: str, title: bool) -> None:
    for tokens in ANALYSER.document(text, pinyin=title).values():
        for token in tokens:
            assert 0 < len(token) <= MAX_TOKEN
            assert token != SENTINEL
            assert not any(character.isspace() for character in token)


def test_latin_words_are_stemmed_and_chinese_ones_cut() -> None:
    words = ANALYSER.document("专利检索 Services PCT申请")["words"]

    assert {"专利", "检索", "service", "pct", "申请"} <= set(words)


def test_only_titles_have_pinyin() -> None:
    assert ANALYSER.document("专利")["pinyin"] == []
    assert ANALYSER.document("专利", pinyin=True)["pinyin"][:2] == ["zhuan", "li"]


def test_a_chinese_title_counts_its_letters_too_and_an_english_line_does_not() -> None:
    bigrams = ANALYSER.document("PCT申请\nPatent filing", pinyin=True)["bigrams"]

    assert bigrams == ["pc", "ct", "t申", "申请"]


def test_a_query_word_has_a_piece_for_each_run_of_one_script() -> None:
    word = ANALYSER.word("PCT国际申请，G网")

    assert [(piece.text, piece.han) for piece in word.pieces] == [
        ("pct", False),
        ("国际申请", True),
        ("g", False),
        ("网", True),
    ]


def test_a_query_of_signs_has_no_words() -> None:
    assert ANALYSER.query(" ，。 -- ！ ") == []


def test_a_word_taken_apart_keeps_single_characters_together() -> None:
    apart = Analyser(["柳州", "专利", "检索"]).apart(ANALYSER.word("柳州专利检索PCT"))

    assert [word.text for word in apart] == ["柳州", "专利", "检索", "pct"]


def test_the_fingerprint_tells_dictionaries_apart_and_nothing_else() -> None:
    assert Analyser(["科宝", "查新"]).fingerprint == Analyser(["查新", "科宝"]).fingerprint
    assert Analyser(["科宝"]).fingerprint != ANALYSER.fingerprint


@pytest.mark.parametrize("word", ["5G基站", "", "广 西", "好" * 65])
def test_words_that_would_mix_scripts_do_not_enter_the_dictionary(word: str) -> None:
    assert Analyser([word]).fingerprint == ANALYSER.fingerprint
