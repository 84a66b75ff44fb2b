"""What normalisation hands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog_service.model.record import Record
    from catalog_service.model.report import Finding, Place
    from catalog_service.model.terms import Term


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that names another record: where it stands, what was written, and the term that stands there for now."""

    path: str
    """Dotted short name of the field."""
    node: Term
    predicate: Term
    term: Term
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Normalised:
    """A record in canonical values; its references are not looked up yet."""

    record: Record
    place: Place
    identifier: str = ""
    """As written, checked and in upper case; empty where none was given."""
    findings: tuple[Finding, ...] = ()
    references: tuple[Reference, ...] = ()
    places: Mapping[tuple[Term, Term], Place] = field(default_factory=dict)
    """Where values came from: by node and predicate, and by node and dotted short name. Empty for RDF."""

    @property
    def kind(self) -> str:
        """Name of the record's kind."""
        return self.record.kind
