"""The XML Schemas of our own formats, at the addresses that answers name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.outlets.base import Response
from catalog_service.writers.sts_xml import about_schema, schema

if TYPE_CHECKING:
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.outlets.base import Request


def answer(catalogue: Catalogue, request: Request) -> Response:
    """Return a schema; it changes only with the profile."""
    body = about_schema() if request.path.endswith("oai-about.xsd") else schema(catalogue.profile.kinds)
    return Response(body, "application/xml", headers={"Cache-Control": "public, max-age=3600"})
