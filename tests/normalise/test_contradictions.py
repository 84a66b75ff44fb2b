"""Words in the columns of ends: each counts for its end, in one unit and currency, or is told with its cell."""

from __future__ import annotations

from typing import Any

import pytest

from tests.normalise.test_offers import normalised, only


@pytest.mark.parametrize(
    ("least", "most"),
    [
        ("1000元/件", "2000元/件"),
        ("约1000", "约2000"),
        (1000, "2000元/件"),
        ("1000元起", 2000),
        ("1000-2000元", "2000"),
    ],
)
def test_words_in_both_columns_of_ends_make_a_range(least: Any, most: Any) -> None:
    found = normalised(offer__minPrice=least, offer__maxPrice=most)
    plain = only(found).plain()

    assert not found.findings
    assert (plain["mode"], plain["minimum"], plain["maximum"]) == ("range", "1000", "2000")
    assert "price" not in plain
    assert plain["currency"] == "CNY"


def test_words_in_both_columns_keep_unit_and_currency() -> None:
    offer = only(normalised(offer__minPrice="US$100/件", offer__maxPrice="US$200/件"))

    assert (offer.currency, offer.unit) == ("USD", ('"件"@zh',))


def test_words_for_one_end_are_not_kept_as_the_words_for_the_whole() -> None:
    found = normalised(offer__minPrice="1000元/件", offer__maxPrice="2000元/件", offer__periodMin="1年",
                       offer__periodMax="18个月")  # fmt: skip

    assert only(found).text == ()
    assert not found.record.objects("<https://w3id.org/stsp/ns#periodText>")


def test_words_in_the_column_of_the_largest_price_are_no_fixed_price() -> None:
    plain = only(normalised(offer__maxPrice="2000元/件")).plain()

    assert plain["maximum"] == "2000"
    assert "price" not in plain


@pytest.mark.parametrize(
    "values",
    [
        {"offer__price": "$1000", "offer__priceCurrency": "CNY"},
        {"offer__price": "1000元人民币/次", "offer__priceCurrency": "美元"},
        {"offer__priceText": "$1000", "offer__priceCurrency": "人民币"},
        {"offer__minPrice": "1000元", "offer__maxPrice": "US$2000"},
        {"offer__minPrice": "500-1000元", "offer__maxPrice": 2000},
        {"offer__minPrice": "1000元/件", "offer__maxPrice": "2000元/年"},
        {"offer__price": "500元/次", "offer__unit": "年"},
        {"offer__minPrice": 1000, "offer__maxPrice": "面议"},
        {"offer__price": "1000元起", "offer__minPrice": 800},
    ],
)
def test_a_price_in_words_that_contradicts_another_column_is_told(values: dict[str, Any]) -> None:
    (finding,) = normalised(**values).findings

    assert (finding.code, finding.severity, finding.place.column) == ("bad-price", "error", "F")
    assert "互相矛盾" in finding.message["zh"]


@pytest.mark.parametrize(
    "values",
    [
        {"offer__price": "$1000", "offer__priceCurrency": "HKD"},
        {"offer__price": "1000元/次", "offer__priceCurrency": "USD"},
        {"offer__price": "300元/样品", "offer__unit": "每样"},
    ],
)
def test_words_that_may_mean_the_same_are_no_contradiction(values: dict[str, Any]) -> None:
    assert not normalised(**values).findings


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"offer__periodMin": "1年", "offer__periodMax": "18个月"}, ("12", "18", "MON")),
        ({"offer__periodMin": "5天", "offer__periodMax": "2周"}, ("5", "14", "DAY")),
        ({"offer__periodMin": 5, "offer__periodMax": "10个工作日"}, ("5", "10", "E49")),
        ({"offer__periodMin": "1年", "offer__periodMax": 18, "offer__periodUnit": "个月"}, ("12", "18", "MON")),
        ({"offer__periodMin": "6个月", "offer__periodUnit": "年"}, ("0.5", None, "ANN")),
        ({"periodText": "1-2年", "offer__periodUnit": "月"}, ("12", "24", "MON")),
    ],
)
def test_a_period_in_two_units_is_put_into_one(values: dict[str, Any], expected: tuple[str | None, ...]) -> None:
    found = normalised(offer__price=5, **values)
    plain = only(found).plain()

    assert not found.findings
    assert (plain.get("period_minimum"), plain.get("period_maximum"), plain["period_unit"]) == expected


@pytest.mark.parametrize(
    ("values", "other"),
    [
        ({"offer__periodMin": "5个工作日", "offer__periodMax": "8周"}, "最短周期“5个工作日”"),
        ({"offer__periodMax": "3个月以内", "offer__periodUnit": "工作日"}, "周期单位“工作日”"),
        ({"periodText": "3个月以内", "offer__periodUnit": "工作日"}, "周期单位“工作日”"),
        ({"offer__periodMin": 5, "offer__periodMax": "10个工作日", "offer__periodUnit": "日"}, "周期单位“日”"),
        ({"offer__periodMin": "5-10天", "offer__periodMax": 20}, "最长周期“20”"),
        ({"offer__periodMin": "5个月", "offer__periodUnit": "年"}, "周期单位“年”"),
    ],
)
def test_a_period_that_contradicts_another_column_is_told(values: dict[str, Any], other: str) -> None:
    (finding,) = normalised(offer__price=5, **values).findings

    assert (finding.code, finding.severity, finding.place.column) == ("bad-period", "error", "F")
    assert other in finding.message["zh"]
