"""RDF syntaxes by pyoxigraph: Turtle, N-Triples, N-Quads, RDF/XML. Each record is serialised by itself.

All write the same graph, twins included, but for N-Quads: that is the dump, whose lines are those that are stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.namespaces import PREFIXES
from catalog_service.writers.twins import with_twins

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyoxigraph as ox

    from catalog_service.writers.base import Outgoing, Surroundings


def triples_of(outgoing: Outgoing) -> list[ox.Triple]:
    """Return a record's triples with their twins, sorted by subject and predicate.

    Lenient, because what is stored goes out: one odd address of old must not break the documents of all.
    """
    import pyoxigraph as ox

    quads = ox.parse(with_twins(outgoing).canonical(), format=ox.RdfFormat.N_TRIPLES, lenient=True)
    return [quad.triple for quad in quads]


class NTriples:
    """Sorted lines of each record."""

    name = "ntriples"
    media_type = "application/n-triples"
    ending = "nt"
    one_kind = False

    def write(self, records: Iterable[Outgoing], _around: Surroundings) -> Iterator[bytes]:
        """Yield the lines of each record."""
        return (with_twins(outgoing).canonical() for outgoing in records)


class NQuads:
    """The dump: sorted lines of the default graph, as they are stored and hashed, with what the catalogue adds."""

    name = "nquads"
    media_type = "application/n-quads"
    ending = "nq"
    one_kind = False

    def write(self, records: Iterable[Outgoing], _around: Surroundings) -> Iterator[bytes]:
        """Yield the lines of each record."""
        return (outgoing.record.canonical() for outgoing in records)


class Turtle:
    """Turtle with the profile's prefixes, written once."""

    name = "turtle"
    media_type = "text/turtle"
    ending = "ttl"
    one_kind = False

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
    one_kind = False

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
