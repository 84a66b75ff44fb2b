"""The schema's history: brings an older database up to date, in one transaction, and refuses a newer one.

To change the schema: a new file in ``migrations/versions``, its revision as the last of `REVISIONS`, the same change
in `tables`. Alembic is only imported when there is something to do, as that takes longer than opening the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from catalog_service.errors import EnvironmentProblem

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from catalog_service.store.engine import Database

REVISIONS = ("0001",)
"""Every revision this code knows, oldest first."""

_LOCK = 0x6B65_6261_6F
"""The advisory lock that PostgreSQL's migrations hold."""


def bring_up_to_date(database: Database) -> None:
    """Migrate the database if it is older than the code. Two processes may do so at once: the second finds it done."""
    with database.reading() as connection:
        if _revision(connection) == REVISIONS[-1]:
            return
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        if _revision(connection) != REVISIONS[-1]:
            _migrate(connection)


def _revision(connection: Connection) -> str | None:
    """Return the database's revision, ``None`` for an empty database."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    if revision is not None and revision not in REVISIONS:
        raise EnvironmentProblem(
            "This record store was written by a newer version of the program (schema {found}, known up to {known}).",
            advice="Install the newer version, or restore a backup made before the upgrade.",
            found=revision,
            known=REVISIONS[-1],
        )
    return revision


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "catalog_service.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
