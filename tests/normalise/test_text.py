"""Characters: one form of every text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from catalog_service.normalise.text import clean_text, half_width, has_forbidden, printable


@given(st.text())
def test_cleaned_text_has_nothing_forbidden_and_stays_clean(text: str) -> None:
    clean = clean_text(text)

    assert not has_forbidden(clean)
    assert clean_text(clean) == clean
    clean.encode()


@given(st.text())
def test_half_width_stays_as_it_is_and_can_be_shown(text: str) -> None:
    assert half_width(half_width(text)) == half_width(text)
    printable(text).encode()


def test_text_is_composed_and_has_one_sort_of_line_end() -> None:
    assert clean_text(" e\u0301\r\nb\rc\x00 _x000D_\n") == "é\nb\nc"


def test_codes_and_telephone_numbers_become_half_width() -> None:
    assert half_width("（０７７１）５５５—０１２３") == "(0771)555-0123"
