"""The unit of work of a writing transaction: what it has read of records, what it changes, and how that is written.

Changes gather in memory and go to the database together, table by table: putting and publishing a new record is one row
inserted.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from catalog_service.errors import NotFound
from catalog_service.store import bulk
from catalog_service.store.log import EVERYTHING
from catalog_service.store.reading import portions, split_sets, with_ancestors
from catalog_service.store.tables import (
    VERSIONS_PER_RECORD,
    batch_item,
    counter,
    edge,
    log,
    record,
    record_key,
    set_entry,
    set_name,
    version,
)
from catalog_service.store.work import Before, Face, Work

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.engine import Connection

    from catalog_service.store.rows import NewVersion, Operation
    from catalog_service.store.work import Sets

_UPDATED = (
    "state", "title", "modified", "working_version", "working_hash", "published_version", "public_hash", "live", "seq",
    "stamp", "refresh_seq", "sets", "batch", "reason", "replaced_by",
)  # fmt: skip
"""The columns of a record that change."""


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


class Ledger:
    """What one transaction knows and writes."""

    def __init__(
        self, connection: Connection, *, actor: str, batch: int | None, note: str, now: int, set_ids: dict[str, int]
    ) -> None:
        row = connection.execute(sa.select(counter).with_for_update()).one()
        self.connection = connection
        self.actor, self.batch, self.note = actor, batch, note
        self.epoch, self.seq, self.record_id = row.epoch, row.seq, row.record_id
        self.stamp: int = max(now, row.stamp)
        """One for the whole transaction, and never below the last: clocks go back, the log does not."""
        self.touched = False
        self.set_ids = set_ids
        self._works: dict[str, Work] = {}
        self._absent: set[str] = set()
        """Identifiers no record has: whoever could make one waits for this transaction."""
        self._iris: dict[str, str] = {}
        self._faces: dict[int, Face] = {}
        self._versions: list[tuple[Any, ...]] = []
        self._log: list[tuple[Any, ...]] = []
        self._tallies: dict[str, list[int]] = defaultdict(_nothing)
        """By set, how many more records are in it and how many more have left it."""

    def load(self, identifiers: Iterable[str]) -> None:
        """Read the records with these identifiers, as far as they exist and are not known yet."""
        unknown = {each for each in identifiers if each not in self._works and each not in self._absent}
        for portion in portions(unknown):
            for row in self.connection.execute(sa.select(record).where(record.c.identifier.in_(portion))):
                self._know(row)
        self._absent |= unknown

    def load_ids(self, ids: Iterable[int]) -> list[Work]:
        """Read records by their row numbers, in the given order."""
        found: dict[int, Work] = {}
        for portion in portions(ids):
            for row in self.connection.execute(sa.select(record).where(record.c.id.in_(portion))):
                found[row.id] = self._works.get(row.identifier) or self._know(row)
        return [found[id_] for id_ in ids]

    def load_iris(self, iris: Iterable[str]) -> None:
        """Read who holds these IRIs."""
        unknown = {iri for iri in iris if iri not in self._iris}
        for portion in portions(unknown):
            statement = sa.select(record.c.iri, record.c.identifier).where(record.c.iri.in_(portion))
            self._iris.update((row.iri, row.identifier) for row in self.connection.execute(statement))

    def find(self, identifier: str) -> Work | None:
        """Return a record that was loaded or made here."""
        return self._works.get(identifier)

    def work(self, identifier: str) -> Work:
        """Return a record; there must be one."""
        self.load([identifier])
        if identifier not in self._works:
            raise NotFound("There is no record {identifier}.", identifier=identifier)
        return self._works[identifier]

    def holder(self, iri: str) -> str | None:
        """Return the identifier of the record that holds an IRI, among those loaded or made here."""
        return self._iris.get(iri)

    def add(self, draft: NewVersion) -> Work:
        """Make a record without content."""
        self.record_id += 1
        work = Work(
            self.record_id, draft.identifier, draft.iri, draft.kind, draft.source, "draft", draft.title, self.stamp,
            self.stamp, 0, "", None, "", False, None, 0, 0, (), self.batch, "", "",
            before=Before(None, None, False, "draft", ()), unwritten=True, gone=set(),
        )  # fmt: skip
        self._works[draft.identifier] = work
        self._iris[draft.iri] = draft.identifier
        self.touched = True
        return work

    def touch(self, work: Work) -> None:
        """Note that a record is about to change."""
        if work.before is None:
            work.before = Before(work.working_version or None, work.published_version, work.live, work.state, work.sets)
        work.changed = self.touched = True
        work.modified = self.stamp
        work.batch = self.batch

    def add_version(self, work: Work, face: Face, canonical: bytes, public: bytes | None) -> None:
        """Give a record a new version with the next number."""
        self.touch(work)
        work.working_version += 1
        work.working_hash, work.title, work.keys = face.private_hash, face.title, face.keys
        key = work.id * VERSIONS_PER_RECORD + work.working_version
        self._faces[key] = face
        found_by = _JSON([face.title, face.keys, face.edges])
        self._versions.append((
            key, work.id, work.working_version, face.private_hash, face.public_hash, self.stamp, self.batch,
            self.actor, self.note, found_by, public, canonical,
        ))  # fmt: skip

    def faces(self, wanted: Sequence[tuple[Work, int]]) -> list[Face]:
        """Return the faces of versions; each must exist."""
        keys = [work.id * VERSIONS_PER_RECORD + number for work, number in wanted]
        columns = (version.c.id, version.c.private_hash, version.c.public_hash, version.c.found_by)
        statement = sa.select(*columns, sa.func.length(version.c.canonical) == 0)
        for portion in portions(key for key in keys if key not in self._faces):
            for row in self.connection.execute(statement.where(version.c.id.in_(portion))):
                title, found_by, edges = json.loads(row[3])
                self._faces[row[0]] = Face(
                    row[1], row[2], title, tuple(map(tuple, found_by)), tuple(map(tuple, edges)), row[4]
                )
        for key, (work, number) in zip(keys, wanted, strict=True):
            if key not in self._faces:
                raise NotFound(
                    "Record {identifier} has no version {version}.", identifier=work.identifier, version=number
                )
        return [self._faces[key] for key in keys]

    def forget_faces(self, work: Work) -> None:
        """Read this record's versions again when they are asked for next."""
        first = work.id * VERSIONS_PER_RECORD
        for key in [key for key in self._faces if first <= key < first + VERSIONS_PER_RECORD]:
            del self._faces[key]

    def load_gone(self, works: Iterable[Work]) -> None:
        """Read in which sets these records have deleted headers."""
        by_id = {work.id: work for work in works if work.gone is None}
        for work in by_id.values():
            work.gone = set()
        statement = sa.select(set_entry.c.record_id, set_name.c.name).join(
            set_name, set_name.c.id == set_entry.c.set_id
        )
        statement = statement.where(sa.not_(set_entry.c.live))
        for portion in portions(by_id):
            for row in self.connection.execute(statement.where(set_entry.c.record_id.in_(portion))):
                gone = by_id[row.record_id].gone
                assert gone is not None
                gone.add(row.name)

    def announce(
        self, work: Work, op: Operation, *, live: bool, sets: Sets, note: str = "", restamp_gone: bool = False
    ) -> tuple[Any, ...]:
        """Write a log entry: the record is now live or not, in these sets; sets it leaves see a deleted header (G11).

        ``restamp_gone`` repeats the deleted headers of sets that it left before (G13).
        """
        self.seq += 1
        self.touched = work.changed = True
        before = with_ancestors(work.sets) if work.live else ()
        after = with_ancestors(sets) if live else ()
        left = tuple(name for name in before if name not in after)
        self._count(work, before, after, left, live=live)
        work.seen.update(dict.fromkeys(after, (self.seq, True)))
        work.seen.update(dict.fromkeys(left, (self.seq, False)))
        if restamp_gone:
            work.seen.update((name, (self.seq, False)) for name in work.gone or ())
        work.live, work.seq, work.stamp = live, self.seq, self.stamp
        if live:
            work.sets = sets
        row = (
            self.seq, self.epoch, self.stamp, work.id, work.kind, op, work.published_version, work.public_hash,
            " ".join(sets if live else ()), " ".join(left), self.batch, self.actor, note or self.note,
        )  # fmt: skip
        self._log.append(row)
        return row

    def flush(self) -> None:
        """Write what has gathered."""
        works = [work for work in self._works.values() if work.unwritten or work.changed]
        self._write_set_names()
        new = [_row(work) for work in works if work.unwritten]
        bulk.insert(self.connection, record, new)
        bulk.update(self.connection, record, _UPDATED, [_changes(work) for work in works if not work.unwritten])
        bulk.insert(self.connection, version, self._versions)
        bulk.insert(self.connection, log, self._log)
        self._write_sets(works)
        self._write_found_by(works)
        self._write_batch(works)
        for work in works:
            work.unwritten = work.changed = False
            work.keys = work.edges = None
            work.seen = {}
        self._versions, self._log = [], []
        self._tallies.clear()

    def close(self) -> None:
        """Write everything, and the counter last."""
        self.flush()
        if self.touched:
            values = {"epoch": self.epoch, "seq": self.seq, "stamp": self.stamp, "record_id": self.record_id}
            self.connection.execute(sa.update(counter).values(values))

    def _know(self, row: Any) -> Work:
        work = Work(*row)
        work.sets = split_sets(row.sets)
        work.gone = None if row.seq else set()
        self._works[work.identifier] = work
        self._iris[work.iri] = work.identifier
        return work

    def _count(self, work: Work, before: Sets, after: Sets, left: Sets, *, live: bool) -> None:
        if work.gone is None:
            self.load_gone([work])
        assert work.gone is not None
        tallies = self._tallies
        for name in after:
            if name not in before:
                tally = tallies[name]
                tally[0] += 1
                tally[1] -= name in work.gone
        for name in left:
            tallies[name][0] -= 1
            tallies[name][1] += 1
        work.gone.difference_update(after)
        work.gone.update(left)
        here = live - work.live
        gone = (not live) - (bool(work.seq) and not work.live)
        for name in (EVERYTHING, f"{EVERYTHING}{work.kind}"):
            tallies[name][0] += here
            tallies[name][1] += gone

    def _write_set_names(self) -> None:
        unknown = [name for name in self._tallies if name not in self.set_ids]
        for portion in portions(unknown):
            statement = sa.select(set_name.c.name, set_name.c.id).where(set_name.c.name.in_(portion))
            self.set_ids.update((row.name, row.id) for row in self.connection.execute(statement))
        missing = [name for name in unknown if name not in self.set_ids]
        if missing:
            last = self.connection.execute(sa.select(sa.func.max(set_name.c.id))).scalar() or 0
            self.set_ids.update((name, last + number) for number, name in enumerate(missing, 1))
            bulk.insert(self.connection, set_name, [(self.set_ids[name], name, 0, 0) for name in missing])
        changes = [(live, gone, self.set_ids[name]) for name, (live, gone) in self._tallies.items() if live or gone]
        bulk.add(self.connection, set_name, ("live", "gone"), changes)

    def _write_sets(self, works: list[Work]) -> None:
        names = {name for work in works for name in work.seen if name not in self.set_ids}
        if names:
            statement = sa.select(set_name.c.name, set_name.c.id).where(set_name.c.name.in_(names))
            self.set_ids.update((row.name, row.id) for row in self.connection.execute(statement))
        new: list[tuple[Any, ...]] = []
        known: list[tuple[Any, ...]] = []
        ids, stamp = self.set_ids, self.stamp
        for work in works:
            rows = new if work.unwritten else known
            rows += [(work.id, ids[name], seq, stamp, live) for name, (seq, live) in work.seen.items()]
        bulk.insert(self.connection, set_entry, new)
        bulk.upsert(self.connection, set_entry, known)

    def _write_found_by(self, works: list[Work]) -> None:
        keyed = [(work, dict.fromkeys(work.keys)) for work in works if work.keys is not None]
        self._clear(record_key, [work for work, _ in keyed])
        found = [(type_, value, work.id) for work, keys in keyed for type_, value in keys]
        bulk.insert(self.connection, record_key, found)
        linked = [(work, dict.fromkeys(work.edges)) for work in works if work.edges is not None]
        self._clear(edge, [work for work, _ in linked])
        shown = [(target, work.id, path) for work, edges in linked for target, path in edges]
        bulk.insert(self.connection, edge, shown)

    def _clear(self, table: sa.Table, works: list[Work]) -> None:
        bulk.delete(self.connection, table, "record_id", [work.id for work in works if not work.unwritten])

    def _write_batch(self, works: list[Work]) -> None:
        if self.batch is None:
            return
        rows = [
            (self.batch, work.id, before.working_version, before.published_version, before.live, before.state,
             " ".join(before.sets))
            for work in works if (before := work.before)
        ]  # fmt: skip
        bulk.insert(self.connection, batch_item, rows, ignore=True)


def _row(work: Work) -> tuple[Any, ...]:
    return (
        work.id, work.identifier, work.iri, work.kind, work.source, work.state, work.title, work.created, work.modified,
        work.working_version, work.working_hash, work.published_version, work.public_hash, work.live, work.seq,
        work.stamp, work.refresh_seq, " ".join(work.sets), work.batch, work.reason, work.replaced_by,
    )  # fmt: skip


def _changes(work: Work) -> tuple[Any, ...]:
    return (
        work.state, work.title, work.modified, work.working_version, work.working_hash, work.published_version,
        work.public_hash, work.live, work.seq, work.stamp, work.refresh_seq, " ".join(work.sets), work.batch,
        work.reason, work.replaced_by, work.id,
    )  # fmt: skip


def _nothing() -> list[int]:
    return [0, 0]
