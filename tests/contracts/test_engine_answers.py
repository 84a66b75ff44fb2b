"""What the port promises (`indexer.engine`) about answers: facets, counts, clauses, scores, orders, pages."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from indexer.errors import UnknownField
from indexer.query import (
    RELEVANCE_LIMIT,
    All,
    And,
    Best,
    Count,
    FacetRequest,
    Keyword,
    Not,
    Or,
    Phrase,
    Range,
    Search,
    Sort,
    Token,
)
from indexer.schema import Deletion, Document
from tests.contracts.asking import BY_PRICE, BY_PRICE_DOWN, document, ids, pages, written

if TYPE_CHECKING:
    from indexer.engine import Engine
    from indexer.query import Clause


# facets and counts


def shelf(engine: Engine) -> Engine:
    return written(
        engine,
        document("A", category="a", mode="x", price=100, area="1 2"),
        document("B", category="b", mode="x y", price=200),
        document("C", category="a b", mode="y", price=300),
        document("D", category="c", mode="x", kind="agency"),
        Deletion("E", 5),
    )


def test_a_facet_counts_every_value_of_what_is_found(engine: Engine) -> None:
    search = Search(All(), facets=(FacetRequest("by category", "category"), FacetRequest("kind", "kind")), size=0)
    result = shelf(engine).search(search)

    assert {name: list(facet.items()) for name, facet in result.facets.items()} == {
        "by category": [("a", 2), ("b", 2), ("c", 1)],
        "kind": [("product", 3), ("agency", 1)],
    }
    assert (result.total, result.hits) == (4, ())


def test_facet_values_come_by_count_then_by_value_and_no_more_than_asked_for(engine: Engine) -> None:
    written(
        engine,
        *(
            document(f"{n}{value}", category=value)
            for value, times in (("乙", 2), ("B", 2), ("a", 3), ("c", 1))
            for n in range(times)
        ),
    )

    facets = engine.search(Search(All(), facets=(FacetRequest("c", "category", limit=3),))).facets
    assert list(facets["c"].items()) == [("a", 3), ("B", 2), ("乙", 2)]


def test_a_chosen_facet_still_counts_what_one_would_get_in_addition(engine: Engine) -> None:
    result = shelf(engine).search(
        Search(
            All(),
            filters=(("category", Keyword("category", ("a",))), ("mode", Keyword("mode", ("y",)))),
            facets=(
                FacetRequest("category", "category", leave_out="category"),
                FacetRequest("mode", "mode", leave_out="mode"),
                FacetRequest("kind", "kind"),
            ),
            counts=(Count("without mode", All(), leave_out="mode"), Count("dear", Range("price.min", 250), "category")),
        )
    )

    assert (result.total, [hit.id for hit in result.hits]) == (1, ["C"])
    assert result.facets == {"category": {"a": 1, "b": 2}, "mode": {"x": 1, "y": 1}, "kind": {"product": 1}}
    assert result.counts == {"without mode": 2, "dear": 1}


def test_several_values_of_one_filter_are_alternatives(engine: Engine) -> None:
    assert ids(shelf(engine), filters=(("c", Keyword("category", ("a", "c"))),)) == ["A", "C", "D"]


def test_a_filter_without_values_lets_nothing_through(engine: Engine) -> None:
    assert ids(shelf(engine), filters=(("c", Keyword("category", ())),)) == []


def test_counts_are_counted_under_the_filters(engine: Engine) -> None:
    steps = tuple(Count(f"{low}", Range("price.min", low, low + 99)) for low in (100, 200, 300, 400))
    counts = shelf(engine).search(Search(All(), (("m", Keyword("mode", ("x",))),), counts=steps)).counts

    assert counts == {"100": 1, "200": 1, "300": 0, "400": 0}


def test_fields_whose_names_begin_alike_are_kept_apart(engine: Engine) -> None:
    written(engine, Document("A", "product", 1, {}, {"area": ("1",), "area.within": ("2",), "area.cover": ("3",)}))

    found = [
        bool(ids(engine, Keyword(name, (value,)))) for name in ("area", "area.within", "area.cover") for value in "123"
    ]
    assert found == [True, False, False, False, True, False, False, False, True]


def test_a_range_includes_its_bounds_and_leaves_out_what_has_no_number(engine: Engine) -> None:
    shelf(engine)

    for low, high, expected in (
        (100, 200, "AB"),
        (101, None, "BC"),
        (None, 199, "A"),
        (None, None, "ABC"),
        (201, 299, ""),
        (300, 100, ""),
        (-(2**62), 2**62, "ABC"),
    ):
        assert (low, high, "".join(ids(engine, Range("price.min", low, high)))) == (low, high, expected)


def test_negative_and_large_numbers_keep_their_order(engine: Engine) -> None:
    numbers = [-5, 0, 2**53 + 1, 2**53 + 2, -(2**40)]
    written(engine, *(document(f"N{place}", price=number) for place, number in enumerate(numbers)))

    assert ids(engine, sort=BY_PRICE) == ["N4", "N0", "N1", "N2", "N3"]
    assert ids(engine, Range("price.min", 2**53 + 2)) == ["N3"]


# the clause tree


def test_clauses_combine_as_they_say(engine: Engine) -> None:
    written(engine, document("A", "专利 检索"), document("B", "专利 代理"), document("C", "商标 代理", category="k"))
    patent, agent = Phrase("title", "bigrams", ("专利",)), Token("title", "bigrams", "代理")

    expected: list[tuple[Clause, str]] = [
        (All(), "ABC"),
        (And(()), "ABC"),
        (Or(()), ""),
        (Best(()), ""),
        (And((patent, agent)), "B"),
        (And((patent, Not(agent))), "A"),
        (Not(patent), "C"),
        (Not(Not(patent)), "AB"),
        (Or((Keyword("category", ("k",)), And((patent, agent)))), "BC"),
        (Or((Not(agent), Keyword("category", ("k",)))), "AC"),
        (Best((patent, Keyword("category", ("k",)))), "ABC"),
        (And((), optional=(patent,)), "ABC"),
        (And((agent,), optional=(Keyword("category", ("k",)), Or(()))), "BC"),
        (And((Or((patent, agent)), Not(And((patent, agent))))), "AC"),
    ]
    for clause, found in expected:
        assert (clause, "".join(sorted(ids(engine, clause)))) == (clause, found)


def scores(engine: Engine, clause: Clause) -> dict[str, float]:
    return {hit.id: hit.score for hit in engine.search(Search(clause)).hits}


def test_scores_add_up_in_and_and_or_and_the_best_counts_in_best(engine: Engine) -> None:
    written(engine, document("A", "专利 检索"), document("B", "专利"), document("C", "商标"))
    one, other = Token("title", "bigrams", "专利"), Token("title", "bigrams", "检索", 2.0)
    first, second = scores(engine, one)["A"], scores(engine, other)["A"]

    assert scores(engine, And((one, other)))["A"] == pytest.approx(first + second, rel=1e-4)
    assert scores(engine, Or((one, other)))["A"] == pytest.approx(first + second, rel=1e-4)
    assert scores(engine, And((one,), optional=(other,)))["A"] == pytest.approx(first + second, rel=1e-4)
    assert scores(engine, Best((one, other)))["A"] == max(first, second)


def test_what_is_no_text_adds_nothing_to_a_score(engine: Engine) -> None:
    shelf(engine)
    text = Token("title", "bigrams", "专利")
    plain: tuple[Clause, ...] = (
        All(),
        Keyword("category", ("a",)),
        Range("price.min", 0),
        Not(Token("title", "words", "无")),
    )

    for clause in plain:
        assert set(scores(engine, clause).values()) == {0.0}
        assert scores(engine, And((text, clause)))["A"] == scores(engine, text)["A"]
        assert scores(engine, Or((text, clause)))["A"] == scores(engine, text)["A"]
        assert scores(engine, Best((text, clause)))["A"] == scores(engine, text)["A"]


def test_a_score_is_bm25_as_lucene_has_it(engine: Engine) -> None:
    written(engine, document("A", "专利"), document("B", "商标"))

    # three documents with the one that holds the position, one of them has it; title bigrams: 2, 2, 1 tokens
    idf, length, average = 0.980829253011726, 2, 5 / 3
    expected = idf / (1 + 1.2 * (1 - 0.75 + 0.75 * length / average))
    assert scores(engine, Token("title", "bigrams", "专利")) == {"A": pytest.approx(expected, rel=1e-4)}


def test_a_phrase_is_neighbours_in_order_within_one_field(engine: Engine) -> None:
    titles = {
        "A": "专利检索",
        "B": "检索专利",
        "C": "专利",
        "D": "专利法检索",
        "E": "专利 检索",
        "F": "检专利检索专利检索",
    }
    texts = [document(id_, title, description="检索" if id_ == "C" else "") for id_, title in titles.items()]
    written(engine, *texts)

    assert sorted(ids(engine, Phrase("title", "bigrams", ("专利", "利检", "检索")))) == ["A", "F"]
    assert sorted(ids(engine, Phrase("title", "characters", ("专", "利", "检", "索")))) == ["A", "E", "F"]
    assert sorted(ids(engine, Phrase("title", "pinyin", ("zhuan", "li", "jian")))) == ["A", "E", "F"]


def test_a_search_for_a_field_the_schema_has_not_is_refused(engine: Engine) -> None:
    for search in (
        Search(Token("colour", "words", "red")),
        Search(Token("description", "pinyin", "hong")),
        Search(All(), filters=(("c", Keyword("colour", ("red",))),)),
        Search(All(), facets=(FacetRequest("c", "colour"),)),
        Search(All(), counts=(Count("c", Range("colour", 1)),)),
        Search(All(), sort=Sort("colour")),
    ):
        with pytest.raises(UnknownField):
            engine.search(search)


# order and pages


def prices(engine: Engine) -> Engine:
    numbers = [5, None, 3, 5, None, 1, 5, 3, None, 0]
    priced = [document(f"P{place}", price=number) for place, number in enumerate(numbers) if number is not None]
    unpriced = [document(f"P{place}") for place, number in enumerate(numbers) if number is None]
    return written(engine, *priced, *unpriced, Deletion("X", 1))


def test_a_number_orders_both_ways_with_missing_ones_last_and_ties_by_id(engine: Engine) -> None:
    prices(engine)

    assert "".join(ids(engine, sort=BY_PRICE)).replace("P", "") == "9527036148"
    assert "".join(ids(engine, sort=BY_PRICE_DOWN)).replace("P", "") == "0362759148"


def test_pages_hold_every_hit_once_and_in_order(engine: Engine) -> None:
    prices(engine)

    for sort, size in itertools.product((BY_PRICE, BY_PRICE_DOWN, Sort()), (1, 2, 3, 9, 10, 11)):
        for clause in (All(), Token("title", "bigrams", "专利")):
            assert [hit.id for hit in pages(engine, clause, sort, size)] == ids(engine, clause, sort=sort)


def test_a_page_of_no_hits_tells_whether_there_are_any(engine: Engine) -> None:
    prices(engine)

    for sort in (BY_PRICE, Sort()):
        assert engine.search(Search(All(), sort=sort, size=0)).more
        assert not engine.search(Search(Or(()), sort=sort, size=0)).more


def test_a_page_goes_on_behind_a_hit_that_is_gone(engine: Engine) -> None:
    prices(engine)
    key = engine.search(Search(All(), sort=BY_PRICE, size=3)).hits[-1].key
    written(engine, Deletion("P2", 50), position=50)

    assert ids(engine, sort=BY_PRICE, after=key, size=2) == ["P7", "P0"]


def test_the_key_of_a_hit_is_its_sort_value_and_id(engine: Engine) -> None:
    prices(engine)

    keys = [hit.key for hit in engine.search(Search(All(), sort=BY_PRICE)).hits]
    assert (keys[0], keys[-1]) == ((0, "P9"), (None, "P8"))
    assert {hit.score for hit in engine.search(Search(Token("title", "bigrams", "专利"), sort=BY_PRICE)).hits} == {0.0}
    (first, *_) = engine.search(Search(Token("title", "bigrams", "专利"))).hits
    assert first.key == (first.score, first.id)


def test_equal_scores_are_ordered_by_id(engine: Engine) -> None:
    names = [f"{number * 37 % 50:02}" for number in range(50)]
    written(engine, *(document(name) for name in names))

    assert ids(engine, Token("title", "bigrams", "专利"), size=50) == sorted(names)


def test_relevance_ends_after_a_thousand_hits_and_numbers_do_not(engine: Engine) -> None:
    names = [f"{number:04}" for number in range(RELEVANCE_LIMIT + 50)]
    written(engine, *(document(name, newest=7) for name in names))
    text = Token("title", "bigrams", "专利")

    assert [hit.id for hit in pages(engine, text, Sort(), 400)] == names[:RELEVANCE_LIMIT]
    assert [hit.id for hit in pages(engine, All(), Sort("newest"), 400)] == names
    last = engine.search(Search(text, size=RELEVANCE_LIMIT + 20))
    assert (len(last.hits), last.more, last.total) == (RELEVANCE_LIMIT, False, RELEVANCE_LIMIT + 50)
    assert engine.search(Search(text, after=last.hits[-1].key)).hits == ()


def test_a_keyword_with_a_boost_adds_just_that_and_puts_its_documents_first(engine: Engine) -> None:
    written(engine, document("A", "专利检索 专利检索"), document("B", "专利检索"), document("C", "检测", category="x"))
    words = Token("title", "bigrams", "专利")
    found = engine.search(Search(Or((Keyword("category", ("x",), 100.0), words)))).hits

    assert [hit.id for hit in found] == ["C", "A", "B"]
    assert found[0].score == 100.0
    assert found[1].score < 10
