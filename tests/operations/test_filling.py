"""What is filled in where a record comes without it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from catalog_service.model.record import parse_canonical
from catalog_service.namespaces import term
from catalog_service.operations.export import export
from catalog_service.operations.load import Source, load
from tests.catalogues import make_catalogue
from tests.operations.stories import agency, load_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue

PERSON = term("schema:legalRepresentative")
CODE = agency()["uscc"]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "home")
    load_json(made, agency(legalRepresentative="李四光"))
    yield made
    made.close()


def person(catalogue: Catalogue) -> list[str]:
    version = catalogue.store.working(CODE)
    assert version is not None
    return (
        parse_canonical(version.canonical, "", "").nodes[f"<{catalogue.store.many([CODE])[CODE].iri}>"].get(PERSON, [])
    )


@pytest.mark.parametrize("form", ["json", "csv", "xlsx", "turtle", "jsonld"])
def test_an_export_read_back_keeps_what_it_could_not_hold(catalogue: Catalogue, form: str) -> None:
    data = b"".join(export(catalogue, form, "service-agency"))
    assert "李四光".encode() not in data

    result = load(catalogue, [Source(f"export.{form}", io.BytesIO(data))], actor="test", kind="service-agency")

    assert result.counts["unchanged"] == 1
    assert person(catalogue) == ['"李四光"']


def test_a_load_that_changes_something_else_keeps_it(catalogue: Catalogue) -> None:
    assert load_json(catalogue, agency(telephone="0773-5550124")).counts["changed"] == 1
    assert person(catalogue) == ['"李四光"']


def test_a_load_that_says_another_changes_it(catalogue: Catalogue) -> None:
    assert load_json(catalogue, agency(legalRepresentative="王五")).counts["changed"] == 1
    assert person(catalogue) == ['"王五"']
