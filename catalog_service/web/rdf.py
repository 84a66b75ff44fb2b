"""Triples of code lists, shapes and ontology as bytes in the RDF syntaxes a reader may ask for."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING

from catalog_service.model.record import canonical
from catalog_service.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from catalog_service.model.terms import Term, Triple
    from catalog_service.web.negotiation import Format


def rdf_bytes(triples: Iterable[Triple], format_: Format) -> bytes:
    """Return triples in an RDF syntax, with the profile's prefixes."""
    return _written(canonical(triples), format_)


@lru_cache(maxsize=64)
def files_bytes(paths: tuple[Path, ...], format_: Format) -> bytes:
    """Return Turtle files of the profile as one graph in an RDF syntax: the same bytes at every call, in every process.

    They are made once, as files of an installed profile do not change. Nodes without a name are numbered in the order
    in which they stand in the files: a parser calls them anew each time, and no entity tag would ever be met again.
    """
    import pyoxigraph as ox

    numbers = count(1)
    triples: list[Triple] = []
    for path in paths:
        labels: defaultdict[Term, Term] = defaultdict(lambda: f"_:n{next(numbers):05}")
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
            subject, predicate, object_ = str(quad.subject), str(quad.predicate), str(quad.object)
            triples.append((_labelled(subject, labels), predicate, _labelled(object_, labels)))
    return _written(canonical(triples), format_)


def _labelled(term: Term, labels: defaultdict[Term, Term]) -> Term:
    return labels[term] if term.startswith("_:") else term


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
