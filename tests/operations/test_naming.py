"""Whoever knows which record is meant gets it first, by whatever name it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog_service.operations.naming import named
from catalog_service.operations.search import SearchRequest, search
from tests.catalogues import load_products, make_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.operations.catalogue import Catalogue

PRODUCT, AGENCY = "BP-0000002", "BA-0000001"


@pytest.fixture(scope="module", params=["memory", "embedded"])
def catalogue(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path_factory.mktemp("home"), search__engine=request.param)
    load_products(made, 5)
    yield made
    made.close()


@pytest.mark.parametrize(
    "typed",
    [
        PRODUCT,
        f" {PRODUCT.lower()} ",
        "ＢＰ－０００００02",
        f"https://bench.example/id/service-product/{PRODUCT}",
        f"http://catalogue.example/records/{PRODUCT}?lang=en",
    ],
)
def test_an_identifier_an_iri_or_an_address_finds_its_record_first(catalogue: Catalogue, typed: str) -> None:
    page = search(catalogue, SearchRequest(q=typed))

    assert page.hits[0].id == PRODUCT
    assert page.total >= 1


def test_the_kind_shown_is_that_of_the_record_unless_one_was_asked_for(catalogue: Catalogue) -> None:
    page = search(catalogue, SearchRequest(q=AGENCY))
    asked = search(catalogue, SearchRequest(q=AGENCY, kind="service-product"))

    assert (page.kind.name, page.request.kind, page.hits[0].id) == ("service-agency", "service-agency", AGENCY)
    assert asked.kind.name == "service-product"
    assert asked.tabs["service-agency"] == 1


def test_conditions_hold_for_a_named_record_too(catalogue: Catalogue) -> None:
    offered = next(hit for hit in search(catalogue, SearchRequest()).hits if hit.id == PRODUCT)
    other = next(
        mode for mode in ("online", "offline") if f"delivery-mode/{mode}" not in offered.fields["deliveryMode"]
    )
    page = search(catalogue, SearchRequest(q=PRODUCT, filters={"deliveryMode": (other,)}))

    assert PRODUCT not in [hit.id for hit in page.hits]
    assert page.kind.name == "service-product"


@pytest.mark.parametrize("typed", ["专利检索", "", "BP", "BP-0000002 x", "x" * 400 + "1", "BP-0000099", "ISO9001"])
def test_other_texts_name_nothing(catalogue: Catalogue, typed: str) -> None:
    assert named(catalogue, typed) == []


def test_what_is_no_longer_public_is_not_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = make_catalogue(tmp_path_factory.mktemp("home"))
    load_products(made, 1)
    with made.store.write(actor="test") as writer:
        writer.withdraw("BP-0000000", "gone")

    assert named(made, "BP-0000000") == []
    made.close()
