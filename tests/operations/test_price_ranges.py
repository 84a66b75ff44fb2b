"""A price range finds exactly what has an offer in it, however many offers there are and wherever they lie."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from catalog_service.indexing import DocumentMaker, Source
from catalog_service.model.amounts import HIGHEST
from catalog_service.model.offer import offers_of
from catalog_service.model.record import parse_canonical
from catalog_service.operations.facets import MOST, facet_clause
from catalog_service.operations.search import SearchRequest, search
from indexer.query import And, Range
from tests.catalogues import make_catalogue
from tests.operations.stories import agency, load_json, product

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.model.offer import Offer
    from catalog_service.model.record import Record
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.search import SearchPage
    from indexer.schema import Document

KIND = "service-product"
Json = dict[str, Any]


@pytest.fixture(params=["memory", "embedded", "elasticsearch"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    options: dict[str, Any] = {"search__engine": request.param}
    if request.param == "elasticsearch":
        given = request.getfixturevalue("elasticsearch_options")
        options |= {f"search__{name}": value for name, value in given.items()}
    made = make_catalogue(tmp_path / "home", **options)
    yield made
    made.close()


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "home")
    yield made
    made.close()


def fixed(price: float, **more: Any) -> Json:
    return {"pricingMode": "fixed", "price": price} | more


def between(low: float, high: float, **more: Any) -> Json:
    return {"pricingMode": "range", "minPrice": low, "maxPrice": high} | more


def start(low: float) -> Json:
    return {"pricingMode": "from", "minPrice": low}


NEGOTIABLE, FREE = {"pricingMode": "negotiable"}, {"pricingMode": "free"}


def ask(catalogue: Catalogue, *price: str, **options: Any) -> SearchPage:
    return search(catalogue, SearchRequest(filters={"price": price}, size=100, **options))


def found(catalogue: Catalogue, *price: str) -> str:
    """Return the last digits of what a range finds."""
    return "".join(sorted(hit.id[-1] for hit in ask(catalogue, *price).hits))


def records(catalogue: Catalogue) -> dict[str, Record]:
    store = catalogue.store
    published = store.published([row.identifier for row in store.listing_records(limit=1000)])
    return {each.identifier: parse_canonical(each.form or b"", each.iri, each.kind) for each in published.values()}


def test_a_range_between_two_offers_finds_neither(catalogue: Catalogue) -> None:
    offers = {
        1: [fixed(100), fixed(10_000)],
        2: [fixed(100), between(900, 2_000), fixed(10_000)],
        3: [fixed(100), start(10_000), NEGOTIABLE],
        4: [FREE, fixed(8_000)],
        5: [fixed(50), fixed(3_000, priceCurrency="USD"), fixed(20_000)],
        6: [fixed(60), fixed(3_000, validThrough="2020-12-31"), fixed(20_000)],
        7: [between(10, 6_000), fixed(100), fixed(9_000)],
        8: [fixed(3_000)],
        9: [NEGOTIABLE],
    }
    load_json(catalogue, agency(), *(product(number, offer=each) for number, each in offers.items()))

    expected = {
        "1000-5000": "2678",
        "100-100": "1237",
        "10000-10000": "123",
        "101-899": "7",
        "6001-7999": "",
        "2001-9999": "4678",
        "0-0": "4",
        "0-": "12345678",
        "-10": "47",
        "10001-": "56",
        "1-99": "567",
    }
    assert {price: found(catalogue, price) for price in expected} == expected
    assert found(catalogue, "1000-5000", "negotiable") == "236789"
    assert found(catalogue, "1000-5000", "free") == "4"
    page = ask(catalogue, "1000-5000", sort="price")
    assert [hit.id[-1] for hit in page.hits] == ["7", "6", "2", "8"]
    counts = {view.name: {each.value: each.count for each in view.values} for view in page.facets}
    assert counts["price"] == {"negotiable": 2, "free": 1}
    assert ask(catalogue, "1000-5000", q="专利").total == page.total == 4


def test_other_facets_count_what_has_an_offer_in_the_range(catalogue: Catalogue) -> None:
    apart, inside = [fixed(100), fixed(10_000)], [fixed(100), fixed(3_000)]
    load_json(
        catalogue,
        agency(),
        *(product(number, offer=apart, category=["0504"], deliveryMode=["online"]) for number in (1, 2)),
        *(product(number, offer=inside, category=["0504"], deliveryMode=["on-site"]) for number in (3, 4)),
        product(5, offer=inside, category=["0301"], deliveryMode=["online"]),
    )

    page = ask(catalogue, "1000-5000")

    counts = {view.name: {each.value: each.count for each in view.values} for view in page.facets}
    assert counts["deliveryMode"] == {"on-site": 2, "online": 1}
    assert page.tabs[KIND] == 3


def judged(offers: tuple[Offer, ...], low: int | None, high: int | None) -> bool:
    """Tell whether one of the offers has a price in yuan in a range."""
    spans = [offer.amounts() for offer in offers if offer.currency in ("", "CNY")]
    return any(
        first is not None and last is not None and (high is None or first <= high) and (low is None or last >= low)
        for first, last in spans
    )


def some_offer(chance: random.Random) -> Json:
    scale = 10 ** chance.randint(0, 6)
    low, more = chance.randint(0, 99) * scale, chance.randint(0, 30) * scale // 10
    cents = chance.choice([0, 0, 0, 0.5, 0.01, 0.99])
    offers = [fixed(low + cents), fixed(low), between(low + cents, low + cents + more), start(low), NEGOTIABLE, FREE]
    return chance.choice([*offers, fixed(low, priceCurrency="USD"), fixed(low, validThrough="2020-12-31")])


def test_ranges_find_what_a_plain_judgement_of_the_offers_does(catalogue: Catalogue) -> None:
    chance = random.Random(20261129)
    made = [product(n, offer=[some_offer(chance) for _ in range(chance.randint(1, 7))]) for n in range(1, 91)]
    load_json(catalogue, agency(), *made)
    offers = {id_: offers_of(each) for id_, each in records(catalogue).items() if each.kind == KIND}
    assert len(offers) == 90
    amounts = {int(end) for each in offers.values() for offer in each for end in offer.amounts() if end is not None}
    ends = sorted({max(amount + near, 0) for amount in amounts for near in (-1, 0, 1)})

    for _ in range(120):
        low, high = sorted(
            chance.choice([chance.choice(ends), chance.randint(0, 10 ** chance.randint(1, 9) - 1)]) for _ in "ab"
        )
        first, last = chance.choice([(low, high), (low, high), (low, low), (low, None), (None, high)])
        price = f"{'' if first is None else first}-{'' if last is None else last}"
        expected = {id_ for id_, each in offers.items() if judged(each, first, last)}
        page = ask(catalogue, price)
        assert (price, {hit.id for hit in page.hits}, page.total) == (price, expected, len(expected))


def documents(catalogue: Catalogue) -> dict[str, Document]:
    maker = DocumentMaker(catalogue.profile.kinds, catalogue.profile.vocabularies, lambda _: None)
    return {id_: maker.document(each, Source(id_, 1, "", 0)) for id_, each in records(catalogue).items()}


def test_only_documents_with_offers_that_lie_apart_say_where(plain: Catalogue) -> None:
    offers = {
        1: [between(100, 200)],
        2: [between(1, 99), between(100, 499.5), start(500)],
        3: [fixed(100), fixed(102)],
        4: [NEGOTIABLE, FREE],
        5: [NEGOTIABLE],
        6: [fixed(300), fixed(900, priceCurrency="USD")],
    }
    load_json(plain, agency(), *(product(number, offer=each) for number, each in offers.items()))

    made = documents(plain)

    assert [id_[-1] for id_, each in sorted(made.items()) if "price.spans" in each.keywords] == ["3"]
    ends = {id_[-1]: (each.numbers.get("price.min"), each.numbers.get("price.max")) for id_, each in made.items()}
    assert [ends[number] for number in "123456"] == [
        (10_000, 20_000),
        (100, 50_000),
        (10_000, 10_200),
        (0, 0),
        (None, None),
        (30_000, 30_000),
    ]


def test_a_range_with_an_open_end_is_asked_of_numbers_alone(plain: Catalogue) -> None:
    facet = next(each for each in plain.profile.kinds[KIND].facets if each.type == "price")

    assert facet_clause(plain, facet, ("5-",)) is not None
    for text, clauses in (("5-", 2), ("-5", 2), ("5-9", 3)):
        (clause,) = facet_clause(plain, facet, (text,)).clauses  # type: ignore[union-attr]
        assert isinstance(clause, And)
        assert len(clause.clauses) == clauses
        assert all(isinstance(each, Range) for each in clause.clauses[:2])


def test_no_range_that_can_be_typed_ends_above_what_keywords_tell_apart() -> None:
    assert MOST * 100 < HIGHEST
