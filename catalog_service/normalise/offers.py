"""Offers as people write them, put into the members of an offer before these become terms: `prices`, `leadtimes`.

Amounts in columns of their own count; words count where there are none, and are kept as text, but for those that say
no more than one end of a range. The names of the members come from the shapes by their predicates, so any kind with
offers is served.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalog_service.namespaces import term
from catalog_service.normalise.leadtimes import LeadTimes
from catalog_service.normalise.prices import Prices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalog_service.model.report import Finding
    from catalog_service.normalise.draft import Draft
    from catalog_service.normalise.plan import NodePlan
    from catalog_service.normalise.values import Values

_SPECIFICATION = term("schema:priceSpecification")
_LEAD_TIME = term("schema:deliveryLeadTime")
_MODE = (term("sts:pricingMode"),)


@dataclass(frozen=True, slots=True)
class OfferNames:
    """Short names of an offer's members; empty where the shape has none."""

    mode: str
    text: str
    price: str
    minimum: str
    maximum: str
    currency: str
    unit: str
    period_minimum: str
    period_maximum: str
    period_unit: str
    amounts: Mapping[str, str] = field(init=False)
    """Role of each amount to its short name."""

    def __post_init__(self) -> None:
        roles = {"price": self.price, "minimum": self.minimum, "maximum": self.maximum}
        object.__setattr__(self, "amounts", {role: name for role, name in roles.items() if name})


def _names_of(plan: NodePlan) -> OfferNames:
    def specified(name: str) -> str:
        return plan.name(_SPECIFICATION, term(name)) or plan.name(term(name))

    def lead(name: str) -> str:
        return plan.name(_LEAD_TIME, term(name))

    return OfferNames(
        mode=plan.name(*_MODE),
        text=specified("sts:priceText"),
        price=specified("schema:price"),
        minimum=specified("schema:minPrice"),
        maximum=specified("schema:maxPrice"),
        currency=specified("schema:priceCurrency"),
        unit=specified("schema:unitText"),
        period_minimum=lead("schema:minValue"),
        period_maximum=lead("schema:maxValue"),
        period_unit=lead("schema:unitCode"),
    )


@dataclass(frozen=True, slots=True)
class OfferWords:
    """A field of a kind that holds offers, and who understands the words in them."""

    owner: str
    names: OfferNames
    prices: Prices
    lead_times: LeadTimes


def offers_of(plan: NodePlan, values: Values) -> list[OfferWords]:
    """Return the fields of a kind that hold offers."""
    found = [(owner, _names_of(below)) for owner, below in plan.inner.items() if _MODE in below.names]
    return [OfferWords(owner, names, Prices(names, values), LeadTimes(names, values)) for owner, names in found]


def complete_offers(record: Draft, every: Sequence[OfferWords]) -> list[Finding]:
    """Put words on prices and periods where they belong, in every offer of a record; return what was not understood."""
    findings: list[Finding] = []
    for each in every:
        _from_words(record, each.owner, each.names)
        offers = record.children(each.owner)
        told: list[Finding] = []
        for offer in offers:
            findings += each.prices.complete(offer)
            told += each.lead_times.complete(record, offer)
        findings += told or each.lead_times.of_record(record, offers)
    return findings


def _from_words(record: Draft, owner: str, names: OfferNames) -> None:
    """Take an offer that was written as one text, such as 面议, for its price in words."""
    for raw in record.values.pop(owner, []):
        position = max(record.inner.get(owner, {-1: None}), default=-1) + 1
        target = record.child(owner, position if len(record.children(owner)) != 1 else 0)
        if target.given(names.text):
            target = record.child(owner, position)
        target.values.setdefault(names.text, []).append(raw)
