"""Prices in words: 面议, 1000元起, 500元/次, 5-8万元, 一套约12万. What is not wholly understood is not understood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_service.normalise.numbers import CURRENCIES, CURRENCY, DIGITS, MULTIPLIER, amount
from catalog_service.normalise.text import half_width

if TYPE_CHECKING:
    from decimal import Decimal

_LONGEST = 60
_LEAST_ALONE = 100
"""A first end below this does not stand for itself beside one in 万: 8-5万 is a slip."""
_NEGOTIABLE = re.compile(
    r"(?:价格|费用|收费)?(?:面议|面谈|详询|详谈|电询|电议|咨询|协商|商议|议价|另议|待定|具体咨询|按需报价|按项目报价|双方协商"
    r"|on request|negotiable|to be agreed|poa|price on application|contact us)(?:确定|定价|报价)?",
    re.IGNORECASE,
)
_FREE = re.compile(
    r"免费(?:服务|提供)?|免收(?:费用)?|无偿|公益(?:性|免费)?|不收费|全免|free(?: of charge)?|0(?:\.0+)?元?",
    re.IGNORECASE,
)

_NUMBER = rf"(?:{CURRENCY})?\s*(?:{DIGITS})\s*(?:{MULTIPLIER})?\s*(?:{CURRENCY})?"
_TO = r"\s*(?:-|~|至|到|to)\s*"
_UNIT = r"(?:\s*(?:/|每|一|per |a )\s*(?P<unit>[^\d/每起约左右以内上下至到~,;,。;\-]{1,12}))?"
_PRICE = re.compile(
    rf"(?:(?P<per>每|一|按)(?P<before>[^\d\s约元万]{{1,6}}?)\s*[:,]?\s*)?"
    r"(?:(?P<least>不低于|不少于|最低|至少|低至|起价|起步价|from|starting at)\s*)?"
    r"(?P<about>约|大约|大概|均价|参考价|左右|约为)?\s*"
    rf"(?P<first>{_NUMBER})(?P<plus>\+)?(?:{_TO}(?P<second>{_NUMBER}))?"
    rf"(?P<start>起|以上|起步|及以上)?{_UNIT}(?P<start2>起|以上|起步|及以上)?(?:左右|上下|不等)?",
    re.IGNORECASE,
)
_PARTS = re.compile(
    rf"(?P<sign>{CURRENCY})?\s*(?P<digits>{DIGITS})\s*(?P<times>{MULTIPLIER})?\s*(?P<name>{CURRENCY})?", re.I
)
_NOTE = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Price:
    """What a price in words means; ``mode`` is a notation of the list ``pricing-mode``."""

    mode: str
    price: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    unit: str = ""
    currency: str = ""


def parse_price(text: str) -> Price | None:
    """Return what a price means, None where any part of it is not understood.

    >>> parse_price("1000元起").minimum, parse_price("500元/次").unit, parse_price("5-8万元").maximum
    (Decimal('1000'), '次', Decimal('80000'))
    """
    if len(text) > _LONGEST:
        return None
    plain = _NOTE.sub("", half_width(text)).replace("，", ",").strip(" 。.;；,:")
    if _NEGOTIABLE.fullmatch(plain):
        return Price("negotiable")
    if _FREE.fullmatch(plain):
        return Price("free")
    match = _PRICE.fullmatch(plain)
    return _priced(match) if match else None


def _priced(match: re.Match[str]) -> Price | None:
    first, second = _PARTS.fullmatch(match["first"]), _PARTS.fullmatch(match["second"] or "")
    if first is None:
        return None
    unit = (match["unit"] or match["before"] or "").strip()
    currency = _currency(first) or (_currency(second) if second else "")
    least = bool(match["least"] or match["start"] or match["start2"] or match["plus"])
    low = amount(first["digits"], first["times"] or "")
    if low is None:
        return None
    if second is None:
        if least:
            return Price("from", minimum=low, unit=unit, currency=currency)
        return Price("fixed", price=low, unit=unit, currency=currency)
    return None if least else _range(first, second, unit, currency)


def _range(first: re.Match[str], second: re.Match[str], unit: str, currency: str) -> Price | None:
    """Return a range; in 5-8万 both ends are 万, in 5000-1万 only the second."""
    times = second["times"] or ""
    low, high = amount(first["digits"], first["times"] or ""), amount(second["digits"], times)
    if low is None or high is None:
        return None
    if times and not first["times"] and not first["name"]:
        shared = amount(first["digits"], times)
        if shared is not None and shared <= high:
            low = shared
        elif low < _LEAST_ALONE:
            return None
    return Price("range", minimum=low, maximum=high, unit=unit, currency=currency) if low <= high else None


def _currency(match: re.Match[str]) -> str:
    return CURRENCIES.get((match["name"] or match["sign"] or "").lower(), "")
