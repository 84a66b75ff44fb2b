"""Offers in words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from catalog_service.model.offer import Offer, offers_of, price_spans
from catalog_service.model.record import Record
from catalog_service.model.vocabulary import Vocabularies, load_vocabularies
from catalog_service.namespaces import term
from catalog_service.operations.offers import offer_view, offer_views


@pytest.fixture(scope="module")
def vocabularies() -> Vocabularies:
    return load_vocabularies()


def test_an_offer_says_price_unit_period_and_payment(vocabularies: Vocabularies) -> None:
    offer = Offer(
        "range",
        minimum=Decimal(800),
        maximum=Decimal(1200),
        unit=('"样品"@zh',),
        payment=("instalment",),
        period_minimum=Decimal(5),
        period_maximum=Decimal(7),
        period_unit="E49",
    )

    said = offer_view(offer, vocabularies, "zh")

    assert (said.price.text, said.period, said.payment) == ("800–1,200 元/样品", "5–7 个工作日", "分期付款")
    assert said.mode == "区间价"


def test_a_listed_basis_stands_in_for_a_missing_unit(vocabularies: Vocabularies) -> None:
    offer = Offer("fixed", price=Decimal(500), basis="per-time")

    assert offer_view(offer, vocabularies, "zh").price.text == "500 元/次"
    assert offer_view(offer, vocabularies, "en").price.text.startswith("¥500 per ")


@pytest.mark.parametrize(
    ("last", "expired"), [("2026-11-18", False), ("2026-11-17", True), ("", False), ("soon", False)]
)
def test_an_offer_is_over_after_its_last_day(vocabularies: Vocabularies, last: str, expired: bool) -> None:
    offer = Offer("free", valid_through=last)

    assert offer_view(offer, vocabularies, "zh", today=dt.date(2026, 11, 18)).expired is expired


def test_only_amounts_in_yuan_are_compared_with_a_range_in_yuan() -> None:
    offers = [Offer("fixed", price=Decimal(300), currency="USD"), Offer("fixed", price=Decimal(500), currency="CNY")]

    assert price_spans(offers) == [(50_000, 50_000)]
    assert price_spans(offers[:1]) == []


def test_spans_of_prices_are_joined_where_no_whole_yuan_lies_between_them() -> None:
    def between(low: str, high: str) -> Offer:
        return Offer("range", minimum=Decimal(low), maximum=Decimal(high), currency="CNY")

    start = Offer("from", minimum=Decimal(500), currency="CNY")

    assert price_spans([between("100", "499"), between("1", "99.5"), start]) == [(100, 50_000)]
    assert price_spans([between("1", "99"), between("101", "200"), between("20", "50")]) == [
        (100, 9900),
        (10100, 20000),
    ]
    assert price_spans([start, Offer("free"), Offer("negotiable")]) == [(0, 0), (50_000, 50_000)]


def test_an_offer_that_holds_comes_before_one_that_has_expired(vocabularies: Vocabularies) -> None:
    offers = [Offer("fixed", price=Decimal(100), valid_through="2026-11-01"), Offer("fixed", price=Decimal(900))]

    views = offer_views(offers, vocabularies, "zh", today=dt.date(2026, 11, 18))

    assert [view.price.text for view in views] == ["900 元", "100 元"]


def test_yuan_come_before_other_money_since_the_two_are_never_compared() -> None:
    node, offers, price = term("schema:offers"), term("schema:priceSpecification"), term("schema:price")
    priced = {f"<urn:x#{money}>": {offers: [f"<urn:x#{money}-price>"]} for money in ("USD", "CNY")} | {
        "<urn:x#USD-price>": {price: ['"100"'], term("schema:priceCurrency"): ['"USD"']},
        "<urn:x#CNY-price>": {price: ['"900"'], term("schema:priceCurrency"): ['"CNY"']},
    }
    record = Record("urn:x", "service-product", {"<urn:x>": {node: ["<urn:x#USD>", "<urn:x#CNY>"]}, **priced})

    assert [offer.currency for offer in offers_of(record)] == ["CNY", "USD"]
