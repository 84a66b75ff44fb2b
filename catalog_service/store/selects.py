"""The statements that several parts read by, and how their rows become values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from catalog_service.store.reading import split_sets
from catalog_service.store.rows import Entry, LogEntry, RecordRow, VersionInfo
from catalog_service.store.tables import VERSIONS_PER_RECORD, log, record, set_entry, set_name, version

if TYPE_CHECKING:
    from collections.abc import Sequence

RECORD = (
    record.c.identifier, record.c.iri, record.c.kind, record.c.source, record.c.state, record.c.title,
    record.c.created, record.c.modified, record.c.working_version, record.c.working_hash, record.c.published_version,
    record.c.public_hash, record.c.live, sa.func.coalesce(record.c.seq, 0), record.c.stamp, record.c.refresh_seq,
    record.c.sets, record.c.batch, record.c.reason, record.c.replaced_by,
)  # fmt: skip
"""The columns of a `RecordRow`, in its order."""

INFO = (
    version.c.number, version.c.private_hash, version.c.public_hash, version.c.stamp, version.c.batch,
    version.c.actor, version.c.note, version.c.found_by,
)  # fmt: skip
"""The columns of a `VersionInfo`."""

IS_WORKING = version.c.id == record.c.id * VERSIONS_PER_RECORD + record.c.working_version
IS_PUBLISHED = version.c.id == record.c.id * VERSIONS_PER_RECORD + record.c.published_version

PUBLIC_FORM = sa.func.coalesce(version.c.public, version.c.canonical)


def record_row(row: Sequence[Any]) -> RecordRow:
    """Return a row of `RECORD`."""
    values = list(row)
    values[16] = split_sets(values[16])
    return RecordRow(*values)


def version_info(row: Sequence[Any]) -> VersionInfo:
    """Return a row that begins with `INFO`."""
    number, private_hash, public_hash, stamp, batch, actor, note, found_by, *_ = row
    title = json.loads(found_by)[0]
    return VersionInfo(number, private_hash, public_hash, stamp, batch, actor, note, title)


def entry_statement(*, set_: str = "", with_bytes: bool) -> sa.Select[Any]:
    """Return the statement for what lists show of records, as seen in a set if one is named."""
    seen = set_entry if set_ else record
    sets = sa.case((set_entry.c.live, record.c.sets), else_=set_) if set_ else record.c.sets
    columns = [
        record.c.identifier, record.c.iri, record.c.kind, record.c.source, seen.c.seq, seen.c.stamp, seen.c.live,
        record.c.published_version, record.c.public_hash, record.c.refresh_seq, sets,
    ]  # fmt: skip
    tables: sa.FromClause = record
    if set_:
        tables = set_entry.join(record, record.c.id == set_entry.c.record_id)
    if with_bytes:
        tables = tables.outerjoin(version, sa.and_(IS_PUBLISHED, seen.c.live))
    statement = sa.select(*columns, PUBLIC_FORM if with_bytes else sa.null()).select_from(tables)
    return statement.where(set_entry.c.set_id == set_id(set_)) if set_ else statement


def entry(row: Sequence[Any]) -> Entry:
    """Return a row of `entry_statement`."""
    values = list(row)
    values[10] = split_sets(values[10])
    return Entry(*values)


def set_id(name: str) -> sa.ScalarSelect[int]:
    """Return the number of a set as a part of a statement."""
    return sa.select(set_name.c.id).where(set_name.c.name == name).scalar_subquery()


def log_statement(*more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Return the statement for log entries in order, without a condition."""
    columns = (
        log.c.seq, log.c.epoch, log.c.stamp, record.c.identifier, record.c.iri, log.c.kind, log.c.op, log.c.version,
        log.c.public_hash, log.c.sets, log.c.left_sets, log.c.batch, log.c.actor, log.c.note, *more,
    )  # fmt: skip
    joined = log.join(record, record.c.id == log.c.record_id)
    return sa.select(*columns).select_from(joined).order_by(log.c.seq)


def log_entry(row: Sequence[Any]) -> LogEntry:
    """Return a row of `log_statement`; one more column says whether the record left."""
    values = list(row)
    values[9:11] = split_sets(values[9]), split_sets(values[10])
    return LogEntry(*values)
