"""Records on their way out, made by hand where a test wants a certain text, or of the samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog_service.model.record import Record, nodes_of
from catalog_service.namespaces import CODE_LISTS, TYPE, term
from catalog_service.operations.load import Source, load
from catalog_service.operations.outgoing import outgoing
from catalog_service.registry import profile
from catalog_service.resources import folder
from catalog_service.writers.base import Outgoing, Surroundings
from tests.catalogues import make_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalog_service.operations.catalogue import Catalogue

IRI = "https://bench.example/id/service-product/WR-0000001"
_NODE = f"<{IRI}>"


@pytest.fixture(scope="session")
def around() -> Surroundings:
    """Surroundings in which only one agency is known."""
    names = {"https://bench.example/id/service-agency/BA-0000001": {"zh": "南宁检测院", "en": "Nanning Testing"}}
    return Surroundings(
        profile().vocabularies, lambda iri: names.get(iri, {}), lambda identifier: f"http://c.example/{identifier}"
    )


@pytest.fixture
def make() -> Callable[..., Outgoing]:
    """A function that makes a product from triples about it, beside type, identifier and category."""

    def made(*said: tuple[str, str]) -> Outgoing:
        kind = profile().kinds["service-product"]
        triples = [
            (_NODE, TYPE, term("sts:ServiceProduct")),
            (_NODE, term("dct:identifier"), '"WR-0000001"'),
            (_NODE, term("dcat:theme"), f"<{CODE_LISTS}service-category/0504>"),
            *((_NODE, predicate, value) for predicate, value in said),
        ]
        return Outgoing(
            Record(IRI, kind.name, nodes_of(triples)), kind, "WR-0000001", 1, "0" * 64, "2026-03-05T08:00:00Z"
        )

    return made


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """The sample catalogue, everything published."""
    catalogue = make_catalogue(tmp_path_factory.mktemp("samples"))
    sources = [Source(name, folder("samples") / name) for name in ("agencies.xlsx", "products.xlsx")]
    load(catalogue, sources, actor="test", publishing=True)
    yield catalogue
    catalogue.close()


@pytest.fixture(scope="session")
def published(samples: Catalogue) -> tuple[Outgoing, ...]:
    """Every sample record on its way out."""
    listed = samples.store.listing(limit=500).entries
    return tuple(outgoing(samples, entry) for entry in listed)
