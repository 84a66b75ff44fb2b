"""Reading records: rows, versions, who is found by a key and who depends on whom."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from catalog_service.store.reading import Reads, portions
from catalog_service.store.rows import Content, Entry, History, RecordRow, Standing, VersionInfo, VersionRow
from catalog_service.store.selects import (
    INFO,
    IS_PUBLISHED,
    IS_WORKING,
    PUBLIC_FORM,
    RECORD,
    entry,
    entry_statement,
    log_entry,
    log_statement,
    record_row,
    version_info,
)
from catalog_service.store.tables import VERSIONS_PER_RECORD, batch_item, edge, record, record_key, version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.engine import Connection
    from sqlalchemy.sql import ColumnElement


_ASKED = record.c.identifier.in_(sa.bindparam("identifiers", expanding=True))
_LIVE = sa.select(record.c.identifier).where(record.c.live, _ASKED)
_FORMS = sa.select(record.c.identifier, PUBLIC_FORM).join(version, IS_PUBLISHED).where(record.c.live, _ASKED)


class RecordReads(Reads):
    """Records, their versions and how to find them."""

    def get(self, identifier: str) -> RecordRow | None:
        """Return the record with an identifier."""
        return self.many([identifier]).get(identifier)

    def many(self, identifiers: Iterable[str]) -> dict[str, RecordRow]:
        """Return the records with these identifiers, as far as they exist."""
        with self._reading() as connection:
            rows = _where_in(connection, record.c.identifier, identifiers)
            return {row.identifier: row for row in rows}

    def by_iri(self, iri: str) -> RecordRow | None:
        """Return the record with an IRI."""
        return self.by_iris([iri]).get(iri)

    def by_iris(self, iris: Iterable[str]) -> dict[str, RecordRow]:
        """Return the records with these IRIs, as far as they exist."""
        with self._reading() as connection:
            return {row.iri: row for row in _where_in(connection, record.c.iri, iris)}

    def standings(self, iris: Iterable[str]) -> dict[str, Standing]:
        """Return by IRI how these records stand, as far as they exist: less than `by_iris`, for many at once."""
        statement = sa.select(record.c.iri, record.c.identifier, record.c.live, record.c.public_hash)
        with self._reading() as connection:
            return {
                iri: Standing(*rest)
                for portion in portions(iris)
                for iri, *rest in connection.execute(statement.where(record.c.iri.in_(portion)))
            }

    def by_keys(self, key_type: str, values: Iterable[str], *, kinds: Sequence[str] = ()) -> dict[str, list[RecordRow]]:
        """Return the records found by each of these keys, public or not; one key may find several."""
        found: dict[str, list[RecordRow]] = {}
        statement = sa.select(record_key.c.value, *RECORD).join(record, record.c.id == record_key.c.record_id)
        statement = statement.where(record_key.c.type == key_type).order_by(record.c.identifier)
        if kinds:
            statement = statement.where(record.c.kind.in_(kinds))
        with self._reading() as connection:
            for portion in portions(values):
                for value, *row in connection.execute(statement.where(record_key.c.value.in_(portion))):
                    found.setdefault(value, []).append(record_row(row))
        return found

    def version(self, identifier: str, number: int) -> VersionRow | None:
        """Return one version of a record with its content."""
        return self._version(identifier, version.c.id == record.c.id * VERSIONS_PER_RECORD + number)

    def working(self, identifier: str) -> VersionRow | None:
        """Return a record's newest version with its content."""
        return self._version(identifier, IS_WORKING)

    def contents(self, identifiers: Iterable[str]) -> dict[str, Content]:
        """Return what these records hold in their newest versions, as far as they exist."""
        columns = (record.c.identifier, record.c.iri, version.c.canonical, version.c.number)
        statement = sa.select(*columns).join(version, IS_WORKING)
        with self._reading() as connection:
            return {
                identifier: Content(*content)
                for portion in portions(identifiers)
                for identifier, *content in connection.execute(statement.where(record.c.identifier.in_(portion)))
            }

    def public(self, identifier: str) -> bytes | None:
        """Return what the world may see of a record now, ``None`` where it may see nothing."""
        entry = self.published([identifier]).get(identifier)
        return entry.form if entry else None

    def published(self, identifiers: Iterable[str]) -> dict[str, Entry]:
        """Return the public face of those of these records that are live."""
        statement = entry_statement(with_bytes=True).where(record.c.live)
        with self._reading() as connection:
            return {
                row.identifier: entry(row)
                for portion in portions(identifiers)
                for row in connection.execute(statement.where(record.c.identifier.in_(portion)))
            }

    def published_titles(self, identifiers: Iterable[str]) -> dict[str, str]:
        """Return what those of these records that are live are called in the version that the world sees."""
        statement = sa.select(record.c.identifier, version.c.found_by).join(version, IS_PUBLISHED).where(record.c.live)
        with self._reading() as connection:
            return {
                identifier: json.loads(found_by)[0]
                for portion in portions(identifiers)
                for identifier, found_by in connection.execute(statement.where(record.c.identifier.in_(portion)))
            }

    def visible(self, whole: Iterable[str], others: Iterable[str] = ()) -> dict[str, bytes]:
        """Return which of these records the world may see now, and of the ``whole`` ones what it may see."""
        with self._reading() as connection:
            found = {
                identifier: form
                for each in portions(whole)
                for identifier, form in connection.execute(_FORMS, {"identifiers": each}).all()
            }
            for each in portions(others):
                found |= dict.fromkeys(connection.execute(_LIVE, {"identifiers": each}).scalars(), b"")
            return found

    def versions(self, identifier: str) -> list[VersionInfo]:
        """Return a record's versions without their content, oldest first."""
        with self._reading() as connection:
            return _versions(connection, identifier)

    def history(self, identifier: str) -> History:
        """Return a record's versions and its entries in the log."""
        statement = log_statement().where(record.c.identifier == identifier)
        with self._reading() as connection:
            entries = tuple(log_entry(row) for row in connection.execute(statement))
            return History(tuple(_versions(connection, identifier)), entries)

    def listing_records(
        self,
        *,
        state: str = "",
        kind: str = "",
        live: bool | None = None,
        batch: int | None = None,
        key: tuple[str, str] | None = None,
        after: str = "",
        limit: int = 100,
    ) -> list[RecordRow]:
        """Return records in the order of their identifiers, public or not; ``batch`` are those a batch touched."""
        statement = sa.select(*RECORD).where(record.c.identifier > after)
        if state:
            statement = statement.where(record.c.state == state)
        if kind:
            statement = statement.where(record.c.kind == kind)
        if live is not None:
            statement = statement.where(record.c.live == live)
        if batch is not None:
            touched = sa.select(batch_item.c.record_id).where(batch_item.c.batch_id == batch)
            statement = statement.where(record.c.id.in_(touched))
        if key:
            found = sa.select(record_key.c.record_id).where(record_key.c.type == key[0], record_key.c.value == key[1])
            statement = statement.where(record.c.id.in_(found))
        return self._rows(statement.order_by(record.c.identifier).limit(limit))

    def dependants(self, target: str, *, after: str = "", limit: int = 100) -> list[RecordRow]:
        """Return live records whose public face depends on an IRI, in the order of their identifiers."""
        depending = sa.select(edge.c.record_id).where(edge.c.target == target)
        statement = sa.select(*RECORD).where(record.c.id.in_(depending), record.c.identifier > after)
        return self._rows(statement.order_by(record.c.identifier).limit(limit))

    def _rows(self, statement: sa.Select[Any]) -> list[RecordRow]:
        with self._reading() as connection:
            return [record_row(row) for row in connection.execute(statement)]

    def _version(self, identifier: str, which: ColumnElement[bool]) -> VersionRow | None:
        statement = sa.select(*INFO, version.c.canonical, PUBLIC_FORM.label("form")).join(record, which)
        with self._reading() as connection:
            row = connection.execute(statement.where(record.c.identifier == identifier)).first()
        if row is None:
            return None
        _, keys, edges = json.loads(row.found_by)
        return VersionRow(
            identifier, version_info(row), row.canonical, row.form, tuple(map(tuple, keys)), tuple(map(tuple, edges))
        )


def _where_in(connection: Connection, column: sa.Column[Any], values: Iterable[str]) -> Iterator[RecordRow]:
    statement = sa.select(*RECORD)
    for portion in portions(values):
        yield from map(record_row, connection.execute(statement.where(column.in_(portion))))


def _versions(connection: Connection, identifier: str) -> list[VersionInfo]:
    statement = sa.select(*INFO).join(record, record.c.id == version.c.record_id)
    first = record.c.id * VERSIONS_PER_RECORD
    statement = statement.where(
        record.c.identifier == identifier, version.c.id >= first, version.c.id < first + VERSIONS_PER_RECORD
    )
    return [version_info(row) for row in connection.execute(statement.order_by(version.c.id))]
