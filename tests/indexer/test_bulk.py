from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from indexer import bulk
from indexer.analysis import Analyser
from indexer.errors import UnknownField
from indexer.query import All, And, Count, FacetRequest, Keyword, Not, Phrase, Range, Search, Sort, Token
from indexer.schema import SENTINEL, Deletion, Document, IndexSchema, TextField

SCHEMA = IndexSchema((TextField("title", pinyin=True), TextField("text")), ("area",), ("price",))
GOOD = Document("a", "k", 1, {"title": "专利"}, {"area": ("450000",)}, {"price": 5}, {"title": "专利"}, "hash")


def cut(document: Document) -> dict[tuple[str, str], list[str]]:
    """Return the tokens by column."""
    made = bulk.tokens(document, SCHEMA, Analyser())
    return {column: tokens.split() for column, tokens in zip(bulk.columns(SCHEMA), made, strict=True)}


def test_every_stream_of_every_field_ends_with_the_sentinel() -> None:
    made = cut(GOOD)

    assert list(made) == [
        *(("title", stream) for stream in ("words", "bigrams", "characters", "pinyin")),
        *(("text", stream) for stream in ("words", "bigrams", "characters")),
    ]
    assert all(tokens[-1] == SENTINEL for tokens in made.values())


def test_labels_stand_behind_the_text_of_their_field_in_every_stream() -> None:
    found = cut(replace(GOOD, labels={"title": ("检索", "培训\nnovelty")}))
    assert found["title", "words"] == ["专利", "检索", "培训", "novelty", "|"]
    assert found["title", "bigrams"][:3] == ["专利", "检索", "培训"]
    assert found["title", "pinyin"][:4] == ["zhuan", "li", "ZL", "jian"]


def test_a_label_alone_makes_a_text() -> None:
    alone = replace(GOOD, texts={}, labels={"title": ("检索",)})
    assert cut(alone)["title", "words"] == ["检索", "|"]


def test_without_a_document_there_is_the_sentinel_only() -> None:
    assert bulk.sentinels(SCHEMA) == (SENTINEL,) * 7


def test_what_is_ready_is_not_made_ready_again() -> None:
    ready, refused = bulk.prepare([GOOD, Deletion("b", 2)], SCHEMA, Analyser())

    again, _ = bulk.prepare(list(ready.values()), SCHEMA, Analyser())

    assert not refused
    assert again["a"] is ready["a"]
    assert again["b"] == Deletion("b", 2)


def test_the_newest_change_of_an_id_remains() -> None:
    changes = [Deletion("a", 3), replace(GOOD, seq=2), Deletion("b", 1)]

    assert bulk.newest(changes) == {"a": Deletion("a", 3), "b": Deletion("b", 1)}


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""},
        {"id": "a\0"},
        {"id": "x" * 513},
        {"id": "\ud800"},
        {"kind": "\ud800"},
        {"seq": -1},
        {"texts": {"other": "x"}},
        {"texts": {"title": "\udfff"}},
        {"labels": {"other": ("x",)}},
        {"labels": {"title": ("x", "\udfff")}},
        {"texts": {"title": "x" * 1_000_001}},
        {"keywords": {"other": ("x",)}},
        {"keywords": {"area": ("",)}},
        {"keywords": {"area": ("x" * 1025,)}},
        {"keywords": {"area": tuple(map(str, range(10_001)))}},
        {"numbers": {"other": 1}},
        {"numbers": {"price": 1 << 62}},
        {"numbers": {"price": True}},
        {"stored": {"x": float("nan")}},
        {"stored": {"x": {1}}},
    ],
)
def test_what_no_engine_takes_is_said_before(change: dict[str, Any]) -> None:
    bad = replace(GOOD, **change)

    ready, refused = bulk.prepare([bad, replace(GOOD, id="other")], SCHEMA, Analyser())

    assert list(ready) == ["other"]
    assert [(id_, bool(reason)) for id_, reason in refused] == [(bad.id, True)]


@pytest.mark.parametrize(
    "search",
    [
        Search(Token("other", "words", "x")),
        Search(Token("text", "pinyin", "x")),
        Search(Phrase("text", "words", ("x", "y"))),
        Search(And((All(),), optional=(Token("other", "words", "x"),))),
        Search(Not(Keyword("other", ("x",)))),
        Search(All(), filters=(("f", Range("area")),)),
        Search(All(), counts=(Count("c", Range("other")),)),
        Search(All(), facets=(FacetRequest("f", "price"),)),
        Search(All(), sort=Sort("area")),
    ],
)
def test_a_search_for_a_field_that_is_not_there_is_refused(search: Search) -> None:
    with pytest.raises(UnknownField):
        bulk.check_search(search, SCHEMA)


def test_kind_is_a_keyword_of_every_schema() -> None:
    bulk.check_search(Search(Keyword("kind", ("k",)), facets=(FacetRequest("kind", "kind"),)), SCHEMA)


def test_schema_and_dictionary_both_make_the_fingerprint() -> None:
    plain = bulk.fingerprint(SCHEMA, Analyser())

    assert plain == bulk.fingerprint(SCHEMA, Analyser())
    assert plain != bulk.fingerprint(SCHEMA, Analyser(["科宝"]))
    assert plain != bulk.fingerprint(replace(SCHEMA, numbers=()), Analyser())
