"""RDF syntaxes by pyoxigraph: Turtle, N-Triples, N-Quads, RDF/XML. Each record is serialised by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyoxigraph as ox

    from catalog_service.writers.base import Outgoing, Surroundings


def triples_of(outgoing: Outgoing) -> list[ox.Triple]:
    """Return a record's triples, sorted by subject and predicate."""
    import pyoxigraph as ox

    quads = ox.parse(outgoing.record.canonical(), format=ox.RdfFormat.N_TRIPLES)
    return [quad.triple for quad in quads]


class NTriples:
    """Sorted lines, the form that is stored and hashed, with what the catalogue adds."""

    name = "ntriples"
    media_type = "application/n-triples"
    ending = "nt"

    def write(self, records: Iterable[Outgoing], _around: Surroundings) -> Iterator[bytes]:
        """Yield the lines of each record."""
        return (outgoing.record.canonical() for outgoing in records)


class NQuads(NTriples):
    """N-Triples is N-Quads of the default graph."""

    name = "nquads"
    media_type = "application/n-quads"
    ending = "nq"


class Turtle:
    """Turtle with the profile's prefixes, written once."""

    name = "turtle"
    media_type = "text/turtle"
    ending = "ttl"

    def write(self, records: Iterable[Outgoing], _around: Surroundings) -> Iterator[bytes]:
        """Yield the prefixes, then each record."""
        import pyoxigraph as ox

        yield "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items()).encode()
        for outgoing in records:
            text = ox.serialize(triples_of(outgoing), format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b""
            yield b"\n" + b"\n".join(line for line in text.split(b"\n") if not line.startswith(b"@prefix"))


class RdfXml:
    """RDF/XML: the descriptions of all records inside one element."""

    name = "rdfxml"
    media_type = "application/rdf+xml"
    ending = "rdf"

    def write(self, records: Iterable[Outgoing], _around: Surroundings) -> Iterator[bytes]:
        """Yield the root element with the prefixes, then each record's descriptions."""
        import pyoxigraph as ox

        names = "".join(f' xmlns:{name}="{iri}"' for name, iri in PREFIXES.items())
        yield f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{names}>'.encode()
        for outgoing in records:
            text = ox.serialize(triples_of(outgoing), format=ox.RdfFormat.RDF_XML, prefixes=PREFIXES) or b""
            inner = text[text.index(b">", text.index(b"<rdf:RDF")) + 1 : text.rindex(b"</rdf:RDF>")]
            yield inner
        yield b"\n</rdf:RDF>\n"
