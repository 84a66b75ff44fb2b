"""Routes as data: what is served and what ``/openapi.json`` and ``/docs`` tell are the same declarations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response

Handler = Callable[..., "Response"]

PAGE_BODY = 10_000
"""Bytes that a request to a page may carry: no form of the public pages needs more."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query, a header or a path; ``help`` is a sentence in both languages' catalogue."""

    name: str
    help: str
    place: str = "query"
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    required: bool = False
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """What a request may carry."""

    media_types: tuple[str, ...]
    schema: Mapping[str, Any]
    limit: int


@dataclass(frozen=True, slots=True)
class Route:
    """One address and method with its handler and what a reader of the documentation needs."""

    method: str
    path: str
    handler: Handler
    summary: str = ""
    """English sentence, translated where it is shown."""
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    answers: Mapping[int, str] = field(default_factory=lambda: {200: "The answer"})
    media_types: tuple[str, ...] = ("application/json",)
    token: bool = False
    """Whether it needs a token."""
    token_shows_more: bool = False
    """Whether it answers without a token too, but more to who brings one."""
    api: bool = False
    """Whether it stands in the OpenAPI document."""

    @property
    def name(self) -> str:
        """A name that is unique over all routes."""
        return f"{self.method.lower()} {self.path}"

    @property
    def limit(self) -> int:
        """How many bytes a request may carry."""
        return self.body.limit if self.body else PAGE_BODY
