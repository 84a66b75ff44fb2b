"""Inner nodes are named by what is in them: order and labels never matter."""

from __future__ import annotations

import gc

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_service.model.record import Record, nodes_of
from catalog_service.model.terms import split_line
from catalog_service.normalise.fragments import moved, rename, with_fragments
from catalog_service.normalise.plan import local_name
from tests.normalise.records import canonical, products, with_triples


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_order_of_triples_never_matters(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from(products()))
    shuffled = data.draw(st.permutations(raw.triples))

    assert canonical(with_triples(raw, shuffled)) == canonical(raw)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_labels_of_blank_nodes_never_matter(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from(products()))
    blank = sorted({term for triple in raw.triples for term in triple if term.startswith("_:")})
    assert blank
    labels = dict(zip(blank, (f"_:x{n}" for n in data.draw(st.permutations(range(len(blank))))), strict=True))
    renamed = [tuple(labels.get(term, term) for term in triple) for triple in raw.triples]

    assert canonical(with_triples(raw, renamed)) == canonical(raw)  # type: ignore[arg-type]


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(range(6)))
def test_what_is_normalised_stays_as_it_is(number: int) -> None:
    raw = products()[number]
    once = canonical(raw)
    lines = [split_line(line) for line in once.decode().splitlines()]

    assert canonical(with_triples(raw, lines)) == once


def test_inner_nodes_carry_the_short_name_of_their_field() -> None:
    lines = canonical(products()[0]).decode()

    assert "#offer-" in lines
    assert "_:" not in lines


def test_twins_become_one() -> None:
    record, predicate = "<http://e.example/r>", "<http://e.example/p>"
    nodes = nodes_of(
        triple for each in ("_:a", "_:b") for triple in ((record, predicate, each), (each, predicate, '"1"'))
    )

    named, new = with_fragments(nodes, "http://e.example/r", lambda _: "node")

    assert new["_:a"] == new["_:b"]
    assert len(named["<http://e.example/r>"]["<http://e.example/p>"]) == 1


def test_a_ring_of_blank_nodes_ends() -> None:
    nodes = nodes_of([("_:a", "<http://e.example/q>", "_:b"), ("_:b", "<http://e.example/q>", "_:a")])

    named, _ = with_fragments(nodes, "http://e.example/r", lambda _: "node")

    assert all(node.startswith("<http://e.example/r#") for node in named)


def test_a_renamed_record_takes_its_inner_nodes_along() -> None:
    record = Record("urn:x:1", "k", {"<urn:x:1>": {"<p:p>": ["<urn:x:1#a-1>", "<urn:x:11>"]}, "<urn:x:1#a-1>": {}})

    moved_record = rename(record, "http://e.example/1")

    assert moved_record.nodes == {
        "<http://e.example/1>": {"<p:p>": ["<http://e.example/1#a-1>", "<urn:x:11>"]},
        "<http://e.example/1#a-1>": {},
    }
    assert moved('"urn:x:1"', "urn:x:1", "urn:y") == '"urn:x:1"'
    assert local_name("<http://e.example/ns#offers>") == "offers"


def test_naming_leaves_no_rings_of_objects_behind() -> None:
    nodes = {
        "<urn:x:1>": {"<urn:p>": ["_:a", "_:b"]},
        "_:a": {"<urn:p>": ["_:c"]},
        "_:b": {"<urn:p>": ["_:c"]},
        "_:c": {"<urn:p>": ['"1"']},
    }
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            assert len(with_fragments(nodes, "urn:x:1", lambda _node: "part")[1]) == 3
        assert gc.collect() == 0
    finally:
        gc.enable()
