"""Who a record without identifier is: known by what it holds, else named by a code of its own, else minted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from catalog_service.validation.catalogue import check_character
from tests.catalogues import load_text, make_catalogue
from tests.operations.stories import agency as story
from tests.operations.stories import load_json, product

if TYPE_CHECKING:
    from pathlib import Path

CODE = "91450300MA5KTEXT4"


def agency(**changes: Any) -> str:
    members = {
        "kind": "service-agency", "name": {"zh": "测试机构"}, "uscc": CODE + check_character(CODE), "agencyClass": "05",
        "serviceField": ["05 知识产权服务"], "legalForm": "110", "telephone": "0773-5550123", "spatial": "450300",
        "address": [{"region": "450300", "street": {"zh": "七星区测试路 1 号"}}],
    } | changes  # fmt: skip
    return json.dumps({name: value for name, value in members.items() if value is not None})


def test_a_record_takes_the_identifier_its_kind_takes_from_a_field(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path / "home")

    result = load_text(catalogue, agency(), "a.json")

    assert [each.identifier for each in result.taken] == [CODE + check_character(CODE)]
    assert result.counts["created"] == 1
    catalogue.close()


def test_the_same_code_again_is_the_same_record(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path / "home")
    load_text(catalogue, agency(identifier="TEST-0001"), "a.json")

    result = load_text(catalogue, agency(name={"zh": "测试机构改名"}), "a.json")

    assert [(each.identifier, each.status) for each in result.taken] == [("TEST-0001", "changed")]
    catalogue.close()


def test_a_code_that_another_record_has_is_told_at_its_field(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path / "home")
    load_text(catalogue, agency(identifier="TEST-0001"), "a.json")

    result = load_text(catalogue, agency(identifier="TEST-0002"), "a.json")

    errors = [each for each in result.findings if each.severity == "error"]
    assert [(each.code, each.path) for each in errors] == [("not-unique", "uscc")]
    assert "TEST-0001" in errors[0].suggestion["zh"]
    catalogue.close()


def test_what_was_published_already_is_not_counted_again(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path / "home")

    first, second = (load_text(catalogue, agency(), "a.json").counts for _ in range(2))

    assert (first["published"], second["published"], second["unchanged"]) == (1, 0, 1)
    catalogue.close()


def test_two_rows_of_one_title_are_told_alike_at_every_load(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path / "home")
    load_json(catalogue, story())
    twins = [{name: value for name, value in product(1).items() if name != "identifier"} for _ in range(2)]

    told = [
        [(each.path, each.message["en"]) for each in load_text(catalogue, json.dumps(twins), "a.json").findings
         if each.code == "identifier-twice"]
        for _ in range(2)
    ]  # fmt: skip

    assert told[0] == told[1]
    assert told[0][0][0] == "title"
    assert product(1)["title"]["zh"] in told[0][0][1]
    catalogue.close()


@pytest.mark.parametrize("identifiers", [(None, None), ("TEST-0001", "TEST-0002")], ids=["none", "two"])
def test_two_records_of_one_code_are_told_by_the_code(tmp_path: Path, identifiers: tuple[str | None, ...]) -> None:
    catalogue = make_catalogue(tmp_path / "home")
    text = f"[{','.join(agency(identifier=each) for each in identifiers)}]"

    result = load_text(catalogue, text, "a.json")

    (finding,) = [each for each in result.findings if each.severity == "error"]
    assert (finding.path, finding.value) == ("uscc", CODE + check_character(CODE))
    assert (result.counts["created"], result.refused) == (1, 1)
    catalogue.close()
