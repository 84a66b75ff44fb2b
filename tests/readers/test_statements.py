"""Behind a broken statement, exactly the record it belongs to is left out and the others are read."""

from __future__ import annotations

import pytest

from tests.readers.readings import PREFIXES, names, piece, read, turtle

GOOD = ("A-0001", "B-0002", "C-0003", "D-0004")

BREAKAGES = {
    "a bad value": (1, '    dct:title "服务 C-0003. 说明"@zh ;\n', "    dct:title @@@ ;\n"),
    "an open quotation mark": (1, '"服务 C-0003. 说明"@zh', '"服务 C-0003. 说明@zh'),
    "an open long text": (1, '"服务 C-0003. 说明"@zh', '"""服务 C-0003. 说明@zh'),
    "a bad IRI before anything was said": (0, "ex:C-0003 a sts:ServiceProduct", "ex:C-0003 <a b> sts:ServiceProduct"),
    "an unknown prefix": (0, "a sts:ServiceProduct", "a foo:ServiceProduct"),
    "a broken inner node": (2, 'dct:title "报价"@zh', "dct:title ??"),
    "an inner node left open": (3, '"报价"@zh ]', '"报价"@zh'),
    "bytes that are no UTF-8": (1, "说明", "\udcff\udcfe"),
    "a missing dot": (4, '"C-0003" .', '"C-0003"'),
    "a surrogate": (1, "说明", "\\ud800"),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_only_the_broken_record_is_left_out(name: str) -> None:
    line, old, new = BREAKAGES[name]
    whole = turtle(*GOOD)
    third = piece("C-0003")
    assert old in third

    records, findings = read(
        whole.replace(third, third.replace(old, new)).encode("utf-8", "surrogateescape"), "broken.ttl"
    )

    assert names(records) == ["A-0001", "B-0002", "D-0004"]
    assert [finding.code for finding in findings] == ["broken-syntax"]
    assert findings[0].place.line == 3 + 2 * 4 + 1 + line
    assert "C-0003" in findings[0].value


def test_a_record_is_named_that_said_nothing_yet() -> None:
    records, findings = read(turtle("A-0001") + "ex:B-0002 @@ .\n" + piece("C-0003"), "broken.ttl")

    assert names(records) == ["A-0001", "C-0003"]
    assert findings[0].value.endswith("/B-0002")


def test_statements_on_one_line_are_told_apart() -> None:
    line = "ex:A-0001 a sts:ServiceProduct . ex:B-0002 a @@ . ex:C-0003 a sts:ServiceProduct .\n"

    records, findings = read(PREFIXES + line, "broken.ttl")

    assert names(records) == ["A-0001", "C-0003"]
    assert findings[0].value.endswith("/B-0002")


def test_several_broken_records_are_all_named() -> None:
    text = turtle(*GOOD).replace('"服务 B-0002. 说明"', '"服务').replace('"服务 D-0004. 说明"', "^^")

    records, findings = read(text, "broken.ttl")

    assert names(records) == ["A-0001", "C-0003"]
    assert [finding.value[-6:] for finding in findings] == ["B-0002", "D-0004"]


def test_what_is_said_of_a_broken_record_later_is_left_out_too() -> None:
    text = turtle("A-0001") + "ex:B-0002 a @@ .\n" + piece("C-0003") + piece("B-0002")

    records, _ = read(text, "broken.ttl")

    assert names(records) == ["A-0001", "C-0003"]


def test_a_broken_inner_node_with_a_label_takes_its_record_with_it() -> None:
    text = turtle("A-0001") + "ex:B-0002 a sts:ServiceProduct ; sts:offer _:o .\n_:o dct:title @@ .\n" + piece("C-0003")

    records, _ = read(text, "broken.ttl")

    assert names(records) == ["A-0001", "C-0003"]


def test_a_broken_line_of_n_triples_ends_with_the_line() -> None:
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/stsp/ns#ServiceProduct>"
    triple = f"<https://e.example/{{0}}> {kind} .\n"
    text = triple.format("a") + '<https://e.example/b> <http://purl.org/dc/terms/title> "open .\n' + triple.format("c")

    records, findings = read(text, "broken.nt")

    assert names(records) == ["a", "c"]
    assert [record.place.line for record in records] == [1, 3]
    assert (findings[0].place.line, findings[0].value) == (2, "https://e.example/b")


def test_a_graph_of_trig_goes_on_behind_a_broken_statement() -> None:
    inner = turtle(*GOOD).removeprefix(PREFIXES).replace('"服务 B-0002. 说明"', "^^")

    records, findings = read(f"{PREFIXES}<urn:x-g:1> {{\n{inner}}}\n{piece('E-0005')}", "broken.trig")

    assert names(records) == ["A-0001", "C-0003", "D-0004", "E-0005"]
    assert [finding.value[-6:] for finding in findings] == ["B-0002"]


def test_records_know_the_line_they_begin_at() -> None:
    records, _ = read(turtle(*GOOD), "good.ttl")

    assert [record.place.line for record in records] == [4, 8, 12, 16]


def test_endless_breakage_ends() -> None:
    records, findings = read(PREFIXES + "ex:A @@ .\n" * 5000, "broken.ttl")

    assert records == []
    assert len(findings) <= 1001
