"""Writing content: a new private hash is a new version, the same content again is nothing (decision 3)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from catalog_service.errors import Conflict
from catalog_service.store.minting import Minting
from catalog_service.store.rows import Outcome
from catalog_service.store.work import Face

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog_service.store.rows import NewVersion
    from catalog_service.store.work import Work


class VersionWrites(Minting):
    """Putting content in."""

    def put(self, draft: NewVersion) -> Outcome:
        """Store a record's content as its working version, unless it is what is there."""
        outcome = self.put_many([draft])[0]
        if outcome.status == "conflict":
            raise _conflict(draft, outcome.other)
        return outcome

    def put_many(self, drafts: Iterable[NewVersion]) -> list[Outcome]:
        """Store the content of many records in order; who clashes with another record is told so, the others go in."""
        drafts = list(drafts)
        self._ledger.load(draft.identifier for draft in drafts)
        self._ledger.load_iris(draft.iri for draft in drafts if self._ledger.find(draft.identifier) is None)
        return [self._put(draft) for draft in drafts]

    def _put(self, draft: NewVersion) -> Outcome:
        work = self._ledger.find(draft.identifier)
        if work is None:
            holder = self._ledger.holder(draft.iri)
            if holder is not None:
                return Outcome(draft.identifier, "conflict", 0, holder)
            work = self._ledger.add(draft)
            self._add(work, draft, draft.private_hash or _sha256(draft.canonical))
            return Outcome(draft.identifier, "created", 1)
        if (work.iri, work.kind) != (draft.iri, draft.kind):
            return Outcome(draft.identifier, "conflict", work.working_version, work.identifier)
        held = work.state if work.state in {"suspended", "withdrawn"} else ""
        private_hash = draft.private_hash or _sha256(draft.canonical)
        if private_hash == work.working_hash:
            return Outcome(draft.identifier, "unchanged", work.working_version, held=held)
        self._add(work, draft, private_hash)
        if work.state in {"published", "submitted"}:
            work.state = "draft"
        return Outcome(draft.identifier, "changed", work.working_version, held=held)

    def _add(self, work: Work, draft: NewVersion, private_hash: str) -> None:
        public = None if draft.public in {None, draft.canonical} else draft.public
        public_hash = private_hash if public is None else draft.public_hash or _sha256(public)
        face = Face(private_hash, public_hash, draft.title, draft.keys, draft.edges)
        self._ledger.add_version(work, face, draft.canonical, public)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _conflict(draft: NewVersion, other: str) -> Conflict:
    if other == draft.identifier:
        return Conflict(
            "Record {identifier} exists with another IRI or kind.",
            advice="Give the new record another identifier.",
            identifier=draft.identifier,
        )
    return Conflict("The IRI {iri} belongs to record {other}.", iri=draft.iri, other=other)
