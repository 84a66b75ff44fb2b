"""A cell of every type of field becomes terms, or a finding that says what to write."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_service.model.raw import RawValue
from catalog_service.model.report import Place
from catalog_service.normalise.concepts import Concepts
from catalog_service.normalise.values import Converted, Values
from catalog_service.registry import profile

if TYPE_CHECKING:
    from catalog_service.model.kind import Field

CODES = "https://w3id.org/stsp/cl/"


@cache
def reader() -> Values:
    return Values(Concepts(profile().vocabularies), {"literal_length": 1000}, dt.date(2026, 3, 5))


def field(name: str, kind: str = "service-product") -> Field:
    found = profile().kinds[kind].field(name)
    assert found
    return found


def read(name: str, value: Any, language: str = "", kind: str = "service-product") -> Converted:
    return reader().convert(field(name, kind), name, RawValue(value, Place("t.xlsx", "s", 2, "C"), language))


@pytest.mark.parametrize("written", ["0504", "504", 504, 504.0, "专利检索与信息分析", "0504 专利检索与信息分析",
                                     "０５０４", "知识产权服务/专利检索与信息分析",
                                     "(0504)专利检索与信息分析", f"{CODES}service-category/0504"])  # fmt: skip
def test_a_code_is_found_by_code_label_or_iri(written: Any) -> None:
    assert read("category", written).terms == (f"<{CODES}service-category/0504>",)


def test_several_codes_in_a_cell_are_taken_apart() -> None:
    assert len(read("areaServed", "柳州；桂林;南宁").terms) == 3
    assert len(read("areaServed", "柳州、桂林").terms) == 2


@pytest.mark.parametrize(
    "cell",
    ["0208 科技查新; 0602 政策法规", "0208 科技查新\n0602 政策法规", "0208 科技查新，0602 政策法规", "0208,0602"],
)
def test_several_codes_with_labels_in_a_cell_are_all_kept(cell: str) -> None:
    assert read("category", cell).terms == tuple(f"<{CODES}service-category/{code}>" for code in ("0208", "0602"))


def test_a_code_may_be_joined_to_its_label() -> None:
    assert read("areaServed", "450100南宁市").terms == (f"<{CODES}region/450100>",)


def test_what_came_in_a_list_is_one_value() -> None:
    place = Place("t.json")
    whole = reader().convert(field("keyword"), "keyword", RawValue("甲;乙", place, "zh", single=True))
    apart = reader().convert(field("keyword"), "keyword", RawValue("甲;乙", place, "zh"))

    assert (whole.terms, apart.terms) == (('"甲;乙"@zh',), ('"甲"@zh', '"乙"@zh'))


def test_a_plain_amount_is_in_yuan() -> None:
    assert read("capital", "500万元", kind="service-agency").terms
    assert not read("capital", "500万美元", kind="service-agency").terms


def test_a_label_with_enumeration_marks_stays_whole() -> None:
    assert read("sector", "农、林、牧、渔业").terms == (f"<{CODES}industry/A>",)


def test_a_short_name_of_a_city_is_found() -> None:
    assert read("areaServed", "柳州").terms == (f"<{CODES}region/450200>",)


def test_an_unknown_code_is_told_with_codes_that_may_be_chosen() -> None:
    finding = read("category", "专利检所").findings[0]

    assert (finding.code, finding.place.column, finding.path) == ("unknown-code", "C", "category")
    assert "0504" in finding.suggestion["zh"]
    assert "05 " not in finding.suggestion["zh"]


def test_what_is_like_no_code_is_told_with_the_list_and_codes_of_it() -> None:
    finding = read("category", "9999").findings[0]

    assert finding.code == "unknown-code"
    assert "“科技服务产品分类”（service-category）" in finding.suggestion["zh"]
    assert "0101 " in finding.suggestion["zh"]
    assert "0101 " in finding.suggestion["en"]


@pytest.mark.parametrize("kind", ["service-product", "service-agency"])
def test_every_list_tells_what_to_write_for_what_is_not_in_it(kind: str) -> None:
    names = [name for name, each in profile().kinds[kind].walk() if each.type == "concept" and not each.computed]

    told = {name: read(name, "§§§", kind=kind).findings[0] for name in names}

    assert names
    assert {(each.code, bool(each.suggestion["zh"]), bool(each.suggestion["en"])) for each in told.values()} == {
        ("unknown-code", True, True)
    }


def test_a_code_of_two_lists_is_told_with_both_and_found_with_its_label() -> None:
    finding = read("serviceField", "05", kind="service-agency").findings[0]

    assert finding.code == "ambiguous-code"
    assert "知识产权服务" in finding.suggestion["zh"]
    assert read("serviceField", "05 知识产权服务", kind="service-agency").terms == (f"<{CODES}service-category/05>",)


def test_a_code_beside_the_label_of_another_is_told_with_both() -> None:
    finding = read("category", "0504 知识产权代理").findings[0]

    assert finding.code == "ambiguous-code"
    assert "0504 专利检索与信息分析" in finding.suggestion["zh"]


def test_a_number_and_a_text_that_equal_one_another_are_not_taken_for_the_same() -> None:
    assert read("fullyOnline", True).terms == read("fullyOnline", 1).terms == read("fullyOnline", 1.0).terms
    assert read("contact.name", 1.0).terms == read("contact.name", 1).terms == ('"1"',)
    assert read("contact.name", True).terms == ('"true"',)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("offer.validThrough", "2024-02-30", "bad-date"),
        ("offer.periodMax", "很快", "bad-number"),
        ("fullyOnline", "也许", "bad-boolean"),
        ("offer.price", "很便宜", "bad-number"),
        ("landingPage", "not an address", "bad-iri"),
        ("title", "长" * 1001, "too-long"),
    ],
)
def test_what_cannot_be_read_is_told(name: str, value: str, code: str) -> None:
    result = read(name, value)

    assert [finding.code for finding in result.findings] == [code]
    assert result.terms == ()
    assert result.findings[0].label == dict(field(name).labels)


def test_a_text_takes_the_language_of_its_column() -> None:
    assert read("title", "专利检索", "zh").terms == ('"专利检索"@zh',)
    assert read("title", "Patent search", "en").terms == ('"Patent search"@en',)


def test_control_characters_are_taken_out_and_told() -> None:
    result = read("title", "专利\x00检索")

    assert result.terms == ('"专利检索"@zh',)
    assert [(finding.code, finding.severity) for finding in result.findings] == [("forbidden-character", "warning")]


def test_an_address_without_scheme_gets_one_and_a_telephone_its_prefix() -> None:
    assert read("landingPage", "www.example.org/a").terms == ("<http://www.example.org/a>",)
    assert read("contact.telephone", "0771-1234567").terms == ("<tel:0771-1234567>",)


def test_a_reference_stays_as_it_is_written() -> None:
    assert read("provider", " 某机构 ").terms == ('"某机构"',)
    assert read("provider", "https://e.example/a").terms == ("<https://e.example/a>",)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("identifier", "service-product"),
        ("uscc", "service-agency"),
        ("contact.name", "service-product"),
        ("provider", "service-product"),
    ],
)
def test_a_long_number_that_lost_its_last_digits_is_told(name: str, kind: str) -> None:
    result = read(name, 123456789012345678.0, kind=kind)

    assert [(each.code, each.place.column) for each in result.findings] == [("lost-digits", "C")]
    assert result.terms == ()


def test_a_long_number_in_exponents_is_told_and_a_short_one_is_kept() -> None:
    assert [each.code for each in read("uscc", "1.23E+17", kind="service-agency").findings] == ["lost-digits"]
    assert read("identifier", 123456789.0).terms == ('"123456789"',)
    assert not read("offer.price", 1e15).findings


@pytest.mark.parametrize("written", ["中文", "汉语", "zh", "ZHO", "Chinese", "中文、英文"])
def test_a_language_may_be_written_as_people_call_it(written: str) -> None:
    assert read("language", written).terms[0] == "<http://publications.europa.eu/resource/authority/language/ZHO>"


def test_an_empty_cell_is_nothing() -> None:
    assert read("title", " \n") == Converted()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_value_makes_any_field_fail(data: st.DataObject) -> None:
    kind = profile().kinds[data.draw(st.sampled_from(sorted(profile().kinds)))]
    name, each = data.draw(st.sampled_from([pair for pair in kind.walk() if pair[1].type != "node"]))
    value = data.draw(st.one_of(st.text(max_size=40), st.floats(), st.integers(), st.booleans(), st.datetimes()))

    result = reader().convert(each, name, RawValue(value))

    for term in result.terms:
        term.encode()
    for finding in result.findings:
        (finding.message["zh"] + finding.message["en"] + finding.value).encode()
