"""``/api/v1/kinds``: the kinds of record, their fields and facets, and the JSON Schema of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog_service.web.routes import Parameter, Route

if TYPE_CHECKING:
    from flask import Response

    from catalog_service.model.kind import Field, Kind
    from catalog_service.web.site import Site

KIND = Parameter("kind", "Name of a kind of record", "path", required=True)


def routes(site: Site) -> tuple[Route, ...]:
    """Return the addresses of this part."""
    return (
        Route("GET", "/api/v1/kinds", lambda: kinds(site), "The kinds of record with fields and facets", api=True),
        Route(
            "GET",
            "/api/v1/kinds/<kind>/schema",
            lambda kind: schema(site, kind),
            "JSON Schema of a kind’s records in plain JSON",
            (KIND,),
            media_types=("application/schema+json",),
            answers={200: "A JSON Schema", 404: "No such kind"},
            api=True,
        ),
    )


def kinds(site: Site) -> Response:
    """List the kinds."""
    return site.json({"kinds": [_kind(site, kind) for kind in site.catalogue.profile.kinds.values()]})


def schema(site: Site, kind: str) -> Response:
    """Return the JSON Schema of a kind."""
    from catalog_service.model.derive import json_schema

    return site.json(json_schema(known_kind(site, kind)), content_type="application/schema+json")


def known_kind(site: Site, name: str) -> Kind:
    """Return the kind that a part of an address names; another name is an address that is not there."""
    from catalog_service.errors import NotFound

    kinds = site.catalogue.profile.kinds
    if name not in kinds:
        known = ", ".join(kinds)
        raise NotFound("There is no kind {name}.", advice="Known: {known}.", name=name[:60], known=known)
    return kinds[name]


def _kind(site: Site, kind: Kind) -> dict[str, Any]:
    return {
        "name": kind.name,
        "class": kind.class_iri,
        "label": dict(kind.labels),
        "schema": site.absolute(f"/api/v1/kinds/{kind.name}/schema"),
        "specification": site.absolute(f"/profile/{kind.name}"),
        "facets": [
            {"name": facet.name, "label": dict(facet.labels), "type": facet.type, "list": facet.scheme or None}
            for facet in kind.facets
        ],
        "fields": [_field(name, each) for name, each in kind.walk() if not each.private],
    }


def _field(name: str, each: Field) -> dict[str, Any]:
    return {
        "name": name,
        "number": each.number or None,
        "label": dict(each.labels),
        "type": each.type,
        "obligation": each.obligation,
        "max": each.max_count,
        "lists": list(each.schemes),
    }
