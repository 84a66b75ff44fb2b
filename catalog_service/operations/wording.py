"""Money, periods, dates and counts as sentences for people, in both languages.

Everything a page, a table or the command line says about an amount comes from here, so that 2–3.5 万元 and
¥20,000–35,000 are the same price everywhere. Inputs and data stay plain digits.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from catalog_service.i18n import say, say_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog_service.model.kind import Kind
    from catalog_service.model.vocabulary import Concept, Scheme

ZONE = dt.timezone(dt.timedelta(hours=8), "UTC+8")
"""The platform's zone: one for all of China, without summer time."""

_WAN = Decimal(10_000)
_CENT = Decimal("0.01")
_MANY = 1000
_DEEP = 3


@dataclass(frozen=True, slots=True)
class Price:
    """A price in words: the amount, and what it is paid for (empty, ``/件`` or ``per item``)."""

    amount: str
    unit: str = ""

    @property
    def text(self) -> str:
        """Amount and unit as one line.

        >>> Price("2,800 元", "/件").text
        '2,800 元/件'
        """
        between = "" if self.unit.startswith(("/", "（")) or not self.unit else " "
        return self.amount + between + self.unit


def price(
    mode: str,
    lang: str,
    *,
    fixed: Decimal | None = None,
    minimum: Decimal | None = None,
    maximum: Decimal | None = None,
    currency: str = "CNY",
    unit: str = "",
) -> Price:
    """Return what an offer costs; ``mode`` is a notation of the list ``pricing-mode``, ``unit`` comes from `charged`.

    >>> price("from", "zh", minimum=Decimal(15000)).text
    '1.5 万元起'
    """
    if mode == "free":
        return Price(say("free", lang, domain="web"))
    low, high = (fixed, fixed) if fixed is not None else (minimum, maximum)
    if mode == "negotiable" or (low is None and high is None):
        return Price(say("on request", lang, domain="web"))
    if low is not None and high is not None:
        return Price(amount(low, high, currency, lang), unit)
    if low is not None:
        said = amount(low, low, currency, lang)
        return Price(say("from {amount}", lang, domain="web", amount=said), unit)
    said = amount(high or Decimal(0), high or Decimal(0), currency, lang)
    return Price(say("up to {amount}", lang, domain="web", amount=said), unit)


def amount(low: Decimal, high: Decimal, currency: str, lang: str) -> str:
    """Return one amount or the range between two, in one unit.

    >>> amount(Decimal(20000), Decimal(35000), "CNY", "zh")
    '2–3.5 万元'
    """
    ends = (low,) if low == high else (low, high)
    if lang != "zh":
        return _symbol(currency) + "–".join(_digits(end) for end in ends)
    if all(end >= _WAN and (end / _WAN).quantize(_CENT) == end / _WAN for end in ends):
        return "–".join(_short(end / _WAN) for end in ends) + f" 万{_name(currency)}"
    return "–".join(_digits(end) for end in ends) + f" {_name(currency)}"


def price_range(minimum: Decimal | None, maximum: Decimal | None, lang: str, *, currency: str = "CNY") -> str:
    """Return the words of a price filter: 5,000 元以下, up to ¥5,000.

    >>> price_range(None, Decimal(5000), "zh")
    '5,000 元以下'
    """
    if minimum is not None and maximum is not None:
        return amount(minimum, maximum, currency, lang)
    if maximum is not None:
        return say("{amount} or less", lang, domain="web", amount=amount(maximum, maximum, currency, lang))
    low = minimum or Decimal(0)
    return say("{amount} or more", lang, domain="web", amount=amount(low, low, currency, lang))


def charged(unit: str, lang: str, *, listed: bool = False) -> str:
    """Return what an amount is paid for, from free words or (``listed``) from the label of a charging basis.

    >>> charged("样品", "zh"), charged("按件", "zh", listed=True), charged("Per item", "en", listed=True)
    ('/样品', '/件', 'per item')
    """
    unit = unit.strip().removeprefix("/")
    if not unit:
        return ""
    if lang == "zh":
        per = unit.removeprefix("按").removeprefix("每")
        return f"（{unit}）" if listed and per == unit else f"/{per}"
    if unit.lower().startswith("per "):
        return "per " + unit[4:]
    return f"({unit[0].lower()}{unit[1:]})" if listed else f"per {unit}"


def _digits(value: Decimal) -> str:
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"


def _short(value: Decimal) -> str:
    return f"{value.normalize():f}" if value < _MANY else f"{value.normalize():,f}"


