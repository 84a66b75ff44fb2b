"""Publishing and taking back: who may be public, in which sets, and whose view of others changes with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from catalog_service.errors import Conflict, InputError, NotFound, RecordRefused
from catalog_service.i18n import both
from catalog_service.model import terms
from catalog_service.model.record import parse_canonical
from catalog_service.model.report import Finding
from catalog_service.namespaces import CODE_LISTS, term
from catalog_service.normalise.text import has_forbidden
from catalog_service.operations.linked import Linked
from catalog_service.operations.outgoing import as_if_published
from catalog_service.operations.references import Resolver
from catalog_service.operations.sets import sets_of
from catalog_service.operations.taken import must_have
from catalog_service.store.rows import Publication

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from catalog_service.model.record import Record
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.store import Writer
    from catalog_service.store.rows import RecordRow

SHARING = term("dct:accessRights")
CHUNK = 250
"""Records published in one transaction."""

BY_COMMAND = "kebao publish {identifier}"
"""How somebody at the command line publishes a record."""

NOT_SHARED = terms.iri(f"{CODE_LISTS}sharing/none")


@dataclass(frozen=True, slots=True)
class Publishing:
    """What became of one record that was to be published."""

    published: bool
    waiting: bool = False
    """Whether it stays a draft because a record it refers to is not public."""
    seq: int = 0
    findings: tuple[Finding, ...] = ()


def publish_in(
    catalogue: Catalogue, writer: Writer, records: Mapping[str, Record], linked: Linked | None = None, way: str = ""
) -> dict[str, Publishing]:
    """Publish conforming records, given by identifier, inside a transaction; who has to wait for another is told.

    ``linked`` is what was looked up of them before they were written: everything then goes to the database together.
    ``way`` is how advice says that one of them can be published later, such as `BY_COMMAND`.
    """
    linked = linked or Linked(catalogue, writer, records.items())
    linked.coming(records)
    unshared = [each for each, record in records.items() if NOT_SHARED in record.own.get(SHARING, ())]
    findings = {each: [_unshared(records[each], catalogue)] for each in unshared}
    ready = _ready(records, [each for each in records if each not in findings], linked)
    kinds, done = catalogue.profile.kinds, {}
    changed = [each for each in sorted(ready) if linked.shows_otherwise(each)]
    publications = [
        Publication(each, sets_of(record, kinds[record.kind], catalogue.set_names, linked))
        for each, record in records.items()
        if each in ready
    ]
    for publication, entry in zip(publications, writer.publish_many(publications), strict=True):
        done[publication.identifier] = Publishing(published=True, seq=entry.seq if entry else 0)
        if entry is not None and entry.op == "restore":  # while it was away, others showed nothing of it
            changed.append(publication.identifier)
    for identifier in changed:
        writer.add_refresh_job(records[identifier].iri, note=identifier)
    for identifier, record in records.items():
        if identifier not in done:
            found = findings.get(identifier) or [
                _waits(record, linked.missing(record), way.format(identifier=identifier))
            ]
            done[identifier] = Publishing(published=False, waiting=identifier not in findings, findings=tuple(found))
    return done


def _ready(records: Mapping[str, Record], shared: Iterable[str], linked: Linked) -> set[str]:
    """Return those of the shared records that may be public: what they refer to is public, or will be with them."""
    ready = set(shared)
    while True:
        coming = {records[each].iri for each in ready}
        late = {each for each in ready if not linked.all_public(records[each], coming)}
        if not late:
            return ready
        ready -= late


def _unshared(record: Record, catalogue: Catalogue) -> Finding:
    field = next((each for each in catalogue.profile.kinds[record.kind].fields if each.path == (SHARING,)), None)
    label = dict(field.labels) if field else {}
    return Finding(
        "not-shared",
        both("{label}: a record that is not shared cannot be published.", domain="findings", label=label),
        both("Choose another value, or leave the record a draft.", domain="findings"),
        severity="warning",
        record=record.iri,
        path=field.name if field else "",
        label=label,
        constraint="sharing",
    )


def _waits(record: Record, missing: str, way: str) -> Finding:
    return Finding(
        "target-not-published",
        both("It stays a draft, because {target} is not published.", domain="findings", target=missing or "?"),
        both("Publish that record; then this one: {way}", domain="findings", way=way)
        if way
        else both("Publish that record; then publish this one.", domain="findings"),
        severity="warning",
        record=record.iri,
        value=missing,
        constraint="reference",
    )


def publish(
    catalogue: Catalogue, identifiers: Sequence[str], *, actor: str, version: int | None = None
) -> dict[str, Publishing]:
    """Check the working versions of records and publish those that conform, a chunk a transaction.

    With ``version`` all of them must have that working version; raises `VersionConflict` when one has another.
    """
    done: dict[str, Publishing] = {}
    for start in range(0, len(identifiers), CHUNK):
        left: Sequence[str] = identifiers[start : start + CHUNK]
        while left:
            some, left = _publish_chunk(catalogue, left, actor, version)
            done |= some
    run_refresh_jobs(catalogue)
    return done


def _publish_chunk(
    catalogue: Catalogue, identifiers: Sequence[str], actor: str, wanted: int | None
) -> tuple[dict[str, Publishing], list[str]]:
    """Publish what conforms; return also who was saved while it was checked: the newer version is unchecked."""
    done: dict[str, Publishing] = {}
    records: dict[str, Record] = {}
    checked: dict[str, int] = {}
    for identifier in identifiers:
        row = row_of(catalogue, identifier)
        must_have(row, wanted)
        version = catalogue.store.working(row.identifier)
        if version is not None:
            records[row.identifier] = parse_canonical(version.canonical, row.iri, row.kind)
            checked[row.identifier] = version.info.number
    for identifier, errors in check_stored(catalogue, records).items():
        if errors:
            done[identifier] = Publishing(published=False, findings=errors)
            records.pop(identifier)
    with catalogue.store.write(actor=actor) as writer:
        rows = writer.rows(records)
        for row in rows.values():
            must_have(row, wanted)
        newer = [each for each, row in rows.items() if row.working_version != checked[each]]
        done |= publish_in(catalogue, writer, {each: record for each, record in records.items() if each not in newer})
    return done, newer


def check_stored(catalogue: Catalogue, records: Mapping[str, Record]) -> dict[str, tuple[Finding, ...]]:
    """Return the errors of stored records by identifier."""
    resolver = Resolver(catalogue.store, catalogue.profile.kinds)
    found = catalogue.validation.check(as_if_published(records.values()), resolver.classes(records.values()))
    return {
        identifier: tuple(finding for finding in found[record.iri] if finding.severity == "error")
        for identifier, record in records.items()
    }


def row_of(catalogue: Catalogue, identifier: str) -> RecordRow:
    """Return a record by identifier, in any case of letters; raises `NotFound`."""
    row = catalogue.store.get(identifier.strip().upper())
    if row is None:
        raise NotFound("There is no record {identifier}.", identifier=identifier)
    return row


def withdraw(
    catalogue: Catalogue,
    identifier: str,
    reason: str,
    *,
    actor: str,
    version: int | None = None,
    replaced_by: str = "",
    cascade: bool = False,
    way: str = "--cascade",
) -> list[str]:
    """Withdraw a record, with ``cascade`` those that depend on it too; return the identifiers withdrawn.

    Raises `VersionConflict` when its working version is not ``version``. ``way`` is what advice calls a cascade.
    """
    row = row_of(catalogue, identifier)
    if not must_be_text(reason).strip():
        raise InputError("A withdrawal needs a reason.", advice="The reason stands on the tombstone page.")
    successor = row_of(catalogue, replaced_by).identifier if replaced_by else ""
    with catalogue.store.write(actor=actor, note=reason) as writer:  # from here on nobody saves or publishes
        must_have(_row_in(writer, row), version)
        if _row_in(writer, row).state == "withdrawn":
            raise Conflict("{identifier} is withdrawn already.", identifier=row.identifier)
        dependants = _dependants(writer, row.iri)
        if dependants and not cascade:
            raise Conflict(
                "{count} records depend on {identifier}, such as {example}.",
                advice="Withdraw them too with {way}, or let them refer to another record first.",
                count=len(dependants),
                identifier=row.identifier,
                example=dependants[0],
                way=way,
            )
        for each in dependants:
            writer.withdraw(each, reason)
        writer.withdraw(row.identifier, reason, replaced_by=successor)
    return [*dependants, row.identifier]


def _row_in(writer: Writer, row: RecordRow) -> RecordRow:
    """Return a record as it is in a transaction; one that was found before is there."""
    return writer.rows([row.identifier])[row.identifier]


def _dependants(writer: Writer, iri: str) -> list[str]:
    found: list[str] = []
    while rows := writer.dependants(iri, after=found[-1] if found else "", limit=500):
        found += [row.identifier for row in rows]
    return found


def must_be_text(reason: str) -> str:
    """Return a reason; raises `InputError` when it holds a character that neither the store nor a page can take."""
    for each in reason:
        if has_forbidden(each):
            raise InputError(
                "The reason holds the character {code}, which no text may hold.",
                advice="Write it again without that character.",
                code=f"U+{ord(each):04X}",
            )
    return reason


def change_state(
    catalogue: Catalogue,
    identifier: str,
    to: str,
    reason: str,
    *,
    actor: str,
    version: int | None = None,
    way: str = "--cascade",
) -> int:
    """Move a record to another state; return the sequence number of the change, 0 if the public saw none.

    Raises `VersionConflict` when its working version is not ``version``. ``way`` is what advice calls a cascade.
    """
    must_be_text(reason)
    if to == "published":
        result = publish(catalogue, [identifier], actor=actor, version=version)
        done = next(iter(result.values()))
        if not done.published:
            raise RecordRefused("{identifier} cannot be published.", done.findings, identifier=identifier)
        return done.seq
    if to == "withdrawn":
        withdraw(catalogue, identifier, reason, actor=actor, version=version, way=way)
        return catalogue.store.last_seq()
    row, seq = row_of(catalogue, identifier), 0
    with catalogue.store.write(actor=actor, note=reason) as writer:
        must_have(_row_in(writer, row), version)
        if to == "suspended":
            seq = writer.suspend(row.identifier, reason).seq
            writer.add_refresh_job(row.iri, note=row.identifier)
        elif to == "submitted":
            writer.submit(row.identifier)
        elif to == "draft":
            writer.revise(row.identifier)
        else:
            raise InputError("There is no state “{state}”.", state=to)
    run_refresh_jobs(catalogue)
    return seq


def run_refresh_jobs(catalogue: Catalogue) -> int:
    """Refresh, in chunks, the records that show values of others which have changed; return how many jobs ended."""
    ended = 0
    for job in catalogue.store.jobs():
        current = True
        while current:
            with catalogue.store.write(actor="refresh", note=job.note) as writer:
                current = writer.advance_job(job.id, sets_of=partial(_sets, catalogue, writer)) is not None
        ended += 1
    return ended


def _sets(catalogue: Catalogue, writer: Writer, rows: Sequence[RecordRow]) -> dict[str, tuple[str, ...]]:
    records = {}
    for row in rows:
        body = writer.public(row.identifier)
        if body is not None:
            records[row.identifier] = parse_canonical(body, row.iri, row.kind)
    linked = Linked(catalogue, writer, records.items())
    linked.coming(records)
    kinds = catalogue.profile.kinds
    return {
        identifier: sets_of(record, kinds[record.kind], catalogue.set_names, linked)
        for identifier, record in records.items()
    }
