"""Loads and how they are undone: every load is a batch, however many transactions it took."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from catalog_service.errors import Conflict, NotFound
from catalog_service.store.publishing import PublishingWrites
from catalog_service.store.reading import Reads, split_sets
from catalog_service.store.rows import Batch, BatchItem
from catalog_service.store.tables import batch, batch_item, record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Row

    from catalog_service.store.work import Work


class BatchReads(Reads):
    """What was loaded, and what it did."""

    def batches(self, limit: int = 100) -> list[Batch]:
        """Return batches, newest first."""
        with self._reading() as connection:
            statement = sa.select(batch).order_by(batch.c.id.desc()).limit(limit)
            return [_batch(row) for row in connection.execute(statement)]

    def batch(self, id_: int) -> Batch | None:
        """Return one batch."""
        with self._reading() as connection:
            row = connection.execute(sa.select(batch).where(batch.c.id == id_)).first()
            return _batch(row) if row else None

    def batch_items(self, id_: int, *, after: str = "", limit: int = 100) -> list[BatchItem]:
        """Return what a batch did to each record it touched, in the order of their identifiers."""
        columns = (record.c.identifier, record.c.title, batch_item.c.working_version, record.c.working_version)
        statement = sa.select(*columns, batch_item.c.state, record.c.state)
        statement = statement.join(batch_item, batch_item.c.record_id == record.c.id)
        statement = statement.where(batch_item.c.batch_id == id_, record.c.identifier > after)
        with self._reading() as connection:
            rows = connection.execute(statement.order_by(record.c.identifier).limit(limit)).all()
        return [
            BatchItem(identifier, title, before, now, None if before is None else state_before, state)
            for identifier, title, before, now, state_before, state in rows
        ]


class BatchWrites(PublishingWrites):
    """Opening, closing and undoing batches."""

    def open_batch(self, label: str, note: str = "") -> int:
        """Begin a batch; what this transaction goes on to write belongs to it."""
        return self._open_batch(label, note, None)

    def close_batch(self, id_: int, counts: Mapping[str, int] | None = None) -> None:
        """End a batch, with what is worth remembering of it in numbers."""
        values = {"closed": self.stamp, "counts": json.dumps(dict(counts or {}))}
        self._connection.execute(sa.update(batch).where(batch.c.id == id_).values(values))

    def _begin_undo(self, id_: int) -> int:
        """Open the batch that undoes another, or go on with the one that began to."""
        row = self._connection.execute(sa.select(batch).where(batch.c.id == id_)).first()
        if row is None:
            raise NotFound("There is no batch {number}.", number=id_)
        if row.undone_by is None:
            undoing = self._open_batch(row.label, row.note, id_)
            self._connection.execute(sa.update(batch).where(batch.c.id == id_).values(undone_by=undoing))
            return undoing
        if self._connection.execute(sa.select(batch.c.closed).where(batch.c.id == row.undone_by)).scalar():
            raise Conflict("The batch {number} has been undone already.", number=id_)
        self._ledger.batch = int(row.undone_by)
        return self._ledger.batch

    def _undo_some(self, id_: int, limit: int) -> int:
        """Put back what the batch changed in some records that nobody has changed since; return how many."""
        statement = sa.select(batch_item).join(record, record.c.id == batch_item.c.record_id)
        statement = statement.where(batch_item.c.batch_id == id_, record.c.batch == id_)
        rows = self._connection.execute(statement.order_by(batch_item.c.record_id).limit(limit)).all()
        works = self._ledger.load_ids([row.record_id for row in rows])
        for work, row in zip(works, rows, strict=True):
            self._put_back(work, row)
        return len(rows)

    def _skipped(self, id_: int, undoing: int) -> list[str]:
        """Return the records that were changed after the batch by something else than its undoing."""
        statement = sa.select(record.c.identifier).join(batch_item, batch_item.c.record_id == record.c.id)
        other = sa.or_(record.c.batch.is_(None), record.c.batch != undoing)
        statement = statement.where(batch_item.c.batch_id == id_, other)
        return list(self._connection.execute(statement.order_by(record.c.identifier)).scalars())

    def _put_back(self, work: Work, before: Row[Any]) -> None:
        self._ledger.touch(work)
        if before.working_version is None:
            if work.live:
                self._take_down(work, "withdrawn", "")
            work.state = "withdrawn"
            return
        sets = split_sets(before.sets)
        if before.live and not (work.live and work.published_version == before.published_version):
            self.publish(work.identifier, sets, self._copy(work, before.published_version))
        elif before.live:
            self.publish(work.identifier, sets, before.published_version)
        elif work.live:
            self._take_down(work, before.state, "")
        self._copy(work, before.working_version)
        if not before.live and before.published_version is not None:
            work.published_version, work.sets = before.published_version, sets
            work.public_hash = self._ledger.faces([(work, before.published_version)])[0].public_hash
        work.state = before.state

    def _open_batch(self, label: str, note: str, undoes: int | None) -> int:
        id_ = (self._connection.execute(sa.select(sa.func.max(batch.c.id))).scalar() or 0) + 1
        values = {"id": id_, "label": label, "actor": self._actor, "note": note, "created": self.stamp, "counts": "{}"}
        self._connection.execute(sa.insert(batch).values(undoes=undoes, **values))
        self._ledger.batch = id_
        return id_


def _batch(row: Row[Any]) -> Batch:
    return Batch(
        row.id, row.label, row.actor, row.note, row.created, row.closed, json.loads(row.counts), row.undoes,
        row.undone_by,
    )  # fmt: skip
