from __future__ import annotations

import json
from typing import TYPE_CHECKING

from catalog_service.writers import writer

if TYPE_CHECKING:
    from catalog_service.writers.base import Outgoing, Surroundings


def test_one_record_is_an_object_and_several_are_a_list(published: tuple[Outgoing, ...], around: Surroundings) -> None:
    one, several = (json.loads(b"".join(writer("json").write(published[:count], around))) for count in (1, 2))

    assert one == several[0]
    assert [each["iri"] for each in several] == [each.record.iri for each in published[:2]]


def test_lines_are_the_same_objects(published: tuple[Outgoing, ...], around: Surroundings) -> None:
    lines = [json.loads(line) for line in writer("jsonl").write(published, around)]

    assert lines == json.loads(b"".join(writer("json").write(published, around)))


def test_short_names_stand_for_the_fields(published: tuple[Outgoing, ...], around: Surroundings) -> None:
    for outgoing, line in zip(published, writer("jsonl").write(published, around), strict=True):
        assert set(json.loads(line)) <= {"kind", "iri"} | {each.name for each in outgoing.kind.fields}
