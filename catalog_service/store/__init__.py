"""The record and its history: records with their versions, and the change log that every index and feed is a view of.

::

    with open_store("sqlite:///catalogue.sqlite") as store:
        with store.write(actor="cataloguer") as writer:
            writer.put(NewVersion(identifier="KB-0000001", …))
            writer.publish("KB-0000001", sets=["kind:…"])
        page = store.listing(limit=100)

What the values are is in `rows`; what a writing transaction does in `ledger`; the life of a record in `publishing`.
A change of the schema is a new file in ``migrations/versions`` (see `schema`). SQLAlchemy is imported when a store is
opened, not before.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from catalog_service.store.rows import (
    Batch,
    BatchItem,
    Entry,
    History,
    LogEntry,
    NewVersion,
    Outcome,
    Page,
    Publication,
    RecordRow,
    RefreshJob,
    SetCount,
    Token,
    Undo,
    VersionInfo,
    VersionRow,
    stamp_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog_service.store.store import Reader as Reader
    from catalog_service.store.store import Store as Store
    from catalog_service.store.store import Writer as Writer

__all__ = [
    "Batch",
    "BatchItem",
    "Entry",
    "History",
    "LogEntry",
    "NewVersion",
    "Outcome",
    "Page",
    "Publication",
    "RecordRow",
    "RefreshJob",
    "SetCount",
    "Token",
    "Undo",
    "VersionInfo",
    "VersionRow",
    "open_store",
    "stamp_text",
]


def open_store(url: str, *, clock: Callable[[], float] = time.time) -> Store:
    """Open the store at ``sqlite:///path`` or ``postgresql+psycopg://…``, made or migrated if need be."""
    from catalog_service.store import store

    return store.open_store(url, clock)
