from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from catalog_service.namespaces import term
from catalog_service.writers import writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalog_service.writers.base import Outgoing, Surroundings


def document(records: tuple[Outgoing, ...], around: Surroundings) -> Any:
    return json.loads(b"".join(writer("jsonld").write(records, around)))


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def test_the_context_is_inside(make: Callable[..., Outgoing], around: Surroundings) -> None:
    found = document((make(),), around)

    assert found["@context"]["title"] == "dct:title"
    assert found["@id"] == "https://bench.example/id/service-product/WR-0000001"


def test_several_records_are_a_graph(published: tuple[Outgoing, ...], around: Surroundings) -> None:
    found = document(published[:3], around)

    assert [each["@id"] for each in found["@graph"]] == [each.record.iri for each in published[:3]]


def test_short_names_and_prefixes_stand_for_every_property(
    published: tuple[Outgoing, ...], around: Surroundings
) -> None:
    found = document(published, around)

    context = found.pop("@context")
    names = set(keys(found))
    assert not [name for name in names if "//" in name]
    assert not [name for name in names if name.split(":")[0] not in context and not name.startswith("@")]


def test_codes_and_days_need_no_type_beside_them(make: Callable[..., Outgoing], around: Surroundings) -> None:
    day = '"2026-03-05"^^<http://www.w3.org/2001/XMLSchema#date>'

    found = document((make((term("dct:issued"), day)),), around)

    assert found["category"] == "https://w3id.org/stsp/cl/service-category/0504"
    assert found["issued"] == "2026-03-05"
    assert found["identifier"] == "WR-0000001"


def test_inner_nodes_stand_where_they_belong(published: tuple[Outgoing, ...], around: Surroundings) -> None:
    found = document(published, around)

    assert all("#" not in each["@id"] for each in found["@graph"])
    assert any(isinstance(each.get("offer"), dict) for each in found["@graph"])
