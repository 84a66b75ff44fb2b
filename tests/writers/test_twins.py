from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.namespaces import term
from catalog_service.writers.twins import with_twins

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog_service.writers.base import Outgoing

PLACE = "<https://w3id.org/stsp/cl/region/450000>"


def test_a_twin_is_written_beside_the_stored_property(make: Callable[..., Outgoing]) -> None:
    record = with_twins(make((term("dct:spatial"), PLACE)))

    assert record.objects(term("schema:areaServed")) == record.objects(term("dct:spatial")) == [PLACE]


def test_the_record_itself_stays_as_it_was(make: Callable[..., Outgoing]) -> None:
    outgoing = make((term("dct:spatial"), PLACE))

    with_twins(outgoing)

    assert outgoing.record.objects(term("schema:areaServed")) == []


def test_without_a_value_there_is_no_twin(make: Callable[..., Outgoing]) -> None:
    assert with_twins(make()).canonical() == make().record.canonical()


def test_every_declared_twin_is_written(published: tuple[Outgoing, ...]) -> None:
    wanted = {
        (outgoing.kind.name, twin)
        for outgoing in published
        for each in outgoing.kind.fields
        for twin in each.alignments.get("twin", ())
        if outgoing.record.objects(*each.path)
    }

    found = {
        (outgoing.kind.name, predicate[1:-1])
        for outgoing in published
        for predicate in with_twins(outgoing).nodes[outgoing.record.node]
    }

    assert len(wanted) >= 3
    assert wanted <= found
