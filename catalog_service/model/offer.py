"""The offers of a record as plain values: what it costs and how long it takes (profile P15 to P24, P45)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from catalog_service.model import terms
from catalog_service.namespaces import CODE_LISTS, term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog_service.model.amounts import Span
    from catalog_service.model.record import Record
    from catalog_service.model.terms import Term

OFFERS = term("schema:offers")
_SPECIFICATION = term("schema:priceSpecification")
_LEAD_TIME = term("schema:deliveryLeadTime")
_MODE = term("sts:pricingMode")
_BASIS = term("sts:chargingBasis")
_TEXT = term("sts:priceText")
_PAYMENT = term("sts:paymentTerms")
_NOTE = term("schema:description")
_YUAN = "CNY"
_FROM, _THROUGH = term("schema:validFrom"), term("schema:validThrough")
_PRICE, _MINIMUM, _MAXIMUM = term("schema:price"), term("schema:minPrice"), term("schema:maxPrice")
_CURRENCY, _UNIT = term("schema:priceCurrency"), term("schema:unitText")
_SHORTEST, _LONGEST, _PERIOD_UNIT = term("schema:minValue"), term("schema:maxValue"), term("schema:unitCode")

UNPRICED_MODES = frozenset({"negotiable"})
"""Pricing modes that say nothing about an amount; a free service costs 0."""

_DAYS = {
    "HUR": Decimal(1) / 24,
    "DAY": Decimal(1),
    "E49": Decimal("1.4"),
    "WEE": Decimal(7),
    "MON": Decimal(30),
    "ANN": Decimal(365),
}
"""Calendar days of a unit of time; a working day is a fifth of a week."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer; amounts are in units of the currency, None where none is given."""

    mode: str = ""
    """Code of the list ``pricing-mode``."""
    price: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    currency: str = ""
    unit: tuple[Term, ...] = ()
    """Texts such as ``"件"@zh``."""
    basis: str = ""
    """Code of the list ``charging-basis``."""
    text: tuple[Term, ...] = ()
    note: tuple[Term, ...] = ()
    payment: tuple[str, ...] = ()
    period_minimum: Decimal | None = None
    period_maximum: Decimal | None = None
    period_unit: str = ""
    """Code of the list ``period-unit``."""
    valid_from: str = ""
    valid_through: str = ""

    def plain(self) -> dict[str, Any]:
        """Return what is given as JSON; `from_plain` is its inverse."""
        given = ((name, getattr(self, name)) for name in _NAMES)
        return {
            name: str(value) if isinstance(value, Decimal) else value
            for name, value in given
            if value not in ((), "", None)
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Offer:
        """Return the offer that `plain` made JSON of."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else Decimal(value) if name in AMOUNTS else value
            for name, value in plain.items()
        }
        return cls(**values)

    def amounts(self) -> tuple[Decimal | None, Decimal | None]:
        """Return the lowest and highest amount it counts with: ``from`` with its minimum, ``free`` with 0."""
        if self.mode == "free":
            return Decimal(0), Decimal(0)
        if self.price is not None:
            return self.price, self.price
        return self.minimum, self.maximum if self.maximum is not None else self.minimum

    def days(self) -> tuple[int | None, int | None]:
        """Return the shortest and longest period in whole calendar days, rounded up."""
        factor = _DAYS.get(self.period_unit)
        if factor is None:
            return None, None
        longest = self.period_maximum if self.period_maximum is not None else self.period_minimum
        shortest = self.period_minimum if self.period_minimum is not None else longest
        return _days(shortest, factor), _days(longest, factor)


_NAMES = tuple(each.name for each in fields(Offer))
AMOUNTS = {"price", "minimum", "maximum", "period_minimum", "period_maximum"}


def _days(amount: Decimal | None, factor: Decimal) -> int | None:
    return None if amount is None else int((amount * factor).to_integral_value(rounding="ROUND_CEILING"))


def offers_of(record: Record) -> tuple[Offer, ...]:
    """Return the record's offers, those with a price first, of these yuan before other money, then cheapest first."""
    offers = [_offer(record, node) for node in record.objects(OFFERS) if node in record.nodes]
    return tuple(sorted(offers, key=_order))


def _order(offer: Offer) -> tuple[bool, bool, Decimal, str]:
    lowest, _ = offer.amounts()
    return lowest is None, offer.currency not in ("", _YUAN), lowest or Decimal(0), offer.mode


def _offer(record: Record, node: Term) -> Offer:
    own = record.nodes[node]
    priced = _below(record, own, _SPECIFICATION)
    lasting = _below(record, own, _LEAD_TIME)
    return Offer(
        mode=_code(own.get(_MODE, ())),
        price=_number(priced.get(_PRICE, ())),
        minimum=_number(priced.get(_MINIMUM, ())),
        maximum=_number(priced.get(_MAXIMUM, ())),
        currency=_first(priced.get(_CURRENCY, ())),
        unit=tuple(priced.get(_UNIT, ())),
        basis=_code(priced.get(_BASIS) or own.get(_BASIS, ())),
        text=tuple(own.get(_TEXT, ())),
        note=tuple(own.get(_NOTE, ())),
        payment=tuple(_code([each]) for each in own.get(_PAYMENT, ())),
        period_minimum=_number(lasting.get(_SHORTEST, ())),
        period_maximum=_number(lasting.get(_LONGEST, ())),
        period_unit=_code(lasting.get(_PERIOD_UNIT, ())),
        valid_from=_first(own.get(_FROM, ())),
        valid_through=_first(own.get(_THROUGH, ())),
    )


def _below(record: Record, own: Mapping[Term, list[Term]], predicate: Term) -> Mapping[Term, list[Term]]:
    """Return what is said of the first node a property leads to."""
    return next((record.nodes[node] for node in own.get(predicate, ()) if node in record.nodes), {})


def _first(values: Iterable[Term]) -> str:
    return next((terms.value(each) for each in values), "")


def _code(values: Iterable[Term] | None) -> str:
    """Return the code of a concept, or a plain code as it stands."""
    text = _first(values or ())
    return text.removeprefix(CODE_LISTS).partition("/")[2] if text.startswith(CODE_LISTS) else text


def _number(values: Iterable[Term]) -> Decimal | None:
    text = _first(values)
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def price_spans(offers: Iterable[Offer]) -> list[Span]:
    """Return from what to what the offers in yuan cost, in fen, as spans that lie apart, the lowest first.

    Between two of them lies a whole yuan at least, since ranges are asked in whole yuan: 1–99 and 100–499 are one.
    Other currencies are not converted: they are neither found by a range of yuan nor sorted among them.
    """
    amounts = (offer.amounts() for offer in offers if offer.currency in ("", _YUAN))
    found = [(int(low * 100), int(high * 100)) for low, high in amounts if low is not None and high is not None]
    spans: list[Span] = []
    for low, high in sorted(found):
        if spans and low <= (spans[-1][1] // 100 + 1) * 100:
            spans[-1] = spans[-1][0], max(spans[-1][1], high)
        else:
            spans.append((low, high))
    return spans


def period_bounds(offers: Iterable[Offer]) -> tuple[int | None, int | None]:
    """Return the shortest and the quickest offer's longest period in calendar days."""
    spans = [
        (short, long) for short, long in (offer.days() for offer in offers) if short is not None and long is not None
    ]
    if not spans:
        return None, None
    return min(short for short, _ in spans), min(long for _, long in spans)
