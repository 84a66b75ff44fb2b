"""The page of a record, its versions and its data, each one ending away."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, redirect, request

from catalog_service.errors import InputError, NotFound
from catalog_service.operations.disseminate import Published, RecordView, public_versions, published, resolver, view
from catalog_service.operations.present import Entry, Presenter, contact_of, is_contact
from catalog_service.operations.search import SearchRequest, search
from catalog_service.web.api.kinds import known_kind
from catalog_service.web.conditional import answer_by_content, answer_conditionally
from catalog_service.web.negotiation import HTML, JSON, RECORD_FORMATS, Format, by_ending, negotiate
from catalog_service.web.pages.rows import Row, rows
from catalog_service.web.query import query_string
from catalog_service.web.routes import Parameter, Route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog_service.model.kind import Kind
    from catalog_service.operations.disseminate import Working
    from catalog_service.web.site import Site

_RELATED = 10
IDENTIFIER = Parameter("identifier", "Identifier of a record", "path", required=True)


def routes(site: Site) -> tuple[Route, ...]:
    """Return the addresses of this part."""
    media = tuple(each.media_type for each in RECORD_FORMATS)
    return (
        Route("GET", "/records/<name>", lambda name: record(site, name), "A record", (IDENTIFIER,), media_types=media),
        Route(
            "GET",
            "/records/<identifier>/versions",
            lambda identifier: versions(site, identifier),
            "Versions of a record",
        ),
        Route(
            "GET",
            "/records/<identifier>/versions/<name>",
            lambda identifier, name: version(site, identifier, name),
            "An older version of a record",
        ),
        Route(
            "GET",
            "/id/<kind>/<identifier>",
            lambda kind, identifier: identity(site, kind, identifier),
            "From the name of a thing to what tells about it",
        ),
    )


def record(site: Site, name: str) -> Response:
    """Return a record in the format its ending or ``Accept`` asks for."""
    identifier, chosen = by_ending(name, RECORD_FORMATS)
    return _record(site, identifier, chosen, None)


def version(site: Site, identifier: str, name: str) -> Response:
    """Return one version of a record."""
    number, chosen = by_ending(name, RECORD_FORMATS)
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise NotFound("Record {identifier} has no version {version}.", identifier=identifier, version=number[:40])
    return _record(site, identifier, chosen, int(number))


def _record(site: Site, identifier: str, chosen: Format | None, number: int | None) -> Response:
    format_ = chosen or negotiate(request.headers.get("Accept", ""), RECORD_FORMATS)
    found = published(site.catalogue, identifier, number)
    if found.row.identifier != identifier and chosen is None and number is None:
        return redirect(site.address(f"/records/{found.row.identifier}"), 301)  # type: ignore[return-value]
    if format_ is HTML:
        return answer_by_content(_page(site, found, number))
    return answer_conditionally(
        lambda: record_data(site, found, format_),
        tag=f"{found.tag}-{format_.ending}",
        modified=found.modified,
        vary=chosen is None,
    )


def record_data(site: Site, found: Published | Working, format_: Format) -> Response:
    """Return a record as data, with what the catalogue adds to it."""
    from catalog_service.operations.outgoing import surroundings
    from catalog_service.writers import writer

    chunks = writer(format_.writer).write([found.outgoing()], surroundings(site.catalogue))
    response = Response(b"".join(chunks), content_type=format_.content_type)
    response.headers["Link"] = f'<{site.absolute("/records/" + found.row.identifier)}>; rel="canonical"'
    return response


def _page(site: Site, found: Published, number: int | None) -> Response:
    shown = view(site.catalogue, found.row.identifier, site.lang, number)
    formats = [each for each in RECORD_FORMATS if each is not HTML]
    return site.page(
        "record.html",
        view=shown,
        crumbs=_crumbs(shown, site),
        formats=formats,
        canonical=site.absolute(f"/records/{shown.identifier}"),
        contact=_contact(site, shown),
        cards=_cards(site, shown),
        related=list(_related(site, shown)),
        citation=_citation(site, shown),
    )


def _crumbs(shown: RecordView, site: Site) -> list[tuple[str, str]]:
    kind = shown.kind
    path = [(site.titled(kind.plurals), site.address("/", kind=kind.name, q=""))]
    path[0] = (path[0][0], f"/?kind={kind.name}")
    return path + [
        (each.text, site.address("/", kind=kind.name, **{each.href: each.code})) for each in shown.shown.crumbs
    ]


def _citation(site: Site, shown: RecordView) -> str:
    return site.say(
        "{title}. {catalogue}, {identifier}, version {n}. {address}",
        title=shown.shown.title.text,
        catalogue=site.catalogue.settings.localised("catalogue.title", site.lang),
        identifier=shown.identifier,
        n=shown.version,
        address=site.absolute(f"/records/{shown.identifier}"),
    )


def _contact(site: Site, shown: RecordView) -> tuple[Entry, ...]:
    """Return how to reach people: the record's own contact, else its provider's."""
    if shown.shown.contact:
        return shown.shown.contact
    for each in shown.shown.providers:
        if each.identifier:
            other = published(site.catalogue, each.identifier)
            found = contact_of(_presenter(site, other.kind), other.record)
            if found:
                return found
    return ()


def _presenter(site: Site, kind: Kind) -> Presenter:
    return Presenter(kind, site.catalogue.profile.vocabularies, site.lang, resolver(site.catalogue))


@dataclass(frozen=True, slots=True)
class _Card:
    identifier: str
    title: str
    entries: tuple[Entry, ...]


def _cards(site: Site, shown: RecordView) -> list[_Card]:
    """Return what the providers are, by the fields their kind lists for hits."""
    cards = []
    for each in shown.shown.providers[:2]:
        if not each.identifier:
            continue
        other = published(site.catalogue, each.identifier)
        presenter = _presenter(site, other.kind)
        names = [name for name in other.kind.hit_fields if name not in {other.kind.title, other.kind.summary}]
        fields = [field for name in names if (field := other.kind.field(name)) is not None and not is_contact(field)]
        entries = [presenter.entry(other.record, field, other.record.node) for field in fields]
        cards.append(_Card(each.identifier, each.title, tuple(entry for entry in entries if entry is not None)))
    return cards


@dataclass(frozen=True, slots=True)
class _Related:
    kind: Kind
    total: int
    rows: tuple[Row, ...]
    href: str


def _related(site: Site, shown: RecordView) -> Iterator[_Related]:
    """Yield the records of other kinds that name this one, such as an agency's products."""
    for kind in site.catalogue.profile.kinds.values():
        for facet in kind.facets:
            if facet.type != "reference" or facet.foreign or kind is shown.kind:
                continue
            asked = SearchRequest(kind.name, filters={facet.name: (shown.identifier,)}, size=_RELATED, lang=site.lang)
            page = search(site.catalogue, asked)
            if page.total:
                yield _Related(kind, page.total, rows(site, page.hits), "/?" + query_string(asked, _RELATED))


