"""Reading the change log and the lists that follow it (harvest checklist, G1–G15).

Every boundary is a sequence number: page N costs what page 1 costs, and who changes during a walk moves to its end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from catalog_service.store.reading import Reads
from catalog_service.store.rows import Entry, LogEntry, Page, SetCount
from catalog_service.store.selects import entry, entry_statement, log_entry, log_statement, set_id
from catalog_service.store.tables import counter, log, record, set_entry, set_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.engine import Connection, Row
    from sqlalchemy.sql import ColumnElement

_HASHES_AT_ONCE = 5_000

EVERYTHING = "/"
"""The name under which the members of the whole catalogue are counted; ``/{kind}`` is a kind."""

_IS_SET = sa.not_(set_name.c.name.startswith(EVERYTHING))


class LogReads(Reads):
    """The log, the catalogue and its sets in log order."""

    def changes(
        self, since: int, limit: int = 1000, *, kinds: Sequence[str] = (), set_: str = "", ops: Sequence[str] = ()
    ) -> list[LogEntry]:
        """Return entries after ``since``, in order.

        With a set: each record's last entry as seen in that set, so what was superseded there is not repeated.
        """
        statement = log_statement().where(log.c.seq > since)
        if set_:
            statement = log_statement(sa.not_(set_entry.c.live)).join(set_entry, set_entry.c.seq == log.c.seq)
            statement = statement.where(set_entry.c.set_id == set_id(set_), set_entry.c.seq > since)
        if kinds:
            statement = statement.where(log.c.kind.in_(kinds))
        if ops:
            statement = statement.where(log.c.op.in_(ops))
        with self._reading() as connection:
            return [log_entry(row) for row in connection.execute(statement.limit(limit))]

    def last_seq(self) -> int:
        """Return the newest sequence number."""
        return self._counter("seq")

    def epoch(self) -> int:
        """Return the epoch: it grows when a backup was restored, and then old page keys hold no more."""
        return self._counter("epoch")

    def low_water(self) -> int:
        """Return a stamp that no entry yet to come will be below, whatever the clock does."""
        return self._counter("stamp")

    def earliest_stamp(self) -> int:
        """Return the stamp of the first entry; before that, the low-water mark."""
        with self._reading() as connection:
            first = connection.execute(sa.select(log.c.stamp).order_by(log.c.seq).limit(1)).scalar()
            return int(_counter_row(connection).stamp if first is None else first)

    def listing(
        self,
        *,
        kind: str = "",
        set_: str = "",
        after_seq: int = 0,
        until_seq: int | None = None,
        from_stamp: int | None = None,
        until_stamp: int | None = None,
        limit: int = 100,
        with_bytes: bool = True,
    ) -> Page:
        """Return records with their latest public state, live or gone, in log order.

        In a set each is shown as last seen there: who left is gone, with the number and stamp of leaving, until it
        returns.
        """
        bounds = _Bounds(kind, set_, after_seq, until_seq, from_stamp, until_stamp)
        with self._reading() as connection:
            now = _counter_row(connection)
            statement = bounds.apply(connection, entry_statement(set_=set_, with_bytes=with_bytes))
            rows = connection.execute(statement.order_by(bounds.seq).limit(limit + 1)).all()
        entries = tuple(entry(row) for row in rows[:limit])
        more = len(rows) > limit
        following = rows[limit][0] if more else ""
        return Page(entries, entries[-1].seq if more else None, now.seq, now.epoch, now.stamp, following)

    def latest(self, identifier: str, *, set_: str = "", with_bytes: bool = True) -> Entry | None:
        """Return a record as a listing shows it, wherever in the log it stands by now; None if no listing has it."""
        statement = entry_statement(set_=set_, with_bytes=with_bytes).where(record.c.identifier == identifier)
        with self._reading() as connection:
            row = connection.execute(statement.where(record.c.seq.is_not(None))).first()
        return None if row is None else entry(row)

    def count(
        self,
        *,
        kind: str = "",
        set_: str = "",
        after_seq: int = 0,
        until_seq: int | None = None,
        from_stamp: int | None = None,
        until_stamp: int | None = None,
        live: bool | None = None,
    ) -> int:
        """Return how many records a listing has; without a range this is kept and need not be counted."""
        bounds = _Bounds(kind, set_, after_seq, until_seq, from_stamp, until_stamp)
        with self._reading() as connection:
            if bounds.whole and not (kind and set_):
                name = set_ or f"{EVERYTHING}{kind}"
                tally = connection.execute(sa.select(set_name.c.live, set_name.c.gone).where(set_name.c.name == name))
                here, gone = tally.first() or (0, 0)
                return int({None: here + gone, True: here, False: gone}[live])
            listed = bounds.apply(connection, entry_statement(set_=set_, with_bytes=False))
            if live is not None:
                listed = listed.where((set_entry if set_ else record).c.live == live)
            return connection.execute(listed.with_only_columns(sa.func.count())).scalar_one()

    def sets(self) -> list[SetCount]:
        """Return every set that has or had a record, ancestors included, in the order of their names."""
        statement = sa.select(set_name.c.name, set_name.c.live, set_name.c.gone)
        statement = statement.where(_IS_SET).order_by(set_name.c.name)
        with self._reading() as connection:
            return [SetCount(*row) for row in connection.execute(statement)]

    def sets_after(self, number: int, limit: int) -> list[tuple[int, str]]:
        """Return numbers and names of the next sets in the order they came into use, so that a new one is the last."""
        statement = sa.select(set_name.c.id, set_name.c.name).where(set_name.c.id > number, _IS_SET)
        with self._reading() as connection:
            rows = connection.execute(statement.order_by(set_name.c.id).limit(limit))
            return [(each, name) for each, name in rows]

    def count_sets(self) -> int:
        """Return how many sets have or had a record, ancestors included."""
        with self._reading() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(set_name).where(_IS_SET)).scalar_one()

    def has_set(self, name: str) -> bool:
        """Tell whether a set has or had a record."""
        statement = sa.select(set_name.c.id).where(set_name.c.name == name, _IS_SET)
        with self._reading() as connection:
            return connection.execute(statement).first() is not None

    def hashes(self, *, kind: str = "", set_: str = "") -> Iterator[tuple[str, str]]:
        """Yield identifier and public hash of what is live, in byte order of identifiers: digests are made of it."""
        statement = sa.select(record.c.identifier, record.c.public_hash).where(record.c.live)
        if kind:
            statement = statement.where(record.c.kind == kind)
        if set_:
            statement = statement.join(set_entry, set_entry.c.record_id == record.c.id)
            statement = statement.where(set_entry.c.set_id == set_id(set_), set_entry.c.live)
        statement = statement.order_by(record.c.identifier).execution_options(yield_per=_HASHES_AT_ONCE)
        with self._reading() as connection:
            yield from ((identifier, public_hash) for identifier, public_hash in connection.execute(statement))

    def _counter(self, name: str) -> int:
        with self._reading() as connection:
            return int(getattr(_counter_row(connection), name))


class _Bounds:
    """What a listing is cut by, as conditions on the record or, in a set, on what the set saw of it."""

    def __init__(
        self, kind: str, set_: str, after: int, until: int | None, from_stamp: int | None, until_stamp: int | None
    ) -> None:
        self.kind, self.set_ = kind, set_
        self.after, self.until = after, until
        self.from_stamp, self.until_stamp = from_stamp, until_stamp
        self.seq: ColumnElement[int] = (set_entry if set_ else record).c.seq

    @property
    def whole(self) -> bool:
        """Whether there is no range."""
        return not self.after and self.until is self.from_stamp is self.until_stamp is None

    def apply(self, connection: Connection, statement: sa.Select[Any]) -> sa.Select[Any]:
        """Return the statement with these conditions; stamps never fall along the log, so they become numbers."""
        after, until = self.after, self.until
        if self.from_stamp is not None:
            first = sa.select(log.c.seq).where(log.c.stamp >= self.from_stamp).order_by(log.c.stamp, log.c.seq)
            earliest = connection.execute(first.limit(1)).scalar()
            if earliest is None:
                return statement.where(sa.false())
            after = max(after, earliest - 1)
        if self.until_stamp is not None:
            last = sa.select(log.c.seq).where(log.c.stamp <= self.until_stamp)
            latest = connection.execute(last.order_by(log.c.stamp.desc(), log.c.seq.desc()).limit(1)).scalar() or 0
            until = latest if until is None else min(until, latest)
        statement = statement.where(self.seq > after)
        if until is not None:
            statement = statement.where(self.seq <= until)
        return statement.where(record.c.kind == self.kind) if self.kind else statement


def _counter_row(connection: Connection) -> Row[Any]:
    return connection.execute(sa.select(counter)).one()
