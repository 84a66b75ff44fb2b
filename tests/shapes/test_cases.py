"""Every constraint with a record that breaks it, by pySHACL."""

from __future__ import annotations

from functools import cache

import pytest

from tests.shapes.cases import KINDS, Case, Result, case_files, good_graph, validate

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
