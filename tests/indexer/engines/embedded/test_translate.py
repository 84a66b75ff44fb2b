from __future__ import annotations

import pytest

from indexer.analysis import Analyser
from indexer.engines import open_engine
from indexer.engines.embedded.translate import as_text
from indexer.query import All, And, Best, Count, Keyword, Not, Or, Range, Search, Token
from indexer.schema import Document, IndexSchema

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


def test_only_plain_values_without_texts_are_asked_in_words() -> None:
    assert as_text(Keyword("area.within", ("450000",))) == '(k.area.within:"450000")'
    assert as_text(Range("price", 1, None)) == "n.price:[1 TO *]"
    assert as_text(Keyword("area", ('a"b',))) is None
    assert as_text(And((All(), Token("title", "words", "x")))) is None
