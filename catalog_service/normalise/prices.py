"""Prices and periods in words: 面议, 1000元起, 500元/次, 5-8万元; 5-15个工作日, 14-16个月, 不超过3个月."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from catalog_service.normalise.scalars import half_width

_ON_REQUEST = re.compile(r"面议|详询|详谈|面谈|协商|议价|询价|电询|待定|on request|negotiable", re.IGNORECASE)
_FREE = re.compile(r"免费|公益|free", re.IGNORECASE)
_AMOUNT = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_UNIT = r"\s*(万|亿|千|百)?"
_DASH = r"\s*(?:-|–|—|~|至|到)\s*"
_RANGE = re.compile(_AMOUNT + _UNIT + r"\s*元?" + _DASH + _AMOUNT + _UNIT)
_SINGLE = re.compile(_AMOUNT + _UNIT)
_FROM = re.compile(r"起|以上|不低于|from", re.IGNORECASE)
_PER = re.compile(r"/\s*([^\s(（,，;；]{1,20})")
_FACTORS = {"": 1, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_PERIODS = (
    (re.compile(r"工作日|working days?|business days?", re.IGNORECASE), "E49"),
    (re.compile(r"小时|时|hours?", re.IGNORECASE), "HUR"),
    (re.compile(r"周|星期|weeks?", re.IGNORECASE), "WEE"),
    (re.compile(r"月|months?", re.IGNORECASE), "MON"),
    (re.compile(r"年|years?", re.IGNORECASE), "ANN"),
    (re.compile(r"天|日|days?", re.IGNORECASE), "DAY"),
)
_NEGATIVE = re.compile(r"(?:^|[^\d元万亿千百\s])\s*[-−–]\s*\d|负")
_AT_MOST = re.compile(r"不超过|以内|之内|最多|within|up to", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Price:
    """A price understood; amounts in units of the currency."""

    mode: str
    """Code of the list ``pricing-mode``."""
    price: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """A period understood."""

    minimum: Decimal | None
    maximum: Decimal
    unit: str
    """Code of the list ``period-unit``."""


def parse_price(text: str) -> Price | None:
    """Return what a price in words means, None when it cannot be told.

    >>> parse_price("5-8万元").maximum, parse_price("1000元起").mode, parse_price("500元/次").unit
    (Decimal('80000'), 'from', '次')
    """
    plain = half_width(text).replace("，", ",")
    if len(plain) > 200 or _NEGATIVE.search(plain):
        return None
    per = _PER.search(plain)
    unit = per[1].removesuffix("起") if per else ""
    spread = _RANGE.search(plain)
    if _left_over(plain, per, spread or _SINGLE.search(plain)):
        return None
    if spread:
        low, low_unit, high, high_unit = spread.groups()
        maximum = _amount(high, high_unit)
        minimum = _amount(low, low_unit or (high_unit if Decimal(low.replace(",", "")) < 10_000 else ""))
        return Price("range", minimum=minimum, maximum=maximum, unit=unit) if minimum <= maximum else None
    single = _SINGLE.search(plain)
    if single:
        amount = _amount(*single.groups())
        if _FROM.search(plain):
            return Price("from", minimum=amount, unit=unit)
        return Price("fixed", price=amount, unit=unit)
    if _ON_REQUEST.search(plain):
        return Price("negotiable")
    return Price("free") if _FREE.search(plain) else None


def _left_over(text: str, *understood: re.Match[str] | None) -> bool:
    """Tell whether there are digits outside what was understood: then something was not."""
    for found in understood:
        if found:
            text = text[: found.start()] + " " * (found.end() - found.start()) + text[found.end() :]
    return re.search(r"\d", text) is not None


def _amount(digits: str, unit: str | None) -> Decimal:
    return Decimal(digits.replace(",", "")) * _FACTORS[unit or ""]


def parse_period(text: str) -> Period | None:
    """Return what a period in words means, None when it cannot be told.

    >>> parse_period("5-15个工作日")
    Period(minimum=Decimal('5'), maximum=Decimal('15'), unit='E49')
    """
    plain = half_width(text)
    unit = next((code for pattern, code in _PERIODS if pattern.search(plain)), "") if len(plain) <= 200 else ""
    if not unit:
        return None
    spread = re.search(_AMOUNT + _DASH + _AMOUNT, plain)
    if spread:
        low, high = (Decimal(each.replace(",", "")) for each in spread.groups())
        return Period(low, high, unit) if low <= high else None
    single = re.search(_AMOUNT, plain)
    if single is None:
        return None
    amount = Decimal(single[1].replace(",", ""))
    return Period(None if _AT_MOST.search(plain) else amount, amount, unit)
