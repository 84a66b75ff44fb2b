"""Asking a catalogue as people do, and the records as the store has them to hold the answers against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from catalog_service.indexing import notation
from catalog_service.model import terms
from catalog_service.model.offer import offers_of
from catalog_service.model.record import parse_canonical
from catalog_service.namespaces import term
from catalog_service.operations.search import SearchRequest, search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from decimal import Decimal

    from catalog_service.model.record import Record
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.facets import FacetValue
    from catalog_service.operations.search import SearchPage
PRODUCT, AGENCY = "service-product", "service-agency"
SPATIAL, PROVIDER, THEME = term("dct:spatial"), term("schema:provider"), term("dcat:theme")


@dataclass(frozen=True)
class Truth:
    """The records as the store has them, tried one by one."""

    catalogue: Catalogue

    @cached_property
    def records(self) -> dict[str, Record]:
        store = self.catalogue.store
        found = store.published([row.identifier for row in store.listing_records(limit=1000)])
        return {entry.identifier: parse_canonical(entry.form or b"", entry.iri, entry.kind) for entry in found.values()}

    @cached_property
    def products(self) -> dict[str, Record]:
        return {identifier: record for identifier, record in self.records.items() if record.kind == PRODUCT}

    def line(self, scheme: str, node: str) -> tuple[str, ...]:
        code = notation(node, scheme)
        return (code, *self.catalogue.profile.vocabularies[scheme].ancestors(code)) if code else ()

    def lines(self, scheme: str, record: Record, predicate: str) -> list[tuple[str, ...]]:
        return [self.line(scheme, node) for node in record.objects(predicate)]

    def providers(self, record: Record) -> list[Record]:
        iris = {other.iri: other for other in self.records.values()}
        return [iris[terms.value(node)] for node in record.objects(PROVIDER)]

    def serves(self, record: Record, code: str) -> bool:
        """Whether an area of the record is the place, lies in it, or holds it."""
        up = self.catalogue.profile.vocabularies["region"].ancestors(code)
        return any(code in line or line[0] in up for line in self.lines("region", record, SPATIAL))

    def identifiers(self, holds: Callable[[Record], bool]) -> set[str]:
        return {identifier for identifier, record in self.products.items() if holds(record)}


def ask(catalogue: Catalogue, q: str = "", /, size: int = 100, **filters: str | Sequence[str]) -> SearchPage:
    """Search with facets given by name, one value or several."""
    plain = {name: (value,) if isinstance(value, str) else tuple(value) for name, value in filters.items()}
    return search(catalogue, SearchRequest(q=q, filters=plain, size=size))


def found(page: SearchPage) -> set[str]:
    return {hit.id for hit in page.hits}


def values(page: SearchPage, facet: str) -> list[FacetValue]:
    """Return all values of a facet, those below others too."""

    def below(some: Sequence[FacetValue]) -> Iterator[FacetValue]:
        for value in some:
            yield value
            yield from below(value.children)

    return [value for view in page.facets if view.name == facet for value in below(view.values)]


def spans(record: Record) -> list[tuple[Decimal, Decimal]]:
    found = [offer.amounts() for offer in offers_of(record) if offer.currency in ("", "CNY")]
    return [(low, high) for low, high in found if low is not None and high is not None]


def lowest(record: Record) -> Decimal | None:
    """Return the least amount in yuan."""
    return min((low for low, _ in spans(record)), default=None)
