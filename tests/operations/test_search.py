"""Searching the sample records as people do: words, facets that count what one gets, orders, pages, nothing found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from benchmarks.records import BASE
from catalog_service.errors import BadQuery, UnknownName
from catalog_service.i18n import explain
from catalog_service.indexing import notation
from catalog_service.model import terms
from catalog_service.model.offer import offers_of, period_bounds
from catalog_service.model.record import parse_canonical
from catalog_service.namespaces import term
from catalog_service.operations.sample import load_samples
from catalog_service.operations.search import SearchRequest, search
from tests.catalogues import load_products, make_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from decimal import Decimal
    from pathlib import Path

    from catalog_service.model.record import Record
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.facets import FacetValue
    from catalog_service.operations.search import SearchPage

PRODUCT, AGENCY = "service-product", "service-agency"
SPATIAL, PROVIDER, THEME = term("dct:spatial"), term("schema:provider"), term("dcat:theme")


@pytest.fixture(scope="module", params=["memory", "embedded"])
def catalogue(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path_factory.mktemp("home"), search__engine=request.param)
    assert load_samples(made) >= 90
    yield made
    made.close()


@dataclass(frozen=True)
class Truth:
    """The records as the store has them, tried one by one."""

    catalogue: Catalogue

    @cached_property
    def records(self) -> dict[str, Record]:
        store = self.catalogue.store
        found = store.published([row.identifier for row in store.listing_records(limit=1000)])
        return {entry.identifier: parse_canonical(entry.form or b"", entry.iri, entry.kind) for entry in found.values()}

    @cached_property
    def products(self) -> dict[str, Record]:
        return {identifier: record for identifier, record in self.records.items() if record.kind == PRODUCT}

    def line(self, scheme: str, node: str) -> tuple[str, ...]:
        code = notation(node, scheme)
        return (code, *self.catalogue.profile.vocabularies[scheme].ancestors(code)) if code else ()

    def lines(self, scheme: str, record: Record, predicate: str) -> list[tuple[str, ...]]:
        return [self.line(scheme, node) for node in record.objects(predicate)]

    def providers(self, record: Record) -> list[Record]:
        iris = {other.iri: other for other in self.records.values()}
        return [iris[terms.value(node)] for node in record.objects(PROVIDER)]

    def serves(self, record: Record, code: str) -> bool:
        """Whether an area of the record is the place, lies in it, or holds it."""
        up = self.catalogue.profile.vocabularies["region"].ancestors(code)
        return any(code in line or line[0] in up for line in self.lines("region", record, SPATIAL))

    def identifiers(self, holds: Callable[[Record], bool]) -> set[str]:
        return {identifier for identifier, record in self.products.items() if holds(record)}


@pytest.fixture(scope="module")
def truth(catalogue: Catalogue) -> Truth:
    return Truth(catalogue)


def ask(catalogue: Catalogue, q: str = "", /, size: int = 100, **filters: str | Sequence[str]) -> SearchPage:
    """Search with facets given by name, one value or several."""
    plain = {name: (value,) if isinstance(value, str) else tuple(value) for name, value in filters.items()}
    return search(catalogue, SearchRequest(q=q, filters=plain, size=size))


def found(page: SearchPage) -> set[str]:
    return {hit.id for hit in page.hits}


def values(page: SearchPage, facet: str) -> list[FacetValue]:
    """Return all values of a facet, those below others too."""

    def below(some: Sequence[FacetValue]) -> Iterator[FacetValue]:
        for value in some:
            yield value
            yield from below(value.children)

    return [value for view in page.facets if view.name == facet for value in below(view.values)]


# words


def test_words_find_what_holds_them_and_titles_come_first(catalogue: Catalogue) -> None:
    page = ask(catalogue, "专利检索")

    assert page.hits[0].title.startswith("专利检索")
    assert page.sort == "relevance"
    assert page.total == len(page.hits) >= 3
    assert page.tabs[PRODUCT] == page.total


def test_pinyin_and_full_width_and_traditional_characters_find_the_same_title(catalogue: Catalogue) -> None:
    first = ask(catalogue, "专利检索").hits[0].id

    for q in ("zhuanlijiansuo", "zljs", "專利檢索", "　专利检索　"):
        assert first in found(ask(catalogue, q)), q


def test_what_can_be_ticked_can_be_typed(catalogue: Catalogue) -> None:
    typed, ticked = found(ask(catalogue, "柳州市")), found(ask(catalogue, providerRegion="450200"))
    assert ticked
    assert ticked <= typed
    assert found(ask(catalogue, category="03")) <= found(ask(catalogue, "检验检测认证服务"))
    assert found(ask(catalogue, deliveryMode="on-site")) <= found(ask(catalogue, "上门"))


def test_a_search_without_words_gives_everything_the_newest_first(catalogue: Catalogue, truth: Truth) -> None:
    page = ask(catalogue)

    assert (page.sort, found(page)) == ("newest", set(truth.products))
    assert page.tabs == {PRODUCT: len(truth.products), AGENCY: len(truth.records) - len(truth.products)}
    assert page.hits[0].highlight == {}


def test_marks_stand_at_the_words_in_title_and_passage(catalogue: Catalogue) -> None:
    page = ask(catalogue, "专利 检索")
    marked = [
        text[start:end]
        for hit in page.hits
        for name, text in (("title", hit.title), ("summary", hit.summary))
        for start, end in hit.highlight[name]
    ]

    assert marked
    assert {char for word in marked for char in word} <= set("专利检索")
    assert all(len(hit.summary) <= 92 for hit in page.hits)


def test_titles_labels_and_values_are_in_the_asked_language(catalogue: Catalogue) -> None:
    page = search(catalogue, SearchRequest(q="patent", lang="en"))
    facets = {facet.name: facet for facet in page.facets}

    assert page.total
    assert all(hit.title.isascii() for hit in page.hits if hit.title_lang == "en")
    assert facets["category"].label.isascii()
    assert {value.label for value in facets["category"].values} >= {"Intellectual property services"}


def test_no_hits_may_be_asked_for_and_everything_is_counted(catalogue: Catalogue) -> None:
    page = search(catalogue, SearchRequest(q="检测", size=0))

    assert page.total > 0
    assert (page.hits, page.next) == ((), "")
    assert page.facets


# facets


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


def lowest(record: Record) -> Decimal | None:
    """Return the least amount in yuan."""
    return min((low for low, _ in spans(record)), default=None)


def spans(record: Record) -> list[tuple[Decimal, Decimal]]:
    found = [offer.amounts() for offer in offers_of(record) if offer.currency in ("", "CNY")]
    return [(low, high) for low, high in found if low is not None and high is not None]


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


# orders and pages


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


# what cannot be asked


@pytest.mark.parametrize(
    ("request_", "near"),
    [
        (SearchRequest(kind="service-produkt"), "service-product"),
        (SearchRequest(sort="pricy"), "price"),
        (SearchRequest(filters={"categroy": ("03",)}), "category"),
        (SearchRequest(filters={"category": ("030l",)}), "030"),
        (SearchRequest(filters={"areaServed": ("45020",)}), "4502"),
        (SearchRequest(filters={"period": ("3O",)}), "30"),
        (SearchRequest(filters={"fullyOnline": ("ture",)}), "true"),
    ],
)
def test_an_unknown_name_proposes_the_nearest(catalogue: Catalogue, request_: SearchRequest, near: str) -> None:
    with pytest.raises(UnknownName) as caught:
        search(catalogue, request_)

    for lang in ("zh", "en"):
        assert near in " ".join(explain(caught.value, lang))


@pytest.mark.parametrize(
    "filters",
    [
        {"price": ("cheap",)},
        {"price": ("5000-1000",)},
        {"price": ("a-b",)},
        {"price": ("-²",)},
        {"price": ("1-2", "x-y")},
        {"price": ("1-2-3",)},
        {"price": ("9999999999-",)},
        {"rating": ("high",)},
    ],
)
def test_a_range_that_is_none_is_a_bad_query(catalogue: Catalogue, filters: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(BadQuery) as caught:
        search(catalogue, SearchRequest(filters=filters))
    assert explain(caught.value, "zh")[0] != explain(caught.value, "en")[0]


@pytest.mark.parametrize("q", ["专" * 100_000, "a " * 50_000, "专利 " * 30, '"' * 600])
def test_a_query_too_long_is_told_so(catalogue: Catalogue, q: str) -> None:
    with pytest.raises(BadQuery):
        ask(catalogue, q)


@pytest.mark.parametrize(
    "q", ['"专利检索', "专利检索”", "「专利检索", "专利检索 -", "专利检索 OR", "(专利检索", "专利检索 \ud800"]
)
def test_a_lone_sign_does_no_harm(catalogue: Catalogue, q: str) -> None:
    assert ask(catalogue, q).total >= 3


@pytest.mark.parametrize("size", [-1, 101, 10**9])
def test_a_page_has_a_size(catalogue: Catalogue, size: int) -> None:
    with pytest.raises(BadQuery):
        search(catalogue, SearchRequest(size=size))


# nothing found


def test_nothing_found_says_which_condition_to_let_go_of_and_what_one_gets(catalogue: Catalogue) -> None:
    filters = {"category": ("07",), "deliveryMode": ("mail-in",), "price": ("free",)}
    page = search(catalogue, SearchRequest(filters=filters))

    assert (page.total, page.hits) == (0, ())
    assert page.relaxations
    for relaxation in page.relaxations:
        again = search(catalogue, SearchRequest(filters=relaxation.filters))
        assert (relaxation.chip.facet, again.total) == (relaxation.chip.facet, relaxation.count)
        assert relaxation.count > 0


def test_where_no_one_condition_is_to_blame_each_value_is_offered_alone(catalogue: Catalogue) -> None:
    filters = {"category": ("07",), "deliveryMode": ("mail-in",), "price": ("-1",), "areaServed": ("451400",)}
    page = search(catalogue, SearchRequest(q="检测", filters=filters))

    assert (page.total, page.relaxations) == (0, ())
    assert page.alone
    for each in page.alone:
        again = search(catalogue, SearchRequest(q="检测", filters=each.filters))
        assert (each.filters, again.total) == ({each.chip.facet: (each.chip.value,)}, each.count)


def test_what_the_conditions_find_without_the_words_is_told(catalogue: Catalogue) -> None:
    page = ask(catalogue, "量子纠缠", deliveryMode="online")

    assert page.total == 0
    assert page.without_words == ask(catalogue, deliveryMode="online").total > 0
    assert ask(catalogue, "量子纠缠").without_words == 0


def test_words_are_done_without_only_when_nothing_has_all_and_then_it_is_said(catalogue: Catalogue) -> None:
    page = ask(catalogue, "专利检索 量子纠缠")

    assert "".join(page.dropped) == "量子纠缠"
    assert found(page) >= found(ask(catalogue, "专利检索"))
    assert ask(catalogue, "专利检索").dropped == ()


@pytest.mark.parametrize("q", ["PCR 检测", "检测 PCR", "foobarbaz 专利", "区块链 专利", "我想做专利检索"])
def test_a_word_that_nothing_has_is_done_without_wherever_it_stands(catalogue: Catalogue, q: str) -> None:
    page = ask(catalogue, q)

    assert page.total
    assert page.dropped


def test_beside_partial_hits_the_other_kind_is_counted_as_it_is_found(catalogue: Catalogue) -> None:
    for kind in catalogue.profile.kinds:
        page = search(catalogue, SearchRequest(q="检测 量子纠缠", kind=kind))
        for other, count in page.tabs.items():
            assert search(catalogue, SearchRequest(q="检测 量子纠缠", kind=other)).total == count


def test_pages_go_on_where_words_are_done_without(catalogue: Catalogue) -> None:
    first = search(catalogue, SearchRequest(q="服务 量子纠缠", size=2))
    second = search(catalogue, SearchRequest(q="服务 量子纠缠", size=2, after=first.next))

    assert "".join(first.dropped) == "".join(second.dropped) == "量子纠缠"
    assert not {hit.id for hit in first.hits} & {hit.id for hit in second.hits}


@pytest.mark.parametrize(
    ("q", "meant"), [("专力检所", "专利检索"), ("专力检索 南宁", "专利检索 南宁"), ("知识产权呆理", "知识产权代理")]
)
def test_words_that_sound_the_same_are_proposed(catalogue: Catalogue, q: str, meant: str) -> None:
    page = ask(catalogue, q)

    assert page.did_you_mean == meant
    assert ask(catalogue, meant).total > 0


def test_a_proposal_keeps_what_else_was_typed(catalogue: Catalogue) -> None:
    assert ask(catalogue, '"专力检所" -培训').did_you_mean == '"专利检索" -培训'


def test_a_word_that_finds_something_elsewhere_is_no_slip(catalogue: Catalogue) -> None:
    assert ask(catalogue, "检测", category="0501").did_you_mean == ""


@pytest.mark.parametrize("q", ["量子纠缠", "qqqqxxxx", "专利检索", "", "《》", "吃" * 30])
def test_nothing_is_proposed_that_would_find_nothing_or_is_not_needed(catalogue: Catalogue, q: str) -> None:
    assert ask(catalogue, q).did_you_mean == ""


def test_a_proposal_finds_something_under_the_conditions_too(catalogue: Catalogue) -> None:
    page = ask(catalogue, "专力检所", category="08")

    assert page.did_you_mean == ""


def test_the_nearest_term_of_a_list_is_proposed(catalogue: Catalogue) -> None:
    assert ask(catalogue, "知识产杈代理").did_you_mean == "知识产权代理"


# what the index has not heard of yet


def test_a_record_withdrawn_a_moment_ago_is_not_shown(tmp_path: Path) -> None:
    made = make_catalogue(tmp_path, search__engine="embedded")
    load_products(made, 3)
    word = ask(made).hits[0].title[:2]
    withdrawn = ask(made, word).hits[0].id
    with made.store.write(actor="test") as writer:
        writer.withdraw(withdrawn, "no longer offered")

    for q in ("", word):
        page = ask(made, q)
        assert page.total > len(page.hits)
        assert withdrawn not in found(page)
    made.close()


def test_a_hit_found_by_its_description_shows_the_passage(tmp_path: Path) -> None:
    made = make_catalogue(tmp_path)
    load_products(made, 3)
    form = next(iter(made.store.visible(["BP-0000001"]).values()))
    record = parse_canonical(form, f"{BASE}/id/service-product/BP-0000001", PRODUCT)
    description = terms.value(record.objects(term("dct:description"))[0])
    others = form.decode().replace(description, "")
    word = next(pair for pair in map("".join, pairwise(description)) if not set(pair) & set(f"{others}，"))
    page = ask(made, word)
    hit = next(hit for hit in page.hits if hit.id == "BP-0000001")

    assert hit.passage_of == "description"
    assert hit.highlight["summary"]
    made.close()
