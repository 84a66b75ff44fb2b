"""The first schema: records, versions, the change log, sets, keys, batches, tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table, and the one row of the counter."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "batch",
        sa.Column("id", key, autoincrement=False, nullable=False),
        sa.Column("label", text, nullable=False),
        sa.Column("actor", text, nullable=False),
        sa.Column("note", text, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.BigInteger(), nullable=True),
        sa.Column("counts", text, nullable=False),
        sa.Column("undoes", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "counter",
        sa.Column("id", key, autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        comment="One row. Whoever writes holds it, so numbers are handed out in commit order.",
    )
    op.create_table(
        "idempotency",
        sa.Column("actor", text, nullable=False),
        sa.Column("key", text, nullable=False),
        sa.Column("digest", text, nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key"),
    )
    op.create_table(
        "meta",
        sa.Column("name", text, nullable=False),
        sa.Column("value", text, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "minted",
        sa.Column("prefix", text, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("prefix"),
    )
    op.create_table(
        "record",
        sa.Column("id", key, autoincrement=False, nullable=False),
        sa.Column("identifier", text, nullable=False),
        sa.Column("iri", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("source", text, nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("title", text, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.Column("working_version", sa.BigInteger(), nullable=False),
        sa.Column("working_hash", text, nullable=False),
        sa.Column("published_version", sa.BigInteger(), nullable=True),
        sa.Column("public_hash", text, nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("refresh_seq", sa.BigInteger(), nullable=False),
        sa.Column("sets", text, nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=True),
        sa.Column("reason", text, nullable=False),
        sa.Column("replaced_by", text, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("identifier"),
        sa.UniqueConstraint("iri"),
    )
    op.create_index("record_by_kind", "record", ["kind", "seq"], unique=False)
    op.create_index("record_by_seq", "record", ["seq"], unique=False)
    op.create_table(
        "refresh_job",
        sa.Column("id", key, autoincrement=False, nullable=False),
        sa.Column("target", text, nullable=False),
        sa.Column("note", text, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "set_name",
        sa.Column("id", key, autoincrement=False, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("live", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        comment="Sets with how many records are in them and how many have gone; '/' is the catalogue, '/{kind}' a kind.",
    )
    op.create_table(
        "token",
        sa.Column("id", text, nullable=False),
        sa.Column("hash", text, nullable=False),
        sa.Column("owner", text, nullable=False),
        sa.Column("scopes", text, nullable=False),
        sa.Column("label", text, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=True),
        sa.Column("last_used", sa.BigInteger(), nullable=True),
        sa.Column("revoked", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "batch_item",
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("working_version", sa.BigInteger(), nullable=True),
        sa.Column("published_version", sa.BigInteger(), nullable=True),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("sets", text, nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["batch.id"],
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["record.id"],
        ),
        sa.PrimaryKeyConstraint("batch_id", "record_id"),
        comment="What a record was before the batch touched it first; no working version: it was not there.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "edge",
        sa.Column("target", text, nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("path", text, nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["record.id"],
        ),
        sa.PrimaryKeyConstraint("target", "record_id", "path"),
        comment="What the public face of a live record depends on.",
        sqlite_with_rowid=False,
    )
    op.create_index("edge_by_record", "edge", ["record_id"], unique=False)
    op.create_table(
        "log",
        sa.Column("seq", key, autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("op", text, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_hash", text, nullable=False),
        sa.Column("sets", text, nullable=False),
        sa.Column("left_sets", text, nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=True),
        sa.Column("actor", text, nullable=False),
        sa.Column("note", text, nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["record.id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("log_by_kind", "log", ["kind", "seq"], unique=False)
    op.create_index("log_by_record", "log", ["record_id", "seq"], unique=False)
    op.create_index("log_by_stamp", "log", ["stamp", "seq"], unique=False)
    op.create_table(
        "record_key",
        sa.Column("type", text, nullable=False),
        sa.Column("value", text, nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["record.id"],
        ),
        sa.PrimaryKeyConstraint("type", "value", "record_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("record_key_by_record", "record_key", ["record_id"], unique=False)
    op.create_table(
        "set_entry",
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("set_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["record.id"],
        ),
        sa.ForeignKeyConstraint(
            ["set_id"],
            ["set_name.id"],
        ),
        sa.PrimaryKeyConstraint("record_id", "set_id"),
        comment="A record's last entry as seen in a set, ancestors included.",
        sqlite_with_rowid=False,
    )
    op.create_index("set_entry_by_seq", "set_entry", ["set_id", "seq"], unique=False)
    op.create_table(
        "version",
        sa.Column("id", key, autoincrement=False, nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("private_hash", text, nullable=False),
        sa.Column("public_hash", text, nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=True),
        sa.Column("actor", text, nullable=False),
        sa.Column("note", text, nullable=False),
        sa.Column("found_by", text, nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=True),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["record.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        comment="found_by is JSON: title, keys and edges of this version, so that an old one can be put back.",
    )
    op.execute("INSERT INTO counter (id, epoch, seq, stamp, record_id) VALUES (1, 1, 0, 0, 0)")
