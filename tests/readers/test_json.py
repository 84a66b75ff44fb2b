"""Plain JSON and JSON Lines by short names."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_service.errors import CatalogError, UnreadableInput
from tests.readers.readings import read

KIND = "service-product"


def values(document: object, name: str = "a.json") -> list[tuple[str, object, str]]:
    records, _ = read(json.dumps(document), name, KIND)
    return [(path, value.value, value.language) for record in records for path, value in record.values]


def test_a_member_that_stands_twice_is_told_and_nothing_is_lost_unheard() -> None:
    records, findings = read(
        '{"kind": "service-product", "title": "一", "title": "二"}\n{"kind": "service-product"}\n', "r.jsonl"
    )

    assert len(records) == 1
    assert "title" in findings[0].message["en"]
    assert "出现了两次" in findings[0].message["zh"]


def test_texts_have_languages_and_inner_nodes_positions() -> None:
    document = {
        "title": {"zh": "检索", "en": "Search"},
        "offer": [{"price": 5}, {"price": 6.5}],
        "category": ["0504", "05"],
    }

    assert values(document) == [
        ("title", "检索", "zh"), ("title", "Search", "en"), ("offer.0.price", 5, ""), ("offer.1.price", 6.5, ""),
        ("category", "0504", ""), ("category", "05", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["[{0},\n{1}]", '{{"total": 2, "records":\n[{0},\n\n{1}]}}'])
def test_a_list_holds_several_records_and_values_know_their_lines(form: str) -> None:
    first, second = '{"identifier": "A-0001"}', '{\n"identifier": "B-0002",\n"title":\n {"zh": "检索"}}'
    text = form.replace("{0}", first).replace("{1}", second).replace("{{", "{").replace("}}}", "}").replace("]}}", "]}")

    records, findings = read(text, "a.json", KIND)

    assert findings == []
    start = text[: text.index(second)].count("\n") + 1
    assert [record.place.line for record in records] == [text[: text.index(first)].count("\n") + 1, start]
    assert [value.place.line for _, value in records[1].values] == [start + 1, start + 2]


def test_what_has_no_place_is_left_out_with_its_line() -> None:
    text = (
        '{"identifier": "A-0001",\n"colour": "red",\n"offer": [{},\n{"price": {}}],\n"title": {"zh": "检索", "?": "x"}}'
    )
    records, _ = read(text, "a.json", KIND)

    assert [(name, place.line) for name, place in records[0].left_out] == [
        ("colour", 2),
        ("offer.price", 4),
        ("title.?", 5),
    ]
    assert records[0].payload == json.loads(text)


def test_a_member_that_is_a_number_has_a_line_too() -> None:
    records, _ = read('{"identifier": "A-0001",\n"5": "red"}', "a.json", KIND)

    assert records[0].left_out[0][1].line == 2


def test_what_stands_behind_a_name_must_be_a_language() -> None:
    assert values({"title@en": "Search", "title@e n": "x", "title@": "检索"}) == [
        ("title", "Search", "en"), ("title", "检索", ""),
    ]  # fmt: skip


def test_a_record_keeps_the_iri_it_names() -> None:
    records, _ = read('{"iri": "https://e.example/id/service-product/A-0001"}', "a.json", KIND)

    assert records[0].iri == "https://e.example/id/service-product/A-0001"


def test_a_broken_line_costs_its_record_only() -> None:
    lines = ['{"identifier": "A-0001"}', '{"identifier": ', '"text"', '{"identifier": "D-0004"}']

    records, findings = read("\n".join(lines), "a.jsonl", KIND)

    assert [record.place.line for record in records] == [1, 4]
    assert [(finding.code, finding.place.line) for finding in findings] == [("broken-json", 2), ("no-object", 3)]


def test_a_line_over_the_limit_costs_its_record_only() -> None:
    text = '{"identifier": "A-0001"}\n{"x": "' + "y" * 2000 + '"}\n{"identifier": "C-0003"}\n'

    records, findings = read(text, "a.jsonl", KIND, record_bytes=1000)

    assert [record.place.line for record in records] == [1, 3]
    assert [finding.code for finding in findings] == ["too-large"]


def test_brackets_in_texts_are_no_nesting() -> None:
    assert values({"title": {"zh": "[" * 500 + '\\"{'}})[0][1] == "[" * 500 + '\\"{'


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": 1', "[1, 2", '{"a": ' + "1" * 5000 + "}", "[" * 100, '{"a" 1}'])
def test_what_is_no_json_is_said_to_be_none(text: str) -> None:
    with pytest.raises(UnreadableInput):
        read(text, "a.json", KIND)


def test_an_unknown_kind_is_told_with_the_known_ones() -> None:
    _, findings = read('{"kind": "boat"}', "a.json")

    assert findings[0].code == "unknown-kind"
    assert "service-product" in findings[0].suggestion["zh"]


def test_records_without_kind_need_one_to_be_named() -> None:
    with pytest.raises(UnreadableInput):
        read('{"identifier": "A-0001"}', "a.json")


MEMBERS = st.sampled_from(["title", "offer", "price", "category", "kind", "x"])
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(MEMBERS, inner),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS)
def test_no_document_makes_it_fail(document: object) -> None:
    with contextlib.suppress(CatalogError):
        read(json.dumps(document), "a.json", KIND)
