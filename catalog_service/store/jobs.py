"""Refresh jobs: who depends on a changed record is stamped anew, in chunks, and no crash forgets it (decision 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from catalog_service.store.publishing import PublishingWrites
from catalog_service.store.reading import Reads
from catalog_service.store.rows import RefreshJob
from catalog_service.store.tables import edge, record, refresh_job
from catalog_service.store.work import work_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from catalog_service.store.rows import RecordRow

EVERY_RECORD = "*"
"""The target of the job that stamps the whole catalogue, tombstones too, after a restored backup (G13)."""

EPOCH_STEP = 1_000_000
"""How far the sequence jumps with a new epoch: further than the lost tail can have reached."""


class JobReads(Reads):
    """What is still to be refreshed."""

    def jobs(self) -> list[RefreshJob]:
        """Return the jobs that are not finished, oldest first."""
        with self._reading() as connection:
            return [RefreshJob(*row) for row in connection.execute(sa.select(refresh_job).order_by(refresh_job.c.id))]


class JobWrites(PublishingWrites):
    """Making jobs and doing some of them."""

    def add_refresh_job(self, target: str, note: str = "") -> int:
        """Have the live records that depend on an IRI refreshed; write it with the change that is the reason."""
        id_ = (self._connection.execute(sa.select(sa.func.max(refresh_job.c.id))).scalar() or 0) + 1
        values = {"id": id_, "target": target, "note": note, "created": self.stamp, "cursor": 0, "done": 0}
        self._connection.execute(sa.insert(refresh_job).values(values))
        return id_

    def advance_job(
        self,
        id_: int,
        *,
        limit: int = 200,
        sets_of: Callable[[list[RecordRow]], Mapping[str, Iterable[str]]] | None = None,
    ) -> RefreshJob | None:
        """Refresh the next records of a job; return what is left to do, ``None`` when it is finished.

        ``sets_of`` tells the sets that records belong in now, where what changed moves them.
        """
        row = self._connection.execute(sa.select(refresh_job).where(refresh_job.c.id == id_)).first()
        if row is None:
            return None
        job = RefreshJob(*row)
        ids = list(self._connection.execute(_next(job).limit(limit)).scalars())
        works = self._ledger.load_ids(ids)
        self._ledger.load_gone(works)
        live = [work_row(work) for work in works if work.live]
        sets = sets_of(live) if sets_of and live else {}
        note = self._ledger.note
        self._ledger.note = job.note or note
        everything = job.target == EVERY_RECORD
        self._refresh([work for work in works if work.live or everything], sets, restamp_gone=everything)
        self._ledger.note = note
        if len(ids) < limit:
            self._connection.execute(sa.delete(refresh_job).where(refresh_job.c.id == id_))
            return None
        job = RefreshJob(job.id, job.target, job.note, job.created, ids[-1], job.done + len(ids))
        values = {"cursor": job.cursor, "done": job.done}
        self._connection.execute(sa.update(refresh_job).where(refresh_job.c.id == id_).values(values))
        return job

    def new_epoch(self) -> int:
        """Begin a new epoch after a restored backup: numbers jump, old page keys end, every record is stamped anew."""
        self._ledger.epoch += 1
        self._ledger.seq += EPOCH_STEP
        self._ledger.touched = True
        self.add_refresh_job(EVERY_RECORD)
        return int(self._ledger.epoch)


def _next(job: RefreshJob) -> sa.Select[Any]:
    """Return the statement for the records that a job does next."""
    if job.target == EVERY_RECORD:
        everything = sa.select(record.c.id).where(record.c.id > job.cursor, record.c.seq.is_not(None))
        return everything.order_by(record.c.id)
    depending = sa.select(edge.c.record_id).distinct()
    depending = depending.where(edge.c.target == job.target, edge.c.record_id > job.cursor)
    return depending.order_by(edge.c.record_id)
