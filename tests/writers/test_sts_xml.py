from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from catalog_service.namespaces import term
from catalog_service.registry import profile
from catalog_service.writers.sts_xml import NAMESPACE, metadata, schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog_service.writers.base import Outgoing, Surroundings

STS = f"{{{NAMESPACE}}}"


def element(outgoing: Outgoing, around: Surroundings) -> etree._Element:
    return etree.fromstring(metadata(outgoing, around, "http://c.example/sts.xsd"))


def test_a_record_is_an_element_of_its_kind_with_its_version(
    make: Callable[..., Outgoing], around: Surroundings
) -> None:
    found = element(make(), around)

    assert found.tag == f"{STS}service-product"
    assert (found.get("iri"), found.get("version")) == ("https://bench.example/id/service-product/WR-0000001", "1")


def test_a_code_names_its_list(make: Callable[..., Outgoing], around: Surroundings) -> None:
    found = element(make(), around).find(f"{STS}category")

    assert found is not None
    assert dict(found.attrib) == {"list": "service-category", "code": "0504"}
    assert found.text == around.vocabularies["service-category"].concepts["0504"].label("zh")


def test_what_is_private_stays_inside(published: tuple[Outgoing, ...], around: Surroundings) -> None:
    secret = {each.name for kind in profile().kinds.values() for each in kind.fields if each.private}

    assert secret
    for outgoing in published:
        assert not [name for name in secret if element(outgoing, around).find(f"{STS}{name}") is not None]
    assert not [name for name in secret if f'name="{name}"'.encode() in schema(profile().kinds)]


def test_inner_nodes_hold_their_members(make: Callable[..., Outgoing], around: Surroundings) -> None:
    outgoing = make((term("schema:offers"), "<https://bench.example/id/service-product/WR-0000001#offer>"))
    offer = {term("schema:description"): ['"不含官费"@zh']}
    outgoing.record.nodes["<https://bench.example/id/service-product/WR-0000001#offer>"] = offer  # type: ignore[index]

    found = element(outgoing, around).find(f"{STS}offer/{STS}chargeNote")

    assert found is not None
    assert found.text == "不含官费"
