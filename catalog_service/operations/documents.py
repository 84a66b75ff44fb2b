"""What an engine has to write for changes of the log: documents of public records, deletions of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from catalog_service.indexing import DocumentMaker, Linked, Source
from catalog_service.model.kind import title_path
from catalog_service.model.record import parse_canonical
from indexer.schema import Deletion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from catalog_service.model.record import Record
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.store.rows import Entry, LogEntry
    from indexer.schema import Document

_CONTENT = ("create", "update")
_MOST_LINKED = 20_000


class Handed(NamedTuple):
    """What one process made of the changes between two positions, for another one to write."""

    start: int
    end: int
    iris: list[str]
    """Of the records that changed."""
    changes: list[Document | Deletion]
    refused: dict[str, str]


class Maker:
    """Makes the documents of changes; what it learned of linked records is kept until they change."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[str, Linked | None] = {}
        profile = catalogue.profile
        self._documents = DocumentMaker(profile.kinds, profile.vocabularies, self._linked)

    def changes(self, entries: Sequence[LogEntry]) -> tuple[list[Document | Deletion], dict[str, str]]:
        """Return what an engine has to write for log entries: each record once, as the public sees it now.

        A record of which no document can be made is told apart, with the reason, and holds nobody up.
        """
        newest = {entry.identifier: entry.seq for entry in entries}
        self.forget(entry.iri for entry in entries)
        if len(self._known) > _MOST_LINKED:
            self._known.clear()
        published = self._catalogue.store.published(list(newest))
        records = {each: parse_canonical(entry.form or b"", entry.iri, entry.kind) for each, entry in published.items()}
        self._learn({iri for record in records.values() for iri in self._documents.links(record)})
        changes: list[Document | Deletion] = []
        refused: dict[str, str] = {}
        for each, seq in newest.items():
            try:
                known = each in published
                changes.append(self._document(published[each], records[each]) if known else Deletion(each, seq))
            except (ValueError, LookupError, TypeError, ArithmeticError) as error:
                refused[each] = f"{type(error).__name__}: {error}"
        return changes, refused

    def forget(self, iris: Iterable[str]) -> None:
        """Look up anew what these are when another record names them: they have changed."""
        for iri in iris:
            self._known.pop(iri, None)

    def _document(self, entry: Entry, record: Record) -> Document:
        stamp = entry.stamp
        if entry.refresh_seq == entry.seq:  # a refresh does not make a record new
            past = self._catalogue.store.history(entry.identifier).entries
            stamp = next((each.stamp for each in reversed(past) if each.op in _CONTENT), stamp)
        source = Source(entry.identifier, entry.seq, entry.public_hash, stamp)
        return self._documents.document(record, source)

    def _linked(self, iri: str) -> Linked | None:
        if iri not in self._known:
            self._learn({iri})
        return self._known[iri]

    def _learn(self, iris: set[str]) -> None:
        """Look up the public records that have these IRIs, all at once."""
        if not (new := iris - self._known.keys()):
            return
        store = self._catalogue.store
        rows = {iri: row.identifier for iri, row in store.by_iris(sorted(new)).items() if row.live}
        entries = store.published(list(rows.values()))
        for iri in new:
            entry = entries.get(rows.get(iri, ""))
            self._known[iri] = _link(self._catalogue, entry) if entry else None


def _link(catalogue: Catalogue, entry: Entry) -> Linked:
    record = parse_canonical(entry.form or b"", entry.iri, entry.kind)
    path = title_path(catalogue.profile.kinds[entry.kind])
    return Linked(entry.identifier, record, tuple(record.objects(*path)) if path else ())
