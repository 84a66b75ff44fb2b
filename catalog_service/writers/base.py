"""What every writer takes and gives."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from catalog_service.model.kind import Kind
    from catalog_service.model.record import Record
    from catalog_service.model.vocabulary import Vocabularies


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record on its way out: the public form with what the catalogue adds (state, date of change)."""

    record: Record
    kind: Kind
    identifier: str
    version: int
    hash: str
    """SHA-256 of the stored public form, without what the catalogue adds."""
    modified: str
    """UTC time of the published version or of its last refresh, ``YYYY-MM-DDThh:mm:ssZ``."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a writer may ask for beside the record: code lists, and the name of another record by its IRI."""

    vocabularies: Vocabularies
    name_of: Callable[[str], dict[str, str]]
    """IRI to what the record is called, by language; empty if it is not public."""
    page_of: Callable[[str], str]
    """Identifier to the address of the record's page."""
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many values a table had no place for, by kind and dotted name of their field; counted while it is written."""
    taken_apart: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many values hold what separates values in a cell, likewise."""
    written: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """What a writer made of a code or a reference, by its own key and the IRI; it holds as long as the names do."""


class Writer(Protocol):
    """A format of records. ``write`` yields bytes that, joined, are one document."""

    name: str
    media_type: str
    ending: str
    one_kind: bool
    """Whether a document holds records of one kind only."""

    def write(self, records: Iterable[Outgoing], around: Surroundings) -> Iterator[bytes]:
        """Yield the document of records."""
