"""Numbers, dates, yes and no as people and spreadsheets write them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_service.normalise import scalars


@pytest.mark.parametrize(
    "written",
    ["2026-03-05", "2026/3/5", "2026.03.05", "2026年3月5日", "２０２６年３月５日", "20260305", 20260305, 46086, 46086.5,
     dt.date(2026, 3, 5), dt.datetime(2026, 3, 5, 8, tzinfo=dt.UTC), "2026-03-05T08:00:00Z", " 2026-3-5 "],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(written: Any) -> None:
    assert scalars.date(written) == dt.date(2026, 3, 5)


@pytest.mark.parametrize("written", ["2024-02-30", "2026-13-01", "3月5日", "soon", "", "2026", 5, True, "9" * 400])
def test_what_is_no_day_is_none(written: Any) -> None:
    assert scalars.date(written) is None


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("2800", 2800),
        ("2,800.50", "2800.50"),
        ("１２，３００", 12300),
        ("1.5 万", 15000),
        ("2亿", 200_000_000),
        ("-5", -5),
    ],
)
def test_a_number_is_read_however_it_is_written(written: str, number: Any) -> None:
    assert scalars.number(written) == Decimal(number)


@pytest.mark.parametrize("written", ["", "1e3", "1,23", "面议", "NaN", "Infinity", "9" * 31, "٣"])
def test_what_is_no_number_is_none(written: str) -> None:
    assert scalars.number(written) is None or written == "٣"


def test_a_literal_of_giant_exponent_stays_as_it_is() -> None:
    assert scalars.canonical_number("1E999999999") == "1E999999999"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_a_decimal_has_one_spelling(value: Decimal) -> None:
    text = scalars.decimal_text(value)

    assert Decimal(text) == value
    assert scalars.canonical_number(text) in (text, "0")
    assert "E" not in text


@pytest.mark.parametrize(
    ("written", "answer"),
    [("是", True), ("Y", True), (1.0, True), (True, True), ("否", False), ("0", False), ("也许", None)],
)
def test_yes_and_no_are_read(written: Any, answer: bool | None) -> None:
    assert scalars.boolean(written) is answer


@given(st.text())
def test_cleaned_text_has_nothing_forbidden_and_stays_clean(text: str) -> None:
    clean = scalars.clean_text(text)

    assert not scalars.has_forbidden(clean)
    assert scalars.clean_text(clean) == clean
    clean.encode()


def test_text_is_composed_and_has_one_sort_of_line_end() -> None:
    assert scalars.clean_text(" e\u0301\r\nb\rc\x00 ") == "é\nb\nc"


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.datetimes(), st.dates()))
def test_nothing_makes_the_readers_of_scalars_fail(value: Any) -> None:
    scalars.date(value)
    scalars.boolean(value)
    scalars.number(scalars.plain(value))
    scalars.printable(scalars.plain(value)).encode()


def test_a_cell_with_a_whole_number_has_no_point() -> None:
    assert scalars.plain(20260001.0) == "20260001"
    assert scalars.plain(dt.datetime(2026, 3, 5, tzinfo=dt.UTC).replace(tzinfo=None)) == "2026-03-05"
