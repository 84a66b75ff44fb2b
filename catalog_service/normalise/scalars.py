"""Numbers, dates, booleans and texts as people write them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal, InvalidOperation

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]\d{2}:\d{2}.*)?")
_PLAIN_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_EXCEL_DAY_ZERO = dt.date(1899, 12, 30)
_YES = {"是", "有", "可", "对", "yes", "y", "true", "1", "√", "✓"}
_NO = {"否", "无", "不可", "错", "no", "n", "false", "0", "×"}
_HAN = re.compile(r"[\u3400-\u9fff]")


def half_width(text: str) -> str:
    """Return codes and numbers in half width, without space around.

    >>> half_width("　１２，３００ ")
    '12,300'
    """
    return unicodedata.normalize("NFKC", text).strip()


def clean_text(text: str) -> str:
    """Return a text in NFC with unified line ends and without control characters."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _UNWANTED.sub("", composed).strip()


def has_forbidden(text: str) -> bool:
    """Tell whether a text holds characters that XML forbids, lone surrogates among them."""
    return _UNWANTED.search(text) is not None


def printable(text: str) -> str:
    """Return a text as a sentence can quote it: control characters and halves of characters replaced.

    >>> printable("a\\x00b")
    'a\N{REPLACEMENT CHARACTER}b'
    """
    return _UNWANTED.sub("\N{REPLACEMENT CHARACTER}", text[:200])


def has_han(text: str) -> bool:
    """Tell whether a text holds a Chinese character."""
    return _HAN.search(text) is not None


def number(text: str) -> Decimal | None:
    """Return a plain number, with thousands or a following 万 or 亿; None for anything else.

    >>> number("1.5 万"), number("１２，３００"), number("面议")
    (Decimal('15000.0'), Decimal('12300'), None)
    """
    plain = half_width(text).replace(" ", "")
    factor = Decimal(1)
    for sign, power in (("万", 10_000), ("亿", 100_000_000)):
        if plain.endswith(sign):
            plain, factor = plain[:-1], Decimal(power)
    if not _NUMBER.fullmatch(plain) or len(plain) > 30:
        return None
    return Decimal(plain.replace(",", "")) * factor


def decimal_text(value: Decimal) -> str:
    """Return the one spelling of a decimal number: no exponent, no zeros that say nothing.

    >>> decimal_text(Decimal("2800.00")), decimal_text(Decimal("1E+3")), decimal_text(Decimal("0.50"))
    ('2800', '1000', '0.5')
    """
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def canonical_number(text: str) -> str:
    """Return a literal's number in its one spelling; what is no number stays as it is."""
    if len(text) > 40 or "e" in text.lower():
        return text
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return decimal_text(value) if value.is_finite() else text


def date(value: object) -> dt.date | None:
    """Return a date that a spreadsheet or a person wrote; None for what is none.

    >>> date("2026年3月5日"), date("20260305"), date(46086)
    (datetime.date(2026, 3, 5), datetime.date(2026, 3, 5), datetime.date(2026, 3, 5))
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _EXCEL_DAY_ZERO + dt.timedelta(days=int(value)) if 20_000 <= value < 80_000 else _ymd(str(int(value)))
    return _ymd(half_width(str(value)))


def _ymd(text: str) -> dt.date | None:
    found = _DATE.fullmatch(text) or _PLAIN_DATE.fullmatch(text)
    if found is None:
        return None
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def boolean(value: object) -> bool | None:
    """Return yes or no as people write them; None for anything else."""
    if isinstance(value, bool):
        return value
    text = half_width(str(value)).casefold().removesuffix(".0")
    return True if text in _YES else False if text in _NO else None


def plain(value: object) -> str:
    """Return a cell's value as text: whole numbers without a decimal point."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    return str(value)
