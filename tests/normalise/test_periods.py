"""Periods in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_service.normalise.periods import Period, parse_period

D = Decimal


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("5-15个工作日", Period(D(5), D(15), "E49")),
        ("3–4周", Period(D(3), D(4), "WEE")),
        ("14-16个月", Period(D(14), D(16), "MON")),
        ("0.8-2.5年", Period(D("0.8"), D("2.5"), "ANN")),
        ("不超过3个月", Period(None, D(3), "MON")),
        ("3个月以上", Period(D(3), None, "MON")),
        ("24小时", Period(D(24), D(24), "HUR")),
        ("3 working days", Period(D(3), D(3), "E49")),
        ("2周以内", Period(None, D(2), "WEE")),
        ("约两周", Period(D(2), D(2), "WEE")),
        ("三天左右", Period(D(3), D(3), "DAY")),
        ("半年", Period(D("0.5"), D("0.5"), "ANN")),
    ],
)
def test_a_period_is_understood(text: str, period: Period) -> None:
    assert parse_period(text) == period


@pytest.mark.parametrize(
    "text", ["尽快", "15-5天", "", "一次性", "未知", "2周至1个月", "项目工作完成后一周内", "9" * 100]
)
def test_a_period_that_is_none_is_none(text: str) -> None:
    assert parse_period(text) is None


@given(st.text(alphabet="0123456789.-–~至不超过以内个工作日天周月年小时约半 ab", max_size=30))
def test_no_words_make_it_fail(text: str) -> None:
    period = parse_period(text)

    if period:
        assert period.minimum is not None or period.maximum is not None
