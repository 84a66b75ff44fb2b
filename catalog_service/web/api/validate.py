"""``/api/v1/validate``: check what is sent, in any input format, and store nothing."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from flask import Response, request

from catalog_service.errors import InputError, UnknownName
from catalog_service.web.negotiation import JSON, TURTLE, negotiate
from catalog_service.web.problems import finding_members
from catalog_service.web.routes import Body, Parameter, Route

if TYPE_CHECKING:
    from catalog_service.operations.validate import Checked
    from catalog_service.web.site import Site

LEVELS = ("harvestable", "conformant", "recommended")
MEDIA_TYPES = (
    "application/json", "application/jsonl", "text/turtle", "application/n-triples", "application/n-quads",
    "application/trig", "application/rdf+xml", "application/ld+json", "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/octet-stream",
)  # fmt: skip
"""What may be sent; the content decides what it is, this only names it."""

ENDINGS = {
    "application/json": "json", "application/jsonl": "jsonl", "application/x-ndjson": "jsonl", "text/turtle": "ttl",
    "application/n-triples": "nt", "application/n-quads": "nq", "application/trig": "trig",
    "application/rdf+xml": "rdf", "application/ld+json": "jsonld", "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}  # fmt: skip
"""The ending of the name under which readers see a body."""

KIND = Parameter("kind", "Kind of record, where the content does not tell")


def routes(site: Site) -> tuple[Route, ...]:
    """Return the addresses of this part."""
    limit = site.catalogue.settings.number("limits.upload_bytes")
    return (
        Route(
            "POST",
            "/api/v1/validate",
            lambda: validate(site),
            "Check records in any input format; nothing is stored",
            (KIND, Parameter("level", "How strict to be", schema={"enum": list(LEVELS), "default": "recommended"})),
            Body(MEDIA_TYPES, {}, limit),
            answers={200: "The report", 400: "What was sent cannot be read", 413: "Too much was sent"},
            media_types=("application/json", "text/turtle"),
            api=True,
        ),
    )


def validate(site: Site) -> Response:
    """Return the report on what was sent: as JSON, or as a SHACL validation report in Turtle."""
    from catalog_service.operations.validate import as_turtle, check_sources

    level, kind = request.args.get("level", "recommended"), request.args.get("kind", "")
    if level not in LEVELS:
        raise UnknownName("level", level, LEVELS)
    format_ = negotiate(request.headers.get("Accept", ""), (JSON, TURTLE))
    checked = check_sources(site.catalogue, [sent()], kind=kind, level=level)
    if format_ is TURTLE:
        return Response(as_turtle(checked), content_type=TURTLE.content_type)
    return site.json(report(site, checked))


def sent() -> Any:
    """Return the request's body as a source, named after its media type."""
    from catalog_service.operations.load import Source

    body = request.get_data(cache=False)
    if not body.strip():
        raise InputError("Nothing was sent.", advice="Send records as the body of the request.")
    ending = ENDINGS.get(request.mimetype, "")
    return Source(f"request.{ending}" if ending else "request", io.BytesIO(body), foreign=True)


def report(site: Site, checked: Checked) -> dict[str, Any]:
    """Return a report as plain data."""
    severities = [finding.severity for finding in checked.findings]
    return {
        "conforms": checked.conforms,
        "records": checked.records,
        "errors": severities.count("error"),
        "warnings": severities.count("warning"),
        "findings": [finding_members(each, site.lang) for each in checked.findings],
    }
