"""Headers as people write them: units of amounts, and words of the pages."""

from __future__ import annotations

import pytest

from tests.readers.readings import read

PRODUCT, AGENCY = "service-product", "service-agency"


def cells(head: str, row: str, kind: str = PRODUCT) -> dict[str, object]:
    records, findings = read(f"产品标识符,{head}\nAB-0001,{row}\n", "a.csv", kind)
    assert not findings
    (record,) = records
    return {name: value.value for name, value in record.values if name != "identifier"}


@pytest.mark.parametrize(
    "head", ["最低价（元）,最高价(元)", "最低价 (元)*,最高价（单位：元）", "最低价（人民币）,报价/最高价（元）"]
)
def test_a_header_of_an_amount_may_name_the_yuan(head: str) -> None:
    assert cells(head, "5,8") == {"offer.minPrice": "5", "offer.maxPrice": "8"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("5", "5万元"),
        ("0.5", "0.5万元"),
        ("5-8", "5-8万元"),
        ("5起", "5万元起"),
        ("5/件", "5万元/件"),
        ("5000元", "5000元"),
        ("面议", "面议"),
    ],
)
def test_amounts_below_a_header_in_ten_thousands_are_in_ten_thousands(written: str, meant: str) -> None:
    assert cells("价格（万元）", written) == {"offer.price": meant}


def test_the_header_of_an_agency_s_capital_may_name_its_unit() -> None:
    records, findings = read("机构标识符,机构名称,注册资本（万元）\nAB-0001,甲,500\n", "a.csv", AGENCY)

    assert not findings
    assert dict(records[0].values)["capital"].value == "500万元"


def test_a_unit_behind_the_header_of_what_is_no_amount_is_unknown() -> None:
    _, findings = read("产品标识符,服务产品名称,最短周期（元）\nAB-0001,甲,5\n", "a.csv", PRODUCT)

    assert [each.code for each in findings] == ["unknown-column"]


@pytest.mark.parametrize("head", ["服务周期", "Lead time"])
def test_the_word_of_the_pages_is_a_header_for_the_period_in_words(head: str) -> None:
    assert cells(f"服务产品名称,{head}", "甲,5天") == {"title": "甲", "periodText": "5天"}
