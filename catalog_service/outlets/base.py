"""What every outlet takes and gives: a request and a response without any web framework."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog_service.operations.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Request:
    """One request: its path, the arguments in order with repeats, what is accepted."""

    path: str = ""
    """The whole path, such as ``/catalog.ttl``."""
    arguments: tuple[tuple[str, str], ...] = ()
    accept: str = ""
    accept_encoding: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """One answer."""

    body: bytes
    media_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outlet:
    """One protocol: what it is called, where it answers, and by which function."""

    name: str
    title: Mapping[str, str]
    paths: tuple[str, ...]
    start: str
    """The address to begin at."""
    methods: tuple[str, ...]
    target: str
    """``module:function``; imported at the first request."""

    def answer(self, catalogue: Catalogue, request: Request) -> Response:
        """Answer a request; input that cannot be used raises a `CatalogError` or is the protocol's own error."""
        module, _, function = self.target.partition(":")
        response: Response = getattr(import_module(module), function)(catalogue, request)
        return encoded(response, request.accept_encoding)


def address(catalogue: Catalogue) -> str:
    """Return what addresses in answers begin with; where nobody said, names of records tell it as well as anything."""
    return catalogue.public_url or catalogue.iri_base


_WORTH_PACKING = 1000
_LEVEL = 3
"""Of gzip: pages of records shrink to a sixth here, higher levels cost twice the time for a tenth less."""


def encoded(response: Response, accept_encoding: str) -> Response:
    """Return the response as gzip if that is accepted; caches are told that the header decides."""
    varying = ", ".join(filter(None, (response.headers.get("Vary", ""), "Accept-Encoding")))
    headers = {**response.headers, "Vary": varying}
    if len(response.body) < _WORTH_PACKING or not weights(accept_encoding).get("gzip", 0.0):
        return replace(response, headers=headers)
    packed = gzip.compress(response.body, _LEVEL, mtime=0)
    return replace(response, body=packed, headers={**headers, "Content-Encoding": "gzip"})


def content_tag(body: bytes) -> str:
    """Return 20 digits that stand for the bytes of an answer in its entity tag."""
    return hashlib.blake2b(body, digest_size=10).hexdigest()


def weights(header: str) -> dict[str, float]:
    """Return the q-values of an ``Accept`` header by name (RFC 9110, 12.4.2); one that cannot be read is 0.

    >>> weights("text/turtle, application/*;q=0.5, */*;q=0")
    {'text/turtle': 1.0, 'application/*': 0.5, '*/*': 0.0}
    """
    found: dict[str, float] = {}
    for part in header[:_LONGEST_HEADER].split(","):
        name, *parameters = (each.strip().lower() for each in part.split(";"))
        quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        try:
            found[name] = min(max(float(quality), 0.0), 1.0)
        except ValueError:
            found[name] = 0.0
    return found


_LONGEST_HEADER = 4000
