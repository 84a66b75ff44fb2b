"""Days as spreadsheets store them and people write them."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_service.normalise.dates import NoSuchDay, parse_date

DAY = dt.date(2026, 3, 5)


@pytest.mark.parametrize(
    "written",
    ["2026-03-05", "2026/3/5", "2026.03.05", "2026年3月5日", "２０２６年３月５日", "2026年 3 月 5 日", "20260305",
     20260305, 46086, 46086.5, "46086", DAY, dt.datetime(2026, 3, 5, 8, tzinfo=dt.UTC), "2026-03-05T08:00:00Z",
     " 2026-3-5 ", "2026-03-05 08:30:00", "5 March 2026", "Mar 5, 2026", "二〇二六年三月五日", "2026年3月5号"],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(written: Any) -> None:
    assert parse_date(written) == DAY


@pytest.mark.parametrize("written", ["2024-02-30", "2026-13-01", "2023年2月29日", "20260230", "30 Feb 2026"])
def test_a_day_the_calendar_has_not_is_said_to_be_none(written: str) -> None:
    with pytest.raises(NoSuchDay):
        parse_date(written)


@pytest.mark.parametrize(
    "written", ["3月5日", "soon", "", "2026", 5, True, "9" * 400, None, float("nan"), 1e300, "即日"]
)
def test_what_is_no_day_is_none(written: Any) -> None:
    assert parse_date(written) is None


def test_today_is_what_it_is_told_to_be() -> None:
    assert parse_date("即日起", DAY) == DAY


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.datetimes(), st.dates()))
def test_nothing_else_makes_it_fail(value: Any) -> None:
    with suppress(NoSuchDay):
        parse_date(value)


@given(st.dates(min_value=dt.date(1000, 1, 1)), st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d"]))
def test_a_written_day_is_read_back(day: dt.date, form: str) -> None:
    assert parse_date(day.strftime(form)) == day
