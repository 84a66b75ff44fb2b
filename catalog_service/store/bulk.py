"""Many rows by one statement: compiled once by SQLAlchemy, then handed to the driver as plain tuples.

Used where a load writes some fifteen small rows a record; SQLAlchemy's own handling of each parameter would cost half
the time.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_DIALECT = {
    "sqlite": sqlite.dialect(paramstyle="qmark"),
    "postgresql": postgresql.psycopg.dialect(paramstyle="format"),  # type: ignore[no-untyped-call]
}


def insert(connection: Connection, table: sa.Table, rows: Sequence[Sequence[Any]], *, ignore: bool = False) -> None:
    """Insert rows whose values stand in the order of the table's columns; ``ignore`` keeps rows that are there."""
    _run(connection, _insert_sql(connection.dialect.name, table, "ignore" if ignore else ""), rows)


def upsert(connection: Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows or, where the key is there, put the new values in place of the old."""
    _run(connection, _insert_sql(connection.dialect.name, table, "update"), rows)


def update(connection: Connection, table: sa.Table, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
    """Set columns in rows: each gives the columns' values and, last, the row's ``id``."""
    _run(connection, _update_sql(connection.dialect.name, table, columns), rows)


def add(connection: Connection, table: sa.Table, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
    """Add to numbers in rows: each gives what to add to the columns and, last, the row's ``id``."""
    _run(connection, _add_sql(connection.dialect.name, table, columns), rows)


def delete(connection: Connection, table: sa.Table, column: str, values: Sequence[Any]) -> None:
    """Delete the rows whose column has one of the values."""
    _run(connection, _delete_sql(connection.dialect.name, table, column), [(value,) for value in values])


def _run(connection: Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        connection.exec_driver_sql(sql, rows if isinstance(rows, list) else list(rows))


@cache
def _insert_sql(dialect: str, table: sa.Table, conflict: str) -> str:
    names = [column.name for column in table.columns]
    statement: Any = _INSERT[dialect](table).values({name: sa.bindparam(name) for name in names})
    if conflict == "ignore":
        statement = statement.on_conflict_do_nothing()
    elif conflict == "update":
        key = [column.name for column in table.primary_key]
        changed = {name: statement.excluded[name] for name in names if name not in key}
        statement = statement.on_conflict_do_update(index_elements=key, set_=changed)
    return _compiled(dialect, statement, names)


@cache
def _update_sql(dialect: str, table: sa.Table, columns: tuple[str, ...]) -> str:
    statement = sa.update(table).where(table.c.id == sa.bindparam("row_id"))
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in columns}
    return _compiled(dialect, statement.values(values), [*(f"new_{name}" for name in columns), "row_id"])


@cache
def _add_sql(dialect: str, table: sa.Table, columns: tuple[str, ...]) -> str:
    statement = sa.update(table).where(table.c.id == sa.bindparam("row_id"))
    values: dict[str, Any] = {name: table.c[name] + sa.bindparam(f"more_{name}") for name in columns}
    return _compiled(dialect, statement.values(values), [*(f"more_{name}" for name in columns), "row_id"])


@cache
def _delete_sql(dialect: str, table: sa.Table, column: str) -> str:
    return _compiled(dialect, sa.delete(table).where(table.c[column] == sa.bindparam("value")), ["value"])


def _compiled(dialect: str, statement: Any, order: list[str]) -> str:
    compiled = statement.compile(dialect=_DIALECT[dialect])
    if compiled.positiontup != order:
        raise AssertionError(f"parameters of {compiled} are not in the order {order}")
    return str(compiled)
