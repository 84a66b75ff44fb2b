"""Literals: which lexical forms a datatype has, and how values compare.

Clauses: XML Schema 1.1 part 2 for lexical spaces; SPARQL 1.1, 17.3 for ``<`` on numbers, strings, booleans, dateTime,
extended to the other dates as that section allows. What cannot be compared is a violation of whatever asked for it.
"""

from __future__ import annotations

import re
import struct
from calendar import isleap
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from catalog_service.model.terms import Term, datatype, value
from catalog_service.namespaces import XSD

if TYPE_CHECKING:
    from collections.abc import Callable

Order = tuple[str, Decimal | Fraction | float | str]
"""A family of values that compare with one another, and the value's place in it."""

_ZONE = r"(?P<zone>Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_YEAR = r"(?P<year>-?(?:[1-9][0-9]{3,}|0[0-9]{3}))"
_MONTH, _DAY = r"(?P<month>0[1-9]|1[0-2])", r"(?P<day>0[1-9]|[12][0-9]|3[01])"
_SECOND = r"(?P<second>[0-5][0-9](?:\.[0-9]+)?)"
_TIME = rf"(?:(?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9]):{_SECOND}|(?P<end>24:00:00(?:\.0+)?))"
_DURATION_DAYS = r"(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
_NAME_START = "_A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"  # noqa: E501
_NAME = _NAME_START + r"\-.0-9\u00b7\u0300-\u036f\u203f\u2040"
_DECIMAL = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_FLOAT = rf"(?:{_DECIMAL}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN)"
_COLLAPSED = r"(?:[^\t\n\r ]+(?: [^\t\n\r ]+)*)?"

_LEXICAL = {
    name: re.compile(pattern)
    for name, pattern in {
        "boolean": "true|false|1|0",
        "decimal": _DECIMAL,
        "integer": "[+-]?[0-9]+",
        "double": _FLOAT,
        "float": _FLOAT,
        "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
        "time": f"{_TIME}{_ZONE}",
        "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
        "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE[:-1]}",
        "gYear": f"{_YEAR}{_ZONE}",
        "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
        "gMonth": f"--{_MONTH}{_ZONE}",
        "gDay": f"---{_DAY}{_ZONE}",
        "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}",
        "duration": rf"-?P(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?{_DURATION_DAYS}",
        "yearMonthDuration": r"-?P(?=[0-9])(?:[0-9]+Y)?(?:[0-9]+M)?",
        "dayTimeDuration": rf"-?P(?=[0-9T]){_DURATION_DAYS}",
        "hexBinary": "(?:[0-9a-fA-F]{2})*",
        "base64Binary": "(?:(?:[A-Za-z0-9+/] ?){4})*(?:(?:[A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=|[A-Za-z0-9+/] ?[AQgw] ?= ?=)?",  # noqa: E501
        "language": "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
        "normalizedString": r"[^\t\n\r]*",
        "token": _COLLAPSED,
        "NMTOKEN": f"[:{_NAME}]+",
        "Name": f"[:{_NAME_START}][:{_NAME}]*",
        "NCName": f"[{_NAME_START}][{_NAME}]*",
    }.items()
}
_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    **{name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for name, bits in (("long", 64), ("int", 32), ("short", 16), ("byte", 8))},  # noqa: E501
    **{f"unsigned{name}": (0, 2**bits - 1) for name, bits in (("Long", 64), ("Int", 32), ("Short", 16), ("Byte", 8))},
}  # fmt: skip
_INTEGERS = frozenset({"integer", *_BOUNDS})
_LONGEST_DATE = 1000
"""Characters; a longer date compares with nothing."""
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def lexical_test(datatype_iri: str) -> Callable[[str], bool] | None:
    """Return what tells whether a text is in the lexical space of a datatype; None if all texts are, as far as known.

    >>> lexical_test("http://www.w3.org/2001/XMLSchema#date")("2026-02-30")
    False
    """
    name = datatype_iri.removeprefix(XSD)
    if name == datatype_iri:
        return None
    if name in _BOUNDS:
        return _within(*_BOUNDS[name])
    pattern = _LEXICAL.get(name)
    if pattern is None:
        return None
    matches = pattern.fullmatch
    if "day" in pattern.groupindex:
        return lambda text: (found := matches(text)) is not None and _is_a_day(found)
    return lambda text: matches(text) is not None


