"""The records that those to be published refer to, as the public sees them now or will in a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.model.record import parse_canonical
from catalog_service.operations.references import targets_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog_service.model.record import Record
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.store import Writer
    from catalog_service.store.rows import Standing

Shown = dict[str, tuple[str, str, "Record"]]
"""IRI of a public record to hash of its public form, identifier and content."""

_MOST_SHOWN = 2_000


class Linked:
    """What publishing asks about other records. It reads when it is made, so make it before anything is written.

    ``shown`` keeps records from one transaction to the next: the same few providers are asked for again and again.
    """

    def __init__(
        self, catalogue: Catalogue, writer: Writer, records: Iterable[tuple[str, Record]], shown: Shown | None = None
    ) -> None:
        kinds, pairs = catalogue.profile.kinds, list(records)
        self._targets = {record.iri: targets_of(record, kinds[record.kind]) for _, record in pairs}
        named = {iri for each in self._targets.values() for iri in each}
        self._rows: dict[str, Standing] = writer.standings(sorted(named)) if named else {}
        self._shown = {} if shown is None else shown
        if len(self._shown) > _MOST_SHOWN:
            self._shown.clear()
        fresh = [row.identifier for iri, row in self._rows.items() if row.live and not self._knows(iri, row)]
        self._bodies = {entry.iri: entry for entry in writer.published(fresh).values()} if fresh else {}
        here = [row.identifier for row in writer.rows(identifier for identifier, _ in pairs).values() if row.live]
        self._before = writer.published(here) if here else {}
        self._tails = {path[1:] for kind in kinds.values() for path in kind.dependencies}
        self._coming: dict[str, tuple[str, Record]] = {}

    def coming(self, records: Mapping[str, Record]) -> None:
        """Say which of the records, by identifier, are to be published."""
        self._coming = {record.iri: (identifier, record) for identifier, record in records.items()}

    def all_public(self, record: Record, coming: set[str]) -> bool:
        """Tell whether everything a record refers to is public, or ``coming`` by IRI."""
        return all(iri in coming or self._public(iri) for iri in self._targets[record.iri])

    def missing(self, record: Record) -> str:
        """Return the IRI of something a record refers to that is not public; empty if everything is."""
        return next((iri for iri in self._targets[record.iri] if not self._public(iri)), "")

    def shows_otherwise(self, identifier: str) -> bool:
        """Tell whether values that other records show of this one change by its publication."""
        entry = self._before.get(identifier)
        if entry is None or entry.form is None:
            return False
        record = self._coming[entry.iri][1]
        before = parse_canonical(entry.form, record.iri, record.kind)
        return any(set(before.objects(*tail)) != set(record.objects(*tail)) for tail in self._tails)

    def __call__(self, iri: str) -> tuple[str, Record] | None:
        """Return identifier and content of a record by its IRI."""
        if iri in self._coming:
            return self._coming[iri]
        row = self._rows.get(iri)
        if row is None or not row.live:
            return None
        if not self._knows(iri, row):
            entry = self._bodies.get(iri)
            if entry is None or entry.form is None:
                return None
            record = parse_canonical(entry.form, iri, entry.kind)
            self._shown[iri] = (entry.public_hash, entry.identifier, record)
        return self._shown[iri][1:]

    def _public(self, iri: str) -> bool:
        return iri in self._rows and self._rows[iri].live

    def _knows(self, iri: str, row: Standing) -> bool:
        known = self._shown.get(iri)
        return known is not None and known[0] == row.public_hash
