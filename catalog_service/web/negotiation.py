"""Which representation a request gets: by the ending of its address, else by ``Accept`` with its q-values.

Source: RFC 9110, sections 12.4.2 and 12.5.1, https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_service.errors import NotAcceptable

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Format:
    """One representation: the ending of its address, its name for people, its media types, the first being sent."""

    ending: str
    title: str
    media_types: tuple[str, ...]
    writer: str = ""
    """Name of the writer that makes it of records."""

    @property
    def media_type(self) -> str:
        """The media type it is sent as."""
        return self.media_types[0]

    @property
    def content_type(self) -> str:
        """The media type with its character set where text has one to name."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


HTML = Format("html", "HTML", ("text/html", "application/xhtml+xml"))
TURTLE = Format("ttl", "Turtle", ("text/turtle", "application/x-turtle"), "turtle")
JSON_LD = Format("jsonld", "JSON-LD", ("application/ld+json",), "jsonld")
RDF_XML = Format("rdf", "RDF/XML", ("application/rdf+xml", "application/xml", "text/xml"), "rdfxml")
N_TRIPLES = Format("nt", "N-Triples", ("application/n-triples", "text/plain"), "ntriples")
JSON = Format("json", "JSON", ("application/json",), "json")

RECORD_FORMATS = (HTML, TURTLE, JSON_LD, RDF_XML, N_TRIPLES, JSON)
"""What a record can be had as."""

RDF_FORMATS = (HTML, TURTLE, JSON_LD, RDF_XML, N_TRIPLES)
"""What a code list, a concept or the profile can be had as."""


def negotiate(accept: str, offered: Sequence[Format]) -> Format:
    """Return the offered format that suits an ``Accept`` header best; the first offered wins a tie.

    >>> negotiate("text/turtle;q=0.9, text/html;q=0.5", RECORD_FORMATS).ending
    'ttl'
    """
    ranges = parse_accept(accept)
    if not ranges:
        return offered[0]
    if HTML not in offered and HTML.media_type in ranges:
        ranges = _of_browser(ranges)
    best = max(offered, key=lambda each: _quality(each, ranges))
    if _quality(best, ranges) > 0:
        return best
    known = ", ".join(each.media_type for each in offered)
    raise NotAcceptable("None of the accepted formats is offered here.", advice="Offered: {known}.", known=known)


def _of_browser(ranges: dict[str, float]) -> dict[str, float]:
    """Return what a browser accepts where there is no page: the XML it names is that of pages, not of RDF."""
    return {media: quality for media, quality in ranges.items() if media not in RDF_XML.media_types[1:]}


def by_ending(name: str, offered: Sequence[Format]) -> tuple[str, Format | None]:
    """Split an ending that names an offered format off a name.

    >>> by_ending("KB-0000217.ttl", RECORD_FORMATS)[0]
    'KB-0000217'
    """
    stem, dot, ending = name.rpartition(".")
    found = next((each for each in offered if dot and each.ending == ending.lower()), None)
    return (stem, found) if found and stem else (name, None)


def parse_accept(header: str) -> dict[str, float]:
    """Return the quality of each media range in an ``Accept`` header; what cannot be read is passed over."""
    ranges: dict[str, float] = {}
    for part in header[:4000].split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if "/" not in media:
            continue
        quality = 1.0
        for parameter in parameters:
            name, _, text = parameter.partition("=")
            if name.strip() == "q":
                quality = _number(text)
        ranges[media] = max(quality, ranges.get(media, 0.0))
    return ranges


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0


def _quality(each: Format, ranges: dict[str, float]) -> float:
    """Return how welcome a format is: as the type that is sent if that is named, else as the best of its names."""
    if each.media_types[0] in ranges:
        return ranges[each.media_types[0]]
    return max(_one(media, ranges) for media in each.media_types)


def _one(media: str, ranges: dict[str, float]) -> float:
    """Return the quality of the most specific range that covers a media type."""
    for covering in (media, media.partition("/")[0] + "/*", "*/*"):
        if covering in ranges:
            return ranges[covering]
    return 0.0
