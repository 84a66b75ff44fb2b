from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.errors import NotFound
from catalog_service.operations.disseminate import published
from tests.catalogues import make_catalogue
from tests.operations.stories import agency, load_json, product

if TYPE_CHECKING:
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue


def test_only_versions_that_were_published_are_public(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path)
    load_json(catalogue, agency(), product(1, title={"zh": "草稿的名称"}), publishing=False)
    load_json(catalogue, agency(), product(1))
    load_json(catalogue, product(1, title={"zh": "修订中的名称"}), publishing=False)
    load_json(catalogue, product(1, title={"zh": "第二次发布"}))

    numbers = [number for number in range(6) if _is_public(catalogue, "TEST-0001", number)]

    catalogue.close()
    assert numbers == [2, 4]


def _is_public(catalogue: Catalogue, identifier: str, version: int) -> bool:
    try:
        return published(catalogue, identifier, version).version == version
    except NotFound:
        return False