def versions(site: Site, identifier: str) -> Response:
    """Return the list of a record's versions, as a page or as JSON."""
    found = published(site.catalogue, identifier)
    history = site.catalogue.store.history(found.row.identifier)
    public = public_versions(site.catalogue, found.row)
    infos = [info for info in history.versions if info.number in public]
    if negotiate(request.headers.get("Accept", ""), (HTML, JSON)) is JSON:
        return site.json([{"version": info.number, "stamp": info.stamp, "hash": info.public_hash} for info in infos])
    shown = view(site.catalogue, found.row.identifier, site.lang)
    dated = [(info.number, dt.datetime.fromtimestamp(info.stamp, dt.UTC)) for info in reversed(infos)]
    return site.page("versions.html", view=shown, versions=dated)


def identity(site: Site, kind: str, identifier: str) -> Response:
    """Send on from a record's IRI to what tells about it: 303, as an IRI names the thing and not its page."""
    known_kind(site, kind)
    found = published(site.catalogue, identifier)
    if found.row.kind != kind:
        raise NotFound("There is no record {identifier}.", identifier=identifier)
    try:
        chosen = negotiate(request.headers.get("Accept", ""), RECORD_FORMATS)
    except InputError:
        chosen = HTML
    ending = "" if chosen is HTML else f".{chosen.ending}"
    response = redirect(site.absolute(f"/records/{found.row.identifier}{ending}"), 303)
    response.headers["Vary"] = "Accept"
    return response  # type: ignore[return-value]
