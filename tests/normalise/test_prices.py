"""Prices and periods in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_service.normalise.prices import Period, Price, parse_period, parse_price

D = Decimal


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("面议", Price("negotiable")),
        ("价格电询", Price("negotiable")),
        ("免费", Price("free")),
        ("1000元起", Price("from", minimum=D(1000))),
        ("不低于 2 万元", Price("from", minimum=D(20000))),
        ("500元/次", Price("fixed", price=D(500), unit="次")),
        ("2,800.00 元", Price("fixed", price=D("2800.00"))),
        ("5-8万元", Price("range", minimum=D(50000), maximum=D(80000))),
        ("5000～8000元/件", Price("range", minimum=D(5000), maximum=D(8000), unit="件")),
        ("800–1,200 元", Price("range", minimum=D(800), maximum=D(1200))),
        ("１０００元起/件", Price("from", minimum=D(1000), unit="件")),
    ],
)
def test_a_price_is_understood(text: str, price: Price) -> None:
    assert parse_price(text) == price


@pytest.mark.parametrize(
    "text", ["很便宜", "-500", "-500元", "负500元", "3万2千", "1e3", "8-5万元", "12.5.3", "", "9" * 300]
)
def test_what_is_not_understood_as_a_whole_is_not_guessed(text: str) -> None:
    assert parse_price(text) is None


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("5-15个工作日", Period(D(5), D(15), "E49")),
        ("14-16个月", Period(D(14), D(16), "MON")),
        ("不超过3个月", Period(None, D(3), "MON")),
        ("24小时", Period(D(24), D(24), "HUR")),
        ("3 working days", Period(D(3), D(3), "E49")),
        ("2周以内", Period(None, D(2), "WEE")),
    ],
)
def test_a_period_is_understood(text: str, period: Period) -> None:
    assert parse_period(text) == period


@pytest.mark.parametrize("text", ["尽快", "15-5天", "", "三天左右"])
def test_a_period_that_is_none_is_none(text: str) -> None:
    assert parse_period(text) is None


@given(st.text(alphabet="0123456789.,-–~万千元起/次面议免费天月 工作日ab負负", max_size=30))
def test_no_words_make_it_fail_and_no_price_is_negative(text: str) -> None:
    price = parse_price(text)
    parse_period(text)

    if price:
        assert all(each is None or each >= 0 for each in (price.price, price.minimum, price.maximum))
