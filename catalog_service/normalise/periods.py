"""Periods in words: 5-15个工作日, 3–4周, 不超过3个月, two weeks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from catalog_service.normalise.text import half_width

_LONGEST = 60
UNITS = {
    "HUR": ("小时", "个小时", "钟头", "hours", "hour", "h"),
    "E49": ("工作日", "个工作日", "working days", "working day", "business days", "business day"),
    "DAY": ("天", "日", "个自然日", "自然日", "日历日", "days", "day"),
    "WEE": ("周", "个星期", "星期", "个周", "weeks", "week"),
    "MON": ("个月", "月", "个自然月", "months", "month"),
    "ANN": ("年", "个年度", "years", "year"),
}
"""Notations of the list ``period-unit`` and the words for them."""

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
