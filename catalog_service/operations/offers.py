"""Offers in words: price, lead time, payment and validity of a record's offers, for rows, facts and tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from catalog_service.model.offer import AMOUNTS
from catalog_service.model.record import best_text
from catalog_service.model.terms import language, value
from catalog_service.operations import wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from catalog_service.model.kind import Field, Kind
    from catalog_service.model.offer import Offer
    from catalog_service.model.terms import Term
    from catalog_service.model.vocabulary import Vocabularies

_MODES = "pricing-mode"


@dataclass(frozen=True, slots=True)
class OfferView:
    """One offer in words; what it does not say is empty."""

    mode: str
    price: wording.Price
    period: str
    payment: str
    note: str
    note_lang: str
    """The language of the note, where that is not the asked one."""
    text: str
    """The price as its source wrote it."""
    text_lang: str
    """The language of that, where it is not the asked one."""
    valid_through: dt.date | None
    expired: bool


def offer_field(kind: Kind) -> Field | None:
    """Return the kind's field whose inner nodes name a pricing mode, or None."""
    return next((field for field in kind.fields if any(_MODES in member.schemes for member in field.fields)), None)


def offer_view(offer: Offer, vocabularies: Vocabularies, lang: str, *, today: dt.date | None = None) -> OfferView:
    """Return an offer in a language; it is expired when its last day lies before ``today``."""
    labels = _Labels(vocabularies, lang)
    basis = "" if offer.basis == "other" else labels.of("charging-basis", offer.basis)
    unit = wording.charged(best_text(offer.unit, lang), lang) or wording.charged(basis, lang, listed=True)
    note, note_lang = _said(offer.note, lang)
    text, text_lang = _said(offer.text, lang)
    last = _day(offer.valid_through)
    return OfferView(
        mode=labels.of(_MODES, offer.mode),
        price=wording.price(
            offer.mode,
            lang,
            fixed=offer.price,
            minimum=offer.minimum,
            maximum=offer.maximum,
            currency=offer.currency or "CNY",
            unit=unit,
        ),
        period=wording.period(offer.period_minimum, offer.period_maximum, offer.period_unit, lang),
        payment=wording.listing((labels.of("payment-terms", code) for code in offer.payment), lang),
        note=note,
        note_lang=note_lang,
        text=text,
        text_lang=text_lang,
        valid_through=last,
        expired=last is not None and last < (today or dt.datetime.now(wording.ZONE).date()),
    )


def offer_views(
    offers: Iterable[Offer], vocabularies: Vocabularies, lang: str, *, today: dt.date | None = None
) -> tuple[OfferView, ...]:
    """Return offers in a language, in the given order, those that have expired behind the others."""
    views = [offer_view(offer, vocabularies, lang, today=today) for offer in offers]
    return tuple(sorted(views, key=lambda view: view.expired))


_ELEMENTS = {
    "mode": "pricingMode", "price": "price", "minimum": "minPrice", "maximum": "maxPrice", "currency": "priceCurrency",
    "unit": "unit", "basis": "chargingBasis", "text": "priceText", "note": "chargeNote", "payment": "paymentTerms",
    "period_minimum": "periodMin", "period_maximum": "periodMax", "period_unit": "periodUnit",
    "valid_from": "validFrom", "valid_through": "validThrough",
}  # fmt: skip


def offer_data(plain: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Return an offer as `Offer.plain` gives it under the names of the profile's elements, texts in a language.

    >>> offer_data({"mode": "from", "minimum": "1000", "unit": ['"件"@zh']}, "zh")
    {'pricingMode': 'from', 'minPrice': 1000, 'unit': '件'}
    """
    return {_ELEMENTS[name]: _datum(name, given, lang) for name, given in plain.items()}


def _datum(name: str, given: Any, lang: str) -> Any:
    if name in ("unit", "text", "note"):
        return best_text(given, lang)
    if name in AMOUNTS:
        amount = Decimal(given)
        return int(amount) if amount == amount.to_integral_value() else float(amount)
    return given


def _said(texts: Sequence[Term], lang: str) -> tuple[str, str]:
    """Return the text for a reader, and its language where that is not the reader's."""
    text = best_text(texts, lang)
    own = next((language(term).split("-")[0] for term in texts if value(term) == text), "")
    return text, own if own != lang else ""


@dataclass(frozen=True, slots=True)
class _Labels:
    vocabularies: Vocabularies
    lang: str

    def of(self, slug: str, code: str) -> str:
        concepts = self.vocabularies[slug].concepts if slug in self.vocabularies else {}
        return concepts[code].label(self.lang) if code in concepts else code


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
