"""What every outlet takes and gives: a request and a response without any web framework."""

from __future__ import annotations

from dataclasses import dataclass, field
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
        return response
