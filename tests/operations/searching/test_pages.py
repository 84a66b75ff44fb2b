"""Pages hold every hit once in the order asked for; their keys are of one search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog_service.errors import BadQuery
from catalog_service.operations.search import SearchRequest, search
from tests.operations.searching.asking import (
    AGENCY,
    Truth,
    lowest,
)

if TYPE_CHECKING:
    from catalog_service.operations.catalogue import Catalogue


@pytest.mark.parametrize(
    ("q", "sort"),
    [("", "newest"), ("", "price"), ("", "relevance"), ("服务", "relevance"), ("服务", "price")],
)
def test_pages_hold_every_hit_once_in_order(catalogue: Catalogue, q: str, sort: str) -> None:
    whole = search(catalogue, SearchRequest(q=q, sort=sort, size=100))
    pages, after = [], ""
    while True:
        page = search(catalogue, SearchRequest(q=q, sort=sort, size=7, after=after))
        pages += [hit.id for hit in page.hits]
        assert page.total == whole.total
        if not (after := page.next):
            break

    assert pages == [hit.id for hit in whole.hits]
    assert len(set(pages)) == whole.total
    assert not page.narrow


def test_cheapest_first_and_what_has_no_price_last(catalogue: Catalogue, truth: Truth) -> None:
    page = search(catalogue, SearchRequest(sort="price", size=100))
    prices = [lowest(truth.products[hit.id]) for hit in page.hits]

    priced = [price for price in prices if price is not None]
    assert priced == sorted(priced)
    assert prices == [*priced, *[None] * (len(prices) - len(priced))]


@pytest.mark.parametrize("after", ["forged", "é", "====", "A" * 5000, "WzFd"])
def test_a_forged_page_key_is_a_bad_query(catalogue: Catalogue, after: str) -> None:
    with pytest.raises(BadQuery):
        search(catalogue, SearchRequest(after=after))


def test_a_page_key_is_of_its_own_search(catalogue: Catalogue) -> None:
    key = search(catalogue, SearchRequest(size=5)).next
    assert key

    for other in (
        SearchRequest(q="专利", after=key),
        SearchRequest(sort="price", after=key),
        SearchRequest(kind=AGENCY, after=key),
        SearchRequest(filters={"category": ("03",)}, after=key),
        SearchRequest(after=key[:-2] + ("AA" if key[-2:] != "AA" else "BB")),
    ):
        with pytest.raises(BadQuery):
            search(catalogue, other)


def test_the_key_of_another_list_is_no_page_key(catalogue: Catalogue) -> None:
    from catalog_service.operations.paging import seal

    for payload in ([], ["records", "", "", "X"], {"a": 1}, "text", 5, None):
        with pytest.raises(BadQuery):
            search(catalogue, SearchRequest(after=seal(catalogue.secret("page"), payload)))
