"""One record at a time, as a program saves it: create, replace, remove; nothing twice, nothing over a newer version."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from catalog_service.errors import ExistsAlready, RecordRefused
from catalog_service.model.report import Finding, Place
from catalog_service.operations.load import load
from catalog_service.operations.onebyone import one_after_another
from catalog_service.operations.publish import row_of, withdraw
from catalog_service.operations.taken import Answered, Conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.reading import Source
    from catalog_service.operations.taken import Taken

CASCADE = "DELETE …?cascade=true"
"""How a program withdraws a record with what depends on it."""

PUBLISH = 'POST /api/v1/records/{identifier}/transitions {{"to": "published"}}'
"""How a program publishes a record that is stored."""


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
    if not key:
        return _saved(catalogue, source, actor, kind, publishing, Conditions(fresh=True))
    digest = _digest(source, kind, str(publishing))
    known = _replayed(catalogue, actor, key, digest)
    if known is None:
        known = _created_once(catalogue, source, actor, kind, publishing, key, digest)
    return saved_again(known)


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
    """Store the records of a source and yield line by line what became of each, or why it could not be read."""
    result = load(catalogue, [source], actor=actor, kind=kind, publishing=publishing, index=False, way=PUBLISH)
    told = {finding for taken in result.taken for finding in map(id, taken.findings)}
    answers: list[Taken | Finding] = [*result.taken]
    answers += [finding for finding in result.findings if id(finding) not in told]
    yield from sorted(answers, key=line_of)


def line_of(each: Taken | Finding) -> int:
    """Return where a record begins in what was given, or where the one stands that could not be read."""
    return each.place.beginning if isinstance(each, Finding) else each.line


def answered_once(
    catalogue: Catalogue, source: Source, *, actor: str, asked: tuple[str, ...], key: str, make: Callable[[], bytes]
) -> bytes:
    """Return what ``make`` answers to a batch; with a key, the same batch again gets the same answer and no more."""
    if not key:
        return make()
    digest = _digest(source, *asked)
    with one_after_another(catalogue.home, actor, key):
        known = _replayed(catalogue, actor, key, digest)
        return known if known is not None else _kept(catalogue, actor, key, digest, make())


def _created_once(
    catalogue: Catalogue, source: Source, actor: str, kind: str, publishing: bool, key: str, digest: str
) -> bytes:
    """Store a new record and return the answer kept under its key, which the same request may have got first."""
    made: list[bytes] = []

    def answer(taken: Taken, seq: int) -> bytes:
        made.append(answer_of(taken, seq))
        return made[-1]

    try:
        conditions = Conditions(fresh=True, key=key, digest=digest, answer=answer)
        _saved(catalogue, source, actor, kind, publishing, conditions)
    except Answered as first:
        return first.answer
    except (RecordRefused, ExistsAlready):
        known = _replayed(catalogue, actor, key, digest)  # what stands in its way may be what the first one stored
        if known is None:
            raise
        return known
    return made[-1]


def _replayed(catalogue: Catalogue, actor: str, key: str, digest: str) -> bytes | None:
    with catalogue.store.write(actor=actor) as writer:
        answer: bytes | None = writer.replay(key, digest)
        return answer


def _kept(catalogue: Catalogue, actor: str, key: str, digest: str, made: bytes) -> bytes:
    """Keep the answer to a batch and return it, or the one that another home of the same store kept first."""
    with catalogue.store.write(actor=actor) as writer:
        first: bytes | None = writer.replay(key, digest)
        if first is None:
            writer.remember(key, digest, made)
        return made if first is None else first


def _saved(
    catalogue: Catalogue, source: Source, actor: str, kind: str, publishing: bool, conditions: Conditions
) -> Saved:
    result = load(
        catalogue,
        [source],
        actor=actor,
        kind=kind,
        publishing=publishing,
        index=False,
        conditions=conditions,
        way=PUBLISH,
    )
    taken = result.taken[0]
    if taken.status == "refused":
        raise RecordRefused("The record was refused: {count} places to mend.", taken.findings, count=_errors(taken))
    return saved_of(taken, result.seq)


def saved_of(taken: Taken, seq: int) -> Saved:
    """Return the answer to a save."""
    return Saved(taken.identifier, taken.iri, taken.status, taken.version, taken.published, seq, taken.findings)


def answer_of(taken: Taken, seq: int) -> bytes:
    """Return the answer to a save as it is kept under its key."""
    return json.dumps(asdict(saved_of(taken, seq))).encode()


def saved_again(answer: bytes) -> Saved:
    """Return the answer to a save that was kept under its key."""
    members = json.loads(answer)
    findings = [Finding(**each | {"place": Place(**each["place"])}) for each in members["findings"]]
    return Saved(**members | {"findings": tuple(findings)})


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
