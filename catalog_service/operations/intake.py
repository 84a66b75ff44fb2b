"""The door every record comes in by, one or a hundred thousand: resolve, fill, check, store, publish."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from catalog_service.model import terms
from catalog_service.model.record import best_text, content_hash
from catalog_service.operations.ahead import Begun
from catalog_service.operations.filling import fill
from catalog_service.operations.identities import credit_codes, given, here, identified, recognised
from catalog_service.operations.linked import Linked, Shown
from catalog_service.operations.outgoing import as_if_published
from catalog_service.operations.placing import (
    code_twice,
    conflict,
    doubled,
    held_back,
    named_twice,
    placed,
    without_echoes,
)
from catalog_service.operations.publish import BY_COMMAND, Publishing, publish_in
from catalog_service.operations.references import (
    Resolver,
    ambiguous,
    edges_of,
    keys_of,
    match_keys,
    not_found,
    public_form,
    replace_reference,
    titles_of,
)
from catalog_service.operations.refused import Refused
from catalog_service.operations.shortened import tell_shortened
from catalog_service.operations.spool import with_iri
from catalog_service.operations.taken import Answered, Conditions, Taken, counted, exists_already, must_have
from catalog_service.store.rows import NewVersion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalog_service.model.record import Record
    from catalog_service.model.report import Finding
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.placing import Columns
    from catalog_service.operations.reading import Desk
    from catalog_service.operations.spool import Candidate, Spool
    from catalog_service.operations.taken import OwnBatch, Status
    from catalog_service.store import Writer

TURN = 0.05
"""Seconds after which somebody else may write (architecture, decision 3)."""

_MOST_PARTS = 10

_UNPUBLISHED = Publishing(published=False)


@dataclass(slots=True)
class Intake:
    """One load or save. ``dry`` stores nothing, ``publish`` publishes what conforms."""

    catalogue: Catalogue
    actor: str
    dry: bool = False
    publish: bool = False
    way: str = BY_COMMAND
    """How advice says that a record can be published later."""
    batch: int | None = None
    own_batch: OwnBatch | None = None
    spool: Spool | None = None
    desk: Desk | None = None
    """Where shapes are checked; in this process if nothing else is said."""
    conditions: Conditions = field(default_factory=Conditions)
    resolver: Resolver = field(init=False)
    last_seq: int = 0
    dry_numbers: int = 0
    commits: int = 0
    ahead: dict[int, Begun] = field(default_factory=dict)
    """Chunks whose check has begun, by the number of their first candidate."""
    aliases: dict[str, str] = field(default_factory=dict)
    """IRIs that were given to records which turned out to be known, and what they are."""
    columns: Columns = field(default_factory=dict)
    """File and sheet to the columns of the table there, by dotted name: where what is missing should stand."""
    refused: Refused = field(default_factory=Refused)
    shown: Shown = field(default_factory=dict)
    pace: float = 0.0
    """Seconds that others had to wait for each record of the last transactions."""

    def __post_init__(self) -> None:
        self.resolver = Resolver(self.catalogue.store, self.catalogue.profile.kinds, self.spool)

    # identity: a record without identifier is matched by name and provider, else it gets a new one

    def identify(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Give every candidate the identity it had before, or a new one."""
        kinds, iri_base = self.catalogue.profile.kinds, self.catalogue.iri_base
        resolved = [self._resolve(each, quiet=True) for each in candidates]
        nameless = [each for each in resolved if not each.identifier]
        known = recognised(self.catalogue, nameless)
        fresh = [each for each in nameless if each.number not in known]
        minted = {each.number: own for each in fresh if (own := given(each, kinds[each.record.kind]))}
        fresh = [each for each in fresh if each.number not in minted]
        minted |= zip((each.number for each in fresh), self._mint(len(fresh)), strict=True)
        return [
            identified(each, kinds[each.record.kind], known.get(each.number), minted.get(each.number, ""), iri_base)
            for each in resolved
        ]

    def _mint(self, count: int) -> list[str]:
        prefix = self.catalogue.settings.text("catalogue.id_prefix")
        if not count:
            return []
        if self.dry:
            self.dry_numbers += count
            return [f"{prefix}-NEW{self.dry_numbers - count + each:06d}" for each in range(1, count + 1)]
        with self.catalogue.store.write(actor=self.actor, batch=self.batch) as writer:
            return writer.mint_many(prefix, count)

    # references

    def _resolve(self, candidate: Candidate, *, quiet: bool) -> Candidate:
        """Return the candidate with its references turned into IRIs; unresolved ones become findings unless quiet."""
        if not candidate.references:
            return candidate
        record, left, findings = candidate.record, [], list(candidate.findings)
        kind = self.catalogue.profile.kinds[record.kind]
        for reference in candidate.references:
            each = kind.field(reference.path)
            targets = self.resolver.targets(reference.text, each.classes if each else ())
            found = list(dict.fromkeys(self.aliases.get(iri, iri) for _, iri in targets))
            if len(found) == 1:
                new = terms.iri(found[0])
                if new != reference.term:
                    record = replace_reference(record, reference.node, reference.predicate, reference.term, new)
                if quiet:  # what it names may itself get another identity until it is stored
                    left.append(replace(reference, term=new))
                continue
            left.append(reference)
            if quiet:
                continue
            label = each.labels if each else {}
            if found:
                finding = ambiguous(label, reference.text, [iri.rsplit("/", 1)[-1] for iri in found])
            else:
                near = self.resolver.nearest(reference.text, each.classes if each else ())
                finding = not_found(label, reference.text, *near)
            findings.append(replace(finding, path=reference.path, place=reference.place, record=candidate.identifier))
        return replace(candidate, record=record, references=tuple(left), findings=tuple(findings))

    # checking and storing

    def begin(self, candidates: Sequence[Candidate]) -> Begun:
        """Resolve and fill candidates and have them checked; a sandbox may still be at it when this returns."""
        self.resolver.prefetch(reference.text for each in candidates for reference in each.references)
        bare = [self._resolve(each, quiet=False) for each in candidates]
        filled = self._fill(bare)
        linked = self.resolver.classes(each.record for each in filled)
        check = self.desk.check if self.desk else self.catalogue.validation.check
        found = check(as_if_published(each.record for each in filled), linked)
        return Begun(bare, filled, found, self.commits)

    def take(self, candidates: Sequence[Candidate]) -> list[Taken]:
        """Check candidates that have an identity and store the good ones, in one transaction if that is quick."""
        begun = self.ahead.pop(candidates[0].number, None)
        if begun is None or (begun.commits != self.commits and (self.aliases or begun.unresolved)):
            self.resolver.forget()  # what was stored since may be what they refer to
            begun = self.begin(candidates)
        findings = self._findings(begun.filled, begun.findings)
        store, kinds = self.catalogue.store, self.catalogue.profile.kinds
        self.refused.tell(store, kinds, begun.filled, findings, self.columns)
        tell_shortened(self.catalogue, begun.filled, findings)
        good = [each for each in begun.filled if not _errors(findings[each.number])]
        minted = {each.number: each for each in begun.bare if each.minted}
        outcomes: dict[int, Taken] = {}
        for some in () if self.dry else self._turns(good):
            outcomes |= self._store(some, findings, minted)
        taken = [outcomes.get(each.number) or self._untouched(each, findings[each.number]) for each in begun.filled]
        self.refused.note(store, taken)
        return taken

    def _turns(self, candidates: Sequence[Candidate]) -> Iterator[Sequence[Candidate]]:
        """Yield the candidates in parts that take `TURN` at the speed of the last ones: others want to save as well."""
        parts = min(_MOST_PARTS, max(1, round(len(candidates) * self.pace / TURN)))
        size = -(-len(candidates) // parts)
        for start in range(0, len(candidates), size or 1):
            yield candidates[start : start + size]

    def _untouched(self, candidate: Candidate, findings: Sequence[Finding]) -> Taken:
        status: Status = "refused" if _errors(findings) else "checked"
        title, line = self._title(candidate.record), candidate.place.beginning
        return Taken(status, candidate.record.iri, candidate.identifier, title, tuple(findings), line=line)

    def _title(self, record: Record) -> str:
        return best_text(titles_of(record, self.catalogue.profile.kinds[record.kind]), "zh")

    def _fill(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        whole = bool(self.conditions.identifier)
        return fill(self.catalogue.store, self.catalogue.profile.kinds, candidates, whole=whole)

    def _findings(
        self, candidates: Sequence[Candidate], by_iri: Mapping[str, list[Finding]]
    ) -> dict[int, list[Finding]]:
        """Return all findings on candidates, each at the place its value came from."""
        unique = self._unique(candidates)
        found = {}
        for each in candidates:
            own = [replace(finding, record=finding.record or each.identifier) for finding in each.findings]
            if said := by_iri[each.record.iri]:
                kind = self.catalogue.profile.kinds[each.record.kind]
                own += [placed(one, each, kind, self.columns) for one in without_echoes(said, each.findings)]
            found[each.number] = own + unique.get(each.number, [])
        return found

    def _unique(self, candidates: Sequence[Candidate]) -> dict[int, list[Finding]]:
        """Return findings on credit codes that another record has already, in the store or before it here."""
        codes = {each.number: own for each in candidates if (own := credit_codes(each.record))}
        if not codes:
            return {}
        taken = self.catalogue.store.by_keys("uscc", sorted({code for each in codes.values() for code in each}))
        found: dict[int, list[Finding]] = {}
        first: dict[str, int] = {}
        for each in candidates:
            for code in codes.get(each.number, ()):
                others = [
                    row for row in taken.get(code, ()) if row.identifier != each.identifier and row.state != "withdrawn"
                ]
                kind = self.catalogue.profile.kinds[each.record.kind]
                if others:
                    finding = placed(doubled(code, others[0], each, kind), each, kind, self.columns)
                    found.setdefault(each.number, []).append(finding)
                elif first.setdefault(code, each.number) != each.number:
                    found.setdefault(each.number, []).append(code_twice(each, code, kind, self.columns))
        return found

    def _known_by_now(
        self, writer: Writer, candidates: Sequence[Candidate], bare: Mapping[int, Candidate]
    ) -> tuple[list[Candidate], list[Candidate]]:
        """Return the candidates and apart from them those that the same load has given before.

        One that another load stored since identities were given becomes that record; nobody can from here on.
        """
        kinds = self.catalogue.profile.kinds
        fresh = [bare[each.number] for each in candidates if each.number in bare]
        wanted = {each.number: match_keys(each.record, kinds[each.record.kind]) for each in fresh}
        found = writer.by_keys("match", sorted({key for keys in wanted.values() for key in keys})) if wanted else {}
        first: dict[tuple[str, str], int] = {}
        kept, doubles = [], []
        for each in candidates:
            keys = wanted.get(each.number, [])
            row = next(iter(here(found, keys, each.record.kind)), None)
            if any(first.setdefault((each.record.kind, key), each.number) != each.number for key in keys):
                doubles.append(each)
            elif row is None or row.identifier == each.identifier:
                kept.append(each)
            elif row.batch == self.batch:
                doubles.append(each)
            else:
                self.aliases[each.record.iri] = row.iri
                known = replace(bare[each.number], identifier=row.identifier, minted=False)
                kept += self._fill([with_iri(known, row.iri)])
        return kept, doubles

    def _store(
        self,
        candidates: Sequence[Candidate],
        findings: Mapping[int, Sequence[Finding]],
        bare: Mapping[int, Candidate],
    ) -> dict[int, Taken]:
        """Store good candidates; ``bare`` are those with a new identity, as they were before they were filled."""
        made = {each.number: self._version(each) for each in candidates}  # before others have to wait for us
        with self.catalogue.store.write(actor=self.actor, batch=self.batch) as writer:
            began = time.perf_counter()
            self._give_again(writer)
            self._check_version(writer)
            if not self.catalogue.base_frozen:
                writer.freeze_iri_base(self.catalogue.iri_base)
            if self.own_batch:
                self.batch = writer.open_batch(self.own_batch.label, self.own_batch.note)
            kept, doubles = self._known_by_now(writer, candidates, bare)
            versions = [
                made[each.number] if made[each.number].identifier == each.identifier else self._version(each)
                for each in kept
            ]
            taken = self._put(writer, kept, versions, findings)
            for each in doubles:
                title = made[each.number].title
                kind = self.catalogue.profile.kinds[each.record.kind]
                own = (*findings[each.number], named_twice(each, title, kind, self.columns))
                line = each.place.beginning
                taken[each.number] = Taken("refused", each.record.iri, each.identifier, title, own, line=line)
            self._remember(writer, list(taken.values()))
            if self.own_batch and self.batch:
                writer.close_batch(self.batch, counts=counted(self.own_batch.counts, taken.values()))
        self.catalogue.base_frozen = True
        self.commits += 1
        self.pace = (self.pace + (time.perf_counter() - began) / len(candidates)) / 2
        return taken

    def _put(
        self,
        writer: Writer,
        candidates: Sequence[Candidate],
        versions: Sequence[NewVersion],
        findings: Mapping[int, Sequence[Finding]],
    ) -> dict[int, Taken]:
        """Put in what candidates hold and publish it, where that is asked for."""
        pairs = [(each.identifier, each.record) for each in candidates]
        linked = Linked(self.catalogue, writer, pairs, self.shown) if self.publish else None
        outcomes = writer.put_many(versions)
        for outcome in outcomes if self.conditions.fresh else ():
            if outcome.status == "changed":
                raise exists_already(outcome.identifier)
        stored = {
            identifier: record
            for (identifier, record), outcome in zip(pairs, outcomes, strict=True)
            if outcome.status != "conflict" and not outcome.held
        }
        done = publish_in(self.catalogue, writer, stored, linked, self.way) if linked else {}
        taken: dict[int, Taken] = {}
        for each, version, outcome in zip(candidates, versions, outcomes, strict=True):
            own, line = tuple(findings[each.number]), each.place.beginning
            if outcome.status == "conflict":
                own = (*own, conflict(each, writer.rows([outcome.other]).get(outcome.other)))
                taken[each.number] = Taken("refused", each.record.iri, each.identifier, version.title, own, line=line)
                continue
            if outcome.held and linked:
                own = (*own, held_back(each, outcome.held, self.way.format(identifier=each.identifier)))
            end = done.get(each.identifier, _UNPUBLISHED)
            own += tuple(replace(one, record=each.identifier, place=each.place) for one in end.findings)
            taken[each.number] = Taken(
                outcome.status, each.record.iri, each.identifier, version.title, own, outcome.version,
                end.published, end.seq > 0, end.waiting, line,
            )  # fmt: skip
            self.last_seq = max(self.last_seq, end.seq)
        return taken

    def _check_version(self, writer: Writer) -> None:
        """Raise `VersionConflict` when somebody saved the record in between; nobody can from here to the commit."""
        row = writer.get(self.conditions.identifier) if self.conditions.identifier else None
        if row is not None:
            must_have(row, self.conditions.version)

    def _give_again(self, writer: Writer) -> None:
        """Raise `Answered` when the same request, sent at the same time, was the first to come here."""
        wanted = self.conditions
        if wanted.key and self.own_batch and (kept := writer.replay(wanted.key, wanted.digest)) is not None:
            raise Answered(kept)

    def _remember(self, writer: Writer, taken: Sequence[Taken]) -> None:
        """Keep the answer under its key, in the same transaction as the record."""
        wanted = self.conditions
        if wanted.key and wanted.answer and self.own_batch and taken[0].status != "refused":
            writer.remember(wanted.key, wanted.digest, wanted.answer(taken[0], writer.seq))

    def _version(self, candidate: Candidate) -> NewVersion:
        record = candidate.record
        kind = self.catalogue.profile.kinds[record.kind]
        form, titles = record.canonical(), titles_of(record, kind)
        return NewVersion(
            identifier=candidate.identifier,
            iri=record.iri,
            kind=record.kind,
            canonical=form,
            private_hash=content_hash(form),
            public=public_form(record, kind, form),
            title=best_text(titles, "zh"),
            keys=keys_of(record, kind, titles),
            edges=edges_of(record, kind),
        )


def _errors(findings: Sequence[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)
