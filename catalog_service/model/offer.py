"""The offers of a record as plain values: what it costs and how long it takes (profile P15 to P24, P45)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from catalog_service.model import terms
from catalog_service.namespaces import CODE_LISTS, term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog_service.model.record import Record
    from catalog_service.model.terms import Term

OFFERS = term("schema:offers")
_SPECIFICATION = term("schema:priceSpecification")
_LEAD_TIME = term("schema:deliveryLeadTime")
_MODE = term("sts:pricingMode")
_BASIS = term("sts:chargingBasis")

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
            name: tuple(value) if isinstance(value, list) else Decimal(value) if name in _AMOUNTS else value
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
_AMOUNTS = {"price", "minimum", "maximum", "period_minimum", "period_maximum"}


def _days(amount: Decimal | None, factor: Decimal) -> int | None:
    return None if amount is None else int((amount * factor).to_integral_value(rounding="ROUND_CEILING"))


def offers_of(record: Record) -> tuple[Offer, ...]:
    """Return the record's offers, those with a price first, cheapest first."""
    offers = [_offer(record, node) for node in record.objects(OFFERS) if node in record.nodes]
    return tuple(sorted(offers, key=_order))


def _order(offer: Offer) -> tuple[bool, Decimal, str]:
    lowest, _ = offer.amounts()
    return lowest is None, lowest or Decimal(0), offer.mode


def _offer(record: Record, node: Term) -> Offer:
    def values(*path: Term) -> tuple[Term, ...]:
        return tuple(record.objects(*path, of=node))

    return Offer(
        mode=_code(values(_MODE)),
        price=_number(values(_SPECIFICATION, term("schema:price"))),
        minimum=_number(values(_SPECIFICATION, term("schema:minPrice"))),
        maximum=_number(values(_SPECIFICATION, term("schema:maxPrice"))),
        currency=_first(values(_SPECIFICATION, term("schema:priceCurrency"))),
        unit=values(_SPECIFICATION, term("schema:unitText")),
        basis=_code(values(_SPECIFICATION, _BASIS) or values(_BASIS)),
        text=values(_SPECIFICATION, term("sts:priceText")) or values(term("sts:priceText")),
        note=values(_SPECIFICATION, term("schema:description")) or values(term("schema:description")),
        payment=tuple(_code([each]) for each in values(term("sts:paymentTerms"))),
        period_minimum=_number(values(_LEAD_TIME, term("schema:minValue"))),
        period_maximum=_number(values(_LEAD_TIME, term("schema:maxValue"))),
        period_unit=_code(values(_LEAD_TIME, term("schema:unitCode"))),
        valid_from=_first(values(term("schema:validFrom"))),
        valid_through=_first(values(term("schema:validThrough"))),
    )


def _first(values: Iterable[Term]) -> str:
    return next((terms.value(each) for each in values), "")


def _code(values: Iterable[Term]) -> str:
    """Return the code of a concept, or a plain code as it stands."""
    text = _first(values)
    return text.removeprefix(CODE_LISTS).partition("/")[2] if text.startswith(CODE_LISTS) else text


def _number(values: Iterable[Term]) -> Decimal | None:
    try:
        number = Decimal(_first(values))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def price_bounds(offers: Iterable[Offer]) -> tuple[int | None, int | None]:
    """Return the lowest and highest amount over all offers in hundredths, None where none has a price."""
    pairs = [(low, high) for low, high in (offer.amounts() for offer in offers) if low is not None and high is not None]
    if not pairs:
        return None, None
    return int(min(low for low, _ in pairs) * 100), int(max(high for _, high in pairs) * 100)


def period_bounds(offers: Iterable[Offer]) -> tuple[int | None, int | None]:
    """Return the shortest and the quickest offer's longest period in calendar days."""
    spans = [
        (short, long) for short, long in (offer.days() for offer in offers) if short is not None and long is not None
    ]
    if not spans:
        return None, None
    return min(short for short, _ in spans), min(long for _, long in spans)
