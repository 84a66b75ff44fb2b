"""Load: files become records. Two passes, so that order within a load does not matter and memory stays flat.

The first pass reads and normalises into a spool file in the home; the second gives identities, resolves references,
checks and commits in chunks, the kinds that others refer to first. Same content again writes nothing.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from catalog_service.errors import Conflict, InputError
from catalog_service.i18n import both
from catalog_service.model.kind import title_path
from catalog_service.model.record import Record
from catalog_service.model.report import Finding
from catalog_service.normalise import Normaliser
from catalog_service.operations.intake import Conditions, Intake, with_iri
from catalog_service.operations.publish import publish, run_refresh_jobs
from catalog_service.operations.references import load_order
from catalog_service.operations.spool import Candidate, Spool
from catalog_service.readers import open_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from catalog_service.normalise import Normalised
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.intake import Taken

CHUNK = 250
"""Records a transaction: at most 50 ms, so that a person's save beside it does not wait (architecture, decision 3)."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to load, or bytes with a name."""

    name: str
    data: Path | BinaryIO


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

    @property
    def refused(self) -> int:
        """How many records did not go in."""
        return self.counts["refused"]


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
) -> LoadResult:
    """Read, check and store records; good ones go in, refused ones come back as findings."""
    started = time.perf_counter()
    if kind:
        catalogue.kind(kind)
    result = LoadResult(dry=dry)
    path = catalogue.home / "spool" / f"load-{os.getpid()}-{time.monotonic_ns()}.sqlite"
    titles = {name: title_path(each) for name, each in catalogue.profile.kinds.items()}
    with Spool(path, titles) as spool:
        run = _Load(catalogue, spool, result, progress or _silent)
        run.conditions = conditions or Conditions()
        run.read(sources, kind)
        if not dry and any(spool.kinds().values()):
            with catalogue.store.write(actor=actor, note=note) as writer:
                result.batch = writer.open_batch(", ".join(source.name for source in sources)[:200], note=note)
        run.store(
            Intake(
                catalogue,
                actor,
                dry=dry,
                publish=publishing and not dry,
                batch=result.batch or None,
                spool=spool,
                conditions=run.conditions,
            )
        )
    if result.batch:
        with catalogue.store.write(actor=actor, batch=result.batch) as writer:
            writer.close_batch(result.batch, counts=result.counts)
        run_refresh_jobs(catalogue)
        result.seq = catalogue.store.last_seq()
        if index:
            catalogue.index.bring_to(result.seq)
    result.seconds = time.perf_counter() - started
    return result


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
        self.conditions = Conditions()
        self.columns: dict[tuple[str, str], Mapping[str, str]] = {}
        """File and sheet to the columns of the table there."""

    # first pass

    def read(self, sources: Iterable[Source], kind: str) -> None:
        normaliser = normaliser_of(self.catalogue)
        columns = self.columns
        for source in sources:
            records = open_records(
                source.data,
                name=source.name,
                kind=kind,
                limits=limits_of(self.catalogue),
                kinds=self.catalogue.profile.kinds,
            )
            for item in records:
                if isinstance(item, Finding):
                    self._note(item)
                    continue
                if item.columns:
                    columns.setdefault((item.place.file, item.place.sheet), item.columns)
                self._keep(normaliser.normalise(item), from_rdf=bool(item.triples))
                self.result.counts["read"] += 1
                self.progress("read", 1)

    def _note(self, finding: Finding) -> None:
        self.result.findings.append(finding)
        if finding.severity == "error":
            self.result.counts["refused"] += 1

    def _keep(self, normalised: Normalised, *, from_rdf: bool) -> None:
        candidate = Candidate(
            normalised.record,
            normalised.place,
            normalised.identifier or "",
            tuple(normalised.findings),
            tuple(normalised.references),
            dict(normalised.places),
        )
        if self.conditions.identifier:
            candidate = _renamed(candidate, self.conditions)
        other = self.spool.add(candidate)
        if other is None:
            return
        if from_rdf:
            self.spool.put_back([_merged(other, candidate)])
        else:
            self._double(candidate, other)

    def _double(self, candidate: Candidate, other: Candidate) -> None:
        message = both(
            "The identifier {value} stands twice in what was given.",
            domain="findings",
            value=candidate.identifier or candidate.record.iri,
        )
        advice = both("The first one was taken; give this one its own identifier or delete it.", domain="findings")
        where = other.place.row or other.place.line
        self._note(
            Finding(
                "identifier-twice",
                message,
                advice,
                record=candidate.identifier,
                path="identifier",
                value=str(where),
                constraint="unique",
                place=candidate.place,
            )
        )

    # second pass

    def store(self, intake: Intake) -> None:
        waiting: list[str] = []
        intake.columns = self.columns
        for kind in load_order(self.catalogue.profile.kinds):
            if not self.spool.kinds().get(kind):
                continue
            if self.spool.unnamed(kind):
                self._identify(kind, intake)
            for chunk in self.spool.chunks(kind, CHUNK):
                intake.resolver.forget()
                for taken in intake.take(chunk):
                    self._count(taken)
                    waiting += [taken.identifier] if taken.waiting else []
                self.progress("stored", len(chunk))
        self._publish_waiting(waiting, intake)

    def _identify(self, kind: str, intake: Intake) -> None:
        for chunk in self.spool.chunks(kind, CHUNK):
            for double in self.spool.put_back(intake.identify(chunk)):
                self.spool.remove(double)
                self._double(double, double)
        intake.resolver.forget()

    def _count(self, taken: Taken) -> None:
        counts = self.result.counts
        counts[taken.status] += 1
        counts["published"] += taken.entered
        counts["waiting"] += taken.waiting
        if taken.status == "refused" or len(self.result.findings) < _MOST_FINDINGS:
            self.result.findings += taken.findings
        if len(self.result.taken) < _MOST_TAKEN:
            self.result.taken.append(taken)

    def _publish_waiting(self, waiting: Sequence[str], intake: Intake) -> None:
        """Try once more those whose targets came later in the same load."""
        if not waiting or not intake.publish:
            return
        done = publish(self.catalogue, waiting, actor=intake.actor)
        late = {identifier for identifier, each in done.items() if each.published}
        self.result.counts["published"] += len(late)
        self.result.counts["waiting"] -= len(late)
        self.result.findings = [
            each for each in self.result.findings if not (each.code == "target-not-published" and each.record in late)
        ]


