"""``/catalog``: the catalogue as DCAT 3 in our own profile, in pages by log order, read from the store.

Source: W3C DCAT 3 (dcat:Catalog, dcat:CatalogRecord, dcat:resource); Hydra Core for the paging node, one per page.
"""

from __future__ import annotations

import calendar
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from catalog_service.errors import BadQuery, Gone, NotAcceptable
from catalog_service.model import terms
from catalog_service.model.record import canonical
from catalog_service.namespaces import PREFIXES, PROFILE, TYPE, XSD, term
from catalog_service.operations.outgoing import outgoing
from catalog_service.operations.paging import seal, unseal
from catalog_service.outlets.base import Response, address, weights
from catalog_service.store.rows import stamp_text

if TYPE_CHECKING:
    from catalog_service.model.terms import Term, Triple
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.outlets.base import Request
    from catalog_service.store.rows import Entry

PAGE = 100
HYDRA = "http://www.w3.org/ns/hydra/core#"
FORMATS = {
    ".ttl": "text/turtle",
    ".rdf": "application/rdf+xml",
    ".jsonld": "application/ld+json",
    ".nt": "application/n-triples",
}
"""Ending to media type, Turtle being what is given to whoever does not care."""


def answer(catalogue: Catalogue, request: Request) -> Response:
    """Return one page of the catalogue."""
    written = request.path.removeprefix("/catalog")
    ending = written or _negotiated(request.accept)
    arguments = dict(request.arguments)
    since, deleted = _since(arguments.get("modified_since", "")), _deleted(arguments.get("deleted", ""))
    with catalogue.store.read(current=True) as reader:
        after = _after(catalogue, reader.epoch(), arguments.get("after", ""))
        page = reader.listing(after_seq=after, from_stamp=since, limit=PAGE)
        total = reader.count(from_stamp=since, live=None if since is not None or deleted else True)
        key = seal(catalogue.secret("page-key"), ["catalog", page.epoch, page.next_seq]) if page.next_seq else ""
    entries = [entry for entry in page.entries if entry.live or deleted or since is not None]
    base = f"{address(catalogue)}/catalog{written}"
    kept = "".join(
        f"&{name}={_quoted(arguments[name])}" for name in ("modified_since", "deleted") if arguments.get(name)
    )
    here = base + _query("&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in request.arguments))
    following = f"{base}?after={key}{kept}" if key else ""
    triples = _catalogue(catalogue) + _paging(catalogue, here, base + _query(kept[1:]), following, total)
    for entry in entries:
        triples += _listed(catalogue, entry)
    links = [f'<{base}{_query(kept[1:])}>; rel="first"'] + ([f'<{following}>; rel="next"'] if following else [])
    headers = {"Link": ", ".join(links), "Vary": "Accept"}
    return Response(_serialised(canonical(triples), FORMATS[ending]), FORMATS[ending], headers=headers)


def _quoted(text: str) -> str:
    """Return a text as it stands in the query that was asked; a date keeps its colons, as most readers write them."""
    return quote(text, safe=":")


def _query(text: str) -> str:
    return f"?{text}" if text else ""


def _negotiated(accept: str) -> str:
    """Return the ending of the form that suits best; programs that accept anything get Turtle, browsers too."""
    wanted = weights(accept or "*/*")
    if "text/html" in wanted:
        wanted.setdefault("text/turtle", wanted["text/html"])
    best = max(FORMATS, key=lambda ending: _quality(FORMATS[ending], wanted))
    if not _quality(FORMATS[best], wanted):
        known = ", ".join(FORMATS.values())
        raise NotAcceptable("None of the accepted formats is offered here.", advice="Offered: {known}.", known=known)
    return best


def _quality(media_type: str, wanted: dict[str, float]) -> float:
    covering = (media_type, media_type.partition("/")[0] + "/*", "*/*")
    return next((wanted[each] for each in covering if each in wanted), 0.0)


def _since(text: str) -> int | None:
    if not text:
        return None
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"):
        try:
            return calendar.timegm(time.strptime(text, form))
        except ValueError:
            continue
    raise BadQuery("modified_since: “{value}” is not a UTC date such as 2026-03-05T08:00:00Z.", value=text)


def _deleted(text: str) -> bool:
    if text not in {"", "true", "false"}:
        raise BadQuery("deleted: “{value}” is neither true nor false.", value=text)
    return text == "true"


def _after(catalogue: Catalogue, epoch: int, key: str) -> int:
    if not key:
        return 0
    payload = unseal(catalogue.secret("page-key"), key)
    if not isinstance(payload, list) or payload[0] != "catalog" or payload[1] != epoch:
        raise Gone("This page is gone, or its key is not ours.", advice="Begin with the first page.")
    return int(payload[2])


def _catalogue(catalogue: Catalogue) -> list[Triple]:
    """Return what is said of the catalogue itself, on every page."""
    node, settings = _node(catalogue), catalogue.settings
    publisher = terms.iri(f"{catalogue.iri_base}/#publisher")
    triples = [(node, TYPE, term("dcat:Catalog")), (publisher, TYPE, term("foaf:Agent"))]
    for lang in ("zh", "en"):
        triples += [
            (node, term("dct:title"), terms.literal(settings.localised("catalogue.title", lang), lang)),
            (node, term("dct:description"), terms.literal(settings.localised("catalogue.description", lang), lang)),
            (publisher, term("foaf:name"), terms.literal(settings.localised("catalogue.publisher", lang), lang)),
        ]
    return [
        *triples,
        (node, term("dct:publisher"), publisher),
        (node, term("dct:license"), terms.iri(settings.text("catalogue.license"))),
        (node, term("dct:conformsTo"), terms.iri(PROFILE)),
        (node, term("dcat:themeTaxonomy"), terms.iri(f"{PREFIXES['cl']}service-category")),
    ]


def _node(catalogue: Catalogue) -> Term:
    return terms.iri(f"{catalogue.iri_base}/catalog")


def _paging(catalogue: Catalogue, here: str, first: str, following: str, total: int) -> list[Triple]:
    """Return the one paging node of the page, typed for old and new readers alike (harvest checklist D3)."""
    page, node = terms.iri(here), _node(catalogue)
    hydra = {name: terms.iri(HYDRA + name) for name in _HYDRA}
    count = terms.literal(str(total), datatype=f"{XSD}integer")
    triples = [
        (page, TYPE, hydra["PartialCollectionView"]),
        (page, TYPE, hydra["PagedCollection"]),
        (page, hydra["first"], terms.iri(first)),
        (page, hydra["firstPage"], terms.iri(first)),
        (page, hydra["totalItems"], count),
        (node, hydra["view"], page),
        (node, hydra["totalItems"], count),
    ]
    if following:
        triples += [(page, hydra["next"], terms.iri(following)), (page, hydra["nextPage"], terms.iri(following))]
    return triples


_HYDRA = ("PartialCollectionView", "PagedCollection", "first", "firstPage", "next", "nextPage", "totalItems", "view")


def _listed(catalogue: Catalogue, entry: Entry) -> list[Triple]:
    """Return a record with its CatalogRecord; of a withdrawn one the CatalogRecord alone."""
    about = terms.iri(f"{catalogue.iri_base}/id/record/{entry.identifier}")
    own = terms.iri(entry.iri)
    stamp = terms.literal(stamp_text(entry.stamp), datatype=f"{XSD}dateTime")
    triples: list[Triple] = [
        (_node(catalogue), term("dcat:record"), about),
        (about, TYPE, term("dcat:CatalogRecord")),
        (about, term("foaf:primaryTopic"), own),
        (about, term("dct:identifier"), terms.literal(entry.identifier)),
        (about, term("dct:modified"), stamp),
        (about, term("dct:conformsTo"), terms.iri(PROFILE)),
        (
            about,
            term("adms:status"),
            term("sts:updated" if entry.live else "sts:deleted"),
        ),
    ]
    if not entry.live:
        return triples
    checksum = terms.iri(f"{catalogue.iri_base}/id/record/{entry.identifier}#checksum")
    triples += [
        (_node(catalogue), term("dcat:resource"), own),
        (about, term("spdx:checksum"), checksum),
        (checksum, TYPE, term("spdx:Checksum")),
        (checksum, term("spdx:algorithm"), term("spdx:checksumAlgorithm_sha256")),
        (checksum, term("spdx:checksumValue"), terms.literal(entry.public_hash, datatype=f"{XSD}hexBinary")),
    ]
    return triples + list(outgoing(catalogue, entry).record.triples())


def _serialised(n_triples: bytes, media_type: str) -> bytes:
    import pyoxigraph as ox

    if media_type == "application/n-triples":
        return n_triples
    syntax = {
        "text/turtle": ox.RdfFormat.TURTLE,
        "application/rdf+xml": ox.RdfFormat.RDF_XML,
        "application/ld+json": ox.RdfFormat.JSON_LD,
    }[media_type]
    triples = [quad.triple for quad in ox.parse(n_triples, format=ox.RdfFormat.N_TRIPLES, lenient=True)]
    return ox.serialize(triples, format=syntax, prefixes={**PREFIXES, "hydra": HYDRA}) or b""
