"""Numbers and yes-or-no as people write them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from catalog_service.normalise.text import half_width

DIGITS = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
MULTIPLIERS = {
    "": 1, "十": 10, "百": 100, "千": 1_000, "k": 1_000, "万": 10_000, "w": 10_000,
    "十万": 100_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000,
}  # fmt: skip
MULTIPLIER = "|".join(sorted(filter(None, MULTIPLIERS), key=len, reverse=True))
CURRENCIES = {
    "元": "CNY", "块": "CNY", "人民币": "CNY", "rmb": "CNY", "cny": "CNY", "¥": "CNY", "￥": "CNY", "圆": "CNY",
    "元人民币": "CNY", "美元": "USD", "usd": "USD", "us$": "USD", "$": "USD", "欧元": "EUR", "eur": "EUR", "€": "EUR",
    "港元": "HKD", "港币": "HKD", "hkd": "HKD", "英镑": "GBP", "gbp": "GBP", "£": "GBP", "日元": "JPY", "jpy": "JPY",
}  # fmt: skip
CURRENCY = "|".join(re.escape(each) for each in sorted(CURRENCIES, key=len, reverse=True))

_LONGEST = 60
_AMOUNT = re.compile(
    rf"(?:{CURRENCY})?\s*(?P<sign>[-+]?)\s*(?:{CURRENCY})?\s*(?P<digits>{DIGITS})\s*(?P<times>{MULTIPLIER})?\s*(?:{CURRENCY})?(?:整)?",
    re.IGNORECASE,
)
_YES = frozenset({"是", "yes", "y", "true", "1", "有", "对", "√", "✓", "可", "可以", "含", "支持", "t", "真"})
_NO = frozenset(
    {"否", "no", "n", "false", "0", "无", "不", "×", "✗", "x", "不可", "不含", "不支持", "f", "假", "没有", "不是"}
)


def parse_number(value: object) -> Decimal | None:
    """Return the number in a cell, None where there is none: thousands, 万元 and currency signs are understood.

    >>> parse_number("２，８００.50 元"), parse_number("1.5万"), parse_number("面议")
    (Decimal('2800.50'), Decimal('15000.0'), None)
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _finite(repr(value))
    text = half_width(str(value)).replace("，", ",")
    if not text or len(text) > _LONGEST:
        return None
    match = _AMOUNT.fullmatch(text)
    return amount(match["sign"] + match["digits"], match["times"] or "") if match else None


def is_foreign(value: object) -> bool:
    """Tell whether an amount names a currency other than the yuan.

    >>> is_foreign("US$100"), is_foreign("5万元"), is_foreign("100")
    (True, False, False)
    """
    if not isinstance(value, str) or value.strip().isdecimal():
        return False
    text = half_width(value).lower()
    return any(code != "CNY" and sign in text for sign, code in CURRENCIES.items())


def amount(digits: str, times: str = "") -> Decimal | None:
    """Return digits times a multiplier such as 万."""
    number = _finite(digits.replace(",", ""))
    return None if number is None else number * MULTIPLIERS[times.lower()]


def _finite(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 40 else None


def decimal_text(number: Decimal) -> str:
    """Return a number as it is stored: without exponent and without zeros at the end.

    >>> decimal_text(Decimal("2800.00")), decimal_text(Decimal("1E+3")), decimal_text(Decimal("-0.50"))
    ('2800', '1000', '-0.5')
    """
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def parse_boolean(value: object) -> bool | None:
    """Return yes or no as people write them, None for anything else.

    >>> parse_boolean("是"), parse_boolean("No"), parse_boolean("也许")
    (True, False, None)
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = half_width(str(value)).casefold()
    return True if text in _YES else False if text in _NO else None


def plain_text(value: object) -> str:
    """Return a cell's value as text: whole numbers without a decimal point, dates in the order of ISO 8601.

    >>> plain_text(450200.0)
    '450200'
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        number = _finite(repr(value))
        return str(value) if number is None else decimal_text(number)
    if hasattr(value, "isoformat"):
        text: str = value.isoformat()
        return text.removesuffix("T00:00:00")
    return str(value)
