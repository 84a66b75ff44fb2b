"""One record at a time, as a program saves it: create, replace, remove; nothing twice, nothing over a newer version."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from catalog_service.errors import RecordRefused
from catalog_service.operations.load import load
from catalog_service.operations.publish import row_of, withdraw
from catalog_service.operations.taken import Conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalog_service.model.report import Finding
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.reading import Source
    from catalog_service.operations.taken import Taken

CASCADE = "DELETE …?cascade=true"
"""How a program withdraws a record with what depends on it."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a saved record; ``seq`` is the newest change to wait for."""

    identifier: str
    iri: str
    status: str
    version: int
    published: bool
    seq: int
    findings: tuple[Finding, ...] = ()

    @property
    def created(self) -> bool:
        """Whether the record is new."""
        return self.status == "created"


def create(
    catalogue: Catalogue, source: Source, *, actor: str, kind: str = "", publishing: bool = False, key: str = ""
) -> Saved:
    """Store a new record; with a key, the same request again gives the same answer and has no second effect.

    Raises `ExistsAlready` when it is there with other content; with the same it is left as it is.
    """
    digest = _digest(source, kind, str(publishing)) if key else ""
    if key and (answer := _replayed(catalogue, actor, key, digest)) is not None:
        return Saved(**json.loads(answer))
    conditions = Conditions(fresh=True, key=key, digest=digest, answer=answer_of)
    return _saved(catalogue, source, actor, kind, publishing, conditions)


def save(
    catalogue: Catalogue, identifier: str, source: Source, version: int | None, *, actor: str, publishing: bool = False
) -> Saved:
    """Replace a record that has a certain working version; raises `VersionConflict` when it has another."""
    row = row_of(catalogue, identifier)
    conditions = Conditions(identifier=row.identifier, iri=row.iri, version=version, kind=row.kind)
    return _saved(catalogue, source, actor, row.kind, publishing, conditions)


def remove(
    catalogue: Catalogue, identifier: str, version: int | None, reason: str, *, actor: str, cascade: bool = False
) -> int:
    """Withdraw a record that has a certain working version, with ``cascade`` what depends on it; return the change."""
    withdraw(catalogue, identifier, reason, actor=actor, version=version, cascade=cascade, way=CASCADE)
    return catalogue.store.last_seq()


def save_batch(
    catalogue: Catalogue, source: Source, *, actor: str, kind: str = "", publishing: bool = False
) -> Iterator[Taken | Finding]:
    """Store the records of a source and yield what became of each, then what could not be read."""
    result = load(catalogue, [source], actor=actor, kind=kind, publishing=publishing, index=False)
    told = {finding for taken in result.taken for finding in map(id, taken.findings)}
    yield from result.taken
    yield from (finding for finding in result.findings if id(finding) not in told)


def answered_once(
    catalogue: Catalogue, source: Source, *, actor: str, asked: tuple[str, ...], key: str, make: Callable[[], bytes]
) -> bytes:
    """Return what ``make`` answers to a batch; with a key, the same batch again gets the same answer and no more."""
    if not key:
        return make()
    digest = _digest(source, *asked)
    known = _replayed(catalogue, actor, key, digest)
    if known is not None:
        return known
    made = make()
    with catalogue.store.write(actor=actor) as writer:
        if writer.replay(key, digest) is None:
            writer.remember(key, digest, made)
    return made


def _replayed(catalogue: Catalogue, actor: str, key: str, digest: str) -> bytes | None:
    with catalogue.store.write(actor=actor) as writer:
        answer: bytes | None = writer.replay(key, digest)
        return answer


def _saved(
    catalogue: Catalogue, source: Source, actor: str, kind: str, publishing: bool, conditions: Conditions
) -> Saved:
    result = load(
        catalogue, [source], actor=actor, kind=kind, publishing=publishing, index=False, conditions=conditions
    )
    taken = result.taken[0]
    if taken.status == "refused":
        raise RecordRefused("The record was refused: {count} places to mend.", taken.findings, count=_errors(taken))
    return replace(saved_of(taken, result.seq), findings=taken.findings)


def saved_of(taken: Taken, seq: int) -> Saved:
    """Return the answer to a save, without its findings, as it is kept for a repeated request."""
    return Saved(taken.identifier, taken.iri, taken.status, taken.version, taken.published, seq)


def answer_of(taken: Taken, seq: int) -> bytes:
    """Return the answer to a save as it is kept under its key."""
    kept = asdict(saved_of(replace(taken, findings=()), seq))
    return json.dumps(kept, ensure_ascii=False).encode()


def _errors(taken: Taken) -> int:
    return sum(finding.severity == "error" for finding in taken.findings)


def _digest(source: Source, *more: str) -> str:
    return hashlib.sha256("\x1f".join(more).encode() + b"\x1f" + _whole(source)).hexdigest()


def _whole(source: Source) -> bytes:
    from pathlib import Path

    if isinstance(source.data, Path):
        return source.data.read_bytes()
    body = source.data.read()
    source.data.seek(0)
    return body
