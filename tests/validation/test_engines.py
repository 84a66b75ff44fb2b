"""Both engines give the same findings, sentence for sentence."""

from __future__ import annotations

import ast
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_service.model.record import Record, nodes_of
from catalog_service.model.report import Finding
from catalog_service.validation import compiled_engine
from catalog_service.validation.engines import ENGINES, at_level, set_of
from tests.normalise.records import normaliser, products
from tests.shapes.cases import KINDS
from tests.validation.records import cases, check, findings

LINKED = {
    f"<https://bench.example/id/service-agency/BA-{n:07d}>": "https://w3id.org/stsp/ns#ServiceAgency" for n in range(10)
}


@pytest.mark.parametrize("kind", KINDS)
def test_both_engines_say_the_same_of_every_case(kind: str) -> None:
    compiled, reference = (findings(engine, kind) for engine in ENGINES)

    assert compiled == reference


@pytest.mark.parametrize("kind", KINDS)
def test_the_good_record_is_good(kind: str) -> None:
    assert [each.message["en"] for each in findings("compiled", kind)["good"] if each.severity == "error"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_expected_result_becomes_a_finding_at_its_field(kind: str) -> None:
    found = findings("compiled", kind)

    for case in cases(kind):
        said = {(each.path.partition(".")[0], each.severity) for each in found[case.name]}
        told = {(each.path.partition(".")[0], each.severity) for each in case.expected}
        assert told <= said, case.name


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**9))
def test_both_engines_say_the_same_of_records_changed_by_chance(seed: int) -> None:
    chance = random.Random(seed)
    records = [_changed(normaliser().normalise(raw).record, chance) for raw in products()[:3]]

    compiled, reference = (check(engine, records, LINKED) for engine in ENGINES)

    assert compiled == reference


_STRANGE = ('"x"', '"-1"^^<http://www.w3.org/2001/XMLSchema#decimal>', "<https://e.example/x>", '"长"@zh', '""@en')


def _changed(record: Record, chance: random.Random) -> Record:
    """Return a record with a few triples dropped, doubled under another predicate, or given other values."""
    triples = list(record.triples())
    objects = [term for _, _, term in triples]
    predicates = [predicate for _, predicate, _ in triples]
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(triples))
        subject, predicate, term = triples[at]
        match chance.randrange(4):
            case 0:
                del triples[at]
            case 1:
                triples[at] = (subject, predicate, chance.choice(objects))
            case 2:
                triples.append((subject, chance.choice(predicates), term))
            case _:
                triples[at] = (subject, predicate, chance.choice(_STRANGE))
    return Record(record.iri, record.kind, nodes_of(dict.fromkeys(triples)))


def test_what_is_not_there_is_told_once() -> None:
    pairs = [("minCount", "title"), ("qualifiedMinCount", "title"), ("qualifiedMinCount", "keyword")]
    found = [Finding(code, {}, path=path, focus_node="<a>") for code, path in pairs]

    assert [(each.code, each.path) for each in set_of([*found, *found])] == [pairs[0], pairs[2]]


def test_levels_are_counted_from_the_least() -> None:
    levels = {"s1": "harvestable", "s2": "conformant", "s3": "recommended"}
    all_three = [Finding("x", {}, source_shape=each) for each in levels]

    assert [len(at_level(all_three, level, levels)) for level in ("harvestable", "conformant", "recommended")] == [
        1,
        2,
        3,
    ]


def test_what_cannot_be_read_counts_at_the_least_level() -> None:
    unread, bad_date = Finding("broken-syntax", {}), Finding("bad-date", {}, path="validThrough")
    advice = Finding("no-rows", {}, severity="warning")

    assert at_level([unread, bad_date, advice], "harvestable", {}) == [unread]
    assert at_level([unread, bad_date, advice], "conformant", {}) == [unread, bad_date]


def with_values(number: int, count: int, least: int, dropped: str = "") -> Record:
    """Return a good product with so many delivery times, each minimum above each maximum."""
    good = normaliser().normalise(products()[0]).record
    lead = next(term for term in good.nodes if "leadtime" in term.lower())
    many = [
        (lead, f"<http://schema.org/{name}>", f'"{first + each}"^^<http://www.w3.org/2001/XMLSchema#decimal>')
        for name, first in (("minValue", least), ("maxValue", 0))
        for each in range(count)
    ]
    kept = [
        each
        for each in good.triples()
        if each[:2] not in {other[:2] for other in many} and each[1] != f"<http://purl.org/dc/terms/{dropped}>"
    ]
    nodes = nodes_of((*kept, *many))
    iri = f"{good.iri}.{number}"
    text = repr(nodes).replace(f"<{good.iri}", f"<{iri}")
    return Record(iri, good.kind, ast.literal_eval(text))


def test_many_values_above_many_others_are_told_once_each() -> None:
    found = check("compiled", [with_values(0, 1000, 100_000)], LINKED)

    assert sum(each.code == "lessThanOrEquals" for each in found) == 1000
    assert max(len(each.message["en"]) for each in found) < 400


def test_a_bad_record_after_very_bad_ones_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_engine, "_MOST_RESULTS", 30)
    records = [*(with_values(each, 40, 1000) for each in range(3)), with_values(3, 0, 0, dropped="title")]

    alone = check("compiled", records[3:], LINKED)
    together = [each for each in check("compiled", records, LINKED) if each.record == records[3].iri]

    assert [each.code for each in alone] == [each.code for each in together]
    assert "minCount" in {each.code for each in together}


def test_a_record_with_too_much_wrong_says_that_it_was_not_checked_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_engine, "_MOST_RESULTS", 30)

    found = check("compiled", [with_values(0, 40, 1000)], LINKED)

    assert [each.severity for each in found if each.code == "unchecked"] == ["error"]
