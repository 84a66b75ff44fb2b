"""Nothing found: what to let go of, what was meant, which words nothing has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog_service.operations.search import SearchRequest, search
from tests.operations.searching.asking import (
    ask,
    found,
)

if TYPE_CHECKING:
    from catalog_service.operations.catalogue import Catalogue


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
