"""Dates as spreadsheets store them and people write them."""

from __future__ import annotations

import datetime as dt
import re

from catalog_service.normalise.text import half_width

_DAY_ZERO = dt.date(1899, 12, 30)
"""Day 0 of spreadsheets, as they count from March 1900 on."""
_SERIALS = range(3_653, 109_575)
"""From 1910 to 2199: other numbers are no dates."""

_TIME = r"(?:[T ]\s*(?:上午|下午)?\d{1,2}(?::\d{1,2}|时)?.{0,20})?"
_WRITTEN = re.compile(rf"(\d{{4}})\s*(?:年|[-/.])\s*(\d{{1,2}})\s*(?:月|[-/.])\s*(\d{{1,2}})\s*[日号]?{_TIME}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_ENGLISH = re.compile(r"(?:(\d{1,2})\s+([A-Za-z]{3,9})\.?,?\s+(\d{4}))|(?:([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4}))")
_CHINESE = re.compile(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]"
)
_TODAY = frozenset({"今天", "今日", "即日", "即日起", "today"})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMERALS = "〇一二三四五六七八九"


class NoSuchDay(ValueError):
    """Written like a date, but the calendar has no such day."""


def parse_date(value: object, today: dt.date | None = None) -> dt.date | None:
    """Return the date in a cell, None where there is none; raises `NoSuchDay` for 2024-02-30.

    ``today`` is what 今日 and 即日起 mean.

    >>> parse_date("2026年3月5日"), parse_date("20260305"), parse_date(46086)
    (datetime.date(2026, 3, 5), datetime.date(2026, 3, 5), datetime.date(2026, 3, 5))
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _from_number(value)
    text = half_width(str(value)[:80])
    return today if today and text.lower() in _TODAY else _from_text(text)


def _from_number(value: float) -> dt.date | None:
    if value != value or abs(value) > 1e9:  # noqa: PLR0124 - the test for NaN
        return None
    if int(value) in _SERIALS:
        return _DAY_ZERO + dt.timedelta(days=int(value))
    return _from_text(str(int(value))) if float(value).is_integer() else None


def _from_text(text: str) -> dt.date | None:
    match = _WRITTEN.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        return _day(int(match[1]), int(match[2]), int(match[3]))
    english = _ENGLISH.fullmatch(text)
    if english:
        day, month, year = (english[1], english[2], english[3]) if english[1] else (english[5], english[4], english[6])
        short = month.lower()[:3]
        return _day(int(year), _MONTHS.index(short) + 1, int(day)) if short in _MONTHS else None
    chinese = _CHINESE.fullmatch(text.replace("零", "〇").replace("○", "〇"))
    if chinese:
        year = int("".join(str(_NUMERALS.index(char)) for char in chinese[1]))
        return _day(year, _numeral(chinese[2]), _numeral(chinese[3]))
    if text.isdigit() and len(text) == 5 and int(text) in _SERIALS:
        return _DAY_ZERO + dt.timedelta(days=int(text))
    return None


def _numeral(text: str) -> int:
    """Return a number from 1 to 99 in Chinese numerals.

    >>> _numeral("十"), _numeral("二十三"), _numeral("三十")
    (10, 23, 30)
    """
    tens, ten, ones = text.partition("十")
    if not ten:
        return int("".join(str(_NUMERALS.index(char)) for char in text))
    return (_NUMERALS.index(tens) if len(tens) == 1 else 1) * 10 + (_NUMERALS.index(ones) if len(ones) == 1 else 0)


def _day(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise NoSuchDay(f"{year}-{month}-{day}") from error
