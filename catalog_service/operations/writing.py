"""Changes of the log become documents, are cut into tokens, are written: the chunk before is written meanwhile."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from catalog_service.operations.collecting import rare_collections
from catalog_service.operations.documents import Maker
from indexer.bulk import prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from concurrent.futures import Future

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.documents import Handed
    from catalog_service.operations.follow import Index
    from catalog_service.store.rows import LogEntry
    from indexer.engine import Engine
    from indexer.schema import Deletion, Document, Prepared

CHUNK = 1000
"""Log entries taken at once, where nothing else is said: one commit of the index."""

REFUSED = "index.refused"
"""The store's word for the records an index would not take: identifier to reason, as JSON."""

_MOST_REFUSED = 1000


@dataclass(slots=True)
class _Gathered:
    """What will be one commit of the index."""

    position: int = 0
    entries: int = 0
    changes: dict[str, Prepared | Deletion] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)


class Writer:
    """Writes one index, to the end of its ``with`` block; only who holds the index's lock makes one.

    While a thread of its own writes a chunk, the next is made. What fails there is raised by the call after it, or at
    the end of the block; until then `position` is where the index will be.
    """

    def __init__(self, index: Index, engine: Engine | None = None, chunk: int | None = None) -> None:
        """Without ``engine`` the index's own is written, also when another takes its place meanwhile."""
        self._index = index
        self._catalogue = index.catalogue
        self._own = engine is None
        self._engine = engine or index.newest(at_once=True)
        self._maker = index.maker if self._own else Maker(index.catalogue)
        self._chunk = chunk or CHUNK
        self._pool = ThreadPoolExecutor(1, "index-writer")
        self._gathered = _Gathered()
        self._underway: Future[None] | None = None
        self.position = self._engine.position()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            self._wait()
            if kind is None:
                self._commit(self._gathered)
        finally:
            self._pool.shutdown()

    def follow(self, end: int | None = None) -> int:
        """Write every change behind the position, up to the newest or to ``end``; return how many."""
        self._look()
        done = 0
        with rare_collections():
            while entries := self._changes(end):
                changes, refused = self._maker.changes(entries)
                self._write(changes, entries[-1].seq, refused, len(entries))
                done += len(entries)
        return done

    def put(self, handed: Handed) -> None:
        """Write what was made elsewhere; an index that is not where that begins catches up from the log instead."""
        self._look()
        if self.position != handed.start:
            self.follow()
            return
        self._maker.forget(handed.iris)
        with rare_collections():
            self._write(handed.changes, handed.end, handed.refused, len(handed.iris))

    def _look(self) -> None:
        """Change over to an engine that took the place of the one written so far."""
        if not self._own:
            return
        engine = self._index.newest()
        if engine is not self._engine:
            self._wait()
            self._engine, self._maker, self._gathered = engine, self._index.maker, _Gathered()
            self.position = engine.position()

    def _changes(self, end: int | None) -> list[LogEntry]:
        """Return the next changes behind the position, as far as they are to be written."""
        if end is not None and self.position >= end:
            return []
        entries = self._catalogue.store.changes(self.position, self._chunk)
        return entries if end is None else [entry for entry in entries if entry.seq <= end]

    def _write(
        self, changes: Sequence[Document | Deletion], position: int, refused: dict[str, str], entries: int
    ) -> None:
        """Make what came of so many entries ready; have a whole chunk written. Of the ``refused`` nothing was made."""
        prepared, strange = prepare(changes, self._engine.schema, self._index.analyser)
        gathered, self.position = self._gathered, position
        gathered.position = position
        gathered.entries += entries
        tried = {change.id for change in changes} | refused.keys()
        for each in tried:  # what was taken or refused before in this chunk is so no more
            gathered.changes.pop(each, None)
            gathered.refused.pop(each, None)
        gathered.changes |= prepared
        gathered.refused |= refused | dict(strange)
        gathered.tried |= tried
        if gathered.entries >= self._chunk:
            self._wait()
            self._underway, self._gathered = self._pool.submit(self._commit, gathered), _Gathered()

    def _wait(self) -> None:
        underway, self._underway = self._underway, None
        if underway is not None:
            underway.result()

    def _commit(self, gathered: _Gathered) -> None:
        """Write what was gathered, and note which records are not in the index."""
        if gathered.position:
            refused = gathered.refused | dict(self._engine.write(list(gathered.changes.values()), gathered.position))
            _note_refused(self._catalogue, gathered.tried, refused)


def refused_by(catalogue: Catalogue) -> dict[str, str]:
    """Return the records the index would not take, with the reasons."""
    kept: dict[str, str] = json.loads(catalogue.store.meta(REFUSED) or "{}")
    return kept


def _note_refused(catalogue: Catalogue, tried: Iterable[str], refused: Mapping[str, str]) -> None:
    before = refused_by(catalogue)
    after = {each: reason for each, reason in before.items() if each not in tried} | dict(refused)
    if after != before:
        kept = dict(list(after.items())[-_MOST_REFUSED:])
        with catalogue.store.write(actor="index") as writer:
            writer.set_meta(REFUSED, json.dumps(kept, ensure_ascii=False))
