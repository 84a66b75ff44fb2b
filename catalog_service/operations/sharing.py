"""A desk that shares its work with the process beside: one reads, the other normalises."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from catalog_service.model.report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalog_service.model.raw import RawRecord
    from catalog_service.model.record import Record
    from catalog_service.model.terms import Term
    from catalog_service.operations.beside import Beside
    from catalog_service.operations.reading import OwnDesk, Read, Source
    from catalog_service.operations.spool import Packed

_BATCH = 100
_UNDERWAY = 2
"""Batches given away before the answer to the first is waited for."""


class SharedDesk:
    """Gives records of RDF to the process beside, from when that is ready; yields all in the order they are read in."""

    def __init__(self, own: OwnDesk, beside: Beside) -> None:
        self._own = own
        self._beside = beside
        beside.normalises = True
        self._underway: deque[list[RawRecord]] = deque()

    @property
    def position(self) -> int:
        """How many bytes of the files were read so far, where that can be told."""
        return self._own.position

    def check(self, records: Sequence[Record], linked: Mapping[Term, str]) -> Mapping[str, list[Finding]]:
        """Return the findings by the records' IRIs; ``linked`` gives the class IRI of records that are named."""
        return self._own.check(records, linked)

    def read(self, source: Source, kind: str) -> Iterator[Read | Packed | Finding]:
        """Yield the records of a source, and findings on what in it is none."""
        batch: list[RawRecord] = []
        for raw in self._own.raw(source, kind):
            if isinstance(raw, Finding) or not self._is_shared(raw):
                yield from self._all(batch)
                batch = []
                yield raw if isinstance(raw, Finding) else self._own.normalised(raw)
                continue
            batch.append(raw)
            if len(batch) == _BATCH:
                self._give(batch)
                batch = []
                if len(self._underway) > _UNDERWAY:
                    yield from self._answer()
        yield from self._all(batch)

    def _is_shared(self, raw: RawRecord) -> bool:
        """Tell whether the other process can have a record: it gives no names to those that have none."""
        return bool(raw.triples) and raw.iri[:2] != "_:" and self._beside.ready()

    def _all(self, batch: list[RawRecord]) -> Iterator[Read | Packed]:
        """Yield what is still underway, and a last batch."""
        if batch:
            self._give(batch)
        while self._underway:
            yield from self._answer()

    def _give(self, batch: list[RawRecord]) -> None:
        self._underway.append(batch)
        self._beside.ask(batch)

    def _answer(self) -> Iterator[Read | Packed]:
        """Yield what became of the batch given away first; one whose answer does not come is normalised here."""
        batch = self._underway.popleft()
        yield from self._beside.answer() or map(self._own.normalised, batch)
