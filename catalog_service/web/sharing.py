"""Reading by scripts of other sites: what everybody may see can be fetched from anywhere, with nobody's rights.

Source: Fetch, CORS protocol, https://fetch.spec.whatwg.org/#http-cors-protocol; harvest checklist HT9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from catalog_service.outlets import OUTLETS

if TYPE_CHECKING:
    from flask import Response

_READ = {"GET", "HEAD"}
_BELOW = ("/api/v1/", "/id/", "/profile/", "/profile.", "/records/", "/vocabularies/")
_AT = {"/openapi.json", "/profile", "/vocabularies", *(path for outlet in OUTLETS for path in outlet.paths)}

_EXPOSED = "ETag, Link, Retry-After"
_ASKED_WITH = "Accept, Accept-Language, If-Modified-Since, If-None-Match"
"""What a script may send beside what browsers always let through; a token is not among it."""

_DAY = "86400"


def share(response: Response) -> None:
    """Let scripts of other sites read an answer that was given without a token, and ask beforehand whether they may."""
    if not (request.path in _AT or request.path.startswith(_BELOW)):
        return
    if request.method == "OPTIONS":
        if request.headers.get("Access-Control-Request-Method") in _READ:
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(_READ))
            response.headers["Access-Control-Allow-Headers"] = _ASKED_WITH
            response.headers["Access-Control-Max-Age"] = _DAY
    elif request.method in _READ and "Authorization" not in request.headers:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED
