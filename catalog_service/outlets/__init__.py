"""Protocols out, one file or folder each; they answer neutral requests and know no web framework.

How to add one: a function ``answer(catalogue, request) -> Response`` and a line in ``OUTLETS``.
"""

from __future__ import annotations

from catalog_service.outlets.base import Outlet

OUTLETS = (
    Outlet(
        name="oai",
        title={"zh": "OAI-PMH 2.0", "en": "OAI-PMH 2.0"},
        paths=("/oai",),
        start="/oai?verb=Identify",
        methods=("GET", "POST"),
        target="catalog_service.outlets.oaipmh:answer",
    ),
    Outlet(
        name="catalog",
        title={"zh": "DCAT 目录", "en": "DCAT catalogue"},
        paths=("/catalog", "/catalog.ttl", "/catalog.rdf", "/catalog.jsonld", "/catalog.nt"),
        start="/catalog.ttl",
        methods=("GET",),
        target="catalog_service.outlets.dcat:answer",
    ),
    Outlet(
        name="schemas",
        title={"zh": "XML Schema", "en": "XML Schema"},
        paths=("/schemas/sts-1.0.xsd", "/schemas/oai-about.xsd"),
        start="/schemas/sts-1.0.xsd",
        methods=("GET",),
        target="catalog_service.outlets.schemas:answer",
    ),
)
"""Every outlet, in the order in which pages name them."""
