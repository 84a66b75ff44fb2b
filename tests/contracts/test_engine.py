"""What the port promises (`indexer.engine`) about writing, asked of every engine there is."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from indexer.query import All, FacetRequest, Search, Token
from indexer.schema import Deletion, Document
from tests.contracts.asking import SCHEMA, asked, document, ids, written

if TYPE_CHECKING:
    from indexer.engine import Engine
    from tests.engines import Place


def test_a_new_index_is_at_position_0_and_empty(engine: Engine) -> None:
    result = engine.search(Search(All(), facets=(FacetRequest("category", "category"),)))

    assert (engine.position(), result.total, result.hits, result.facets) == (0, 0, (), {"category": {}})
    assert (result.more, result.position, list(engine.entries())) == (False, 0, [])


def test_the_newest_change_wins_in_whatever_order_they_come(engine: Engine) -> None:
    orders = {"".join(map(str, order)): order for order in itertools.permutations([1, 2, 3])}
    for place in range(3):
        written(engine, *(document(id_, f"版本{order[place]}号", seq=order[place]) for id_, order in orders.items()))

    hits = engine.search(Search(All())).hits
    assert {hit.id: (hit.seq, hit.stored) for hit in hits} == dict.fromkeys(orders, (3, {"title": "版本3号"}))


def test_the_newest_change_wins_within_one_call(engine: Engine) -> None:
    written(
        engine, document("A", seq=3), document("A", seq=1), Deletion("A", 2), Deletion("B", 5), document("B", seq=4)
    )

    assert list(engine.entries()) == [("A", 3, "hash of A 3")]


def test_what_was_deleted_is_not_brought_back_by_a_late_older_change(engine: Engine) -> None:
    written(engine, document("A", seq=1), position=1)
    written(engine, Deletion("A", 5), position=5)
    written(engine, document("A", seq=4), position=5)

    assert ids(engine) == []
    assert list(engine.entries()) == []


def test_a_deletion_that_comes_before_its_document_counts(engine: Engine) -> None:
    written(engine, Deletion("A", 5), position=5)
    written(engine, document("A", seq=4), position=5)

    assert ids(engine) == []


def test_what_was_deleted_can_be_written_anew(engine: Engine) -> None:
    written(engine, document("A", seq=1), position=1)
    written(engine, Deletion("A", 2), position=2)
    written(engine, document("A", seq=3), position=3)

    assert list(engine.entries()) == [("A", 3, "hash of A 3")]


def test_the_same_call_twice_is_harmless(engine: Engine) -> None:
    changes = (document("A", seq=1), document("B", seq=2), Deletion("C", 3))
    for _ in range(2):
        written(engine, *changes, position=3)

    assert [entry[:2] for entry in engine.entries()] == [("A", 1), ("B", 2)]
    assert (engine.search(Search(All())).total, engine.position()) == (2, 3)


def test_a_position_never_goes_back(engine: Engine) -> None:
    written(engine, document("A", seq=7), position=7)
    written(engine, document("B", seq=3), position=3)

    assert (engine.position(), ids(engine)) == (7, ["A", "B"])


def test_a_position_moves_without_changes(engine: Engine) -> None:
    written(engine, position=9)

    assert (engine.position(), engine.search(Search(All())).position) == (9, 9)


def test_a_search_tells_the_position_it_has_seen(engine: Engine) -> None:
    written(engine, document("A", seq=4), position=4)

    assert engine.search(Search(Token("title", "words", "无"))).position == 4


def test_position_and_documents_outlive_the_object(lasting_place: Place) -> None:
    first = written(lasting_place.open(SCHEMA), document("A", seq=2), Deletion("B", 3), position=3)
    first.close()

    second = lasting_place.open(SCHEMA)
    written(second, document("B", seq=1), position=3)

    assert (second.position(), list(second.entries())) == (3, [("A", 2, "hash of A 2")])


def test_a_reader_sees_what_a_writer_beside_it_commits(lasting_place: Place) -> None:
    writer = written(lasting_place.open(SCHEMA), document("A", seq=1), position=1)
    reader = lasting_place.open(SCHEMA)
    reader.refresh()
    assert ids(reader) == ["A"]

    written(writer, document("B", seq=2), position=2)
    reader.refresh()

    assert (ids(reader), reader.position(), reader.search(Search(All())).position) == (["A", "B"], 2, 2)


def test_entries_are_the_live_documents_by_id(engine: Engine) -> None:
    names = ["b", "A-10", "A-2", "B"]
    written(engine, *(document(name, seq=seq) for seq, name in enumerate(names, 1)), Deletion("Z", 9))

    assert list(engine.entries()) == [
        (name, names.index(name) + 1, f"hash of {name} {names.index(name) + 1}") for name in sorted(names)
    ]


def test_stored_json_comes_back_untouched(engine: Engine) -> None:
    stored = {
        "题名": "专利\x00\u2028😀",
        "": None,
        "a.b": {"c": [1, 1.0, True, [], {}]},
        "big": 10**30,
        "small": 1e-300,
    }
    written(engine, Document("A", "product", 1, {}, stored=stored))

    (hit,) = engine.search(Search(All())).hits
    assert (hit.kind, hit.seq, repr(hit.stored)) == ("product", 1, repr(stored))


# documents no engine takes


def poison(
    texts: Any = None, keywords: Any = None, numbers: Any = None, stored: Any = None, id_: str = "P"
) -> Document:
    return Document(id_, "product", 2, texts or {}, keywords or {}, numbers or {}, stored or {})


POISON = {
    "an empty id": poison(id_=""),
    "an id of 600 bytes": poison(id_="A" * 600),
    "a NUL in the id": poison(id_="A\0"),
    "a keyword of 40 kB": poison(keywords={"category": ("x" * 40_000,)}),
    "an empty keyword": poison(keywords={"category": ("",)}),
    "a NUL in a keyword": poison(keywords={"category": ("a\0b",)}),
    "100,000 values": poison(keywords={"category": tuple(map(str, range(100_000)))}),
    "an unknown text": poison({"colour": "red"}),
    "an unknown keyword": poison(keywords={"colour": ("red",)}),
    "an unknown number": poison(numbers={"colour": 1}),
    "a number beyond 64 bits": poison(numbers={"newest": 10**30}),
    "the largest 64-bit number": poison(numbers={"newest": 2**63 - 1}),
    "a number that is none": poison(numbers={"newest": "5"}),
    "a number that is a truth value": poison(numbers={"newest": True}),
    "half a surrogate pair in a text": poison({"title": "专\ud800利"}),
    "half a surrogate pair in a keyword": poison(keywords={"category": ("\udc00",)}),
    "half a surrogate pair in what is stored": poison(stored={"a": "\ud800"}),
    "NaN in what is stored": poison(stored={"a": float("nan")}),
    "a set in what is stored": poison(stored={"a": {1}}),
    "a text of 2 MB": poison({"title": "专利" * 1_000_000}),
}


def test_documents_nobody_can_take_are_refused_and_the_others_go_in(engine: Engine) -> None:
    bad = {name: replace(each, id=f"P {name}") if each.id == "P" else each for name, each in POISON.items()}
    refused = engine.write([document("A", seq=1), *bad.values(), document("Z", seq=3)], 3)
    engine.refresh()

    assert [refusal[0] for refusal in refused] == [each.id for each in bad.values()]
    assert all(reason for _, reason in refused)
    assert (engine.position(), ids(engine)) == (3, ["A", "Z"])


def test_the_version_before_a_refused_one_stays(engine: Engine) -> None:
    written(engine, document("A", seq=1))
    engine.write([Document("A", "product", 2, {}, {"colour": ("red",)})], 2)
    engine.refresh()

    assert list(engine.entries()) == [("A", 1, "hash of A 1")]


def test_odd_characters_in_a_text_are_no_poison(engine: Engine, analyser: Any) -> None:
    odd = "专利\0检索\u3000代理\u00a0服务\u2028😀\U00020000\ufeff\u200b" + "x" * 300 + " |"
    written(engine, document("A", odd), document("B", "别的"))

    assert [asked(engine, text, analyser) for text in ("专利", "代理", "服务")] == [["A"]] * 3
