"""What Alembic runs around a migration: our own connection and transaction, so that half a migration never stays."""

from __future__ import annotations

from alembic import context

from catalog_service.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
