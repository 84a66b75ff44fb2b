"""Offers and periods as people write them, put into the members of an offer before these become terms.

Amounts in columns of their own count; words count where there are none, and are always kept as text. The names of the
members come from the shapes by their predicates, so any kind with offers is served.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from catalog_service.namespaces import term
from catalog_service.normalise.findings import notice
from catalog_service.normalise.money import Price, parse_price
from catalog_service.normalise.numbers import decimal_text, is_foreign, parse_number, plain_text
from catalog_service.normalise.periods import parse_period

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from catalog_service.model.raw import RawValue
    from catalog_service.model.report import Finding
    from catalog_service.normalise.draft import Draft
    from catalog_service.normalise.plan import NodePlan

_SPECIFICATION = term("schema:priceSpecification")
_LEAD_TIME = term("schema:deliveryLeadTime")
_MODE = (term("sts:pricingMode"),)
_PERIOD_TEXT = (term("sts:periodText"),)
_INFERRED = {
    frozenset({"price"}): "fixed",
    frozenset({"minimum"}): "from",
    frozenset({"minimum", "maximum"}): "range",
}


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


def offers_of(plan: NodePlan) -> list[tuple[str, OfferNames]]:
    """Return the fields of a kind that hold offers, each with the names of an offer's members."""
    return [(owner, _names_of(below)) for owner, below in plan.inner.items() if _MODE in below.names]


def complete_offers(record: Draft, owners: Sequence[tuple[str, OfferNames]]) -> list[Finding]:
    """Put words on prices and periods where they belong, in every offer of a record; return what was not understood."""
    findings: list[Finding] = []
    for owner, names in owners:
        findings += _from_words(record, owner, names)
        offers = record.children(owner)
        for offer in offers:
            findings += _price(offer, names)
            findings += _period(record, offer, names)
        _period_of_record(record, offers, names)
    return findings


def _from_words(record: Draft, owner: str, names: OfferNames) -> Iterator[Finding]:
    """Take an offer that was written as one text, such as 面议, for its price in words."""
    for raw in record.values.pop(owner, []):
        position = max(record.inner.get(owner, {-1: None}), default=-1) + 1
        target = record.child(owner, position if len(record.children(owner)) != 1 else 0)
        if target.given(names.text):
            target = record.child(owner, position)
        target.values.setdefault(names.text, []).append(raw)
    yield from ()


def _price(offer: Draft, names: OfferNames) -> Iterator[Finding]:
    """Understand words in the columns of amounts, else the price in words; then say what sort of price it is."""
    for name in names.amounts.values():
        yield from _words_for_amount(offer, name, names)
    if not any(offer.given(name) for name in names.amounts.values()):
        yield from _price_text(offer, names)
    given = frozenset(role for role, name in names.amounts.items() if offer.given(name))
    if given and not offer.given(names.mode) and given in _INFERRED:
        source = offer.values[names.amounts[next(iter(sorted(given)))]][0]
        offer.values[names.mode] = [replace(source, value=_INFERRED[given], language="")]
    if given and names.currency and not offer.given(names.currency):
        default = offer.plan.fields[names.currency].default
        source = offer.values[names.amounts[next(iter(sorted(given)))]][0]
        if default:
            offer.values[names.currency] = [replace(source, value=default, language="")]


def _words_for_amount(offer: Draft, name: str, names: OfferNames) -> Iterator[Finding]:
    raws = offer.values.get(name, [])
    worded = [
        raw
        for raw in raws
        if isinstance(raw.value, str)
        and raw.value.strip()
        and (parse_number(raw.value) is None or is_foreign(raw.value))
    ]
    for raw in worded:
        price = parse_price(str(raw.value))
        raws.remove(raw)
        if price is None:
            yield notice("bad-price", raw.place, path=f"{offer.plan.path}.{name}", field=offer.plan.fields[name],
                         value=str(raw.value)[:80])  # fmt: skip
            continue
        _put(offer, price, raw, names)
        _keep_text(offer, names.text, raw)
    if not raws and offer.values.get(name) is raws:
        del offer.values[name]


def _price_text(offer: Draft, names: OfferNames) -> Iterator[Finding]:
    """Understand the price in words, in the first language it is understood in."""
    raws = [raw for raw in offer.values.get(names.text, []) if raw.value is not None]
    for raw in raws:
        price = parse_price(plain_text(raw.value))
        if price is not None:
            _put(offer, price, raw, names)
            return
    if raws and not offer.given(names.mode):
        yield notice("bad-price", raws[0].place, path=f"{offer.plan.path}.{names.text}",
                     field=offer.plan.fields[names.text], value=plain_text(raws[0].value)[:80],
                     severity="warning")  # fmt: skip


def _put(offer: Draft, price: Price, raw: RawValue, names: OfferNames) -> None:
    """Fill members that are empty with what words say."""
    said: dict[str, str | Decimal | None] = {
        names.mode: price.mode,
        names.price: price.price,
        names.minimum: price.minimum,
        names.maximum: price.maximum,
        names.currency: price.currency,
    }
    for name, value in said.items():
        if name and value not in (None, "") and not offer.given(name):
            shown = value if isinstance(value, str) else decimal_text(value) if value is not None else ""
            offer.values[name] = [replace(raw, value=shown, language="")]
    if price.unit and names.unit and not offer.given(names.unit):
        offer.values[names.unit] = [replace(raw, value=price.unit)]


def _keep_text(draft: Draft, name: str, raw: RawValue) -> None:
    if name and not draft.given(name):
        draft.values[name] = [raw]


def _period(record: Draft, offer: Draft, names: OfferNames) -> Iterator[Finding]:
    """Understand words in the columns of a period's ends."""
    for name in (names.period_minimum, names.period_maximum):
        raws = offer.values.get(name, [])
        for raw in [raw for raw in raws if isinstance(raw.value, str) and parse_number(raw.value) is None]:
            if not str(raw.value).strip():
                continue
            raws.remove(raw)
            if not _put_period(offer, raw, names):
                yield notice("bad-period", raw.place, path=f"{offer.plan.path}.{name}", field=offer.plan.fields[name],
                             value=str(raw.value)[:80])  # fmt: skip
                continue
            _keep_text(record, record.plan.name(*_PERIOD_TEXT), raw)
        if not raws and offer.values.get(name) is raws:
            del offer.values[name]


def _put_period(offer: Draft, raw: RawValue, names: OfferNames) -> bool:
    period = parse_period(plain_text(raw.value))
    if period is None:
        return False
    ends = {names.period_minimum: period.minimum, names.period_maximum: period.maximum}
    for name, value in ends.items():
        if value is not None and not offer.given(name):
            offer.values[name] = [replace(raw, value=decimal_text(value), language="")]
    if not offer.given(names.period_unit):
        offer.values[names.period_unit] = [replace(raw, value=period.unit, language="")]
    return True


def _period_of_record(record: Draft, offers: list[Draft], names: OfferNames) -> None:
    """Let a record's period in words count for its offers, where none of them says its own."""
    text = record.plan.name(*_PERIOD_TEXT)
    if not names.period_minimum or not record.given(text):
        return
    ends = (names.period_minimum, names.period_maximum)
    if any(offer.given(name) for offer in offers for name in ends):
        return
    for offer in offers:
        for raw in record.values[text]:
            if _put_period(offer, raw, names):
                break
