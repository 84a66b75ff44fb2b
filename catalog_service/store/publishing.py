"""The life of a record: what the public sees of it, and the log entry that says so.

::

    draft ──submit──▶ submitted ──publish──▶ published ◀──restore── suspended
      ▲──revise───────────┘                     └──────suspend──────────▲
    any but withdrawn ──withdraw──▶ withdrawn ──restore──▶ as it was before

Suspending leaves the public and is a ``withdraw`` in the log, coming back a ``restore``: a partner need not know why.
The state is that of the working version; a published record with a newer draft is ``draft`` and still live.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from catalog_service.errors import Conflict
from catalog_service.store.rows import LogEntry, Publication
from catalog_service.store.tables import VERSIONS_PER_RECORD, log, version
from catalog_service.store.versions import VersionWrites

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog_service.store.rows import Operation, State
    from catalog_service.store.work import Face, Sets, Work

_RETIRED = {"suspended", "withdrawn"}

_IMPOSSIBLE = {
    "submitted": "Record {identifier} is no draft and cannot be submitted.",
    "draft": "Record {identifier} is not submitted and cannot be returned.",
    "suspended": "Record {identifier} is not published and cannot be suspended.",
    "withdrawn": "Record {identifier} is withdrawn already.",
    "restored": "Record {identifier} is neither suspended nor withdrawn and cannot be restored.",
}
"""What is said when a state does not allow a step, by where the step would lead."""


class PublishingWrites(VersionWrites):
    """Moving records in and out of the public."""

    def submit(self, identifier: str) -> None:
        """Hand a draft in for publication."""
        self._move(identifier, "draft", "submitted")

    def revise(self, identifier: str) -> None:
        """Give what was submitted back to its author."""
        self._move(identifier, "submitted", "draft")

    def publish(self, identifier: str, sets: Iterable[str] = (), version: int | None = None) -> LogEntry | None:
        """Show a version to the public; no entry where the public form and the sets stay as they are."""
        return self.publish_many([Publication(identifier, tuple(sets), version)])[0]

    def publish_many(self, publications: Iterable[Publication]) -> list[LogEntry | None]:
        """Publish many records in order."""
        publications = list(publications)
        self._ledger.load(publication.identifier for publication in publications)
        works = [self._ledger.work(publication.identifier) for publication in publications]
        self._ledger.load_gone(works)
        wanted = [(work, each.version or work.working_version) for work, each in zip(works, publications, strict=True)]
        faces = self._ledger.faces(wanted)
        return [
            self._publish(work, number, face, each.sets)
            for (work, number), face, each in zip(wanted, faces, publications, strict=True)
        ]

    def suspend(self, identifier: str, reason: str = "") -> LogEntry:
        """Take a published record out of the public for a while."""
        work = self._ledger.work(identifier)
        if not work.live:
            raise _impossible(work, "suspended")
        return self._take_down(work, "suspended", reason)

    def withdraw(self, identifier: str, reason: str = "", replaced_by: str = "") -> LogEntry | None:
        """Withdraw a record, which leaves a tombstone; no entry where the public did not see it."""
        work = self._ledger.work(identifier)
        if work.state == "withdrawn":
            raise _impossible(work, "withdrawn")
        if work.live:
            return self._take_down(work, "withdrawn", reason, replaced_by)
        self._ledger.touch(work)
        work.state, work.reason, work.replaced_by = "withdrawn", reason, replaced_by
        return None

    def restore(
        self, identifier: str, *, version: int | None = None, sets: Iterable[str] | None = None
    ) -> LogEntry | None:
        """Bring a suspended or withdrawn record back, or the content of an old version as a new one.

        What the public has seen is published again, in the sets it was in unless others are given.
        """
        work = self._ledger.work(identifier)
        if version is None and work.state not in _RETIRED:
            raise _impossible(work, "restored")
        if version is not None:
            self._copy(work, version)
        number = work.working_version if version is not None else work.published_version
        if number is None or (version is not None and not work.live and work.state not in _RETIRED):
            self._ledger.touch(work)
            work.state, work.reason, work.replaced_by = "draft", "", ""
            return None
        wanted = work.sets if sets is None else tuple(sets)
        return self._publish(work, number, self._ledger.faces([(work, number)])[0], wanted)

    def refresh(self, identifiers: Iterable[str], *, sets: Mapping[str, Iterable[str]] | None = None) -> list[LogEntry]:
        """Stamp live records anew, as something they show of another record changed; they may move between sets."""
        identifiers = list(identifiers)
        self._ledger.load(identifiers)
        works = [self._ledger.work(identifier) for identifier in identifiers]
        return self._refresh([work for work in works if work.live], sets or {})

    def erase(self, identifier: str, reason: str = "") -> LogEntry | None:
        """Remove the content of every version for good; what stays is a tombstone without personal data (G3)."""
        work = self._ledger.work(identifier)
        self._ledger.touch(work)
        work.state, work.reason, work.title, work.working_hash = "withdrawn", reason, "", ""
        work.keys = work.edges = ()
        row = self._ledger.announce(work, "erase", live=False, sets=(), note=reason) if work.seq else None
        self._ledger.flush()
        self._ledger.forget_faces(work)
        first = work.id * VERSIONS_PER_RECORD
        erased = {"canonical": b"", "public": None, "found_by": '["",[],[]]', "actor": "", "note": ""}
        condition = sa.and_(version.c.id >= first, version.c.id < first + VERSIONS_PER_RECORD)
        self._connection.execute(sa.update(version).where(condition).values(erased))
        older = sa.and_(log.c.record_id == work.id, log.c.op != "erase")
        self._connection.execute(sa.update(log).where(older).values(actor="", note=""))
        return _entry(work, row) if row else None

    def _move(self, identifier: str, before: State, after: State) -> None:
        work = self._ledger.work(identifier)
        if work.state != before:
            raise _impossible(work, after)
        self._ledger.touch(work)
        work.state = after

    def _publish(self, work: Work, number: int, face: Face, sets: Sets) -> LogEntry | None:
        if face.erased:
            raise Conflict("The content of record {identifier} was erased for good.", identifier=work.identifier)
        sets = tuple(sorted(set(sets)))
        state = "published" if number == work.working_version else "draft" if work.state in _RETIRED else work.state
        op = _operation(work, face, sets)
        if op is None and number == work.published_version and state == work.state:
            return None
        self._ledger.touch(work)
        newer = number > (work.published_version or 0)
        if number != work.published_version or not work.live:
            work.edges = face.edges
        work.published_version, work.public_hash, work.state = number, face.public_hash, state
        work.reason = work.replaced_by = ""
        if op is None:
            return None
        row = self._ledger.announce(work, op, live=True, sets=sets)
        if op != "create" and not (op == "update" and newer):
            work.refresh_seq = self._ledger.seq
        return _entry(work, row)

    def _take_down(self, work: Work, state: State, reason: str, replaced_by: str = "") -> LogEntry:
        self._ledger.touch(work)
        work.state, work.reason, work.replaced_by, work.edges = state, reason, replaced_by, ()
        return _entry(work, self._ledger.announce(work, "withdraw", live=False, sets=(), note=reason))

    def _refresh(
        self, works: Iterable[Work], sets: Mapping[str, Iterable[str]], *, restamp_gone: bool = False
    ) -> list[LogEntry]:
        entries = []
        for work in works:
            wanted = tuple(sorted(set(sets.get(work.identifier, work.sets))))
            op: Operation = "refresh" if work.live else "withdraw"
            row = self._ledger.announce(work, op, live=work.live, sets=wanted, restamp_gone=restamp_gone)
            work.refresh_seq = self._ledger.seq
            entries.append(_entry(work, row))
        return entries

    def _copy(self, work: Work, number: int) -> int:
        """Make an old version's content the newest, unless it is; return the newest version's number."""
        face = self._ledger.faces([(work, number)])[0]
        if face.erased:
            raise Conflict("The content of record {identifier} was erased for good.", identifier=work.identifier)
        if face.private_hash == work.working_hash:
            return work.working_version
        self._ledger.flush()
        statement = sa.select(version.c.canonical, version.c.public)
        content = self._connection.execute(
            statement.where(version.c.id == work.id * VERSIONS_PER_RECORD + number)
        ).one()
        self._ledger.add_version(work, face, content.canonical, content.public)
        return work.working_version


def _operation(work: Work, face: Face, sets: Sets) -> Operation | None:
    """Tell what publishing means for the public; ``None`` is nothing (G4)."""
    if not work.live:
        return "restore" if work.seq else "create"
    if face.public_hash != work.public_hash:
        return "update"
    return None if sets == tuple(sorted(work.sets)) else "refresh"


def _entry(work: Work, row: tuple[Any, ...]) -> LogEntry:
    seq, epoch, stamp, _, kind, op, number, public_hash, sets, left, batch, actor, note = row
    return LogEntry(
        seq, epoch, stamp, work.identifier, work.iri, kind, op, number, public_hash, tuple(sets.split()),
        tuple(left.split()), batch, actor, note,
    )  # fmt: skip


def _impossible(work: Work, wanted: str) -> Conflict:
    return Conflict(_IMPOSSIBLE[wanted], identifier=work.identifier)
