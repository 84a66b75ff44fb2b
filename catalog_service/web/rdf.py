"""Triples of code lists, shapes and ontology as bytes in the RDF syntaxes a reader may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.model.record import canonical
from catalog_service.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from catalog_service.model.terms import Triple
    from catalog_service.web.negotiation import Format


def rdf_bytes(triples: Iterable[Triple], format_: Format) -> bytes:
    """Return triples in an RDF syntax, with the profile's prefixes."""
    return _written(canonical(triples), format_)


def files_bytes(paths: Iterable[Path], format_: Format) -> bytes:
    """Return Turtle files as one graph in an RDF syntax."""
    import pyoxigraph as ox

    store = ox.Store()
    for path in paths:
        store.load(path=str(path), format=ox.RdfFormat.TURTLE)
    return bytes(store.dump(format=_syntax(format_), from_graph=ox.DefaultGraph(), prefixes=PREFIXES) or b"")


def _written(n_triples: bytes, format_: Format) -> bytes:
    import pyoxigraph as ox

    if format_.ending == "nt":
        return n_triples
    quads = ox.parse(n_triples, format=ox.RdfFormat.N_TRIPLES)
    triples = [quad.triple for quad in quads]
    return bytes(ox.serialize(triples, format=_syntax(format_), prefixes=PREFIXES) or b"")


def _syntax(format_: Format):  # type: ignore[no-untyped-def]
    import pyoxigraph as ox

    return {
        "ttl": ox.RdfFormat.TURTLE,
        "nt": ox.RdfFormat.N_TRIPLES,
        "rdf": ox.RdfFormat.RDF_XML,
        "jsonld": ox.RdfFormat.JSON_LD,
    }[format_.ending]
