"""How names are compared."""

from __future__ import annotations

import pytest

from catalog_service.model.names import Names, fold
from catalog_service.model.vocabulary import load_vocabularies


@pytest.fixture(scope="module")
def regions() -> Names:
    return Names(load_vocabularies()["region"])


def test_names_are_compared_without_width_case_and_spaces():
    assert fold("　Ｌiuzhou　City ") == "liuzhoucity"


def test_a_path_needs_all_its_steps(regions):
    assert [c.notation for c in regions.by_path("广西/柳州市/城中区")] == ["450202"]
    assert regions.by_path("广东/柳州市/城中区") == []


def test_the_wider_of_a_chain_is_the_clearest_and_strangers_stay_candidates(regions):
    codes = regions.scheme.concepts
    chain, strangers = [codes["220200"], codes["220000"]], [codes["450202"], codes["630103"]]

    assert regions.clearest(chain) == [codes["220000"]]
    assert regions.clearest(strangers) == strangers


def test_likeness_runs_from_most_to_least_alike(regions):
    rated = regions.alike("柳洲市", 3)

    assert rated[0][1].notation == "450200"
    assert [likeness for likeness, _ in rated] == sorted((likeness for likeness, _ in rated), reverse=True)
