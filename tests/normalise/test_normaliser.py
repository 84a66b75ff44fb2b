"""A row or a JSON object becomes the same record as its RDF."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_service.model.raw import RawRecord, RawValue
from catalog_service.model.report import Place
from catalog_service.namespaces import term
from tests.normalise.records import BASE, normaliser

PLACE = Place("t.xlsx", "服务产品", 7)


def record(**values: Any):  # type: ignore[no-untyped-def]
    pairs = tuple(
        (name.replace("__", "."), RawValue(value, Place("t.xlsx", "服务产品", 7, "ABCDEFGHIJ"[n]), "zh"))
        for n, (name, value) in enumerate(values.items())
    )
    return normaliser().normalise(RawRecord(PLACE, "service-product", pairs))


def offer(found: Any, *path: str) -> list[str]:
    return [
        each.rsplit("/", 1)[-1].rstrip(">") for each in found.record.objects(term("schema:offers"), *map(term, path))
    ]


def test_a_record_with_identifier_has_an_iri_of_ours() -> None:
    found = record(identifier="kb-0000217", title="专利检索")

    assert (found.identifier, found.record.iri) == ("KB-0000217", f"{BASE}/id/service-product/KB-0000217")


def test_a_record_without_identifier_has_a_provisional_iri_of_its_own() -> None:
    first, second = record(title="专利检索"), record(title="专利检索")

    assert first.identifier == ""
    assert first.record.iri.startswith("urn:x-kebao:new:")
    assert first.record.iri != second.record.iri


def test_every_value_knows_its_place() -> None:
    found = record(title="专利检索", provider="某机构", offer__price="500")

    node = found.record.node
    assert found.places[node, term("dct:title")].column == "A"
    assert found.references[0].place.column == "B"
    specification = found.record.objects(term("schema:offers"), term("schema:priceSpecification"))[0]
    assert found.places[specification, term("schema:price")].column == "C"


@pytest.mark.parametrize(
    ("values", "mode"),
    [({"price": "500"}, "fixed"), ({"minPrice": "500"}, "from"), ({"minPrice": "1", "maxPrice": "2"}, "range"),
     ({"priceText": "面议"}, "negotiable"), ({"priceText": "免费"}, "free"), ({"price": "面议"}, "negotiable")],
)  # fmt: skip
def test_the_pricing_mode_follows_from_what_is_written(values: dict[str, str], mode: str) -> None:
    found = record(**{f"offer__{name}": value for name, value in values.items()})

    assert offer(found, "sts:pricingMode") == [mode]


def test_a_currency_in_the_column_of_an_amount_is_kept() -> None:
    found = record(offer__price="US$100")

    prices = found.record.objects(
        term("schema:offers"), term("schema:priceSpecification"), term("schema:priceCurrency")
    )
    assert prices == ['"USD"']


def test_columns_come_before_words() -> None:
    found = record(offer__priceText="1000元起", offer__price="2800")

    assert offer(found, "sts:pricingMode") == ["fixed"]
    prices = found.record.objects(term("schema:offers"), term("schema:priceSpecification"), term("schema:price"))
    assert prices == ['"2800"^^<http://www.w3.org/2001/XMLSchema#decimal>']


def test_a_price_in_words_keeps_its_words() -> None:
    found = record(offer__price="500元/次")

    assert '"500元/次"@zh' in [each for _, _, each in found.record.triples()]


def test_the_order_of_columns_never_matters() -> None:
    values = {
        "title": "专利检索",
        "category": "0504",
        "offer__priceText": "1000元起",
        "provider": "某机构",
        "identifier": "T-01",
    }

    forward = record(**values).record.canonical()
    backward = record(**dict(reversed(values.items()))).record.canonical()

    assert forward == backward


def test_a_name_that_is_no_field_is_advice() -> None:
    found = record(colour="红")

    assert [(each.code, each.severity) for each in found.findings] == [("unknown-column", "warning")]
