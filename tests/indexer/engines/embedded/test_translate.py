from __future__ import annotations

import pytest

from indexer.analysis import Analyser
from indexer.engines import open_engine
from indexer.query import All, And, Best, Count, Keyword, Not, Or, Range, Search
from indexer.schema import Deletion, Document, IndexSchema

SCHEMA = IndexSchema((), ("area", "area.within"), ("price.min", "price"))
DOCUMENTS = [
    Document("a", "product", 1, {}, {"area": ("x",), "area.within": ("450000", "x y")}, {"price.min": -5, "price": 2}),
    Document("b", "product", 1, {}, {"area": ("450000",), "area.within": ('"',)}, {"price.min": 7}),
    Document("c", "agency", 1, {}, {"area.within": ("AND", "x-1")}, {"price": 7}),
]


@pytest.mark.parametrize(
    "clause",
    [
        All(),
        Keyword("kind", ("product",)),
        Keyword("area.within", ("450000", "x-1")),
        Keyword("area.within", ("AND",)),
        Keyword("area.within", ("x y",)),
        Keyword("area.within", ('"',)),
        Keyword("area", ()),
        Range("price.min", -5, -5),
        Range("price.min", None, 6),
        Range("price.min", 6),
        Range("price.min"),
        And((Range("price.min", None, 0), Keyword("kind", ("product",)))),
        Or((Range("price", 7, 7), Keyword("area", ("x",)))),
        Best((Range("price", 7, 7), And((All(), Range("price.min", 0))))),
        And(()),
        Or(()),
        Not(Keyword("kind", ("agency",))),
        And((Not(Keyword("kind", ("agency",))),)),
    ],
)
def test_a_count_is_that_of_the_reference_however_it_is_asked(clause: All) -> None:
    search = Search(All(), counts=(Count("n", clause),), filters=(("f", All()),))
    counts = []
    for name in ("memory", "embedded"):
        engine = open_engine(name, SCHEMA, Analyser())
        engine.write(DOCUMENTS, 1)
        counts.append(engine.search(search).counts)

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "clause",
    [
        And(()),
        And((Not(Keyword("kind", ("agency",))),)),
        And((Range("price", 0), Not(Range("price", 7)))),
        And((Range("price.min", None, 7), Not(And((Keyword("area", ("x",)), Not(Keyword("area.within", ("x y",)))))))),
        And((Or((Range("price", 7), Range("price.min", 7))), Not(Or(())))),
        And((Not(All()),)),
        And((Range("price", 0),), (Not(All()),)),
    ],
)
def test_a_filter_lets_through_what_it_does_in_the_reference(clause: And) -> None:
    found = []
    for name in ("memory", "embedded"):
        engine = open_engine(name, SCHEMA, Analyser())
        engine.write([*DOCUMENTS, Deletion("d", 1)], 1)
        counts = (Count("other", Range("price", 2, 2)), Count("without", Keyword("area", ("x",)), "f"))
        result = engine.search(Search(All(), counts=counts, filters=(("f", clause),)))
        found.append(([hit.id for hit in result.hits], result.total, result.counts))

    assert found[0] == found[1]


def test_steps_of_one_field_may_overlap_lie_apart_and_have_the_same_bounds() -> None:
    ranges = [(None, 6), (None, 7), (-5, 7), (7, 7), (8, None), (-(1 << 60), 6), (9, 3)]
    counts = tuple(Count(str(number), Range("price.min", *bounds)) for number, bounds in enumerate(ranges))
    found = []
    for name in ("memory", "embedded"):
        engine = open_engine(name, SCHEMA, Analyser())
        engine.write(DOCUMENTS, 1)
        found.append(engine.search(Search(All(), counts=counts)).counts)

    assert found[0] == found[1]
    assert list(found[0].values()) == [1, 2, 2, 1, 0, 1, 0]
