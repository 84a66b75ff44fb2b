"""The sample records, behind each engine that needs no server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog_service.operations.sample import load_samples
from tests.catalogues import make_catalogue
from tests.operations.searching.asking import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.operations.catalogue import Catalogue


@pytest.fixture(scope="module", params=["memory", "embedded"])
def catalogue(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path_factory.mktemp("home"), search__engine=request.param)
    assert load_samples(made) >= 90
    yield made
    made.close()


@pytest.fixture(scope="module")
def truth(catalogue: Catalogue) -> Truth:
    return Truth(catalogue)
