"""A record under change within one transaction, and the face of a version that publishing needs."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalog_service.store.rows import RecordRow, State

Sets = tuple[str, ...]
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Before:
    """What a record was before a transaction touched it; undoing a batch puts this back."""

    working_version: int | None
    published_version: int | None
    live: bool
    state: State
    sets: Sets


@dataclass(frozen=True, slots=True)
class Face:
    """What the store knows of a version without reading its content."""

    private_hash: str
    public_hash: str
    title: str
    keys: Pairs
    edges: Pairs
    erased: bool = False


@dataclass(slots=True)
class Work:
    """The columns of a record's row, and what is still to be written about it."""

    id: int
    identifier: str
    iri: str
    kind: str
    source: str
    state: State
    title: str
    created: int
    modified: int
    working_version: int
    working_hash: str
    published_version: int | None
    public_hash: str
    live: bool
    seq: int | None
    stamp: int
    refresh_seq: int
    sets: Sets
    batch: int | None
    reason: str
    replaced_by: str

    before: Before | None = None
    """Set by the first change; ``None`` while there is none."""
    unwritten: bool = False
    """Whether the row is still to be inserted."""
    changed: bool = False
    keys: Pairs | None = None
    edges: Pairs | None = None
    """Keys and edges to be written in place of the old ones; ``None`` leaves them."""
    seen: dict[str, tuple[int, bool]] = field(default_factory=dict)
    """Sets whose entry is to be written: sequence number and whether the record is in it."""
    gone: set[str] | None = None
    """Sets that have a deleted header for it; ``None`` while not read."""


def work_row(work: Work) -> RecordRow:
    """Return a record under change as others see records."""
    return RecordRow(
        work.identifier, work.iri, work.kind, work.source, work.state, work.title, work.created, work.modified,
        work.working_version, work.working_hash, work.published_version, work.public_hash, work.live, work.seq or 0,
        work.stamp, work.refresh_seq, work.sets, work.batch, work.reason, work.replaced_by,
    )  # fmt: skip
