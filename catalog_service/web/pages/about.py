"""What stands in the footer: what this catalogue is, how machines use it, accessibility, data; and the theme form."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Response, redirect, request

from catalog_service.outlets import OUTLETS
from catalog_service.web.negotiation import HTML, RECORD_FORMATS
from catalog_service.web.routes import Route
from catalog_service.web.site import THEME_COOKIE, THEMES, YEAR

if TYPE_CHECKING:
    from catalog_service.web.site import Site


def routes(site: Site) -> tuple[Route, ...]:
    """Return the addresses of this part."""
    return (
        Route("GET", "/about", lambda: _about(site, "about"), "About this catalogue"),
        Route("GET", "/about/api", lambda: _about(site, "api"), "How programs and other platforms take the records"),
        Route("GET", "/about/accessibility", lambda: _about(site, "accessibility"), "How accessible the pages are"),
        Route("GET", "/about/data", lambda: _about(site, "data"), "Where the data come from and how they may be used"),
        Route("POST", "/preferences", preferences, "Keep a language or a theme"),
    )


def _about(site: Site, name: str) -> Response:
    settings = site.catalogue.settings
    store = site.catalogue.store
    kinds = site.catalogue.profile.kinds.values()
    return site.page(
        f"about/{name}.html",
        public_url=site.public_url,
        publisher=settings.localised("catalogue.publisher", site.lang),
        contact=settings.text("catalogue.contact"),
        license=settings.text("catalogue.license"),
        counts=[(kind, store.count(kind=kind.name, live=True)) for kind in kinds],
        lists=len(site.catalogue.profile.vocabularies),
        formats=[each for each in RECORD_FORMATS if each is not HTML],
        outlets=OUTLETS,
    )


def preferences() -> Response:
    """Remember the theme the reader chose, and go back to where they were."""
    chosen = request.form.get("theme", "")
    response = redirect(same_origin(request.form.get("next", "/")), 303)
    if chosen in THEMES:
        response.set_cookie(THEME_COOKIE, chosen, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    return response  # type: ignore[return-value]


def same_origin(target: str) -> str:
    """Return a path of this site, or home for anything that could lead elsewhere.

    >>> same_origin("/records/KB-0000001"), same_origin("//evil.example/"), same_origin("https://evil.example")
    ('/records/KB-0000001', '/', '/')
    """
    parts = urlsplit(target)
    plain = (
        target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable() and "\\" not in target
    )
    return target if plain and not parts.scheme and not parts.netloc else "/"
