"""Words find what holds them, in both languages; what cannot be asked is said."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from benchmarks.records import BASE
from catalog_service.errors import BadQuery, UnknownName
from catalog_service.i18n import explain
from catalog_service.model import terms
from catalog_service.model.record import parse_canonical
from catalog_service.namespaces import term
from catalog_service.operations.search import SearchRequest, search
from tests.catalogues import load_products, make_catalogue
from tests.operations.searching.asking import (
    AGENCY,
    PRODUCT,
    Truth,
    ask,
    found,
)

if TYPE_CHECKING:
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue


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
