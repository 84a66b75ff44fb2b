"""What becomes of records on their way into the store, and under which conditions one is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from catalog_service.errors import VersionConflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from catalog_service.model.report import Finding
    from catalog_service.store.rows import RecordRow

Status = Literal["created", "changed", "unchanged", "refused", "checked"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one record."""

    status: Status
    iri: str
    identifier: str
    title: str
    findings: tuple[Finding, ...] = ()
    version: int = 0
    published: bool = False
    entered: bool = False
    """Whether its publication is a new entry of the change log."""
    waiting: bool = False
    """Whether it stays a draft because a record it refers to is not published."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold for a single save, and what is kept of it for a repeated request."""

    identifier: str = ""
    """The record to be replaced; empty for a new one."""
    iri: str = ""
    version: int | None = None
    """The working version the record must have; None for any."""
    key: str = ""
    """The idempotency key."""
    digest: str = ""
    answer: Callable[[Taken, int], bytes] | None = None
    """Makes the answer that is kept under the key, from what became of the record and the newest change."""


@dataclass(frozen=True, slots=True)
class OwnBatch:
    """A batch that is opened and closed by the transaction that stores all of it, so that a save waits once."""

    label: str
    note: str
    counts: Mapping[str, int]
    """What was counted before."""


def counted(counts: Mapping[str, int], taken: Iterable[Taken]) -> dict[str, int]:
    """Return counts with what became of more records."""
    new = dict(counts)
    for each in taken:
        for name, more in ((each.status, 1), ("published", each.entered), ("waiting", each.waiting)):
            new[name] = new.get(name, 0) + more
    return new


def must_have(row: RecordRow, version: int | None) -> None:
    """Raise `VersionConflict` when a record's working version is not the one somebody changed; None is any.

    Ask it of a row that was read by the transaction that writes: then nobody can come in between.
    """
    if version is not None and row.working_version != version:
        raise VersionConflict(
            "{identifier} has version {version} by now.",
            advice="Read it again, make the change in the newest version.",
            identifier=row.identifier,
            version=row.working_version,
        )
