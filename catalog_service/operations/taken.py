"""What becomes of records on their way into the store, and under which conditions one is saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from catalog_service.errors import Conflict, ExistsAlready, InputError, RecordRefused, VersionConflict
from catalog_service.operations.spool import with_iri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from catalog_service.model.report import Finding
    from catalog_service.operations.spool import Candidate
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
    line: int = 0
    """The line or row where it begins in what was given; 0 where nobody can tell."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold for a single save, and what is kept of it for a repeated request."""

    identifier: str = ""
    """The record to be replaced; empty for a new one."""
    iri: str = ""
    version: int | None = None
    """The working version the record must have; None for any."""
    kind: str = ""
    """The kind of the record to be replaced."""
    fresh: bool = False
    """Whether it is sent as a new record: one that is there already must not change by it."""
    key: str = ""
    """The idempotency key."""
    digest: str = ""
    answer: Callable[[Taken, int], bytes] | None = None
    """Makes the answer that is kept under the key, from what became of the record and the newest change."""


class Answered(Exception):
    """No error: the same request, sent at the same time, was answered first."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self.answer = answer


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


def exists_already(identifier: str) -> ExistsAlready:
    """Return the error that a record sent as a new one would change another."""
    return ExistsAlready(
        "Record {identifier} exists already, with other content.",
        advice="To change it, read it with your key, then send it with PUT to {address} and If-Match.",
        identifier=identifier,
        address=f"/api/v1/records/{identifier}",
    )


def must_be_one(given: int, findings: Sequence[Finding]) -> None:
    """Refuse a single save of several records, or of one with a part that was not understood; nothing is stored yet."""
    if given > 1:
        raise InputError("This takes one record at a time, not {count}.", count=given)
    errors = sum(finding.severity == "error" for finding in findings)
    if errors and given:
        raise RecordRefused("The record was refused: {count} places to mend.", findings, count=errors)
    if not given:
        raise RecordRefused("No record could be read.", findings)


def renamed(candidate: Candidate, wanted: Conditions) -> Candidate:
    """Return the candidate as the record it is to replace; raises `Conflict` when it says it is another."""
    if candidate.identifier and candidate.identifier != wanted.identifier:
        raise Conflict(
            "The record says it is {other}, not {identifier}.",
            advice="Leave the identifier out, or send it to its own address.",
            other=candidate.identifier,
            identifier=wanted.identifier,
        )
    if candidate.record.kind != wanted.kind:
        raise Conflict(
            "Record {identifier} is of another kind, which cannot change.",
            advice="Store it as a new record, then withdraw this one.",
            identifier=wanted.identifier,
        )
    return with_iri(replace(candidate, identifier=wanted.identifier), wanted.iri)
