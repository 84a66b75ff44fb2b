"""``/api/v1/search``: what the page finds, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from flask import Response, request

from catalog_service.operations.offers import offer_data
from catalog_service.operations.search import HitView, SearchPage, search
from catalog_service.web.conditional import answer_by_content
from catalog_service.web.pages.rows import plain_fields
from catalog_service.web.pages.search import PARAMETERS
from catalog_service.web.query import query_string, search_request
from catalog_service.web.routes import Parameter, Route

if TYPE_CHECKING:
    from catalog_service.model.kind import Facet
    from catalog_service.web.site import Site

MIN_SEQ = Parameter("min_seq", "Change that the answer must hold at least", schema={"type": "integer", "minimum": 0})

FACETS = Parameter(
    "facets", "Names of the facets to count, with commas between; “none” for none; all where it is left out"
)


def routes(site: Site) -> tuple[Route, ...]:
    """Return the addresses of this part."""
    return (
        Route(
            "GET",
            "/api/v1/search",
            lambda: find(site),
            "Search with facets, counts and highlights",
            (*PARAMETERS, MIN_SEQ, FACETS, *facet_parameters(site)),
            answers={200: "A page of hits", 400: "What was asked cannot be answered"},
            api=True,
        ),
    )


def facet_parameters(site: Site) -> tuple[Parameter, ...]:
    """Return the facets of all kinds as parameters; what each means is told by the first kind that has it."""
    facets: dict[str, Facet] = {}
    for kind in site.catalogue.profile.kinds.values():
        for facet in kind.facets:
            facets.setdefault(facet.name, facet)
    return tuple(
        Parameter(name, facet.definitions.get("en") or facet.labels.get("en", name), repeatable=True)
        for name, facet in facets.items()
    )


def find(site: Site) -> Response:
    """Answer a search."""
    page = search(site.catalogue, search_request(request.args, site.lang))
    told = _written(answer(site, page))
    body = told[:-1] + f',"took_ms":{page.took_ms}}}'.encode()
    response = Response(body, content_type="application/json")
    response.headers["Vary"] = "Accept-Language, Cookie"
    return answer_by_content(response, told)


_written = msgspec.json.Encoder().encode
"""Writes an answer as `Site.json` would, in a tenth of the time: it knows facet values and needs no copy of them."""


def answer(site: Site, page: SearchPage) -> dict[str, Any]:
    """Return a page of hits as data that `_written` takes, but for what it took."""
    asked = page.request
    following = query_string(asked, after=page.next, lang=asked.lang) if page.next else ""
    records = site.absolute("/records/")
    return {
        "total": page.total,
        "kind": page.kind.name,
        "hits": [_hit(site, records, hit) for hit in page.hits],
        "facets": {facet.name: facet.values for facet in page.facets},
        "kinds": page.tabs,
        "next": page.next or None,
        "next_url": site.absolute("/api/v1/search") + f"?{following}" if following else None,
        "did_you_mean": page.did_you_mean or None,
        "dropped": page.dropped,
        "narrow": page.narrow,
        "seq": page.seq,
        "behind": page.behind,
    }


def _hit(site: Site, records: str, hit: HitView) -> dict[str, Any]:
    return {
        "id": hit.id,
        "iri": hit.iri,
        "identifier": hit.id,
        "kind": hit.kind,
        "title": hit.title,
        "summary": hit.summary,
        **plain_fields(site, site.catalogue.profile.kinds[hit.kind], hit),
        **{name: [{"id": each, "label": label} for each, label in links] for name, links in hit.linked.items()},
        "offers": [offer_data(each, site.lang) for each in hit.plain_offers],
        "url": records + site.address(hit.id),
        "score": msgspec.Raw(repr(hit.score).encode()),
        "highlight": hit.highlight,
    }
