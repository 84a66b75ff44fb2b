"""One small record that somebody wants checked while they type: as a load would, without a load's machinery."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from catalog_service.model import terms
from catalog_service.model.report import Finding
from catalog_service.operations.intake import Intake
from catalog_service.operations.load import LoadResult, limits_of
from catalog_service.operations.reading import OwnDesk, Read
from catalog_service.operations.references import fold, titles_of
from catalog_service.operations.sandbox import must_be_isolated
from catalog_service.operations.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog_service.model.kind import Kind
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.operations.reading import Source
    from catalog_service.operations.spool import Candidate

_DESKS: WeakKeyDictionary[Catalogue, tuple[dt.date, OwnDesk]] = WeakKeyDictionary()
"""Where each catalogue reads today."""


def check_alone(catalogue: Catalogue, sources: Sequence[Source], kind: str) -> LoadResult | None:
    """Return what a dry load of one record would say; None if something else was given than one small record."""
    if len(sources) != 1 or isinstance(sources[0].data, Path) or must_be_isolated(sources[0]):
        return None
    if kind:
        catalogue.kind(kind)
    result, desk = LoadResult(dry=True), _desk(catalogue)
    found: list[Read] = []
    for item in desk.read(sources[0], kind):
        if isinstance(item, Finding):
            result.findings.append(item)
        elif found:
            sources[0].data.seek(0)
            return None
        else:
            found.append(item)
    for read in found:
        _check(catalogue, read, desk, result)
    return result


def _desk(catalogue: Catalogue) -> OwnDesk:
    today = dt.datetime.now(dt.UTC).date()
    day, desk = _DESKS.get(catalogue, (None, None))
    if desk is None or day != today:
        desk = OwnDesk(catalogue.profile, catalogue.iri_base, limits_of(catalogue), catalogue.validation)
        _DESKS[catalogue] = today, desk
    return desk


def _check(catalogue: Catalogue, read: Read, desk: OwnDesk, result: LoadResult) -> None:
    candidate = read.candidate
    spool = _OnlyOne(candidate, catalogue.profile.kinds[candidate.record.kind])
    intake = Intake(catalogue, "validate", dry=True, desk=desk, spool=spool)
    intake.columns = {(candidate.place.file, candidate.place.sheet): read.columns} if read.columns else {}
    if not candidate.identifier:
        (spool.candidate,) = intake.identify([candidate])
        intake.resolver.forget_all()
    result.taken = intake.take([spool.candidate])
    result.findings += result.taken[0].findings
    result.counts["read"] = 1


class _OnlyOne(Spool):
    """What a spool with one candidate finds, so that a record which names itself is found."""

    def __init__(self, candidate: Candidate, kind: Kind) -> None:
        self.candidate = candidate
        self._kind = kind

    def find(self, value: str) -> list[tuple[str, str]]:
        """Return kind and IRI of the candidate if this is its IRI or identifier."""
        names = (self.candidate.record.iri, self.candidate.identifier)
        return [self._target()] if value == names[0] or value.upper() == names[1] else []

    def find_name(self, value: str) -> list[tuple[str, str]]:
        """Return kind and IRI of the candidate if this is its folded name."""
        return [self._target()] if value in self._own_titles() else []

    def names(self, text: str) -> list[tuple[str, str]]:
        """Return the folded names of the candidate that begin or end as a text does, with its kind."""
        name = fold(text)
        return [(own, self._kind.name) for own in self._own_titles() if own[:2] == name[:2] or own[-2:] == name[-2:]]

    def _own_titles(self) -> list[str]:
        return [fold(terms.value(term)) for term in titles_of(self.candidate.record, self._kind)]

    def _target(self) -> tuple[str, str]:
        return self._kind.name, self.candidate.record.iri
