"""Numbers and yes-or-no as people and spreadsheets write them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_service.normalise.numbers import decimal_text, parse_boolean, parse_number, plain_text


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("2800", 2800), ("2,800.50", "2800.50"), ("１２，３００", 12300), ("1.5 万", 15000), ("2亿", 200_000_000),
        ("-5", -5), ("¥2,800 元", 2800), ("RMB 300", 300), (2800.0, 2800), (0.1, "0.1"), ("三", None),
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_written(written: Any, number: Any) -> None:
    assert parse_number(written) == (None if number is None else Decimal(number))


@pytest.mark.parametrize("written", ["", "1e3", "1,23", "面议", "NaN", "Infinity", "9" * 61, None, True, float("nan")])
def test_what_is_no_number_is_none(written: Any) -> None:
    assert parse_number(written) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_a_decimal_has_one_spelling(value: Decimal) -> None:
    text = decimal_text(value)

    assert Decimal(text) == value
    assert "E" not in text
    assert parse_number(text) == value


@pytest.mark.parametrize(
    ("written", "answer"),
    [("是", True), ("Y", True), (1.0, True), (True, True), ("否", False), ("０", False), ("也许", None), ("√", True)],
)
def test_yes_and_no_are_read(written: Any, answer: bool | None) -> None:
    assert parse_boolean(written) is answer


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.datetimes(), st.dates()))
def test_nothing_makes_them_fail(value: Any) -> None:
    parse_boolean(value)
    parse_number(value)
    parse_number(plain_text(value))


def test_a_cell_with_a_whole_number_has_no_point() -> None:
    assert plain_text(20260001.0) == "20260001"
    assert plain_text(dt.datetime(2026, 3, 5)) == "2026-03-05"  # noqa: DTZ001 - as spreadsheets give them
