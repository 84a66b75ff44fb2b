"""The form of JSON, in sentences."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_service.model.raw import RawRecord
from catalog_service.readers import open_records
from catalog_service.registry import profile
from catalog_service.validation import structure
from catalog_service.validation.structure import check_structure

if TYPE_CHECKING:
    from catalog_service.model.kind import Kind


def kind() -> Kind:
    return profile().kinds["service-product"]


def findings(**members: Any) -> list[Any]:
    return list(check_structure({"kind": kind().name, **members}, kind()))


def test_good_form_is_good() -> None:
    assert findings(title={"zh": "专利检索"}, category=["0504"], offer=[{"price": 5}], fullyOnline=True) == []


@pytest.mark.parametrize(
    "members",
    [
        {"title@en": "Search", "title": ["检索"], "description": None, "kind": None},
        {"offer": "1000元起"},
        {"offer": {"price": [5], "unit@zh": "件", "validThrough": 20271231}, "category@zh": 504},
    ],
)
def test_what_normalisation_understands_is_good_form(members: dict[str, Any]) -> None:
    assert findings(**members) == []


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"fullyOnline": [{}]}, "fullyOnline"),
        ({"offer": [[5]]}, "offer"),
        ({"offer": [{"price": {"a": 1}}]}, "offer.price"),
        ({"title": {"zh": {"a": 1}}}, "title"),
        ({"title@en": {"zh": {"a": 1}}}, "title"),
        ({"title": [{"zh": "检索"}]}, "title"),
        ({"offer": [{"unit": [["件"]]}]}, "offer.unit"),
    ],
)
def test_a_value_of_another_type_is_told_at_its_member(members: dict[str, Any], path: str) -> None:
    found = findings(**members)

    assert [each.path for each in found] == [path]
    assert found[0].label["zh"] in found[0].message["zh"]
    assert "须是" in found[0].message["zh"]


def test_an_unknown_member_is_named() -> None:
    found = findings(colour="red")

    assert [(each.code, each.value, each.severity) for each in found] == [("unknown-member", "colour", "warning")]
    assert "没有名为“colour”的成员" in found[0].message["zh"]


def test_a_member_that_stands_elsewhere_is_told_with_its_path() -> None:
    said = findings(title="x", price=5, offer=[{"titel": "y", "prise": 5}])

    assert {each.value: each.suggestion["en"] for each in said} == {
        "price": "Did you mean “offer.price”?",
        "offer.titel": "Did you mean “title”?",
        "offer.prise": "Did you mean “price”?",
    }


def test_every_unknown_member_is_told_with_the_nearest_name_there_is() -> None:
    found = findings(titel="检索", offer=[{"prise": 5}], title={"chinese": "检索"})

    assert [(each.value, each.path) for each in found] == [
        ("title.chinese", "title"), ("offer.prise", "offer"), ("titel", ""),
    ]  # fmt: skip
    assert "“title”" in found[2].suggestion["en"]
    assert "“price”" in found[1].suggestion["zh"]


MEMBERS = st.sampled_from(
    ["title", "title@en", "title@?", "offer", "price", "unit", "category", "category@x", "kind", "iri", "zh", "x", "5"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MEMBERS, inner, max_size=4),
    max_leaves=12,
)
PAYLOADS = st.dictionaries(MEMBERS, VALUES, max_size=5)


@settings(max_examples=60, deadline=None)
@given(PAYLOADS)
def test_the_quick_look_lets_nothing_pass_that_the_schema_refuses(payload: dict[str, Any]) -> None:
    if structure._quick(kind())(payload):
        assert structure._validator(kind()).is_valid(payload)


@settings(max_examples=60, deadline=None)
@given(PAYLOADS)
def test_whatever_reading_leaves_out_the_form_tells_of(payload: dict[str, Any]) -> None:
    payload = {**payload, "kind": "service-product"}
    text = io.BytesIO(json.dumps(payload).encode())

    raw = next(iter(open_records(text, name="a.json", kind="service-product", kinds=profile().kinds)))

    assert isinstance(raw, RawRecord)
    told = [each for each in check_structure(payload, kind()) if each.path != "iri"]
    assert bool(raw.left_out) == bool(told)
