"""Mounts the outlets that `catalog_service.outlets` lists: protocol answers that know nothing of Flask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from catalog_service.outlets import OUTLETS
from catalog_service.outlets.base import Request
from catalog_service.web.conditional import answer_by_content
from catalog_service.web.routes import Body, Route

if TYPE_CHECKING:
    from catalog_service.outlets.base import Outlet
    from catalog_service.web.routes import Handler
    from catalog_service.web.site import Site

FORM_BYTES = 100_000
_FORM = Body(("application/x-www-form-urlencoded",), {"type": "object"}, FORM_BYTES)


def routes(site: Site) -> tuple[Route, ...]:
    """Return the addresses of every outlet."""
    return tuple(
        Route(method, path, _handler(site, outlet), outlet.title["en"], body=_FORM if method == "POST" else None)
        for outlet in OUTLETS
        for method in outlet.methods
        for path in outlet.paths
    )


def _handler(site: Site, outlet: Outlet) -> Handler:
    def answer() -> Response:
        pairs = (*request.args.items(multi=True), *request.form.items(multi=True))
        accept, encoding = request.headers.get("Accept", ""), request.headers.get("Accept-Encoding", "")
        answered = outlet.answer(site.catalogue, Request(request.path, pairs, accept, encoding))
        response = Response(answered.body, answered.status, dict(answered.headers), content_type=answered.media_type)
        return response if request.method == "POST" else answer_by_content(response)

    return answer
