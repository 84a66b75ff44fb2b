"""The store as others hold it: reading on `Store` and `Reader`, writing by `Store.write`."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa

from catalog_service.errors import EnvironmentProblem
from catalog_service.store.batches import BatchReads, BatchWrites
from catalog_service.store.engine import Database
from catalog_service.store.idempotency import IdempotencyWrites
from catalog_service.store.jobs import JobReads, JobWrites
from catalog_service.store.ledger import Ledger
from catalog_service.store.log import LogReads
from catalog_service.store.meta import FIRST_SECRETS, MetaReads, MetaWrites
from catalog_service.store.records import RecordReads
from catalog_service.store.rows import Undo
from catalog_service.store.schema import bring_up_to_date
from catalog_service.store.tables import counter, token
from catalog_service.store.tokens import USED_SECONDS, TokenReads, TokenWrites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy.engine import Connection

    from catalog_service.store.rows import Token

FRESH_SECONDS = 5
"""How far the low-water mark may lie behind the clock before a reader that asks for it moves it on."""


class _AllReads(RecordReads, LogReads, BatchReads, JobReads, TokenReads, MetaReads):
    """Every way of reading."""


class Reader(_AllReads):
    """Reads one state of the store, however many questions are asked."""

    def __init__(self, connection: Connection) -> None:
        self._held = connection

    def _reading(self) -> AbstractContextManager[Connection]:
        return contextlib.nullcontext(self._held)


class Writer(_AllReads, BatchWrites, JobWrites, TokenWrites, IdempotencyWrites, MetaWrites):
    """One writing transaction; it reads what it has written."""

    def _reading(self) -> AbstractContextManager[Connection]:
        self._ledger.flush()
        return contextlib.nullcontext(self._connection)


class Store(_AllReads):
    """Records, their history and the change log in one database."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._set_ids: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    @property
    def healthy(self) -> bool:
        """Whether the store takes writes: after an I/O error it takes none until it is opened again."""
        return self._database.healthy

    @contextlib.contextmanager
    def read(self, *, current: bool = False) -> Iterator[Reader]:
        """Give a reader of one state of the store.

        ``current`` first moves the low-water mark up to now, unless somebody is writing: then it is near now anyway.
        """
        if current:
            self._raise_low_water()
        with self._reading() as connection:
            connection.execute(sa.select(counter.c.seq))
            yield Reader(connection)

    @contextlib.contextmanager
    def write(self, *, actor: str, batch: int | None = None, note: str = "") -> Iterator[Writer]:
        """Give a writer; what it did is on disk when the block has ended, and none of it if the block failed."""
        with self._database.writing() as connection:
            now = int(self._clock())
            set_ids = dict(self._set_ids)
            ledger = Ledger(connection, actor=actor, batch=batch, note=note, now=now, set_ids=set_ids)
            yield Writer(ledger)
            ledger.close()
        self._set_ids = set_ids

    def secret(self, name: str) -> bytes:
        """Return a secret of 32 bytes, the same in every process and after a restart; made when asked for first."""
        found = self._secret(name)
        if found is None:
            with self.write(actor="") as writer:
                writer.make_secrets([name])
            found = self._secret(name)
        assert found is not None
        return found

    def check_token(self, text: str) -> Token | None:
        """Return the token that a text is; ``None`` if it is unknown, expired or revoked."""
        now = int(self._clock())
        found = self._find_token(text, now)
        if found and (found.last_used or 0) + USED_SECONDS <= now:
            with contextlib.suppress(EnvironmentProblem), self._database.writing_if_idle() as connection:
                if connection:
                    connection.execute(sa.update(token).where(token.c.id == found.id).values(last_used=now))
        return found

    def undo_batch(self, id_: int, *, actor: str, limit: int = 200) -> Undo:
        """Put back what was there before a batch, so many records a transaction; nothing of the past is deleted.

        The undoing is a batch itself. Killed midway, it goes on where it was when it is called again.
        """
        undone = 0
        with self.write(actor=actor) as writer:
            undoing = writer._begin_undo(id_)
        while True:
            with self.write(actor=actor, batch=undoing) as writer:
                some = writer._undo_some(id_, limit)
            undone += some
            if some < limit:
                break
        with self.write(actor=actor, batch=undoing) as writer:
            skipped = tuple(writer._skipped(id_, undoing))
            writer.close_batch(undoing, {"undone": undone, "skipped": len(skipped)})
        return Undo(undoing, undone, skipped)

    def _reading(self) -> AbstractContextManager[Connection]:
        return self._database.reading()

    def _raise_low_water(self) -> None:
        now = int(self._clock())
        if self.low_water() + FRESH_SECONDS > now:
            return
        with contextlib.suppress(EnvironmentProblem), self._database.writing_if_idle() as connection:
            if connection:
                older = sa.update(counter).where(counter.c.stamp < now)
                connection.execute(older.values(stamp=now))


def open_store(url: str, clock: Callable[[], float]) -> Store:
    """Open the store at an address, made or migrated if need be."""
    database = Database(url)
    try:
        bring_up_to_date(database)
        store = Store(database, clock)
        if store._secret(FIRST_SECRETS[-1]) is None:
            with store.write(actor="") as writer:
                writer.make_secrets(FIRST_SECRETS)
                writer.begin()
    except BaseException:
        database.close()
        raise
    return store
