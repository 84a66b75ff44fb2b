"""What the catalogue writes it reads back as the very same records: the same bytes, so nothing new is stored."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from catalog_service.operations.export import export
from catalog_service.operations.load import Source, load
from catalog_service.resources import folder
from catalog_service.writers import WRITERS
from tests.catalogues import load_text, make_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.operations.catalogue import Catalogue

ENDINGS = {"turtle": "ttl", "ntriples": "nt", "nquads": "nq", "rdfxml": "rdf"}

TABLES = {"csv", "xlsx"}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path_factory.mktemp("home"))
    sources = [Source(name, folder("samples") / name) for name in ("agencies.xlsx", "products.xlsx")]
    load(made, sources, actor="test", publishing=True)
    yield made
    made.close()


@pytest.mark.parametrize("kind", ["service-product", "service-agency"])
@pytest.mark.parametrize("form", [each for each in WRITERS if each not in TABLES])
def test_what_was_exported_loads_as_the_same(catalogue: Catalogue, form: str, kind: str) -> None:
    data = b"".join(export(catalogue, form, kind))

    result = load_text(catalogue, data, f"export.{ENDINGS.get(form, form)}", kind=kind, publishing=False)

    assert result.counts["read"] == result.counts["unchanged"] > 20, [each.message["en"] for each in result.findings]


@pytest.mark.parametrize("kind", ["service-product", "service-agency"])
@pytest.mark.parametrize("form", sorted(TABLES))
def test_a_table_brings_back_records_whose_inner_nodes_are_one_of_a_sort(
    catalogue: Catalogue, form: str, kind: str, tmp_path: Path
) -> None:
    """Tables hold the first inner node of each sort; what was read from a table comes back as it was."""
    other = make_catalogue(tmp_path / "home")
    for each in ("service-agency", "service-product"):
        load(other, [_table(catalogue, form, each)], actor="test", kind=each, publishing=True)

    again = load(other, [_table(other, form, kind)], actor="test", kind=kind)

    assert again.counts["read"] == again.counts["unchanged"] > 20
    other.close()


def _table(catalogue: Catalogue, form: str, kind: str) -> Source:
    return Source(f"export.{form}", io.BytesIO(b"".join(export(catalogue, form, kind))))
