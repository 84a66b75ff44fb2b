"""Every example of the design's part 5, in both languages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from catalog_service.operations import wording


def _price(mode: str, lang: str, **given: object) -> str:
    amounts = {name: Decimal(str(value)) for name, value in given.items() if name in {"fixed", "minimum", "maximum"}}
    texts = {name: str(value) for name, value in given.items() if name not in amounts}
    return wording.price(mode, lang, **amounts, **texts).text


@pytest.mark.parametrize(
    ("mode", "given", "zh", "en"),
    [
        ("fixed", {"fixed": 2800, "unit": ("/件", "per item")}, "2,800 元/件", "¥2,800 per item"),
        ("from", {"minimum": 15000}, "1.5 万元起", "from ¥15,000"),
        ("range", {"minimum": 800, "maximum": 1200}, "800–1,200 元", "¥800–1,200"),
        ("range", {"minimum": 20000, "maximum": 35000}, "2–3.5 万元", "¥20,000–35,000"),
        ("negotiable", {}, "面议", "on request"),
        ("free", {}, "免费", "free"),
        ("fixed", {"fixed": "12345.50"}, "12,345.50 元", "¥12,345.50"),
        ("fixed", {"fixed": 1200, "currency": "USD"}, "1,200 美元", "US$1,200"),
        ("range", {"minimum": 8000, "maximum": 20000}, "8,000–20,000 元", "¥8,000–20,000"),
        ("fixed", {"fixed": 12000000}, "1,200 万元", "¥12,000,000"),
        ("fixed", {"fixed": 500000, "unit": ("（全包）", "(package)")}, "50 万元（全包）", "¥500,000 (package)"),
        ("range", {}, "面议", "on request"),
    ],
)
def test_a_price_reads_as_the_design_says(mode: str, given: dict[str, object], zh: str, en: str) -> None:
    units = given.pop("unit", ("", ""))
    assert isinstance(units, tuple)

    assert (zh, en) == (_price(mode, "zh", unit=units[0], **given), _price(mode, "en", unit=units[1], **given))


@pytest.mark.parametrize(
    ("bounds", "unit", "zh", "en"),
    [
        ((5, 10), "E49", "5–10 个工作日", "5–10 working days"),
        ((3, 4), "WEE", "3–4 周", "3–4 weeks"),
        ((None, 3), "MON", "不超过 3 个月", "up to 3 months"),
        ((1, 1), "DAY", "1 天", "1 day"),
        ((2, None), "WEE", "2 周以上", "2 weeks or longer"),
        ((0, 1), "ANN", "0–1 年", "0–1 year"),
        ((None, None), "DAY", "", ""),
        ((1, 2), "FORTNIGHT", "", ""),
    ],
)
def test_a_period_names_its_unit_once(bounds: tuple[int | None, int | None], unit: str, zh: str, en: str) -> None:
    low, high = (None if each is None else Decimal(each) for each in bounds)

    assert (zh, en) == (wording.period(low, high, unit, "zh"), wording.period(low, high, unit, "en"))


def test_dates_are_in_words_and_in_tables_as_digits() -> None:
    day = dt.date(2026, 11, 18)

    assert wording.date(day, "zh") == "2026 年 11 月 18 日"
    assert wording.date(day, "en") == "18 November 2026"
    assert wording.table_date(day) == "2026-11-18"


def test_a_point_in_time_is_told_in_the_platform_zone() -> None:
    moment = dt.datetime(2026, 11, 17, 16, 5, tzinfo=dt.UTC)

    assert wording.clock(moment) == "00:05"
    assert wording.table_date(moment) == "2026-11-18"
    assert wording.date(moment, "en") == "18 November 2026"


@pytest.mark.parametrize(
    ("bounds", "zh", "en"),
    [
        ((None, 5000), "5,000 元以下", "¥5,000 or less"),
        ((1000, None), "1,000 元以上", "¥1,000 or more"),
        ((1000, 5000), "1,000–5,000 元", "¥1,000–5,000"),
    ],
)
def test_a_price_filter_reads_as_a_condition(bounds: tuple[int | None, int | None], zh: str, en: str) -> None:
    low, high = (None if each is None else Decimal(each) for each in bounds)

    assert (zh, en) == (wording.price_range(low, high, "zh"), wording.price_range(low, high, "en"))


def test_counts_have_thousands_and_say_when_they_are_not_exact() -> None:
    assert wording.counted("{n} 项产品", 14, "zh") == "14 项产品"
    assert wording.counted("{n} products", 12345, "en") == "12,345 products"
    assert wording.counted("{n} 项", 5000, "zh", exact=False) == "超过 1,000 项"
    assert wording.counted("{n} products", 5000, "en", exact=False) == "over 1,000 products"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_price_has_an_english_ten_thousand_or_two_spaces(lang: str) -> None:
    for value in ("1", "99.9", "9999", "10000", "10001", "10100", "123456.78", "100000000"):
        text = wording.amount(Decimal(value), Decimal(value), "CNY", lang)
        assert "  " not in text
        assert lang == "zh" or "万" not in text
