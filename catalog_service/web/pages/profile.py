"""The specification as people read it, and the ontology and shapes it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.exceptions import NotFound

from catalog_service.operations.present import group_label
from catalog_service.resources import folder
from catalog_service.web.api.kinds import KIND, known_kind
from catalog_service.web.conditional import answer_conditionally
from catalog_service.web.negotiation import HTML, RDF_FORMATS, by_ending, negotiate
from catalog_service.web.rdf import files_bytes
from catalog_service.web.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog_service.model.kind import Field, Kind
    from catalog_service.web.negotiation import Format
    from catalog_service.web.site import Site


def routes(site: Site) -> tuple[Route, ...]:
    """Return the addresses of this part."""
    media = tuple(each.media_type for each in RDF_FORMATS)
    return (
        Route("GET", "/profile", lambda: profile(site, "profile"), "Ontology and shapes", media_types=media),
        Route(
            "GET",
            "/profile.<ending>",
            lambda ending: profile(site, f"profile.{ending}"),
            "Ontology and shapes in one file",
        ),
        Route(
            "GET",
            "/profile/<name>",
            lambda name: kind_page(site, name),
            "The specification of a kind",
            (KIND,),
            media_types=media,
        ),
    )


def profile(site: Site, name: str) -> Response:
    """Return what the specification consists of, or all of ontology and shapes as RDF."""
    stem, chosen = by_ending(name, RDF_FORMATS)
    if stem != "profile":
        raise NotFound
    format_ = chosen or negotiate(request.headers.get("Accept", ""), RDF_FORMATS)
    if format_ is not HTML:
        paths = (*sorted(folder("ontology").glob("*.ttl")), *sorted(folder("shapes").glob("*.ttl")))
        return _files(paths, format_, vary=chosen is None)
    return site.page(
        "profile.html", elements=elements, schemes=len(site.catalogue.profile.vocabularies), formats=RDF_FORMATS[1:]
    )


def kind_page(site: Site, name: str) -> Response:
    """Return a kind's elements as a page, or its shapes as RDF."""
    slug, chosen = (name, None) if name in site.catalogue.profile.kinds else by_ending(name, RDF_FORMATS)
    kind = known_kind(site, slug)
    format_ = chosen or negotiate(request.headers.get("Accept", ""), RDF_FORMATS)
    if format_ is not HTML:
        return _files((_shape_file(kind),), format_, vary=chosen is None)
    groups = list(_groups(kind, site.lang))
    return site.page("kind.html", kind=kind, groups=groups, count=elements(kind))


def _files(paths: tuple[Path, ...], format_: Format, *, vary: bool) -> Response:
    body = files_bytes(paths, format_)
    return answer_conditionally(lambda: Response(body, content_type=format_.content_type), tag=_tag(body), vary=vary)


def elements(kind: Kind) -> int:
    """Return how many numbered elements a kind has; one element may be several fields."""
    return len({each.number for _, each in kind.walk() if each.number})


def _tag(body: bytes) -> str:
    import hashlib

    return hashlib.sha256(body).hexdigest()[:16]


def _shape_file(kind: Kind) -> Path:
    return folder("shapes") / f"{kind.name}.ttl"


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    field: Field
    depth: int

    @property
    def times(self) -> str:
        """How often it may stand, as the standards write it."""
        return f"{self.field.min_count}–{'n' if self.field.max_count is None else self.field.max_count}"


@dataclass(frozen=True, slots=True)
class _Group:
    slug: str
    label: str
    rows: tuple[_Row, ...]


def _groups(kind: Kind, lang: str) -> Iterator[_Group]:
    order = {group.name: group.order for group in kind.groups}
    slugs = sorted(dict.fromkeys(each.group for each in kind.fields), key=lambda slug: order.get(slug, 99))
    for slug in slugs:
        rows = tuple(row for each in kind.fields if each.group == slug for row in _rows(each, "", 0))
        yield _Group(slug, group_label(kind, slug, lang), rows)


def _rows(each: Field, before: str, depth: int) -> Iterator[_Row]:
    yield _Row(before + each.name, each, depth)
    for member in each.fields:
        yield from _rows(member, f"{before}{each.name}.", depth + 1)
