"""Prices and periods of tables and JSON find their places in the offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from catalog_service.model.offer import Offer, offers_of
from catalog_service.model.raw import RawRecord, RawValue
from catalog_service.model.report import Place
from tests.normalise.records import normaliser

if TYPE_CHECKING:
    from catalog_service.normalise import Normalised

KIND = "service-product"


def normalised(**values: Any) -> Normalised:
    pairs = [
        (name.replace("__", "."), RawValue(each, Place("t.xlsx", "s", 7, "F")))
        for name, value in values.items()
        for each in (value if isinstance(value, list) else [value])
    ]
    return normaliser().normalise(RawRecord(Place("t.xlsx", "s", 7), KIND, tuple(pairs)))


def only(found: Normalised) -> Offer:
    (offer,) = offers_of(found.record)
    return offer


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"offer__priceText": "1000元起"}, {"mode": "from", "minimum": "1000"}),
        ({"offer__price": "1000元起"}, {"mode": "from", "minimum": "1000"}),
        ({"offer": "500元/次"}, {"mode": "fixed", "price": "500"}),
        ({"offer__minPrice": "5-8万元"}, {"mode": "range", "minimum": "50000", "maximum": "80000"}),
        ({"offer__price": 2800.0}, {"mode": "fixed", "price": "2800"}),
        ({"offer__minPrice": "2,800"}, {"mode": "from", "minimum": "2800"}),
        ({"offer__minPrice": 1, "offer__maxPrice": 2}, {"mode": "range", "minimum": "1", "maximum": "2"}),
        ({"offer__priceText": "面议"}, {"mode": "negotiable"}),
        ({"offer__priceText": "免费"}, {"mode": "free"}),
    ],
)
def test_a_price_is_put_into_the_offer(values: dict[str, Any], expected: dict[str, str]) -> None:
    found = normalised(**values)
    plain = only(found).plain()

    assert {name: plain.get(name) for name in expected} == expected
    assert not [each for each in found.findings if each.severity == "error"]
    assert plain.get("currency", "") == ("CNY" if set(expected) > {"mode"} else "")


def test_words_are_kept_and_columns_of_amounts_come_first() -> None:
    offer = only(normalised(offer__priceText="一套约12万", offer__price=110000, offer__pricingMode="固定价"))

    assert offer.plain()["price"] == "110000"
    assert offer.text == ('"一套约12万"@zh',)
    assert offer.unit == ()


def test_words_in_a_column_of_amounts_are_kept_as_text() -> None:
    assert only(normalised(offer__price="1000元起")).text == ('"1000元起"@zh',)


def test_words_that_are_no_price_are_told_with_their_cell_and_kept() -> None:
    found = normalised(offer__priceText="信用额度最高1000万元", offer__price="很便宜")

    told = {(each.path, each.severity, each.place.row, each.place.column) for each in found.findings}
    assert told >= {("offer.price", "error", 7, "F"), ("offer.priceText", "warning", 7, "F")}
    assert only(found).text == ('"信用额度最高1000万元"@zh',)


def test_another_currency_is_taken_from_the_words() -> None:
    assert only(normalised(offer__price="1200美元起")).currency == "USD"


@pytest.mark.parametrize("name", ["periodText", "offer__periodMin", "offer__periodMax"])
def test_a_period_in_words_is_put_into_the_offer_and_kept(name: str) -> None:
    found = normalised(offer="面议", **{name: "5-15个工作日"})
    plain = only(found).plain()

    assert (plain["period_minimum"], plain["period_maximum"], plain["period_unit"]) == ("5", "15", "E49")
    assert found.record.text("<https://w3id.org/stsp/ns#periodText>", "zh") == "5-15个工作日"


def test_a_period_that_is_none_is_told_only_where_a_number_is_wanted() -> None:
    assert not normalised(offer="面议", periodText="一次性").findings
    assert [each.code for each in normalised(offer="面议", offer__periodMax="很快").findings] == ["bad-period"]


def test_offers_given_as_words_are_offers_of_their_own() -> None:
    found = normalised(offer=["面议", "500元/次", "1000元起"])

    assert sorted(each.mode for each in offers_of(found.record)) == ["fixed", "from", "negotiable"]
