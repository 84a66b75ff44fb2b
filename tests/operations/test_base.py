"""What the IRIs of records begin with is settled by the first record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog_service.errors import InputError
from catalog_service.i18n import explain
from tests.catalogues import make_catalogue
from tests.operations.stories import agency, load_json, product

if TYPE_CHECKING:
    from pathlib import Path


def test_another_base_is_refused_from_the_first_record_on(tmp_path: Path) -> None:
    before = make_catalogue(tmp_path / "home", catalogue__iri_base="https://first.example/")
    assert before.store.iri_base() is None
    before.close()
    catalogue = make_catalogue(tmp_path / "home", catalogue__iri_base="https://own.example/")
    load_json(catalogue, agency(1), product(1))
    catalogue.close()

    with pytest.raises(InputError) as caught:
        load_json(make_catalogue(tmp_path / "home", catalogue__iri_base="https://other.example"), product(3))

    said, advice = explain(caught.value, "en")
    assert "https://own.example" in said
    assert 'iri_base = "https://own.example"' in advice
    again = make_catalogue(tmp_path / "home", catalogue__iri_base="https://own.example")
    load_json(again, product(2))
    assert again.store.count() == 3
    again.close()
