"""Load: files become records. Two passes, so that order within a load does not matter and memory stays flat.

The first pass reads and normalises into a spool file in the home; the second gives identities, resolves references,
checks and commits in chunks, the kinds that others refer to first. Same content again writes nothing.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from catalog_service.errors import IndexUnavailable, TooLarge
from catalog_service.i18n import both
from catalog_service.model.record import Record
from catalog_service.model.report import Finding
from catalog_service.operations.ahead import one_ahead
from catalog_service.operations.beside import Beside
from catalog_service.operations.collecting import rare_collections
from catalog_service.operations.intake import Intake
from catalog_service.operations.placing import given_twice, same_again
from catalog_service.operations.publish import BY_COMMAND, publish, run_refresh_jobs
from catalog_service.operations.reading import OwnDesk, Source, limits_of, sources_of
from catalog_service.operations.references import load_order
from catalog_service.operations.refused import Refused, mend_first
from catalog_service.operations.resume import as_first_taken, spool_of
from catalog_service.operations.sandbox import must_be_isolated
from catalog_service.operations.sharing import SharedDesk
from catalog_service.operations.spool import whole
from catalog_service.operations.taken import Conditions, OwnBatch, counted, must_be_one, renamed

__all__ = ["CHUNK", "COUNTED", "LoadResult", "Source", "limits_of", "load", "sources_of"]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.reading import Desk
    from catalog_service.operations.spool import Candidate, Packed, Spool
    from catalog_service.operations.taken import Taken

CHUNK = 250
"""Records taken at once: one transaction of some 50 ms where nothing else keeps the machine busy, else several."""


COUNTED = ("read", "created", "changed", "unchanged", "checked", "refused", "published", "waiting")
"""What a load counts."""


@dataclass(slots=True)
class LoadResult:
    """What a load did."""

    batch: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    findings: list[Finding] = field(default_factory=list)
    """Of refused records all, of stored ones the first thousand."""
    taken: list[Taken] = field(default_factory=list)
    """The first ten thousand records and what became of them."""
    seq: int = 0
    seconds: float = 0.0
    dry: bool = False
    behind: bool = False
    """Whether the index does not show the load yet."""

    @property
    def refused(self) -> int:
        """How many records did not go in."""
        return self.counts["refused"]


_RECORD = 3_000
_MOST_FINDINGS = 1000
_MOST_TAKEN = 10_000


def load(
    catalogue: Catalogue,
    sources: Sequence[Source],
    *,
    actor: str,
    kind: str = "",
    dry: bool = False,
    publishing: bool = False,
    note: str = "",
    progress: Callable[[str, int], None] | None = None,
    index: bool = True,
    conditions: Conditions | None = None,
    way: str = BY_COMMAND,
    isolated: bool = False,
    resumable: bool = False,
    resume: bool = False,
) -> LoadResult:
    """Read, check and store records; good ones go in, refused ones come back as findings.

    ``isolated`` reads all sources in a sandbox; ``resumable`` keeps what was read of files until all of it is stored,
    ``resume`` goes on with what an earlier load of the same files kept. ``way`` is how advice says publishing.
    """
    started = time.perf_counter()
    if kind:
        catalogue.kind(kind)
    result = LoadResult(dry=dry)
    kept = resumable and not dry
    with (
        rare_collections(),
        ExitStack() as stack,
        spool_of(catalogue, sources, kind, publishing=publishing, keep=kept, resume=resume) as (spool, old),
        Beside(catalogue, wanted=publishing and index and not dry and _may_have_two(catalogue)) as beside,
    ):
        run = _Load(catalogue, spool, result, progress or _silent)
        run.conditions, run.beside = conditions, beside
        desk = _desk(catalogue, sources, stack, beside, isolated=isolated)
        beside.consider(_at_least(sources))
        run.gather(sources, kind, desk, resumed=old)
        if conditions:
            must_be_one(run.given, result.findings)
        intake = Intake(catalogue, actor, dry=dry, publish=publishing and not dry, way=way, spool=spool, desk=desk)
        if not dry:
            run.open_batch(intake, ", ".join(source.name for source in sources)[:200], note, resumed=old)
        run.store(intake)
        if result.batch:
            _close_batch(catalogue, actor, result)
        result.batch = intake.batch or 0
        spool.finish()
    if result.batch:
        _follow_up(catalogue, result, index=index, reached=beside.reached)
    result.seconds = time.perf_counter() - started
    return result


def _follow_up(catalogue: Catalogue, result: LoadResult, *, index: bool, reached: int) -> None:
    """Refresh what shows values of what was loaded, and bring the index to it; it has ``reached`` a change already."""
    run_refresh_jobs(catalogue)
    result.seq = catalogue.store.last_seq()
    if index and reached < result.seq and not _indexed(catalogue, result.seq):
        result.behind = True
        result.findings.append(_index_behind())


def _indexed(catalogue: Catalogue, seq: int) -> bool:
    """Bring the index to a change; a search engine that does not answer makes no load fail."""
    try:
        return catalogue.index.bring_to(seq)
    except IndexUnavailable:
        return False


def _index_behind() -> Finding:
    return Finding(
        "index-behind",
        both("The records are stored, but the search index does not show them yet.", domain="findings"),
        both(
            "`kebao index status` tells how far it is; it catches up as soon as it can be written.", domain="findings"
        ),
        severity="warning",
        constraint="index",
    )


def _desk(catalogue: Catalogue, sources: Sequence[Source], stack: ExitStack, beside: Beside, *, isolated: bool) -> Desk:
    """Return where the sources are read and checked: a sandbox if they are foreign and large."""
    wanted = isolated or any(must_be_isolated(each) for each in sources)
    if isolated or (wanted and catalogue.settings.text("sandbox.enabled") == "on"):
        return stack.enter_context(catalogue.sandbox.open(sources))
    own = OwnDesk(catalogue.profile, catalogue.iri_base, limits_of(catalogue), catalogue.validation)
    return SharedDesk(own, beside)


def _may_have_two(catalogue: Catalogue) -> bool:
    return catalogue.settings.text("load.second_process") == "on"


def _at_least(sources: Sequence[Source]) -> int:
    """Return how many full records files hold at least, by their size: one is three kilobytes of Turtle."""
    sizes = [source.data.stat().st_size for source in sources if isinstance(source.data, Path) and source.data.exists()]
    return sum(sizes) // _RECORD


def _open_batch(catalogue: Catalogue, actor: str, label: str, note: str, *, resumed: bool) -> int:
    """Open a batch; a resumed load takes the one it opened just before it was broken off, if it did."""
    last = next(iter(catalogue.store.batches(1)), None) if resumed else None
    if (
        last
        and (last.label, last.actor, last.closed) == (label, actor, None)
        and not catalogue.store.batch_items(last.id)
    ):
        return last.id
    with catalogue.store.write(actor=actor, note=note) as writer:
        return writer.open_batch(label, note=note)


def _close_batch(catalogue: Catalogue, actor: str, result: LoadResult) -> None:
    with catalogue.store.write(actor=actor, batch=result.batch) as writer:
        writer.close_batch(result.batch, counts=result.counts)


def _silent(_what: str, _count: int) -> None:
    return None


class _Load:
    def __init__(
        self, catalogue: Catalogue, spool: Spool, result: LoadResult, progress: Callable[[str, int], None]
    ) -> None:
        self.catalogue = catalogue
        self.spool = spool
        self.result = result
        self.progress = progress
        self.conditions: Conditions | None = None
        self.beside: Beside | None = None
        self.columns: dict[tuple[str, str], Mapping[str, str]] = {}
        """File and sheet to the columns of the table there."""
        self.waiting: list[str] = []
        self.refused = Refused()
        self.resumed = False
        """Whether the next chunk may have been stored by a process that did not come to say so."""
        self.done: dict[str, int] = {}
        """Of each kind, up to which number its candidates are stored."""
        self._saved = (0, 0, 0)
        self._named: set[str] = set()

    @property
    def given(self) -> int:
        """How many records a single save was given; RDF may tell of one in pieces, under one IRI."""
        doubles = sum(each.code == "identifier-twice" for each in self.result.findings)
        return max(len(self._named), sum(self.spool.kinds().values()) + doubles)

    # going on after a kill

    def save_step(self, kind: str = "", last: int = 0) -> None:
        """Keep how far it is, and what came of it since the last step."""
        result, (findings, taken, waiting) = self.result, self._saved
        new = (result.findings[findings:], result.taken[taken:], self.waiting[waiting:])
        self.spool.save_step(kind, last, (result.batch, dict(result.counts), self.columns, new, self.refused.fresh()))
        self._saved = (len(result.findings), len(result.taken), len(self.waiting))

    def go_on(self) -> None:
        """Be where the load of an earlier process was after its last step."""
        result = self.result
        for kind, last, (batch, counts, columns, new, refused) in self.spool.steps():
            self.done[kind] = last
            result.batch, result.counts = batch, counts
            self.columns |= columns
            self.refused.add(refused)
            result.findings += new[0]
            result.taken += new[1]
            self.waiting += new[2]
        self._saved = (len(result.findings), len(result.taken), len(self.waiting))
        if self.beside is not None:
            self.beside.consider(result.counts["read"])
        self.progress("read", result.counts["read"])
        self.progress("stored", self.spool.stored())

    # first pass

    def gather(self, sources: Iterable[Source], kind: str, desk: Desk, *, resumed: bool) -> None:
        """Have everything in the spool: as it was left, or read now."""
        if resumed:
            self.go_on()
            self.resumed = True
            return
        self.read(sources, kind, desk)
        self.spool.complete()
        self.save_step()

    def read(self, sources: Iterable[Source], kind: str, desk: Desk) -> None:
        most, position = self.catalogue.settings.number("limits.upload_records"), 0
        for source in sources:
            for item in desk.read(source, kind):
                if isinstance(item, Finding):
                    self._note(item)
                    continue
                if isinstance(item, tuple):
                    self._keep(item, from_rdf=True)
                else:
                    place = item.candidate.place
                    if item.columns:
                        self.columns.setdefault((place.file, place.sheet), item.columns)
                    self._keep(item.candidate, from_rdf=item.from_rdf)
                self.result.counts["read"] += 1
                if source.foreign and self.result.counts["read"] > most:
                    raise TooLarge("{file} holds more than {most} records.", file=source.name, most=most)
                self.progress("bytes", desk.position - position)
                position = desk.position
                self.progress("read", 1)
                if self.beside is not None:
                    self.beside.consider(self.result.counts["read"])

    def _note(self, finding: Finding) -> None:
        self.result.findings.append(finding)
        if finding.severity == "error":
            self.result.counts["refused"] += 1
            self.progress("refused", 1)

    def _keep(self, found: Candidate | Packed, *, from_rdf: bool) -> None:
        if self.conditions:
            self._named.add(whole(found).record.iri)
        if self.conditions and self.conditions.identifier:
            found = renamed(whole(found), self.conditions)
        other = self.spool.add(found)
        if other is None:
            return
        candidate = whole(found)
        if from_rdf:
            self.spool.put_back([_merged(other, candidate)])
        else:
            self._note(given_twice(candidate, other))

    # second pass

    def open_batch(self, intake: Intake, label: str, note: str, *, resumed: bool) -> None:
        """Have a batch to store in; that of a single save is opened by the transaction that stores it."""
        records = sum(self.spool.kinds().values())
        if self.conditions and records == 1:
            intake.own_batch = OwnBatch(label, note, self.result.counts)
        elif records and not self.result.batch:
            self.result.batch = _open_batch(self.catalogue, intake.actor, label, note, resumed=resumed)
            self.save_step()
        intake.batch = self.result.batch or None

    def store(self, intake: Intake) -> None:
        intake.columns, intake.refused = self.columns, self.refused
        intake.conditions = self.conditions or Conditions()
        kinds = [kind for kind in load_order(self.catalogue.profile.kinds) if self.spool.kinds().get(kind)]
        for kind in kinds:  # all of them, before anything is stored that may name one
            if self.spool.unnamed(kind):
                self._identify(kind, intake)
        for kind in kinds:
            for chunk in one_ahead(intake, self.spool.chunks(kind, CHUNK, self.done.get(kind, 0))):
                taken = intake.take(chunk)
                if self.resumed and self.result.batch:
                    taken = [as_first_taken(self.catalogue.store, self.result.batch, each) for each in taken]
                self.resumed = False
                self.result.counts = counted(self.result.counts, taken)
                self.waiting += [each.identifier for each in taken if each.waiting]
                for each in taken:
                    self._keep_taken(each)
                self.progress("stored", len(chunk))
                self.save_step(kind, chunk[-1].number)
                if self.beside is not None:
                    self.beside.hand_on(intake.last_seq)
        self._publish_waiting(self.waiting, intake)

    def _identify(self, kind: str, intake: Intake) -> None:
        for chunk in self.spool.chunks(kind, CHUNK):
            for double in self.spool.put_back(intake.identify(chunk)):
                self.spool.remove(double)
                other, own = self.spool.holder(double.record.iri), self.catalogue.profile.kinds[kind]
                self._note(same_again(double, other, own, self.columns))
            self.save_step()
        intake.resolver.forget_all()

    def _keep_taken(self, taken: Taken) -> None:
        if taken.status == "refused":
            self.progress("refused", 1)
        if taken.status == "refused" or len(self.result.findings) < _MOST_FINDINGS:
            self.result.findings += taken.findings
        if len(self.result.taken) < _MOST_TAKEN:
            self.result.taken.append(taken)

    def _publish_waiting(self, waiting: Sequence[str], intake: Intake) -> None:
        """Try once more those whose targets came later in the same load; tell which wait for a refused one."""
        if not waiting or not intake.publish:
            return
        done = publish(self.catalogue, waiting, actor=intake.actor)
        late = {identifier for identifier, each in done.items() if each.published}
        self.result.counts["published"] += len(late)
        self.result.counts["waiting"] -= len(late)
        self.result.findings = [
            replace(each, suggestion=mend_first()) if each.value in self.refused.titles else each
            for each in self.result.findings
            if each.code == "target-not-published" and each.record not in late
        ] + [each for each in self.result.findings if each.code != "target-not-published"]


def _merged(first: Candidate, second: Candidate) -> Candidate:
    """Return one candidate of two pieces of a record that an RDF file holds apart."""
    nodes = {node: {name: list(values) for name, values in own.items()} for node, own in first.record.nodes.items()}
    for subject, predicate, term in second.record.triples():
        values = nodes.setdefault(subject, {}).setdefault(predicate, [])
        if term not in values:
            values.append(term)
    return replace(
        first,
        record=Record(first.record.iri, first.record.kind, nodes),
        identifier=first.identifier or second.identifier,
        findings=first.findings + second.findings,
        references=first.references + second.references,
        places={**(second.places or {}), **(first.places or {})},
    )
