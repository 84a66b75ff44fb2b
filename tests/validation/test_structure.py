"""The form of JSON, in sentences."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_service.registry import profile
from catalog_service.validation.structure import check_structure


def findings(**members: Any) -> list[Any]:
    kind = profile().kinds["service-product"]
    return list(check_structure({"kind": kind.name, **members}, kind))


def test_good_form_is_good() -> None:
    assert findings(title={"zh": "专利检索"}, category=["0504"], offer=[{"price": 5}], fullyOnline=True) == []


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"fullyOnline": [{}]}, "fullyOnline"),
        ({"offer": "5 元"}, "offer"),
        ({"offer": [{"price": {"a": 1}}]}, "offer.0.price"),
    ],
)
def test_a_value_of_another_type_is_told_at_its_member(members: dict[str, Any], path: str) -> None:
    found = findings(**members)

    assert [each.path for each in found] == [path]
    assert found[0].label["zh"] in found[0].message["zh"]
    assert "须是" in found[0].message["zh"]


def test_an_unknown_member_is_named() -> None:
    found = findings(colour="red")

    assert [(each.code, each.value) for each in found] == [("unknown-member", "colour")]
    assert "没有名为“colour”的成员" in found[0].message["zh"]
