"""Prices in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_service.normalise.money import Price, parse_price

D = Decimal


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("面议", Price("negotiable")),
        ("详询", Price("negotiable")),
        ("价格电询", Price("negotiable")),
        ("免费", Price("free")),
        ("1000元起", Price("from", minimum=D(1000), currency="CNY")),
        ("不低于 2 万元", Price("from", minimum=D(20000), currency="CNY")),
        ("500元/次", Price("fixed", price=D(500), unit="次", currency="CNY")),
        ("500元/次（以公司为单位）", Price("fixed", price=D(500), unit="次", currency="CNY")),
        ("2,800.00 元", Price("fixed", price=D("2800.00"), currency="CNY")),
        ("5-8万元", Price("range", minimum=D(50000), maximum=D(80000), currency="CNY")),
        ("5000-1万元", Price("range", minimum=D(5000), maximum=D(10000), currency="CNY")),
        ("5000～8000元/件", Price("range", minimum=D(5000), maximum=D(8000), unit="件", currency="CNY")),
        ("800–1,200元/人", Price("range", minimum=D(800), maximum=D(1200), unit="人", currency="CNY")),
        ("１０００元起/件", Price("from", minimum=D(1000), unit="件", currency="CNY")),
        ("1000元/件起", Price("from", minimum=D(1000), unit="件", currency="CNY")),
        ("一套约12万", Price("fixed", price=D(120000), unit="套")),
        ("US$1,200", Price("fixed", price=D(1200), currency="USD")),
        ("每件500元", Price("fixed", price=D(500), unit="件", currency="CNY")),
    ],
)
def test_a_price_is_understood(text: str, price: Price) -> None:
    assert parse_price(text) == price


@pytest.mark.parametrize(
    "text",
    ["很便宜", "-500", "-500元", "负500元", "3万2千", "1e3", "8-5万元", "12.5.3", "", "9" * 300,
     "信用额度最高1000万元", "初级500元，高级800元", "500元起-800元"],
)  # fmt: skip
def test_what_is_not_understood_as_a_whole_is_not_guessed(text: str) -> None:
    assert parse_price(text) is None


@given(st.text(alphabet="0123456789.,-–~万千元起/次面议免费约每 ab负¥", max_size=30))
def test_no_words_make_it_fail_and_no_price_is_negative(text: str) -> None:
    price = parse_price(text)

    if price:
        given_amounts = [each for each in (price.price, price.minimum, price.maximum) if each is not None]
        assert all(each >= 0 for each in given_amounts)
        assert price.mode in {"fixed", "from", "range", "negotiable", "free"}
        assert bool(given_amounts) == (price.mode not in {"negotiable", "free"})
        assert price.minimum is None or price.maximum is None or price.minimum <= price.maximum
