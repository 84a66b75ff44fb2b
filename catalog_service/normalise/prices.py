"""Prices of an offer: words in the columns of amounts, else the price in words, put into the members they are about.

Words never change what a column of its own says: where the two differ, that is told, since one of them must be wrong.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.normalise.findings import notice
from catalog_service.normalise.money import Price, parse_price
from catalog_service.normalise.numbers import decimal_text, is_foreign, parse_number, plain_text
from catalog_service.normalise.text import half_width

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from catalog_service.model.raw import RawValue
    from catalog_service.model.report import Finding
    from catalog_service.normalise.draft import Draft
    from catalog_service.normalise.offers import OfferNames
    from catalog_service.normalise.values import Values

_INFERRED = {
    frozenset({"price"}): "fixed",
    frozenset({"minimum"}): "from",
    frozenset({"minimum", "maximum"}): "range",
}
_WITHOUT_AMOUNT = frozenset({"negotiable", "free"})
_RENMINBI = re.compile("人民币|rmb|cny", re.IGNORECASE)
_YUAN = re.compile(f"元|¥|{_RENMINBI.pattern}", re.IGNORECASE)
_US = re.compile(r"us\$|usd|美元", re.IGNORECASE)
_DOLLARS = frozenset({"USD", "HKD", "AUD", "CAD", "SGD", "NZD", "TWD", "MOP"})
_EACH = re.compile(r"^(?:/|每|一|per |a )\s*", re.IGNORECASE)


class Prices:
    """Completes the prices of offers of one field."""

    def __init__(self, names: OfferNames, values: Values) -> None:
        self._names = names
        self._values = values

    def complete(self, offer: Draft) -> Iterator[Finding]:
        """Understand words in the columns of amounts, else the price in words; then say what sort of price it is."""
        names = self._names
        for name in names.amounts.values():
            if name in offer.values:
                yield from self._words(offer, name)
        if not any(offer.given(name) for name in names.amounts.values()):
            yield from self._text(offer)
        given = frozenset(role for role, name in names.amounts.items() if offer.given(name))
        if given and not offer.given(names.mode) and given in _INFERRED:
            source = offer.values[names.amounts[next(iter(sorted(given)))]][0]
            offer.values[names.mode] = [replace(source, value=_INFERRED[given], language="")]
        if given and names.currency and not offer.given(names.currency):
            default = offer.plan.fields[names.currency].default
            source = offer.values[names.amounts[next(iter(sorted(given)))]][0]
            if default:
                offer.values[names.currency] = [replace(source, value=default, language="")]

    def _words(self, offer: Draft, name: str) -> Iterator[Finding]:
        raws = offer.values[name]
        worded = [
            raw
            for raw in raws
            if isinstance(raw.value, str)
            and raw.value.strip()
            and (parse_number(raw.value) is None or is_foreign(raw.value))
        ]
        for raw in worded:
            price = self._for_column(parse_price(str(raw.value)), name)
            raws.remove(raw)
            if price is None:
                yield notice("bad-price", raw.place, path=offer.plan.dotted[name], field=offer.plan.fields[name],
                             value=str(raw.value)[:80])  # fmt: skip
                continue
            yield from self._put(offer, price, raw, name)
            if price.mode:  # what one end says is in the columns whole; alone, it would be read as the price
                _keep_text(offer, self._names.text, raw)
        if not raws and offer.values.get(name) is raws:
            del offer.values[name]

    def _for_column(self, price: Price | None, name: str) -> Price | None:
        """Return what a price means in a column: one amount in the column of an end is that end, whatever its mode."""
        if price is None or name == self._names.price or price.mode in ("range", *_WITHOUT_AMOUNT):
            return price
        if name == self._names.minimum:
            return replace(price, mode="", price=None, minimum=price.price or price.minimum)
        return replace(price, mode="", price=None, maximum=price.price) if price.mode == "fixed" else None

    def _text(self, offer: Draft) -> Iterator[Finding]:
        """Understand the price in words, in the first language it is understood in."""
        name = self._names.text
        raws = [raw for raw in offer.values.get(name, []) if raw.value is not None]
        for raw in raws:
            price = parse_price(plain_text(raw.value))
            if price is not None:
                yield from self._put(offer, price, raw, name)
                return
        if raws and not offer.given(self._names.mode):
            yield notice("bad-price", raws[0].place, path=offer.plan.dotted[name], field=offer.plan.fields[name],
                         value=plain_text(raws[0].value)[:80], severity="warning")  # fmt: skip

    def _put(self, offer: Draft, price: Price, raw: RawValue, column: str) -> Iterator[Finding]:
        """Fill members that are empty with what words say, and tell those that say otherwise."""
        names = self._names
        against: list[str] = []
        amounts = {names.price: price.price, names.minimum: price.minimum, names.maximum: price.maximum}
        for name, value in amounts.items():
            if value is None or not name:
                continue
            if not offer.given(name):
                offer.values[name] = [replace(raw, value=decimal_text(value), language="")]
            elif _amount(offer, name) not in (None, value):
                against.append(name)
        if price.mode and not offer.given(names.mode):
            others = [name for name in names.amounts.values() if offer.given(name)]
            if price.mode in _WITHOUT_AMOUNT and others:
                against.append(others[0])
            else:
                offer.values[names.mode] = [replace(raw, value=price.mode, language="")]
        against += [*self._currency(offer, price.currency, raw), *self._unit(offer, price.unit, raw, column)]
        for name in against[:1]:
            yield _contradiction(offer, raw, column, name)

    def _currency(self, offer: Draft, code: str, raw: RawValue) -> Iterator[str]:
        """Fill in the currency; yield the member that says another."""
        name = self._names.currency
        if not name or not code:
            return
        if offer.given(name):
            path, each = offer.plan.dotted[name], offer.plan.fields[name]
            said = {
                terms.value(term) for one in offer.values[name] for term in self._values.convert(each, path, one).terms
            }
            if said and not said & _meant(code, half_width(str(raw.value))):
                yield name
            return
        offer.values[name] = [replace(raw, value=code, language="")]
        if code != "CNY":
            for other in self._names.amounts.values():
                texts = [
                    half_width(str(one.value)) for one in offer.values.get(other, ()) if isinstance(one.value, str)
                ]
                if any(_YUAN.search(text) and not is_foreign(text) for text in texts):
                    yield other

    def _unit(self, offer: Draft, unit: str, raw: RawValue, column: str) -> Iterator[str]:
        """Fill in what the price is for; yield the member that says otherwise. The price in words is kept as it is."""
        name = self._names.unit
        if not unit or not name:
            return
        given = [one for one in offer.values.get(name, ()) if str(one.value or "").strip()]
        if column == self._names.text:
            same = given
        else:
            same = [one for one in given if (one.language or "zh") == (raw.language or "zh")]
            if same and not any(_alike(unit, str(one.value)) for one in same):
                yield name
        if not same:
            offer.values[name] = [*given, replace(raw, value=unit)]


def _amount(offer: Draft, name: str) -> Decimal | None:
    """Return the amount in a column, be it in words; None where there is none or several."""
    raw = offer.values[name][0]
    number = parse_number(raw.value)
    price = parse_price(str(raw.value)) if number is None else None
    return price.price if price else number


def _meant(code: str, text: str) -> frozenset[str]:
    """Return the currencies that words may mean: 元 and ¥ are said of several, $ of all dollars."""
    if code == "CNY" and not _RENMINBI.search(text):
        return frozenset({"CNY", "JPY"} | _DOLLARS)
    return _DOLLARS if code == "USD" and not _US.search(text) else frozenset({code})


def _alike(one: str, other: str) -> bool:
    """Tell whether two units may be the same, such as 样 and 每样品."""
    first, second = (_EACH.sub("", half_width(text)).casefold() for text in (one, other))
    return first in second or second in first


def _contradiction(offer: Draft, raw: RawValue, column: str, name: str) -> Finding:
    each, other = offer.plan.fields[column], offer.plan.fields[name]
    return notice("price-contradicts", raw.place, path=offer.plan.dotted[column], field=each,
                  value=plain_text(raw.value)[:80], other=dict(other.labels),
                  given=plain_text(offer.values[name][0].value)[:80])  # fmt: skip


def _keep_text(draft: Draft, name: str, raw: RawValue) -> None:
    if name and not draft.given(name):
        draft.values[name] = [raw]
