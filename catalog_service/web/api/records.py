"""``/api/v1/records``: the records themselves, listed, read, and with a token written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, request

from catalog_service.errors import BadQuery, UnknownName
from catalog_service.model.record import parse_canonical
from catalog_service.operations.disseminate import published, working
from catalog_service.operations.narrowing import must_be_set
from catalog_service.operations.paging import seal, unseal
from catalog_service.operations.tokens import check, is_key
from catalog_service.store.rows import stamp_text
from catalog_service.web.conditional import answer_by_content, answer_conditionally
from catalog_service.web.negotiation import JSON, RECORD_FORMATS, negotiate
from catalog_service.web.pages.records import IDENTIFIER, record_data
from catalog_service.web.query import whole
from catalog_service.web.routes import Parameter, Route

if TYPE_CHECKING:
    from catalog_service.store import Reader
    from catalog_service.store.rows import Entry
    from catalog_service.web.negotiation import Format
    from catalog_service.web.site import Site

MOST = 1000
_DEFAULT = 100
_KNOWN = {"kind", "set", "limit", "after", "include", "lang"}


def routes(site: Site) -> tuple[Route, ...]:
    """Return the addresses of this part."""
    number = {"type": "integer", "minimum": 1, "maximum": MOST, "default": _DEFAULT}
    data = tuple(each for each in RECORD_FORMATS if each.ending != "html")
    return (
        Route(
            "GET",
            "/api/v1/records",
            lambda: listing(site),
            "The published records in the order of their last change",
            (
                Parameter("kind", "Kind of record"),
                Parameter("set", "Name of a set, such as those of OAI-PMH"),
                Parameter("limit", "Most records in one answer", schema=number),
                Parameter("after", "Key of the next page, from the member next of the page before"),
                Parameter("include", "“record” adds the record as plain JSON", schema={"enum": ["record"]}),
            ),
            answers={200: "A page of records", 400: "What was asked cannot be answered"},
            api=True,
        ),
        Route(
            "GET",
            "/api/v1/records/<identifier>",
            lambda identifier: read(site, identifier),
            "A record, as plain JSON or in an RDF format by Accept; with a key its newest version with all it holds",
            (IDENTIFIER,),
            answers={
                200: "A record",
                304: "It has not changed",
                401: "The key is unknown",
                404: "No such record",
                410: "It was withdrawn",
            },
            media_types=("application/json", *(each.media_type for each in data if each is not JSON)),
            token_shows_more=True,
            api=True,
        ),
    )


def listing(site: Site) -> Response:
    """Return a page of published records."""
    for name in request.args:
        if name not in _KNOWN:
            raise UnknownName("parameter", name, _KNOWN)
    kind, set_ = request.args.get("kind", ""), request.args.get("set", "")
    include = request.args.get("include", "")
    if kind:
        site.catalogue.kind(kind)
    if set_:
        must_be_set(site.catalogue, set_)
    if include not in {"", "record"}:
        raise UnknownName("include", include, ["record"])
    limit = whole(request.args, "limit", _DEFAULT)
    if not 1 <= limit <= MOST:
        raise BadQuery("{name}: {value} is not between 1 and {most}.", name="limit", value=limit, most=MOST)
    after = _after(site, kind, set_)
    with site.catalogue.store.read() as reader:
        entries, last, more = _live(reader, kind, set_, after, limit, with_bytes=bool(include))
        titles = reader.published_titles(each.identifier for each in entries)
        total = reader.count(kind=kind, set_=set_, live=True)
    key = seal(site.catalogue.secret("page"), ["records", kind, set_, last]) if more else None
    following = site.absolute("/api/v1/records", **(dict(request.args.items()) | {"after": key})) if key else None
    shown = [_entry(site, each, titles[each.identifier]) for each in entries]
    return answer_by_content(site.json({"total": total, "records": shown, "next": key, "next_url": following}))


def _after(site: Site, kind: str, set_: str) -> int:
    key = request.args.get("after", "")
    if not key:
        return 0
    payload = unseal(site.catalogue.secret("page"), key)
    if not isinstance(payload, list) or payload[:3] != ["records", kind, set_]:
        raise BadQuery("This page key is not of this list.", advice="Start again from the first page.")
    return int(payload[3])


def _live(
    reader: Reader, kind: str, set_: str, after: int, limit: int, *, with_bytes: bool
) -> tuple[list[Entry], int, bool]:
    """Return live entries after a number, where the last of them stood, and whether there are more."""
    found: list[Entry] = []
    while True:
        page = reader.listing(kind=kind, set_=set_, after_seq=after, limit=limit, with_bytes=with_bytes)
        for entry in page.entries:
            if entry.live and len(found) == limit:
                return found, after, True
            after = entry.seq
            found += [entry] if entry.live else []
        if page.next_seq is None:
            return found, after, False


def _entry(site: Site, entry: Entry, title: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": entry.identifier,
        "iri": entry.iri,
        "kind": entry.kind,
        "title": title,
        "version": entry.version,
        "hash": entry.public_hash,
        "seq": entry.seq,
        "stamp": stamp_text(entry.stamp),
        "url": site.absolute(f"/records/{entry.identifier}"),
    }
    if entry.form is not None and request.args.get("include"):
        from catalog_service.model.derive import to_plain

        profile = site.catalogue.profile
        record = parse_canonical(entry.form, entry.iri, entry.kind)
        shown["record"] = to_plain(record, profile.kinds[entry.kind], profile.vocabularies)
    return shown


def read(site: Site, identifier: str) -> Response:
    """Return a record as data: to the public what is published, with a key the version that a change begins with."""
    data = tuple(each for each in RECORD_FORMATS if each.ending != "html")
    offered = (JSON, *(each for each in data if each is not JSON))
    format_ = negotiate(request.headers.get("Accept", ""), offered)
    header = request.headers.get("Authorization", "")
    response = _working(site, identifier, format_, header) if is_key(header) else _public(site, identifier, format_)
    response.vary.add("Authorization")
    return response


def _public(site: Site, identifier: str, format_: Format) -> Response:
    found = published(site.catalogue, identifier)
    return answer_conditionally(
        lambda: record_data(site, found, format_), tag=f"{found.tag}-{format_.ending}", modified=found.modified
    )


def _working(site: Site, identifier: str, format_: Format, header: str) -> Response:
    """Return all there is of the newest version, private fields too; no cache may keep it for anybody else."""
    check(site.catalogue, header)
    found = working(site.catalogue, identifier)
    response = answer_conditionally(lambda: record_data(site, found, format_), tag=f"{found.tag}-{format_.ending}")
    response.headers["Cache-Control"] = "private, no-store"
    return response
