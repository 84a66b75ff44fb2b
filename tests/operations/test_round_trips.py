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

    from catalog_service.operations.catalogue import Catalogue

ENDINGS = {"turtle": "ttl", "ntriples": "nt", "nquads": "nq", "rdfxml": "rdf"}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    made = make_catalogue(tmp_path_factory.mktemp("home"))
    sources = [Source(name, folder("samples") / name) for name in ("agencies.xlsx", "products.xlsx")]
    load(made, sources, actor="test", publishing=True)
    yield made
    made.close()


@pytest.mark.parametrize("kind", ["service-product", "service-agency"])
@pytest.mark.parametrize("form", [each for each in WRITERS if each != "xlsx"])
def test_what_was_exported_loads_as_the_same(catalogue: Catalogue, form: str, kind: str) -> None:
    data = b"".join(export(catalogue, form, kind))

    result = load_text(catalogue, data, f"export.{ENDINGS.get(form, form)}", kind=kind, publishing=False)

    assert result.counts["read"] == result.counts["unchanged"] > 20, [each.message["en"] for each in result.findings]


@pytest.mark.parametrize("kind", ["service-product", "service-agency"])
def test_a_workbook_loads_as_the_same_where_no_inner_node_is_repeated(catalogue: Catalogue, kind: str) -> None:
    """Workbooks hold the first inner node of a sort; records with one of each come back whole."""
    data = b"".join(export(catalogue, "xlsx", kind))

    result = load(catalogue, [Source("export.xlsx", io.BytesIO(data))], actor="test", dry=True)

    assert (result.refused, result.counts["checked"]) == (0, result.counts["read"])
