"""Every result is a sentence with the field's own words, the value, and what to write."""

from __future__ import annotations

import re

import pytest

from catalog_service.model.record import Record
from catalog_service.registry import profile
from catalog_service.validation.base import ShapeResult
from catalog_service.validation.messages import _SENTENCES, FindingMaker
from tests.shapes.cases import KINDS
from tests.validation.records import findings

SH = "http://www.w3.org/ns/shacl#"
NODE = "<https://e.example/a>"


def one(case: str, path: str, kind: str = "service-product"):  # type: ignore[no-untyped-def]
    found = [each for each in findings("compiled", kind)[case] if each.path == path]
    assert found, [each.path for each in findings("compiled", kind)[case]]
    return found[0]


@pytest.mark.parametrize("kind", KINDS)
def test_every_finding_speaks_both_languages_and_says_what_to_write(kind: str) -> None:
    for case, found in findings("compiled", kind).items():
        for each in found:
            assert re.search("[\u4e00-\u9fff]", each.message["zh"]), (case, each)
            assert "{" not in each.message["zh"] + each.message["en"], (case, each)
            assert each.label["zh"] in each.message["zh"], (case, each)
            assert each.suggestion or "：" in each.message["zh"], (case, each)
            assert "shacl" not in each.message["en"].lower()
            assert each.path, (case, each)


def test_a_missing_field_is_told_with_the_message_of_its_shape() -> None:
    found = one("title-missing", "title")

    assert found.message == {"zh": "服务产品名称：还没有填写。", "en": "Title: nothing is given."}
    assert found.suggestion["zh"].startswith("请填写服务产品名称")


def test_a_price_above_another_names_both_amounts() -> None:
    found = one("price-minimum-above-maximum", "offer.minPrice")

    assert re.search(r"[\d.]+ 高于最高价 [\d.]+", found.message["zh"])


def test_a_value_beside_a_partner_of_another_type_is_not_blamed() -> None:
    """A date of another type is told once, where it stands, and not at the date it was to be compared with."""
    found = findings("compiled", "service-product")["modified Datatype"]

    assert [(each.path, each.code) for each in found] == [("modified", "datatype")]


def test_a_date_after_another_is_later_than_that_field() -> None:
    found = one("issued-after-modified", "issued")

    assert "晚于更新日期" in found.message["zh"]
    assert "is later than Modified" in found.message["en"]


def test_what_has_the_wrong_type_is_told_with_the_type_it_has() -> None:
    assert "“1” (xsd:integer) is not text" in one("keyword Datatype", "keyword").message["en"]


def test_text_where_a_code_must_stand_is_told_once_and_answered_with_a_code() -> None:
    found = [each for each in findings("compiled", "service-product")["area-by-name"] if each.path == "areaServed"]

    assert len(found) == 1
    assert "是文字" in found[0].message["zh"]
    assert "450000 广西" in found[0].suggestion["zh"]


def test_a_class_too_low_is_answered_with_the_one_above_it() -> None:
    found = one("class-of-second-level", "agencyClass", "service-agency")

    assert "05 知识产权服务" in found.suggestion["zh"]


def test_the_bound_of_an_unnamed_node_is_not_taken_for_that_of_a_field() -> None:
    found = one("node certification issuedBy MaxCount", "certification.issuer")

    assert "20" not in found.message["zh"]


def test_amounts_stand_as_people_write_them() -> None:
    found = findings("compiled", "service-product")
    numbers = [each for case in found.values() for each in case if each.code in ("minInclusive", "lessThanOrEquals")]

    assert numbers
    for each in numbers:
        said = (*each.message.values(), each.value)
        assert not any(re.search(r"\d\.0(?!\d)", text) for text in said), each


def test_a_main_class_is_answered_with_one_of_its_subclasses() -> None:
    found = one("category-main-class-only", "category")

    assert re.search(r"如“\d{4} ", found.suggestion["zh"]) or "二级类" in found.suggestion["zh"]


def test_a_rule_of_several_fields_speaks_for_itself_and_names_them() -> None:
    found = one("process-missing", "process")

    assert found.label["zh"] == "服务流程、流程步骤"
    assert found.message["zh"] == "服务流程、流程步骤：请写服务流程，文字或分步骤均可。"
    assert found.severity == "error"


def test_a_recommendation_stays_a_warning() -> None:
    found = one("recommended-abstract", "abstract")

    assert (found.severity, found.code) == ("warning", "minCount")


def test_a_rule_about_a_pair_points_at_its_first_field() -> None:
    found = one("recommended-main-product", "mainProductText", "service-agency")

    assert found.severity == "warning"
    assert "主要产品" in found.message["zh"]


@pytest.mark.parametrize("component", [*_SENTENCES, "Unheard"])
def test_every_component_has_a_sentence_even_without_shape_or_value(component: str) -> None:
    known = profile()
    maker = FindingMaker(known.kinds, known.vocabularies)
    result = ShapeResult(NODE, (), "", f"{SH}{component}ConstraintComponent", f"{SH}Violation", "_:b0")

    found = list(maker.findings(result, Record("https://e.example/a", "service-product", {NODE: {}})))

    assert len(found) == 1
    assert "{" not in found[0].message["zh"] + found[0].message["en"]


def test_a_long_value_is_cut_in_the_finding() -> None:
    known = profile()
    maker = FindingMaker(known.kinds, known.vocabularies)
    result = ShapeResult(NODE, ("<http://purl.org/dc/terms/title>",), '"' + "长" * 5000 + '"@zh',
                         f"{SH}MaxLengthConstraintComponent", f"{SH}Violation", "_:b0")  # fmt: skip

    found = next(iter(maker.findings(result, Record("https://e.example/a", "service-product", {NODE: {}}))))

    assert "5000" in found.message["zh"]
    assert len(found.value) <= 60
