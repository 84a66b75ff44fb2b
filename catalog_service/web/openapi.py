"""``/openapi.json`` and ``/docs``, both made from the declared routes: what is told is what is served."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import catalog_service.errors
from catalog_service.errors import CatalogError
from catalog_service.i18n import say
from catalog_service.web.problems import OWN
from catalog_service.web.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flask import Response

    from catalog_service.web.routes import Parameter
    from catalog_service.web.site import Site

VERSION = "1.0"
_PLACE = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")


def routes(site: Site, declared: Sequence[Route]) -> tuple[Route, ...]:
    """Return the addresses of this part; ``declared`` are those to tell about."""
    documented = [route for route in declared if route.api]
    return (
        Route("GET", "/openapi.json", lambda: site.json(document(site, documented)), "The API as OpenAPI 3.1"),
        Route("GET", "/docs", lambda: _docs(site, documented), "The API as a page"),
    )


def document(site: Site, declared: Iterable[Route]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document."""
    paths: dict[str, dict[str, Any]] = {}
    for route in declared:
        paths.setdefault(template(route.path), {})[route.method.lower()] = _operation(site, route)
    settings = site.catalogue.settings
    return {
        "openapi": "3.1.0",
        "info": {
            "title": settings.localised("catalogue.title", site.lang),
            "description": settings.localised("catalogue.description", site.lang),
            "version": VERSION,
        },
        "servers": [{"url": site.public_url or "/"}],
        "paths": paths,
        "components": {"schemas": _schemas(site), "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def template(path: str) -> str:
    """Return a path as OpenAPI writes it.

    >>> template("/api/v1/records/<identifier>")
    '/api/v1/records/{identifier}'
    """
    return _PLACE.sub(r"{\1}", path)


def _operation(site: Site, route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": re.sub(r"[^a-z0-9]+", "_", route.name.lower()).strip("_"),
        "summary": say(route.summary, site.lang, domain="web"),
        "parameters": [_parameter(site, each) for each in route.parameters],
        "responses": {str(status): _answer(site, route, status, text) for status, text in route.answers.items()},
    }
    operation["responses"]["default"] = {
        "description": say("A problem", site.lang, domain="web"),
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}},
    }
    if route.body:
        content = {media: {"schema": dict(route.body.schema)} for media in route.body.media_types}
        operation["requestBody"] = {"required": True, "content": content}
    if route.token:
        operation["security"] = [{"token": []}]
    elif route.token_shows_more:
        operation["security"] = [{}, {"token": []}]
    return operation


def _parameter(site: Site, each: Parameter) -> dict[str, Any]:
    schema = dict(each.schema)
    if each.repeatable:
        schema = {"type": "array", "items": schema}
    return {
        "name": each.name,
        "in": each.place,
        "required": each.required,
        "description": parameter_help(site, each),
        "schema": schema,
    }


def _answer(site: Site, route: Route, status: int, text: str) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": say(text, site.lang, domain="web")}
    if status in {304, 204}:
        return answer
    if status >= 400:
        answer["content"] = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}}
    else:
        answer["content"] = {media: {} for media in route.media_types}
    return answer


def _schemas(site: Site) -> dict[str, Any]:
    from catalog_service.model.derive import json_schema

    text, number = {"type": "string"}, {"type": "integer"}
    finding = dict.fromkeys(
        ("path", "field", "label", "message", "value", "severity", "constraint", "suggestion", "code"), text
    ) | {"record": text, "sheet": text, "row": number, "column": text, "line": number, "file": text}
    problem = {"type": text, "title": text, "status": number, "code": text, "detail": text, "instance": text}
    findings = {"type": "array", "items": {"$ref": "#/components/schemas/finding"}}
    schemas: dict[str, Any] = {
        "problem": {"type": "object", "properties": problem | {"findings": findings}, "required": ["title", "status"]},
        "finding": {"type": "object", "properties": finding, "required": ["path", "message", "severity"]},
    }
    for kind in site.catalogue.profile.kinds.values():
        schemas[kind.name] = {name: each for name, each in json_schema(kind).items() if name not in {"$schema", "$id"}}
    return schemas


def _docs(site: Site, declared: Sequence[Route]) -> Response:
    shown = [
        {
            "method": route.method,
            "path": template(route.path),
            "anchor": re.sub(r"[^a-z0-9]+", "-", route.name.lower()).strip("-"),
            "summary": route.summary,
            "parameters": [
                {"name": each.name, "place": each.place, "help": parameter_help(site, each)}
                for each in route.parameters
            ],
            "body": route.body,
            "answers": route.answers,
            "token": route.token,
        }
        for route in declared
    ]
    return site.page("docs.html", routes=shown, errors=error_codes(), public_url=site.public_url)


def parameter_help(site: Site, each: Parameter) -> str:
    """Return what a parameter means: a sentence of ours, or for a facet the profile's definition."""
    for kind in site.catalogue.profile.kinds.values():
        for facet in kind.facets:
            if facet.name == each.name and each.repeatable:
                return facet.definitions.get(site.lang) or site.titled(facet.labels)
    return say(each.help, site.lang, domain="web")


def error_codes() -> list[type[CatalogError]]:
    """Return every situation a problem tells: those of `catalog_service.errors` as drawn there, then the web's own."""
    classes = [each for each in vars(catalog_service.errors).values() if isinstance(each, type)]
    return [*(each for each in classes if issubclass(each, CatalogError) and each is not CatalogError), *OWN]
