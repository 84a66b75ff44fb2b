"""What readers hand to normalisation: values as people wrote them, each with its place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog_service.model.report import NOWHERE, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog_service.model.terms import Triple

Scalar = str | int | float | bool | dt.datetime | dt.date | None


@dataclass(frozen=True, slots=True)
class RawValue:
    """One value as it stood in a cell or a JSON member."""

    value: Scalar
    place: Place = NOWHERE
    language: str = ""
    """The language the column or member names, or empty."""
    single: bool = False
    """Whether it is one value whatever stands in it: it came in a list."""


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record as a reader found it: named values (tables, JSON) or triples (RDF), never both."""

    place: Place
    kind: str = ""
    """The kind's name if the source tells it."""
    values: tuple[tuple[str, RawValue], ...] = ()
    """Pairs of a dotted short name, with the position of inner nodes, such as ``offer.0.minPrice``, and a value."""
    iri: str = ""
    triples: tuple[Triple, ...] = ()
    """All triples of the record with blank nodes as the source has them; places are by line of the record's start."""
    payload: Mapping[str, Any] | None = None
    """The whole object, if the record came as plain JSON: what its form is checked by."""
    left_out: tuple[tuple[str, Place], ...] = ()
    """Members of the payload that were not taken, by dotted name without positions, and where they stand."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Dotted short name of every column the table has to its letters; all records of a table share it."""
