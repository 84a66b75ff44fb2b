from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from catalog_service.model.derive import columns, form_groups, json_schema, to_plain
from catalog_service.model.record import Record, nodes_of
from catalog_service.model.terms import split_line
from catalog_service.registry import profile
from tests.shapes.cases import KINDS, good_graph, record_iri

if TYPE_CHECKING:
    from catalog_service.model.kind import Kind


def kind_of(name: str) -> Kind:
    return profile().kinds[name]


def good_record(name: str) -> Record:
    lines = good_graph(name).serialize(format="nt").splitlines()
    nodes = nodes_of(split_line(line) for line in lines if line)
    return Record(
        record_iri(name), name, {node: nodes[node] for node in nodes if node.startswith(f"<{record_iri(name)}")}
    )


@pytest.fixture(scope="module")
def plain() -> dict[str, Any]:
    return to_plain(good_record("service-product"), kind_of("service-product"), profile().vocabularies)


def test_texts_are_objects_by_language(plain: dict[str, Any]) -> None:
    assert plain["title"] == {"zh": "专利信息检索与分析", "en": "Patent search and analysis"}
    assert plain["keyword"] == {"zh": ["专利分析", "专利检索"], "en": ["patent search"]}


def test_codes_are_notations_with_their_list_only_where_there_are_several(plain: dict[str, Any]) -> None:
    assert plain["category"] == ["0504"]
    assert plain["ipOwnership"] == "client"
    assert plain["statClass"] == ["key-field/9", "stat-class-2018/032"]


def test_inner_nodes_are_objects_without_their_unnamed_nodes(plain: dict[str, Any]) -> None:
    assert plain["offer"] == [
        {
            "pricingMode": "range",
            "minPrice": 1000,
            "maxPrice": 5000,
            "priceCurrency": "CNY",
            "unit": {"zh": "件"},
            "chargingBasis": "per-item",
            "taxIncluded": True,
            "priceText": {"zh": "1000-5000 元/件"},
            "chargeNote": {"zh": "不含官费。"},
            "paymentTerms": ["lump-sum"],
            "periodMin": 5,
            "periodMax": 15,
            "periodUnit": "E49",
            "validFrom": "2026-01-01",
            "validThrough": "2026-12-31",
        }
    ]


def test_people_do_not_see_the_beginning_of_telephone_addresses(plain: dict[str, Any]) -> None:
    assert plain["contact"][0]["telephone"] == ["0771-1234567"]
    assert plain["contact"][0]["email"] == ["service@example.org"]


def test_plain_json_needs_no_vocabularies_for_our_own_lists(plain: dict[str, Any]) -> None:
    assert to_plain(good_record("service-product"), kind_of("service-product")) == plain


@pytest.mark.parametrize("name", KINDS)
def test_every_element_of_the_good_record_is_in_its_plain_json(name: str) -> None:
    plain = to_plain(good_record(name), kind_of(name))

    assert list(plain) == [each.name for each in kind_of(name).fields]


@pytest.mark.parametrize("name", KINDS)
def test_plain_json_satisfies_the_schema_of_its_kind(name: str) -> None:
    schema = json_schema(kind_of(name))
    whole = {"kind": name, "iri": record_iri(name), **to_plain(good_record(name), kind_of(name))}

    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors(whole)) == []


@pytest.mark.parametrize(
    "payload",
    [
        {"title": "专利检索"},
        {"title": {"zh": "专利检索", "zh-Hant": "專利檢索"}},
        {"keyword": ["专利", "检索"]},
        {"keyword": {"zh": "专利"}},
        {"category": "0504"},
        {"offer": {"pricingMode": "from", "minPrice": "1000"}},
        {"fullyOnline": "是"},
        {"title": 5},
        {"title": {"zh": ["一", "二"]}},
        {"title@en": "Search", "keyword": ["专利", None]},
        {"offer": "1000元起"},
        {"offer": {"price": [1]}},
        {"issued": 20260305},
    ],
)
def test_the_schema_accepts_what_people_write_shortly(payload: dict[str, Any]) -> None:
    assert Draft202012Validator(json_schema(kind_of("service-product"))).is_valid(payload)


@pytest.mark.parametrize(
    ("payload", "validator"),
    [
        ({"titel": "专利检索"}, "additionalProperties"),
        ({"offer": {"price": 1, "discount": 2}}, "additionalProperties"),
        ({"title": {"not a language": "x"}}, "pattern"),
        ({"title": {"zh\n": "x"}}, "pattern"),
        ({"title": [{"zh": "检索"}]}, "type"),
        ({"title@e n": "Search"}, "additionalProperties"),
        ({"category": {"code": "0504"}}, "type"),
        ({"category": [["0504"]]}, "type"),
        ({"offer": {"price": {"amount": 1}}}, "type"),
        ({"iri": 5}, "type"),
        ({"kind": "service-agency"}, "enum"),
    ],
)
def test_the_schema_refuses_wrong_types_and_unknown_members(payload: dict[str, Any], validator: str) -> None:
    errors = list(Draft202012Validator(json_schema(kind_of("service-product"))).iter_errors(payload))

    assert [error.validator for error in errors] == [validator]


def test_the_schema_stands_alone() -> None:
    assert "$ref" not in str(json_schema(kind_of("service-product")))


@pytest.mark.parametrize("name", KINDS)
def test_columns_have_headers_of_their_own_in_both_languages(name: str) -> None:
    table = columns(kind_of(name))

    for headers in (
        [each.header["zh"] for each in table],
        [each.header["en"] for each in table],
        [each.key for each in table],
    ):
        assert len(set(headers)) == len(headers)


def test_texts_have_a_column_a_language() -> None:
    table = {each.key: each for each in columns(kind_of("service-product"))}

    assert table["title@zh"].header == {"zh": "服务产品名称（中文）", "en": "Title (Chinese)"}
    assert table["title@en"].header == {"zh": "服务产品名称（英文）", "en": "Title (English)"}


def test_members_of_inner_nodes_are_headed_by_their_owner() -> None:
    table = {each.key: each for each in columns(kind_of("service-product"))}

    assert table["offer.minPrice"].header == {"zh": "报价/最低价", "en": "Offer/Minimum price"}


def test_what_the_catalogue_computes_has_no_column() -> None:
    names = {each.name for each in columns(kind_of("service-product"))}

    assert not names & {"status", "modified", "aggregateRating.value", "processStep.name"}
    assert {"identifier", "issued"} <= names


@pytest.mark.parametrize("name", KINDS)
def test_forms_hold_every_element_that_people_fill_in_once(name: str) -> None:
    kind = kind_of(name)

    shown = [each.name for _, fields in form_groups(kind) for each in fields]

    assert sorted(shown) == sorted(each.name for each in kind.fields if not each.computed)
