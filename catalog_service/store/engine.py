"""The database beneath the store: connections, transactions that begin as they should, and errors in our own words.

SQLite runs in WAL mode with full synchronisation, so that what a commit acknowledged is on disk, and every writing
transaction begins IMMEDIATE: one that starts as a reader can fail when it turns writer.
On PostgreSQL a writer holds the counter row from its first statement, so both have one writer at a time and numbers in
commit order. Source: https://sqlite.org/lang_transaction.html
"""

from __future__ import annotations

import contextlib
import os
import platform
import time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from catalog_service.errors import EnvironmentProblem, InputError, StoreFull
from catalog_service.store.tables import counter
from catalog_service.store.turnstile import Turnstile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.engine.url import URL

BUSY_SECONDS = 30
"""How long a transaction waits for another writer."""

_WRITING = {"kebao_writing": True}
_READER_CACHE_KB = 8_000
_WRITER_CACHE_KB = 16_000
_CHECKPOINT_PAGES = 4_000
_FULL_CODES = {13}  # SQLITE_FULL
_BROKEN_CODES = {10, 11, 26}  # SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_NOTADB
_BUSY_CODES = {5, 6}  # SQLITE_BUSY, SQLITE_LOCKED
_PG_FULL = {"53100"}  # disk_full
_PG_BUSY = {"55P03", "40001", "40P01"}  # lock_not_available, serialization_failure, deadlock_detected


class Database:
    """Connections to one database. Safe to share between threads; a fork gets connections of its own."""

    def __init__(self, url: str) -> None:
        self.url = _parsed(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._turnstile = Turnstile(f"{self.url.database}-turn" if self.is_sqlite else None)
        self._engine = _engine(self.url)
        self._pid = os.getpid()
        self._broken = ""

    @property
    def engine(self) -> Engine:
        """The engine of this process."""
        if self._pid != os.getpid():
            self._engine.dispose(close=False)
            self._turnstile.reopen()
            self._pid = os.getpid()
        return self._engine

    @property
    def healthy(self) -> bool:
        """Whether no write has met an I/O error since the store was opened."""
        return not self._broken

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database until the block ends."""
        with self._explained(), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give the one connection that may write now; commit when the block ends, roll back when it fails."""
        if self._broken:
            raise EnvironmentProblem(
                "The record store met an error and takes no more writes: {reason}",
                advice="Check the disk, then start the program again.",
                reason=self._broken,
            )
        with self._explained(writing=True), self.engine.connect() as connection:
            connection.execution_options(**_WRITING)
            with self._turnstile.turn(BUSY_SECONDS):
                transaction = connection.begin()
            with transaction:
                yield connection

    @contextlib.contextmanager
    def writing_if_idle(self) -> Iterator[Connection | None]:
        """Like `writing`, but give ``None`` at once when somebody else writes or writing is impossible."""
        with self._explained(), contextlib.ExitStack() as stack:
            connection = stack.enter_context(self.engine.connect()).execution_options(**_WRITING)
            try:
                with self._turnstile.turn(0), _impatient(connection, sqlite=self.is_sqlite):
                    stack.enter_context(connection.begin())
                    connection.execute(sa.select(counter.c.id).with_for_update(nowait=True))
            except (SQLAlchemyError, EnvironmentProblem):
                yield None
            else:
                yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self._turnstile.close()

    @contextlib.contextmanager
    def _explained(self, *, writing: bool = False) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            problem = _problem(error)
            if writing and not isinstance(problem, StoreFull) and _code(error) in _BROKEN_CODES:
                self._broken = str(error.orig)
            raise problem from error


def _parsed(url: str) -> URL:
    try:
        parsed = sa.make_url(url)
        backend = parsed.get_backend_name()
    except SQLAlchemyError as error:
        raise InputError("“{url}” is not the address of a record store.", url=url) from error
    if backend not in {"sqlite", "postgresql"} or (backend == "sqlite" and not parsed.database):
        raise InputError(
            "“{url}” is not the address of a record store.",
            advice="Write sqlite:///catalogue.sqlite or postgresql+psycopg://user@host/name.",
            url=parsed.render_as_string(hide_password=True),
        )
    return parsed


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    options = f"-c lock_timeout={BUSY_SECONDS}s -c idle_in_transaction_session_timeout=120s"
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        paramstyle="format",
        pool_pre_ping=True,
        connect_args={"options": options, "connect_timeout": 10},
    )


def _sqlite_engine(url: URL) -> Engine:
    engine = sa.create_engine(
        url.set(drivername="sqlite+pysqlite"),
        module=_sqlite_module(),
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False, "isolation_level": None},
        pool_size=8,
        max_overflow=32,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _sqlite_module() -> Any:
    """Return the SQLite that has no WAL-reset fault (3.51.3 and later) where there is a wheel of it."""
    if platform.system() == "Linux" and platform.machine() == "x86_64":
        import pysqlite3

        return pysqlite3
    import sqlite3

    return sqlite3


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    _use_wal(cursor)
    for pragma in (
        "synchronous = FULL",
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "temp_store = MEMORY",
        f"cache_size = -{_READER_CACHE_KB}",
        f"wal_autocheckpoint = {_CHECKPOINT_PAGES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _use_wal(cursor: Any) -> None:
    """Turn WAL on, once in a file's life; the busy handler does not wait here for who does so at the same moment."""
    deadline = time.monotonic() + BUSY_SECONDS
    while cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except Exception as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.005)


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get("kebao_writing"):
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA cache_size = -{_WRITER_CACHE_KB}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextlib.contextmanager
def _impatient(connection: Connection, *, sqlite: bool) -> Iterator[None]:
    """Let SQLite answer at once that it is busy; PostgreSQL is asked with NOWAIT instead."""
    if not sqlite:
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


def _code(error: DBAPIError) -> int | str:
    """Return SQLite's primary result code or PostgreSQL's SQLSTATE."""
    original: Any = error.orig
    state = getattr(original, "sqlstate", None)
    if state:
        return str(state)
    return int(getattr(original, "sqlite_errorcode", 0)) & 0xFF


def _problem(error: DBAPIError) -> EnvironmentProblem:
    code, reason = _code(error), str(error.orig).strip()
    if code in _FULL_CODES or code in _PG_FULL:
        return StoreFull("There is no room left to write records.", advice="Make room on the disk and try again.")
    if code in _BUSY_CODES or code in _PG_BUSY:
        return EnvironmentProblem(
            "The record store is busy: another program has been writing for {seconds} seconds.",
            advice="Try again in a moment.",
            seconds=BUSY_SECONDS,
        )
    return EnvironmentProblem("The record store cannot be used: {reason}", reason=reason)
