"""The tables. `migrations/` makes them; a test compares what it makes with what is written here."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

VERSIONS_PER_RECORD = 1_000_000
"""A version's primary key is its record's times this, plus its number: one tree, in the order of reading."""

metadata = sa.MetaData()

_text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text that sorts by its bytes on every database."""

_key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""A whole number that SQLite takes as its row number."""

_whole = sa.BigInteger
_yes_no = sa.Boolean


def _column(name: str, kind: Any, *rest: Any, **options: Any) -> sa.Column[Any]:
    options.setdefault("nullable", False)
    return sa.Column(name, kind, *rest, **options)


counter = sa.Table(
    "counter",
    metadata,
    _column("id", _key, primary_key=True, autoincrement=False),
    _column("epoch", _whole),
    _column("seq", _whole),
    _column("stamp", _whole),
    _column("record_id", _whole),
    comment="One row. Whoever writes holds it, so numbers are handed out in commit order.",
)

record = sa.Table(
    "record",
    metadata,
    _column("id", _key, primary_key=True, autoincrement=False),
    _column("identifier", _text, unique=True),
    _column("iri", _text, unique=True),
    _column("kind", _text),
    _column("source", _text),
    _column("state", _text),
    _column("title", _text),
    _column("created", _whole),
    _column("modified", _whole),
    _column("working_version", _whole),
    _column("working_hash", _text),
    _column("published_version", _whole, nullable=True),
    _column("public_hash", _text),
    _column("live", _yes_no),
    _column("seq", _whole, nullable=True),
    _column("stamp", _whole),
    _column("refresh_seq", _whole),
    _column("sets", _text),
    _column("batch", _whole, nullable=True),
    _column("reason", _text),
    _column("replaced_by", _text),
    sa.Index("record_by_seq", "seq"),
    sa.Index("record_by_kind", "kind", "seq"),
)

version = sa.Table(
    "version",
    metadata,
    _column("id", _key, primary_key=True, autoincrement=False),
    _column("record_id", _whole, sa.ForeignKey("record.id")),
    _column("number", _whole),
    _column("private_hash", _text),
    _column("public_hash", _text),
    _column("stamp", _whole),
    _column("batch", _whole, nullable=True),
    _column("actor", _text),
    _column("note", _text),
    _column("found_by", _text),
    _column("public", sa.LargeBinary, nullable=True),
    _column("canonical", sa.LargeBinary),
    comment="found_by is JSON: title, keys and edges of this version, so that an old one can be put back.",
)

log = sa.Table(
    "log",
    metadata,
    _column("seq", _key, primary_key=True, autoincrement=False),
    _column("epoch", _whole),
    _column("stamp", _whole),
    _column("record_id", _whole, sa.ForeignKey("record.id")),
    _column("kind", _text),
    _column("op", _text),
    _column("version", _whole),
    _column("public_hash", _text),
    _column("sets", _text),
    _column("left_sets", _text),
    _column("batch", _whole, nullable=True),
    _column("actor", _text),
    _column("note", _text),
    sa.Index("log_by_stamp", "stamp", "seq"),
    sa.Index("log_by_kind", "kind", "seq"),
    sa.Index("log_by_record", "record_id", "seq"),
)

set_name = sa.Table(
    "set_name",
    metadata,
    _column("id", _key, primary_key=True, autoincrement=False),
    _column("name", _text, unique=True),
    _column("live", _whole),
    _column("gone", _whole),
    comment="Sets with how many records are in them and how many have gone; '/' is the catalogue, '/{kind}' a kind.",
)

set_entry = sa.Table(
    "set_entry",
    metadata,
    _column("record_id", _whole, sa.ForeignKey("record.id"), primary_key=True),
    _column("set_id", _whole, sa.ForeignKey("set_name.id"), primary_key=True),
    _column("seq", _whole),
    _column("stamp", _whole),
    _column("live", _yes_no),
    sa.Index("set_entry_by_seq", "set_id", "seq"),
    comment="A record's last entry as seen in a set, ancestors included.",
    sqlite_with_rowid=False,
)

record_key = sa.Table(
    "record_key",
    metadata,
    _column("type", _text, primary_key=True),
    _column("value", _text, primary_key=True),
    _column("record_id", _whole, sa.ForeignKey("record.id"), primary_key=True),
    sa.Index("record_key_by_record", "record_id"),
    sqlite_with_rowid=False,
)

edge = sa.Table(
    "edge",
    metadata,
    _column("target", _text, primary_key=True),
    _column("record_id", _whole, sa.ForeignKey("record.id"), primary_key=True),
    _column("path", _text, primary_key=True),
    sa.Index("edge_by_record", "record_id"),
    comment="What the public face of a live record depends on.",
    sqlite_with_rowid=False,
)

batch = sa.Table(
    "batch",
    metadata,
    _column("id", _key, primary_key=True, autoincrement=False),
    _column("label", _text),
    _column("actor", _text),
    _column("note", _text),
    _column("created", _whole),
    _column("closed", _whole, nullable=True),
    _column("counts", _text),
    _column("undoes", _whole, nullable=True),
    _column("undone_by", _whole, nullable=True),
)

batch_item = sa.Table(
    "batch_item",
    metadata,
    _column("batch_id", _whole, sa.ForeignKey("batch.id"), primary_key=True),
    _column("record_id", _whole, sa.ForeignKey("record.id"), primary_key=True),
    _column("working_version", _whole, nullable=True),
    _column("published_version", _whole, nullable=True),
    _column("live", _yes_no),
    _column("state", _text),
    _column("sets", _text),
    comment="What a record was before the batch touched it first; no working version: it was not there.",
    sqlite_with_rowid=False,
)

idempotency = sa.Table(
    "idempotency",
    metadata,
    _column("actor", _text, primary_key=True),
    _column("key", _text, primary_key=True),
    _column("digest", _text),
    _column("answer", sa.LargeBinary),
    _column("stamp", _whole),
)

refresh_job = sa.Table(
    "refresh_job",
    metadata,
    _column("id", _key, primary_key=True, autoincrement=False),
    _column("target", _text),
    _column("note", _text),
    _column("created", _whole),
    _column("cursor", _whole),
    _column("done", _whole),
)

token = sa.Table(
    "token",
    metadata,
    _column("id", _text, primary_key=True),
    _column("hash", _text),
    _column("owner", _text),
    _column("scopes", _text),
    _column("label", _text),
    _column("created", _whole),
    _column("expires", _whole, nullable=True),
    _column("last_used", _whole, nullable=True),
    _column("revoked", _whole, nullable=True),
)

minted = sa.Table("minted", metadata, _column("prefix", _text, primary_key=True), _column("last", _whole))

meta = sa.Table("meta", metadata, _column("name", _text, primary_key=True), _column("value", _text))
