"""What a text names: identifier, credit code, name, or name and identifier together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.catalogues import load_text, make_catalogue
from tests.operations.stories import agency, load_json, product

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.load import LoadResult

NAME, CODE = agency()["name"]["zh"], agency()["uscc"]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "home")
    load_json(made, agency())
    yield made
    made.close()


def naming(catalogue: Catalogue, text: str) -> LoadResult:
    return load_text(catalogue, json.dumps(product(1, provider=[text])), "records.json")


@pytest.mark.parametrize(
    "text", [f"{NAME} ({CODE})", f"{NAME}（{CODE}）", f"{CODE} {NAME}", f"{NAME}（{CODE.lower()}）"]
)
def test_a_name_goes_with_its_identifier(catalogue: Catalogue, text: str) -> None:
    assert naming(catalogue, text).counts["published"] == 1


@pytest.mark.parametrize("text", [f"别的机构 ({CODE})", f"{NAME} (KB-0000001)", f"{CODE} 别的机构"])
def test_a_name_and_an_identifier_of_two_records_name_none(catalogue: Catalogue, text: str) -> None:
    assert naming(catalogue, text).refused == 1


def test_a_suggestion_can_be_followed(catalogue: Catalogue) -> None:
    (finding,) = [each for each in naming(catalogue, NAME[:-1]).findings if each.code == "unknown-reference"]

    assert naming(catalogue, finding.suggestion["en"].partition("“")[2].partition("”")[0]).counts["published"] == 1


def test_a_suggestion_for_two_of_one_name_tells_both(catalogue: Catalogue) -> None:
    load_json(catalogue, agency(2, name=agency()["name"], identifier="TEST-0002"))

    (finding,) = [each for each in naming(catalogue, NAME[:-1]).findings if each.code == "unknown-reference"]

    assert CODE in finding.suggestion["zh"]
    assert "TEST-0002" in finding.suggestion["zh"]
