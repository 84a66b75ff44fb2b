"""What every writing part shares: the transaction's unit of work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_service.store.work import work_row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

    from catalog_service.store.ledger import Ledger
    from catalog_service.store.rows import RecordRow


class Writes:
    """Base of the parts of a store that write. All of them together are one transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @property
    def _connection(self) -> Connection:
        return self._ledger.connection

    @property
    def _actor(self) -> str:
        return self._ledger.actor

    @property
    def stamp(self) -> int:
        """The stamp of everything this transaction writes."""
        return self._ledger.stamp

    @property
    def seq(self) -> int:
        """The number of the newest change, those of this transaction among them."""
        return int(self._ledger.seq)

    def rows(self, identifiers: Iterable[str]) -> dict[str, RecordRow]:
        """Return records by identifier, as far as they exist; what is written about them next asks no more."""
        wanted = list(identifiers)
        self._ledger.load(wanted)
        found = [work for each in wanted if (work := self._ledger.find(each))]
        return {work.identifier: work_row(work) for work in found}

    def begin(self) -> None:
        """Put the clock on a store without entries: its low-water mark is the time of its making."""
        self._ledger.touched = True
