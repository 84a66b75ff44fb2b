"""What goes into the store and what comes out of it: plain frozen values, no SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

State = Literal["draft", "submitted", "published", "suspended", "withdrawn"]
"""The state of a record's working version; whether the public sees the record is `RecordRow.live`."""

STATES: tuple[str, ...] = get_args(State)

Operation = Literal["create", "update", "withdraw", "restore", "refresh", "erase"]
"""What a log entry tells the world: suspending is a ``withdraw``, coming back is a ``restore``."""

Status = Literal["created", "changed", "unchanged", "conflict"]


@lru_cache(maxsize=1024)
def stamp_text(stamp: int) -> str:
    """Return a stamp as ``xsd:dateTime`` in UTC.

    >>> stamp_text(0)
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A record's content as it is to be stored. Hashes left empty are computed (SHA-256, hexadecimal)."""

    identifier: str
    iri: str
    kind: str
    canonical: bytes
    """Sorted N-Triples with everything, private fields too."""
    private_hash: str = ""
    public: bytes | None = None
    """The form without private fields; ``None`` where it is the canonical form itself."""
    public_hash: str = ""
    title: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    """What the record can be found by: pairs such as ``("uscc", "9145…")`` or ``("name", "…")``."""
    edges: tuple[tuple[str, str], ...] = ()
    """What its public face depends on: pairs of target IRI and property. They count once the version is published."""
    source: str = ""
    """The platform the record was taken from; empty for our own."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A record to be published: the working version unless another is named, in its most specific sets."""

    identifier: str
    sets: tuple[str, ...] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a `NewVersion`; ``other`` is the identifier that holds the same IRI in a conflict."""

    identifier: str
    status: Status
    version: int
    other: str = ""
    held: Literal["", "suspended", "withdrawn"] = ""
    """How somebody took it from the public before."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record without its content."""

    identifier: str
    iri: str
    kind: str
    source: str
    state: State
    title: str
    created: int
    modified: int
    """Stamp of the last change of content or state, public or not."""
    working_version: int
    working_hash: str
    published_version: int | None
    """The version the public sees or, when not `live`, saw last."""
    public_hash: str
    live: bool
    """Whether the public sees the record now; then its `state` may still be ``draft``: it is under revision."""
    seq: int
    """Sequence number of the record's last log entry, 0 before the first."""
    stamp: int
    refresh_seq: int
    """Sequence number of the last entry that was no plain new version, else 0; for entity tags beside the version."""
    sets: tuple[str, ...]
    """The most specific sets it is in or, when not `live`, was in last."""
    batch: int | None
    """The batch that changed the record last, if the last change came in a batch."""
    reason: str
    replaced_by: str


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """A version without its content."""

    number: int
    private_hash: str
    public_hash: str
    stamp: int
    batch: int | None
    actor: str
    note: str
    title: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version with its content; ``public`` is what the world may see of it."""

    identifier: str
    info: VersionInfo
    canonical: bytes
    public: bytes
    keys: tuple[tuple[str, str], ...]
    edges: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the public sees a record, and which form of it."""

    identifier: str
    live: bool
    public_hash: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a record holds in its newest version."""

    iri: str
    canonical: bytes
    version: int


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One change of a record's public form. ``sets`` is after it, most specific; ``left_sets`` has ancestors too."""

    seq: int
    epoch: int
    stamp: int
    identifier: str
    iri: str
    kind: str
    op: Operation
    version: int
    public_hash: str
    sets: tuple[str, ...]
    left_sets: tuple[str, ...]
    batch: int | None
    actor: str
    note: str
    left: bool = False
    """In a listing of one set: by this entry the record left that set."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as a list shows it: its latest public state, in the whole catalogue or as seen in one set.

    What it is called is told by `published_titles`: the row of a record has the title of its newest version.
    """

    identifier: str
    iri: str
    kind: str
    source: str
    seq: int
    stamp: int
    live: bool
    version: int
    public_hash: str
    refresh_seq: int
    sets: tuple[str, ...]
    form: bytes | None = None
    """The public form, where asked for and `live`."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list and where it stood in the log when it was read."""

    entries: tuple[Entry, ...]
    next_seq: int | None
    """Give it as ``after_seq`` for the next page; ``None`` on the last."""
    last_seq: int
    epoch: int
    low_water: int
    """Every entry that is not yet visible here will have a stamp of at least this."""
    following: str = ""
    """Identifier of the record the next page begins with, as the list is now; empty on the last."""


@dataclass(frozen=True, slots=True)
class SetCount:
    """A set, ancestors included, with how many records are in it and how many have left it or were withdrawn."""

    name: str
    live: int
    gone: int


@dataclass(frozen=True, slots=True)
class History:
    """A record's past: its versions and its log entries, both oldest first."""

    versions: tuple[VersionInfo, ...]
    entries: tuple[LogEntry, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """One load."""

    id: int
    label: str
    actor: str
    note: str
    created: int
    closed: int | None
    counts: Mapping[str, int] = field(default_factory=dict)
    undoes: int | None = None
    undone_by: int | None = None


@dataclass(frozen=True, slots=True)
class BatchItem:
    """What a batch did to one record; ``before`` is ``None`` where the batch made the record."""

    identifier: str
    title: str
    before: int | None
    working_version: int
    state_before: State | None
    state: State


@dataclass(frozen=True, slots=True)
class Undo:
    """What undoing a batch did; ``skipped`` were changed after it and stayed as they are."""

    batch: int
    undone: int
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """An access token without its secret."""

    id: str
    owner: str
    scopes: tuple[str, ...]
    label: str
    created: int
    expires: int | None
    last_used: int | None
    revoked: int | None


@dataclass(frozen=True, slots=True)
class RefreshJob:
    """Records that depend on ``target`` still to be refreshed; ``done`` so far. Target ``*`` is every record."""

    id: int
    target: str
    note: str
    created: int
    cursor: int
    done: int
