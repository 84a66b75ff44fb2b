"""An empty catalogue, behind each engine that needs no server, or behind the embedded one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.catalogues import make_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue


@pytest.fixture(params=["memory", "embedded"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "home", search__engine=request.param)
    yield made
    made.close()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path / "home", search__engine="embedded")
    yield made
    made.close()
