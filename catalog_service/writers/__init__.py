"""From record to bytes, one file a format; a format is added by a file here and a line in ``WRITERS``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from catalog_service.errors import UnknownName

if TYPE_CHECKING:
    from catalog_service.writers.base import Writer

WRITERS = {
    "turtle": "catalog_service.writers.rdf:Turtle",
    "ntriples": "catalog_service.writers.rdf:NTriples",
    "nquads": "catalog_service.writers.rdf:NQuads",
    "rdfxml": "catalog_service.writers.rdf:RdfXml",
    "jsonld": "catalog_service.writers.jsonld:JsonLd",
    "json": "catalog_service.writers.plain:Json",
    "jsonl": "catalog_service.writers.plain:JsonLines",
    "csv": "catalog_service.writers.tables:Csv",
    "xlsx": "catalog_service.writers.xlsx:Xlsx",
}
"""Formats of whole records; their names are those of ``--format``."""


def writer(name: str) -> Writer:
    """Return the writer of a format; raises `UnknownName` with the nearest one."""
    if name not in WRITERS:
        raise UnknownName("format", name, WRITERS)
    module, _, attribute = WRITERS[name].partition(":")
    found: Writer = getattr(import_module(module), attribute)()
    return found
