"""What no shape can say: arithmetic on codes, and what one element says about another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_service.model.record import Record
from catalog_service.namespaces import term
from catalog_service.registry import profile
from catalog_service.validation.catalogue import ALPHABET, CREDIT_CODE, check_character, check_rules

if TYPE_CHECKING:
    from catalog_service.model.report import Finding

AGENCY, PRODUCT = "service-agency", "service-product"
IRI = "https://e.example/a"
NODE = f"<{IRI}>"
LISTS = "https://w3id.org/stsp/cl/"


def said(kind: str, nodes: dict[str, dict[str, list[str]]]) -> list[Finding]:
    """Return what the catalogue's rules say of a record; every sentence is there in both languages."""
    known = profile()
    found = check_rules(Record(IRI, kind, nodes), known.kinds[kind], known.vocabularies)
    for each in found:
        assert each.label["zh"] != each.label["en"]
        assert all(each.message[lang].startswith(each.label[lang]) for lang in ("zh", "en"))
        assert all(each.suggestion[lang] for lang in ("zh", "en"))
    return found


def findings(code: str) -> list[tuple[str, str]]:
    return [(each.code, each.severity) for each in said(AGENCY, {NODE: {CREDIT_CODE: [f'"{code}"']}})]


@pytest.mark.parametrize(
    "code", ["91110000600037341L", "914403007152695463"[:17] + check_character("91440300715269546")]
)
def test_a_published_code_is_good(code: str) -> None:
    assert findings(code) == []


def test_the_published_check_character_is_found() -> None:
    assert check_character("91110000600037341") == "L"


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_changed_character_is_always_noticed(code: str, at: int, other: str) -> None:
    changed = code[:at] + other + code[at + 1 :]

    assert (check_character(changed) == check_character(code)) == (changed == code)


def test_a_wrong_check_character_is_an_error_that_names_the_right_one() -> None:
    assert findings("91110000600037341M") == [("check-character", "error")]


def test_an_unknown_region_inside_is_advice() -> None:
    code = "91999999600037341"

    assert findings(code + check_character(code)) == [("region-in-code", "warning")]


@pytest.mark.parametrize("code", ["", "123", "9111000060003734IL", "长" * 18])
def test_what_has_not_the_form_of_a_code_is_left_to_the_shapes(code: str) -> None:
    assert findings(code) == []


def steps(*positions: str) -> dict[str, dict[str, list[str]]]:
    nodes = [f"<{IRI}#step-{number}>" for number, _ in enumerate(positions)]
    of_step = {
        node: {term("schema:position"): [f'"{position}"^^<http://www.w3.org/2001/XMLSchema#integer>']}
        for node, position in zip(nodes, positions, strict=True)
    }
    return {NODE: {term("sts:hasStep"): nodes}, **of_step}


def test_steps_in_an_order_of_their_own_are_good() -> None:
    assert said(PRODUCT, steps("1", "2", "3")) == []


def test_a_position_that_two_steps_have_is_an_error_at_the_second() -> None:
    (finding,) = said(PRODUCT, steps("1", "2", "02"))

    assert (finding.code, finding.severity, finding.path) == ("not-distinct", "error", "processStep.position")
    assert finding.focus_node == f"<{IRI}#step-2>"
    assert finding.message == {"zh": "序号：02 出现了不止一次。", "en": "Position: 02 is given more than once."}
    assert finding.suggestion["zh"] == "请给每个流程步骤写一个不同的值，如 1、2、3。"


def priced(currency: str) -> dict[str, dict[str, list[str]]]:
    offer, price = f"<{IRI}#offer-1>", f"<{IRI}#price-1>"
    return {
        NODE: {term("schema:offers"): [offer]},
        offer: {term("schema:priceSpecification"): [price]},
        price: {term("schema:priceCurrency"): [f'"{currency}"']},
    }


@pytest.mark.parametrize("currency", ["CNY", "USD", "XAF"])
def test_a_currency_of_the_list_is_good(currency: str) -> None:
    assert said(PRODUCT, priced(currency)) == []


@pytest.mark.parametrize(("currency", "right"), [("RMB", "CNY"), ("XXQ", "CNY"), ("usd", "USD")])
def test_a_currency_that_is_not_in_the_list_is_an_error_that_names_one(currency: str, right: str) -> None:
    (finding,) = said(PRODUCT, priced(currency))

    assert (finding.code, finding.severity, finding.path) == ("unknown-code", "error", "offer.priceCurrency")
    assert finding.focus_node == f"<{IRI}#price-1>"
    assert finding.message["zh"] == f"币种：“{currency}”不是代码表“货币”中的代码。"
    assert finding.suggestion["en"] == f"Write a code of the list, such as {right}."


def of_category(code: str, **more: list[str]) -> dict[str, dict[str, list[str]]]:
    return {NODE: {term("dcat:theme"): [f"<{LISTS}service-category/{code}>"], **more}}


@pytest.mark.parametrize("code", ["03", "0302"])
def test_a_testing_service_without_certification_is_told_that_one_is_recommended(code: str) -> None:
    (finding,) = said(PRODUCT, of_category(code))

    assert (finding.code, finding.severity, finding.path) == ("recommended-here", "warning", "certification")
    assert finding.focus_node == NODE
    assert finding.message["zh"] == "资质与认证：没有填写，检验检测认证服务建议填写。"
    assert finding.message["en"] == (
        "Certification: nothing is given, which is recommended for Testing, inspection and certification services."
    )
    assert finding.suggestion["zh"] == "请补上，让客户看得到；不填也可以发布。"


def test_a_testing_service_with_certification_and_another_service_without_are_good() -> None:
    certified = {term("schema:hasCertification"): [f"<{IRI}#certification-1>"]}

    assert said(PRODUCT, of_category("0302", **certified)) == []
    assert said(PRODUCT, of_category("0504")) == []


def registered(start: str, form: str) -> dict[str, dict[str, list[str]]]:
    code = start + "110000600037341"
    return {
        NODE: {
            CREDIT_CODE: [f'"{code + check_character(code)}"'],
            term("sts:legalForm"): [f"<{LISTS}legal-form/{form}>"],
        }
    }


@pytest.mark.parametrize(
    ("start", "form"), [("91", "150"), ("91", "310"), ("12", "0211"), ("51", "030"), ("52", "030")]
)
def test_a_legal_form_that_goes_with_the_credit_code_is_good(start: str, form: str) -> None:
    assert said(AGENCY, registered(start, form)) == []


def test_a_legal_form_that_does_not_go_with_the_credit_code_is_advice() -> None:
    (finding,) = said(AGENCY, registered("12", "150"))

    assert (finding.code, finding.severity, finding.path) == ("legal-form-of-code", "warning", "legalForm")
    assert finding.message["zh"] == "机构性质：有限责任公司与以 12 开头的统一社会信用代码不符。"
    assert finding.suggestion["zh"] == "持这种代码的机构属于：事业法人。请改正机构性质或代码。"
