"""Every constraint with a record that breaks it, by pySHACL."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from catalog_service.namespaces import SH
from tests.shapes.cases import KINDS, Case, Result, case_files, good_graph, shapes, told, validate
from tests.validation.records import findings

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = {kind: list(case_files(kind)) for kind in KINDS}


@cache
def outcomes(kind: str) -> dict[str, set[Result]]:
    whole = Case("good", good_graph(kind).serialize(format="nt"))
    return validate(kind, [whole, *CASES[kind]])


@pytest.mark.parametrize("kind", KINDS)
def test_the_good_record_has_no_result_at_all(kind: str) -> None:
    assert outcomes(kind)["good"] == set()


@pytest.mark.parametrize(
    ("kind", "case"),
    [(kind, case) for kind in KINDS for case in CASES[kind]],
    ids=lambda each: getattr(each, "name", each),
)
def test_a_case_has_exactly_the_results_it_expects(kind: str, case: Case) -> None:
    assert outcomes(kind)[case.name] == case.expected


@pytest.mark.parametrize("kind", KINDS)
def test_every_result_speaks_both_languages(kind: str) -> None:
    silent = {
        (name, result.path)
        for name, results in outcomes(kind).items()
        for result in results
        if set(result.messages) != {"zh", "en"}
    }

    assert silent == set()


@pytest.mark.parametrize("kind", KINDS)
def test_a_case_is_told_in_the_sentences_it_holds(kind: str) -> None:
    said = findings("compiled", kind)

    assert {case.name: told(said[case.name]) for case in CASES[kind]} == {
        case.name: case.sentences for case in CASES[kind]
    }


@pytest.mark.parametrize("kind", KINDS)
def test_cases_have_names_of_their_own(kind: str) -> None:
    assert len({case.name for case in CASES[kind]}) == len(CASES[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_no_constraint_of_the_shapes_is_without_a_case(kind: str) -> None:
    seen = {(result.shape, result.component) for results in outcomes(kind).values() for result in results}

    assert sorted(set(constraints(kind)) - seen) == []


NOT_CONSTRAINTS = {
    "path", "name", "description", "message", "severity", "order", "group", "flags", "targetClass", "deactivated",
    "defaultValue", "property", "qualifiedValueShape", "qualifiedValueShapesDisjoint", "ignoredProperties",
}  # fmt: skip


def constraints(kind: str) -> Iterator[tuple[str, str]]:
    """Yield shape and component of every constraint that can be a result's own: of targeted shapes and their parts."""
    from rdflib import URIRef
    from rdflib.namespace import SH as SHACL

    graph = shapes(kind)
    waiting, seen = list(graph.subjects(SHACL.targetClass, None)), set()
    while waiting:
        shape = waiting.pop()
        if shape in seen:
            continue
        seen.add(shape)
        waiting += graph.objects(shape, SHACL.property)
        for predicate in graph.predicates(shape, unique=True):
            name = str(predicate).removeprefix(SH)
            if str(predicate).startswith(SH) and name not in NOT_CONSTRAINTS:
                assert isinstance(shape, URIRef), f"a shape without a name: its {name} cannot be told from others"
                yield str(shape), name[:1].upper() + name[1:]
