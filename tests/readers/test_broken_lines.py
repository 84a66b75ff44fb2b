"""JSON Lines whose first line is broken are JSON Lines all the same, if they are called that."""

from __future__ import annotations

import gzip
import json

import pytest

from catalog_service.errors import CatalogError
from tests.readers.readings import read

KIND = "service-product"
GOOD = '{"identifier": "A-0001"}'
LONG = json.dumps({"identifier": "A-0001", "description": "长" * 30_000})


@pytest.mark.parametrize("broken", ["{bad", "null", '"x"', "[1]", "5", "words", "a,b", '{"title": {"zh": "a"}', "\0"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "request.jsonl"])
def test_a_broken_first_line_is_told_and_the_others_go_in(broken: str, name: str) -> None:
    records, findings = read(f"{broken}\n{GOOD}\n{GOOD}\n", name, KIND)

    assert [each.place.line for each in records] == [2, 3]
    assert [(each.severity, each.place.line) for each in findings] == [("error", 1)]


def test_a_broken_first_line_is_told_where_the_file_is_packed() -> None:
    records, findings = read(gzip.compress(f"{{bad\n{GOOD}\n".encode()), "a.jsonl.gz", KIND)

    assert [each.place.line for each in [*findings, *records]] == [1, 2]


def test_a_long_first_line_is_one_of_several() -> None:
    records, findings = read(f"{LONG}\n{GOOD}\n", "a.jsonl", KIND)

    assert ([each.place.line for each in records], findings) == ([1, 2], [])


def test_the_only_line_stands_where_it_stands() -> None:
    records, findings = read(f"\n\n{GOOD}\n", "a.jsonl", KIND)

    assert ([each.place.line for each in records], findings) == ([3], [])


@pytest.mark.parametrize("number", [1, 3, 3000])
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("around", [False, True])
def test_one_json_document_is_read_whatever_it_is_called(number: int, indent: int | None, *, around: bool) -> None:
    listed = [{"identifier": f"A-{each:04d}", "title": {"zh": "检测"}} for each in range(number)]
    text = json.dumps({"records": listed} if around else listed, indent=indent)

    records, findings = read(text, "a.jsonl", KIND)

    assert (len(records), findings) == (number, [])


def test_a_table_and_a_broken_document_are_what_they_look_like() -> None:
    records, _ = read("identifier,title@zh\nA-0001,专利检索\n", "a.jsonl", KIND)

    assert len(records) == 1
    with pytest.raises(CatalogError):
        read(f"{{bad\n{GOOD}\n", "a.json", KIND)
