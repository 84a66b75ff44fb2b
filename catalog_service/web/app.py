"""The web application: routes in, errors out, the same protecting headers on every answer."""

from __future__ import annotations

import mimetypes
import time
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from catalog_service.web import body, health, openapi, outlets, problems, sharing
from catalog_service.web.api import changes, kinds, writing
from catalog_service.web.api import records as api_records
from catalog_service.web.api import search as api_search
from catalog_service.web.api import validate as api_validate
from catalog_service.web.pages import about, profile, records, search, vocabularies
from catalog_service.web.site import LANGUAGE_COOKIE, YEAR, Site, static_file

if TYPE_CHECKING:
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.web.routes import Route

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PROTECTION = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}
"""What every answer carries. Source: OWASP Secure Headers; reliability notes, part 2.9."""

_MAX_FORM_PARTS = 100


def create_app(catalogue: Catalogue) -> Flask:
    """Return the WSGI application of one catalogue."""
    app = Flask(__name__, static_folder=None)
    app.config |= {"MAX_CONTENT_LENGTH": 10_000, "MAX_FORM_MEMORY_SIZE": 100_000, "MAX_FORM_PARTS": _MAX_FORM_PARTS}
    app.url_map.merge_slashes = False
    metrics = health.Metrics()
    site = Site(catalogue)
    declared = declare(site, metrics)
    for route in declared:
        _add(app, route)
    app.add_url_rule("/static/<path:name>", "static", lambda name: _static(site, name))
    problems.register(app, site)
    _watch(app, site, metrics, {route.name: route for route in declared})
    return app


def declare(site: Site, metrics: health.Metrics) -> tuple[Route, ...]:
    """Return every route of the site."""
    declared = (
        *search.routes(site),
        *records.routes(site),
        *vocabularies.routes(site),
        *profile.routes(site),
        *about.routes(site),
        *api_search.routes(site),
        *api_records.routes(site),
        *writing.routes(site),
        *api_validate.routes(site),
        *kinds.routes(site),
        *changes.routes(site),
        *health.routes(site, metrics),
        *outlets.routes(site),
    )
    return (*declared, *openapi.routes(site, declared))


def _add(app: Flask, route: Route) -> None:
    app.add_url_rule(route.path, route.name, route.handler, methods=[route.method])


def _static(site: Site, name: str) -> Response:
    """Return a style, script or picture; the address changes with the content, so it may be kept for ever."""
    from werkzeug.exceptions import NotFound

    if name not in site.assets:
        raise NotFound
    content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if content_type.startswith("text/"):
        content_type += "; charset=utf-8"
    response = Response(static_file(name), content_type=content_type)
    response.set_etag(site.assets[name])
    response.cache_control.max_age = YEAR
    response.cache_control.public = True
    response.cache_control.immutable = request.args.get("v") == site.assets[name]
    return response.make_conditional(request.environ)  # type: ignore[return-value]


def _watch(app: Flask, site: Site, metrics: health.Metrics, routes: dict[str, Route]) -> None:
    """Set limits before, headers and counts after every request."""

    def before() -> None:
        g.started = time.perf_counter()
        route = routes.get(request.endpoint or "")
        if route is not None:
            body.bound(route.limit)

    def after(response: Response) -> Response:
        for name, value in PROTECTION.items():
            response.headers.setdefault(name, value)
        if site.public_url.startswith("https://"):
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        sharing.share(response)
        _remember_language(response)
        metrics.count(request.url_rule.rule if request.url_rule else "", response.status_code, _elapsed())
        return response

    app.before_request(before)
    app.after_request(after)


def _elapsed() -> float:
    return float(time.perf_counter() - g.get("started", time.perf_counter()))


def _remember_language(response: Response) -> None:
    """Keep a language the reader chose by the link of a page; only that and a theme ever set a cookie."""
    asked = request.args.get("lang", "")
    if asked in {"zh", "en"} and response.mimetype == "text/html" and request.cookies.get(LANGUAGE_COOKIE) != asked:
        response.set_cookie(
            LANGUAGE_COOKIE, asked, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure
        )
