"""Periods in words: 5-15个工作日, 3–4周, 不超过3个月, two weeks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from catalog_service.normalise.text import half_width

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 60
_MOST_PLACES = 3
UNITS = {
    "HUR": ("小时", "个小时", "钟头", "hours", "hour", "h"),
    "E49": ("工作日", "个工作日", "working days", "working day", "business days", "business day"),
    "DAY": ("天", "日", "个自然日", "自然日", "日历日", "days", "day"),
    "WEE": ("周", "个星期", "星期", "个周", "weeks", "week"),
    "MON": ("个月", "月", "个自然月", "months", "month"),
    "ANN": ("年", "个年度", "years", "year"),
}
"""Notations of the list ``period-unit`` and the words for them."""

_SIZES = {
    "HUR": ("hours", 1), "DAY": ("hours", 24), "WEE": ("hours", 168), "MON": ("months", 1), "ANN": ("months", 12),
}  # fmt: skip
"""Units that go into one another exactly; working days and days do not, nor weeks and months."""

_CODES = {word: code for code, words in UNITS.items() for word in words}
_UNIT = "|".join(sorted(_CODES, key=len, reverse=True))
_NUMERALS = {"半": "0.5", "一": "1", "二": "2", "两": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7",
             "八": "8", "九": "9", "十": "10", "one": "1", "two": "2", "three": "3", "four": "4"}  # fmt: skip
_NUMBER = r"\d{1,5}(?:\.\d{1,3})?|半|一|二|两|三|四|五|六|七|八|九|十|one|two|three|four"
_PERIOD = re.compile(
    r"(?:(?:服务|交付|办理|完成|项目)?(?:周期|时间|时限)(?:为|:)?\s*)?"
    r"(?:(?P<most>不超过|不多于|最长|最多|至多|up to|within|at most)"
    r"|(?P<least>不少于|至少|最短|最少|at least|from))?\s*"
    r"(?:约|大约|一般|通常|about)?\s*"
    rf"(?P<first>{_NUMBER})\s*(?P<unit1>{_UNIT})?(?:\s*(?:-|~|至|到|to)\s*(?P<second>{_NUMBER})\s*(?P<unit2>{_UNIT}))?"
    r"\s*(?:(?P<within>以内|之内|内|以下)|(?P<above>以上|起|及以上|or longer|or more)|左右)?(?:完成|交付|办结)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Period:
    """What a period in words means; ``unit`` is a notation of the list ``period-unit``."""

    minimum: Decimal | None
    maximum: Decimal | None
    unit: str


def parse_period(text: str) -> Period | None:
    """Return what a period means, None where any part of it is not understood.

    >>> parse_period("5-15个工作日")
    Period(minimum=Decimal('5'), maximum=Decimal('15'), unit='E49')
    >>> parse_period("不超过3个月").minimum is None
    True
    """
    if len(text) > _LONGEST:
        return None
    match = _PERIOD.fullmatch(half_width(text).strip(" 。.;,"))
    if match is None:
        return None
    unit = match["unit2"] or match["unit1"]
    if unit is None or (match["unit1"] and match["unit2"] and _CODES[match["unit1"].lower()] != _CODES[unit.lower()]):
        return None
    return _period(match, _CODES[unit.lower()])


def _period(match: re.Match[str], unit: str) -> Period | None:
    first = _number(match["first"])
    if match["second"]:
        second = _number(match["second"])
        return Period(first, second, unit) if first <= second else None
    if match["most"] or match["within"]:
        return Period(None, first, unit)
    if match["least"] or match["above"]:
        return Period(first, None, unit)
    return Period(first, first, unit)


def _number(text: str) -> Decimal:
    return Decimal(_NUMERALS.get(text.lower(), text))


def in_unit(period: Period, unit: str) -> Period | None:
    """Return a period in another unit, None where it does not go into it exactly.

    >>> in_unit(Period(None, Decimal(2), "ANN"), "MON").maximum, in_unit(Period(None, Decimal(8), "WEE"), "E49")
    (Decimal('24'), None)
    """
    if unit == period.unit:
        return period
    sort, size = _SIZES.get(period.unit, ("", 1))
    other_sort, other_size = _SIZES.get(unit, ("", 1))
    ends = [None if end is None else end * size / other_size for end in (period.minimum, period.maximum)]
    exact = all(end is None or round(end, _MOST_PLACES) == end for end in ends)
    return Period(ends[0], ends[1], unit) if sort and sort == other_sort and exact else None


def common_unit(units: Sequence[str]) -> str:
    """Return the finest of some units, as far as they go into one another; else the first.

    >>> common_unit(["ANN", "MON"]), common_unit(["E49", "WEE"])
    ('MON', 'E49')
    """
    if len({_SIZES.get(unit, (unit, 1))[0] for unit in units}) > 1:
        return units[0]
    return min(units, key=lambda unit: _SIZES.get(unit, ("", 1))[1])
