"""A published record as it is handed out: the stored public form, who it is for and where it stands in its life."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_service.errors import Gone, NotFound
from catalog_service.i18n import say
from catalog_service.model.record import Record, parse_canonical
from catalog_service.operations.outgoing import with_additions
from catalog_service.operations.present import Presented, Presenter, Reference
from catalog_service.operations.publish import row_of
from catalog_service.store.rows import stamp_text
from catalog_service.writers.base import Outgoing

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog_service.model.kind import Kind
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.store import RecordRow


@dataclass(frozen=True, slots=True)
class Published:
    """One version of a published record."""

    row: RecordRow
    kind: Kind
    record: Record
    version: int
    stamp: dt.datetime
    """When this version was made."""
    newest: bool
    public_hash: str

    @property
    def tag(self) -> str:
        """The entity tag without its variant: version and last refresh (architecture, decision 13)."""
        return f"{self.version}.{self.row.refresh_seq}"

    @property
    def modified(self) -> dt.datetime:
        """When what is handed out changed last: a refresh counts for the newest version."""
        return dt.datetime.fromtimestamp(self.row.stamp, dt.UTC) if self.newest else self.stamp

    def outgoing(self) -> Outgoing:
        """Return the record as it goes out, with its state and the day of its last change."""
        modified = stamp_text(int(self.modified.timestamp()))
        record = with_additions(self.record, "published", modified)
        return Outgoing(record, self.kind, self.row.identifier, self.version, self.public_hash, modified)


@dataclass(frozen=True, slots=True)
class Working:
    """The newest version of a record with all it holds, private fields too: for whoever may change it."""

    row: RecordRow
    kind: Kind
    record: Record
    version: int
    stamp: dt.datetime
    public_hash: str

    @property
    def tag(self) -> str:
        """The entity tag without its variant. The state in it tells it from the tag of what the public sees."""
        return working_tag(self.row, self.version)

    def outgoing(self) -> Outgoing:
        """Return the record as it goes out, with its state and the day it was saved."""
        modified = stamp_text(int(self.stamp.timestamp()))
        record = with_additions(self.record, self.row.state, modified)
        return Outgoing(record, self.kind, self.row.identifier, self.version, self.public_hash, modified)


@dataclass(frozen=True, slots=True)
class RecordView:
    """Everything the page of a record shows that is its own."""

    identifier: str
    iri: str
    kind: Kind
    version: int
    version_shown: int
    """The number of an older version that is being looked at, else 0."""
    stamp: dt.datetime
    tag: str
    shown: Presented
    completeness: int
    missing: str
    """Label of the recommended field whose filling would raise completeness most, empty at 100 %."""
    badge: tuple[str, str] | None
    source: str
    """The platform it was taken from; empty for our own."""


def published(catalogue: Catalogue, identifier: str, version: int | None = None) -> Published:
    """Return a published record, or one of its versions; raises `NotFound`, or `Gone` with what a tombstone tells."""
    identifier = identifier.upper()
    row = catalogue.store.get(identifier)
    if row is None or not row.published_version:
        raise NotFound("There is no record {identifier}.", identifier=identifier)
    if not row.live:
        raise _gone(row)
    number = row.published_version if version is None else version
    public = version is None or number in public_versions(catalogue, row)
    held = catalogue.store.version(identifier, number) if public else None
    if held is None:
        raise NotFound("Record {identifier} has no version {version}.", identifier=identifier, version=number)
    record = parse_canonical(held.public, row.iri, row.kind)
    stamp = dt.datetime.fromtimestamp(held.info.stamp, dt.UTC)
    kind = catalogue.profile.kinds[row.kind]
    return Published(row, kind, record, number, stamp, number == row.published_version, held.info.public_hash)


def working(catalogue: Catalogue, identifier: str, version: int | None = None) -> Working:
    """Return the newest version of a record, published or not, or an older one; raises `NotFound` or `Gone`."""
    row = row_of(catalogue, identifier)
    held = catalogue.store.version(row.identifier, version or row.working_version)
    if held is None:
        raise NotFound("Record {identifier} has no version {version}.", identifier=row.identifier, version=version)
    if not held.canonical:  # erased for good
        raise _gone(row)
    record = parse_canonical(held.canonical, row.iri, row.kind)
    stamp = dt.datetime.fromtimestamp(held.info.stamp, dt.UTC)
    kind = catalogue.profile.kinds[row.kind]
    return Working(row, kind, record, held.info.number, stamp, held.info.public_hash)


def working_tag(row: RecordRow, version: int) -> str:
    """Return the entity tag of a working version without its variant."""
    return f"{version}.{row.refresh_seq}-{row.state}"


def public_versions(catalogue: Catalogue, row: RecordRow) -> set[int]:
    """Return the numbers of the versions that were ever published: drafts before and between them are nobody's."""
    logged = {entry.version for entry in catalogue.store.history(row.identifier).entries}
    return logged | ({row.published_version} if row.published_version else set())


def _gone(row: RecordRow) -> Gone:
    return Gone(
        "Record {identifier} was withdrawn.",
        identifier=row.identifier,
        title=row.title,
        reason=row.reason,
        replaced_by=row.replaced_by,
        stamp=dt.datetime.fromtimestamp(row.stamp, dt.UTC),
    )


def view(catalogue: Catalogue, identifier: str, lang: str, version: int | None = None) -> RecordView:
    """Return what the page of a record shows, in a language."""
    found = published(catalogue, identifier, version)
    presenter = Presenter(found.kind, catalogue.profile.vocabularies, lang, resolver(catalogue))
    shown = presenter.present(found.record)
    filled, missing = completeness(found.kind, found.record, lang)
    expired = bool(shown.offers) and all(offer.expired for offer in shown.offers)
    return RecordView(
        identifier=found.row.identifier,
        iri=found.row.iri,
        kind=found.kind,
        version=found.version,
        version_shown=0 if found.newest else found.version,
        stamp=found.stamp,
        tag=found.tag,
        shown=shown,
        completeness=filled,
        missing=missing,
        badge=(say("expired", lang, domain="web"), "warn") if expired else None,
        source=found.row.source,
    )


def resolver(catalogue: Catalogue) -> Callable[[str, str], Reference]:
    """Return a function from a record's IRI to what it is called, which remembers what it found."""
    known: dict[tuple[str, str], Reference] = {}

    def resolve(iri: str, lang: str) -> Reference:
        if (iri, lang) not in known:
            known[iri, lang] = _reference(catalogue, iri, lang)
        return known[iri, lang]

    return resolve


def _reference(catalogue: Catalogue, iri: str, lang: str) -> Reference:
    row = catalogue.store.by_iri(iri)
    if row is None or not row.live:
        return Reference(iri)
    title = catalogue.titles([row.identifier], lang)[row.identifier]
    return Reference(iri, row.identifier, title)


def completeness(kind: Kind, record: Record, lang: str) -> tuple[int, str]:
    """Return how many of a hundred wanted fields are filled, and the first empty one that is recommended."""
    wanted = [
        each
        for each in kind.fields
        if each.obligation in {"M", "R"} and not each.computed and not each.system and not each.private
    ]
    missing = [each for each in wanted if not record.objects(*each.path)]
    share = 100 if not wanted else round(100 * (len(wanted) - len(missing)) / len(wanted))
    return share, missing[0].label(lang) if missing else ""
