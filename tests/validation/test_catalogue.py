"""The credit code's own arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_service.model.record import Record
from catalog_service.registry import profile
from catalog_service.validation.catalogue import ALPHABET, CREDIT_CODE, check_character, check_codes

NODE = "<https://e.example/a>"
PUBLISHED = ["91110000600037341L", "91440300715269546" + check_character("91440300715269546")]


def findings(code: str) -> list[tuple[str, str]]:
    known = profile()
    record = Record("https://e.example/a", "service-agency", {NODE: {CREDIT_CODE: [f'"{code}"']}})
    found = list(check_codes(record, known.kinds["service-agency"], known.vocabularies))
    assert all("：" in each.message["zh"] and each.label for each in found)
    return [(each.code, each.severity) for each in found]


@pytest.mark.parametrize(
    "code", ["91110000600037341L", "914403007152695463"[:17] + check_character("91440300715269546")]
)
def test_a_published_code_is_good(code: str) -> None:
    assert findings(code) == []


def test_the_published_check_character_is_found() -> None:
    assert check_character("91110000600037341") == "L"


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_changed_character_is_always_noticed(code: str, at: int, other: str) -> None:
    changed = code[:at] + other + code[at + 1 :]

    assert (check_character(changed) == check_character(code)) == (changed == code)


def test_a_wrong_check_character_is_an_error_that_names_the_right_one() -> None:
    assert findings("91110000600037341M") == [("check-character", "error")]


def test_an_unknown_region_inside_is_advice() -> None:
    code = "91999999600037341"

    assert findings(code + check_character(code)) == [("region-in-code", "warning")]


@pytest.mark.parametrize("code", ["", "123", "9111000060003734IL", "长" * 18])
def test_what_has_not_the_form_of_a_code_is_left_to_the_shapes(code: str) -> None:
    assert findings(code) == []