def _within(least: int | None, most: int | None) -> Callable[[str], bool]:
    matches = _LEXICAL["integer"].fullmatch

    def test(text: str) -> bool:
        if matches(text) is None:
            return False
        number = Decimal(text)
        return (least is None or number >= least) and (most is None or number <= most)

    return test


def _is_a_day(found: re.Match[str]) -> bool:
    """Tell whether the month has such a day, in the year if one is given."""
    parts = found.groupdict()
    if not parts.get("month"):
        return True
    month, day = int(parts["month"]), int(parts["day"])
    if month == 2 and day == 29 and parts.get("year"):
        return isleap(int(parts["year"][-4:]))  # leap years repeat every 400 years, so four digits tell
    return day <= _MONTH_DAYS[month - 1]


def order(term: Term) -> Order | None:
    """Return where a literal stands among the values it can be compared with; None if it compares with nothing.

    >>> order('"3"^^<http://www.w3.org/2001/XMLSchema#integer>')
    ('number', Decimal('3'))
    """
    return _remembered_order(term) if len(term) < _LONGEST_REMEMBERED else _order(term)


def _order(term: Term) -> Order | None:
    if term[0] != '"' or (term[-1] not in '">'):
        return None
    name = datatype(term).removeprefix(XSD)
    text = value(term)
    if name == "string":
        return "string", text
    test = lexical_test(XSD + name)
    if test is None or not test(text):
        return None
    if name in _INTEGERS or name == "decimal":
        return "number", Decimal(text)
    make = _ORDERS.get(name)
    return make(text) if make else None


_LONGEST_REMEMBERED = 200
_remembered_order = lru_cache(maxsize=16384)(_order)


def less(left: Term, right: Term, *, or_equal: bool) -> bool:
    """Tell whether ``left < right`` (or ``<=``) is true in SPARQL; what cannot be compared is not."""
    first, second = order(left), order(right)
    if first is None or second is None or first[0] != second[0]:
        return False
    one, two = first[1], second[1]
    if isinstance(one, float) is not isinstance(two, float):  # decimal against float or double: as such
        as_both = as_single if isinstance(one, Single) or isinstance(two, Single) else as_double
        one, two = as_both(one), as_both(two)
    return one <= two if or_equal else one < two  # type: ignore[operator]


def as_double(number: object) -> float:
    """Return a number as the nearest double, infinite if it is too large."""
    try:
        return float(number)  # type: ignore[arg-type]
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")  # type: ignore[operator]


class Single(float):
    """A value of ``xsd:float``, to which decimals are rounded when they are compared with it (SPARQL 1.1, 17.3)."""


def as_single(number: object) -> Single:
    """Return a number as the nearest value of ``xsd:float``, infinite if it is too large."""
    double = as_double(number)
    try:
        return Single(struct.unpack("f", struct.pack("f", double))[0])
    except OverflowError:
        return Single("inf") if double > 0 else Single("-inf")


def _float(text: str) -> Order | None:
    return None if text == "NaN" else ("number", float(text))


def _single(text: str) -> Order | None:
    return None if text == "NaN" else ("number", as_single(text))


def _boolean(text: str) -> Order:
    return "boolean", float(text in ("true", "1"))


def _moment(family: str) -> Callable[[str], Order | None]:
    pattern = _LEXICAL[family]

    def make(text: str) -> Order | None:
        found = pattern.fullmatch(text[:_LONGEST_DATE])
        if found is None:
            return None
        parts = found.groupdict()
        days = _days(int(parts.get("year") or 1970), int(parts.get("month") or 1), int(parts.get("day") or 1))
        is_next_day = parts.get("end") and family != "time"  # as a time, 24:00:00 is 00:00:00
        seconds = Fraction(days * 86400 + (86400 if is_next_day else 0))
        if parts.get("hour"):
            seconds += int(parts["hour"]) * 3600 + int(parts["minute"]) * 60 + Fraction(parts["second"])
        zone = parts.get("zone") or ""
        if len(zone) > 1:
            offset = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
            seconds -= offset if zone[0] == "+" else -offset
        return family + (" with zone" if zone else ""), seconds

    return make


def _days(year: int, month: int, day: int) -> int:
    """Return the day's number in the proleptic Gregorian calendar."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year


_ORDERS: dict[str, Callable[[str], Order | None]] = {
    "double": _float,
    "float": _single,
    "boolean": _boolean,
    "dateTimeStamp": _moment("dateTime"),
    **{name: _moment(name) for name in ("date", "time", "dateTime", "gYear", "gYearMonth")},
}