def _renamed(candidate: Candidate, wanted: Conditions) -> Candidate:
    """Return the candidate as the record it is to replace; raises `Conflict` when it says it is another."""
    if candidate.identifier and candidate.identifier != wanted.identifier:
        raise Conflict(
            "The record says it is {other}, not {identifier}.",
            advice="Leave the identifier out, or send it to its own address.",
            other=candidate.identifier,
            identifier=wanted.identifier,
        )
    return with_iri(replace(candidate, identifier=wanted.identifier), wanted.iri)


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


def normaliser_of(catalogue: Catalogue) -> Normaliser:
    """Return the normaliser of a catalogue."""
    import datetime as dt

    profile = catalogue.profile
    return Normaliser(
        profile.kinds,
        profile.vocabularies,
        iri_base=catalogue.iri_base,
        today=dt.datetime.now(dt.UTC).date(),
        limits=limits_of(catalogue),
    )


def limits_of(catalogue: Catalogue) -> dict[str, int]:
    """Return the limits in force by their short names, such as ``record_bytes``."""
    return {
        name.removeprefix("limits."): catalogue.settings.number(name)
        for name in catalogue.settings.values
        if name.startswith("limits.")
    }


def sources_of(paths: Sequence[str]) -> list[Source]:
    """Return the sources that paths name; ``-`` is standard input."""
    import io
    import sys
    from pathlib import Path

    sources = []
    for each in paths:
        if each == "-":
            sources.append(Source("-", io.BytesIO(sys.stdin.buffer.read())))
            continue
        path = Path(each)
        if not path.is_file():
            raise InputError("There is no file {file}.", file=each)
        sources.append(Source(path.name, path))
    return sources