def _symbol(currency: str) -> str:
    if currency == "CNY":
        return "¥"
    from babel.numbers import get_currency_symbol

    symbol = str(get_currency_symbol(currency, "en_GB"))
    return f"{symbol} " if symbol == currency else symbol


def _name(currency: str) -> str:
    if currency == "CNY":
        return "元"
    from babel.numbers import get_currency_name

    return str(get_currency_name(currency, locale="zh_Hans"))


def period(minimum: Decimal | None, maximum: Decimal | None, unit: str, lang: str) -> str:
    """Return a lead time; ``unit`` is a UN/CEFACT code of the list ``period-unit``.

    >>> period(Decimal(5), Decimal(10), "E49", "zh")
    '5–10 个工作日'
    """
    if unit not in _PERIODS or (minimum is None and maximum is None):
        return ""
    if minimum is not None and maximum is not None and minimum != maximum:
        return _period(f"{_short(minimum)}–{_short(maximum)}", maximum, unit, lang)
    if minimum is None or maximum is None:
        one = maximum if maximum is not None else minimum
        assert one is not None
        said = _period(_short(one), one, unit, lang)
        return say("up to {time}" if maximum is not None else "{time} or longer", lang, domain="web", time=said)
    return _period(_short(minimum), minimum, unit, lang)


_PERIODS: Mapping[str, tuple[str, str]] = {
    "HUR": ("{number} hour", "{number} hours"),
    "DAY": ("{number} day", "{number} days"),
    "E49": ("{number} working day", "{number} working days"),
    "WEE": ("{number} week", "{number} weeks"),
    "MON": ("{number} month", "{number} months"),
    "ANN": ("{number} year", "{number} years"),
}


def _period(number: str, last: Decimal, unit: str, lang: str) -> str:
    one, many = _PERIODS[unit]
    return say_count(one, many, 1 if last == 1 else 2, lang, domain="web", number=number)


def date(day: dt.date, lang: str) -> str:
    """Return a date in words; a point in time is taken in the platform's zone.

    >>> date(dt.date(2026, 11, 18), "en")
    '18 November 2026'
    """
    if isinstance(day, dt.datetime):
        day = day.astimezone(ZONE).date()
    if lang == "zh":
        return f"{day.year} 年 {day.month} 月 {day.day} 日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def table_date(day: dt.date) -> str:
    """Return a date as tables show it: 2026-11-18."""
    return (day.astimezone(ZONE).date() if isinstance(day, dt.datetime) else day).isoformat()


def clock(moment: dt.datetime) -> str:
    """Return the hour and minute in the platform's zone, on 24 hours: 16:05."""
    return moment.astimezone(ZONE).strftime("%H:%M")


def alone(text: str, lang: str) -> str:
    """Return a price as it stands by itself: words without an amount begin with a capital in English.

    >>> alone("on request", "en"), alone("from ¥500", "en")
    ('On request', 'from ¥500')
    """
    return text[:1].upper() + text[1:] if lang == "en" and not any(map(str.isdigit, text)) else text


def listing(words: Iterable[str], lang: str) -> str:
    """Return words as one list: 线上、寄样, or online, by post."""
    return ("、" if lang == "zh" else ", ").join(word for word in words if word)


def clauses(parts: Iterable[str], lang: str) -> str:
    """Return half sentences as one line: 每件，含税."""
    return ("，" if lang == "zh" else ", ").join(part for part in parts if part)


def records(kind: Kind, number: int, lang: str) -> str:
    """Return a number of records of a kind, with the measure word or the plural of its name."""
    if lang == "en" and number == 1:
        label = kind.label("en")
        return f"1 {label[:1].lower()}{label[1:]}"
    return counted(kind.counter.get(lang) or kind.counter["zh"], number, lang)


def counted(phrase: str, number: int, lang: str, *, exact: bool = True) -> str:
    """Fill a kind's counting phrase such as ``{n} 项服务产品``; an inexact count over 1,000 says so.

    >>> counted("{n} 项产品", 14, "zh")
    '14 项产品'
    """
    said = f"{number:,}"
    if not exact and number > _MANY:
        said = say("over {n}", lang, domain="web", n=f"{_MANY:,}")
    return phrase.replace("{n}", said)


def concept(scheme: Scheme, found: Concept, lang: str) -> str:
    """Return a concept's label; of one deep in its list, such as a county, with what it lies in: 桂林市七星区."""
    above = scheme.ancestors(found.notation)
    label = found.label(lang)
    if len(above) < _DEEP:
        return label
    outer = scheme.concepts[above[0]].label(lang)
    return f"{outer}{label}" if lang == "zh" else f"{label}, {outer}"
