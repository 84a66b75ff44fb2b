"""Facets count what one gets by ticking them; prices and periods narrow by what offers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog_service.model.offer import offers_of, period_bounds
from tests.operations.searching.asking import (
    SPATIAL,
    THEME,
    Truth,
    ask,
    found,
    lowest,
    spans,
    values,
)

if TYPE_CHECKING:
    from catalog_service.model.record import Record
    from catalog_service.operations.catalogue import Catalogue

FACETS = (
    *("category", "areaServed", "providerRegion", "zone", "sector", "certification", "deliveryMode", "fullyOnline"),
    *("period", "provider"),
)


@pytest.mark.parametrize("facet", FACETS)
def test_a_count_is_what_one_gets_by_ticking_that_value(catalogue: Catalogue, facet: str) -> None:
    others = {"category": "05"} if facet in ("deliveryMode", "fullyOnline") else {"deliveryMode": "hybrid"}
    first = "03" if facet == "category" else "450200" if facet in ("areaServed", "providerRegion") else ""
    page = ask(catalogue, **others, **({facet: first} if first else {}))
    offered = values(page, facet)

    assert offered
    for value in offered[::4] if facet == "areaServed" else offered[:12]:
        assert (value.value, ask(catalogue, size=0, **others, **{facet: value.value}).total) == (
            value.value,
            value.count,
        )


def test_two_values_of_a_facet_give_the_union_two_facets_the_intersection(catalogue: Catalogue) -> None:
    first, second = found(ask(catalogue, category="03")), found(ask(catalogue, category="05"))
    online = found(ask(catalogue, deliveryMode="online"))

    assert found(ask(catalogue, category=("03", "05"))) == first | second
    assert found(ask(catalogue, category=("03", "05"), deliveryMode="online")) == (first | second) & online


def test_a_category_takes_what_lies_below_it(catalogue: Catalogue, truth: Truth) -> None:
    for code in ("03", "0301"):
        expected = truth.identifiers(
            lambda r, code=code: any(code in line for line in truth.lines("service-category", r, THEME))
        )  # type: ignore[misc]
        assert (code, found(ask(catalogue, category=code))) == (code, expected)


def test_a_ticked_value_below_another_is_shown_below_it(catalogue: Catalogue) -> None:
    page = ask(catalogue, category="0301")
    top = next(view for view in page.facets if view.name == "category").values

    parent = next(value for value in top if value.value == "03")
    assert (parent.selected, parent.chosen_below) == (False, 1)
    assert [child.value for child in parent.children if child.selected] == ["0301"]


def test_a_city_takes_the_agencies_of_its_counties(catalogue: Catalogue, truth: Truth) -> None:
    for code in ("450000", "450300", "450103"):
        expected = truth.identifiers(
            lambda r, code=code: any(
                code in line for provider in truth.providers(r) for line in truth.lines("region", provider, SPATIAL)
            )  # type: ignore[misc]
        )
        assert (code, found(ask(catalogue, providerRegion=code))) == (code, expected)


@pytest.mark.parametrize("code", ["000000", "450000", "450200", "450203", "440300", "110000", "659001"])
def test_who_serves_a_place_serves_it_whole_or_in_part_or_what_holds_it(
    catalogue: Catalogue, truth: Truth, code: str
) -> None:
    expected = truth.identifiers(lambda record: truth.serves(record, code))

    assert found(ask(catalogue, areaServed=code)) == expected


def test_counts_of_places_served_are_exact_whatever_else_is_asked(catalogue: Catalogue, truth: Truth) -> None:
    page = ask(catalogue, "检测", areaServed="450200")
    among = found(ask(catalogue, "检测"))

    for value in values(page, "areaServed"):
        expected = truth.identifiers(lambda record, code=value.value: truth.serves(record, code)) & among  # type: ignore[misc]
        assert (value.value, value.count) == (value.value, len(expected))


# price and period


def modes(record: Record) -> set[str]:
    return {offer.mode for offer in offers_of(record)}


@pytest.mark.parametrize("text", ["0-1000", "-5000", "1000-5000", "20000-", "60000-90000", "5000-5000"])
def test_a_price_range_takes_what_overlaps_it(catalogue: Catalogue, truth: Truth, text: str) -> None:
    low, _, high = text.partition("-")

    def overlaps(record: Record) -> bool:
        return any((not high or least <= int(high)) and (not low or most >= int(low)) for least, most in spans(record))

    page = ask(catalogue, price=text)

    assert found(page) == truth.identifiers(overlaps)
    facet = next(view for view in page.facets if view.name == "price")
    assert (facet.minimum, facet.maximum) == (low, high)


def test_an_open_price_counts_with_its_least_amount(catalogue: Catalogue, truth: Truth) -> None:
    opened = truth.identifiers(lambda record: modes(record) == {"from"})
    assert opened
    for identifier in sorted(opened)[:3]:
        least = int(lowest(truth.products[identifier]) or 0)
        assert identifier in found(ask(catalogue, price=f"{least}-{least}"))
        assert identifier not in found(ask(catalogue, price=f"{least + 1}-"))


def test_prices_on_request_come_in_only_when_ticked(catalogue: Catalogue, truth: Truth) -> None:
    asking = truth.identifiers(lambda record: modes(record) == {"negotiable"})
    alone, both = ask(catalogue, price="1000-5000"), ask(catalogue, price=("1000-5000", "negotiable"))

    assert asking
    assert not found(alone) & asking
    assert found(both) == found(alone) | truth.identifiers(lambda record: "negotiable" in modes(record))
    assert {value.value: value.count for value in values(alone, "price")}["negotiable"] == both.total - alone.total


def test_prices_on_request_are_found_alone_where_no_range_is_given(catalogue: Catalogue, truth: Truth) -> None:
    page = ask(catalogue, price="negotiable")

    assert found(page) == truth.identifiers(lambda record: "negotiable" in modes(record))
    assert page.total == {value.value: value.count for value in values(page, "price")}["negotiable"]
    assert [chip.label for chip in page.chips] == ["面议"]


def test_free_finds_the_free_ones_and_counts_them(catalogue: Catalogue, truth: Truth) -> None:
    page = ask(catalogue, price="free")

    assert found(page) == truth.identifiers(lambda record: "free" in modes(record))
    assert {value.value: value.count for value in values(page, "price")}["free"] == page.total > 0
    assert found(page) <= found(ask(catalogue, price="0-100"))


def test_a_period_takes_what_is_done_by_then(catalogue: Catalogue, truth: Truth) -> None:
    for days in (7, 30, 90):
        expected = truth.identifiers(lambda r, days=days: (period_bounds(offers_of(r))[1] or 10**6) <= days)  # type: ignore[misc]
        assert found(ask(catalogue, period=str(days))) == expected
    assert found(ask(catalogue, period=("7", "30"))) == found(ask(catalogue, period="30"))
