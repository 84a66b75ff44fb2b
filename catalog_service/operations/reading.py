"""The first pass of a load: bytes become candidates; and what checks them, here or in a sandbox behind one port."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from catalog_service.errors import InputError
from catalog_service.i18n import LANGUAGES, MARKS, both
from catalog_service.model.report import Finding
from catalog_service.normalise import Normaliser
from catalog_service.operations.spool import Candidate
from catalog_service.readers import open_records
from catalog_service.validation.structure import check_structure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import BinaryIO

    from catalog_service.model.kind import Kind
    from catalog_service.model.raw import RawRecord
    from catalog_service.model.record import Record
    from catalog_service.model.terms import Term
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.spool import Packed
    from catalog_service.registry import Profile
    from catalog_service.validation.engines import Validation


@dataclass(frozen=True, slots=True)
class Source:
    """A file to load, or bytes with a name."""

    name: str
    data: Path | BinaryIO
    foreign: bool = False
    """Whether somebody sent it over the network."""


@dataclass(frozen=True, slots=True)
class Read:
    """One record that was read and normalised."""

    candidate: Candidate
    from_rdf: bool
    columns: Mapping[str, str]
    """The columns of the table it stood in, by dotted name."""


class Desk(Protocol):
    """Where foreign content is read and checked."""

    @property
    def position(self) -> int:
        """How many bytes of the files were read so far, where that can be told."""

    def read(self, source: Source, kind: str) -> Iterator[Read | Packed | Finding]:
        """Yield the records of a source, and findings on what in it is none; packed ones are of RDF."""

    def check(self, records: Sequence[Record], linked: Mapping[Term, str]) -> Mapping[str, list[Finding]]:
        """Return the findings by the records' IRIs; ``linked`` gives the class IRI of records that are named."""


class OwnDesk:
    """Reads and checks in this process."""

    def __init__(self, profile: Profile, iri_base: str, limits: Mapping[str, int], validation: Validation) -> None:
        today = dt.datetime.now(dt.UTC).date()
        self._kinds = profile.kinds
        self._limits = limits
        self._normaliser = Normaliser(
            profile.kinds, profile.vocabularies, iri_base=iri_base, today=today, limits=limits
        )
        self.check = validation.check
        self.position = 0

    def read(self, source: Source, kind: str) -> Iterator[Read | Finding]:
        """Yield the records of a source, and findings on what in it is none."""
        for raw in self.raw(source, kind):
            yield raw if isinstance(raw, Finding) else self.normalised(raw)

    def raw(self, source: Source, kind: str) -> Iterator[RawRecord | Finding]:
        """Yield the records of a source as they stand there, and findings on what in it is none."""
        before = self.position
        with source.data.open("rb") if isinstance(source.data, Path) else nullcontext(source.data) as data:
            for raw in open_records(data, name=source.name, kind=kind, limits=self._limits, kinds=self._kinds):
                if not isinstance(raw, Finding):
                    self.position = before + data.tell()
                yield raw

    def normalised(self, raw: RawRecord) -> Read:
        """Return a raw record in canonical values."""
        done = self._normaliser.normalise(raw)
        candidate = Candidate(
            done.record,
            done.place,
            done.identifier or "",
            (*_about_form(raw, self._kinds[raw.kind]), *done.findings),
            tuple(done.references),
            dict(done.places),
        )
        return Read(candidate, bool(raw.triples), raw.columns)


def _about_form(raw: RawRecord, kind: Kind) -> list[Finding]:
    """Return what is wrong with the form of a record in plain JSON, each at the line where it was left out."""
    if raw.payload is None:
        return []
    found = []
    places = list(raw.left_out)
    for finding in check_structure(raw.payload, kind):
        named = (finding.value, finding.path)
        at = next((number for number, (name, _) in enumerate(places) if name in named), None)
        found.append(finding.at(raw.place if at is None else places.pop(at)[1]))
    return found


def limits_of(catalogue: Catalogue) -> dict[str, int]:
    """Return the limits in force by their short names, such as ``record_bytes``."""
    return {
        name.removeprefix("limits."): catalogue.settings.number(name)
        for name in catalogue.settings.values
        if name.startswith("limits.")
    }


def nothing_read(sources: Sequence[Source]) -> Finding:
    """Return the finding on files of which nothing could be read as a record."""
    names = {lang: MARKS[lang].join(source.name for source in sources)[:200] for lang in LANGUAGES}
    return Finding(
        "no-record",
        both("Nothing in {file} can be read as a record.", domain="findings", file=names),
        both("Compare it with `kebao template KIND -o FILE.xlsx`, or name the kind with --kind.", domain="findings"),
        severity="error",
        constraint="no-record",
    )


def sources_of(paths: Sequence[str]) -> list[Source]:
    """Return the sources that paths name; ``-`` is standard input."""
    import io
    import sys

    sources = []
    for each in paths:
        if each == "-":
            sources.append(Source("-", io.BytesIO(sys.stdin.buffer.read())))
            continue
        path = Path(each)
        if path.is_dir():
            raise InputError("{file} is a folder.", advice="Name the files in it.", file=each)
        if not path.exists():
            raise InputError("There is no file {file}.", file=each)
        # A pipe or device can be read once only and has no size: it is taken in whole, as standard input is.
        sources.append(Source(path.name, path if path.is_file() else io.BytesIO(path.read_bytes())))
    return sources
