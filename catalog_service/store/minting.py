"""Identifiers for new records: a prefix and seven digits, with no meaning inside (architecture, decision 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from catalog_service.store.reading import portions
from catalog_service.store.tables import minted, record
from catalog_service.store.writing import Writes

if TYPE_CHECKING:
    from collections.abc import Sequence


class Minting(Writes):
    """Handing out identifiers; one that a person has chosen already is skipped."""

    def mint(self, prefix: str) -> str:
        """Return the next identifier with a prefix."""
        return self.mint_many(prefix, 1)[0]

    def mint_many(self, prefix: str, count: int) -> list[str]:
        """Return the next identifiers with a prefix."""
        statement = sa.select(minted.c.last).where(minted.c.prefix == prefix)
        last = self._connection.execute(statement).scalar()
        if last is None:
            self._connection.execute(sa.insert(minted).values(prefix=prefix, last=0))
        number, found = last or 0, list[str]()
        while len(found) < count:
            numbers = range(number + 1, number + 1 + count - len(found))
            candidates = [f"{prefix}-{candidate:07d}" for candidate in numbers]
            taken = self._taken(candidates)
            found += [candidate for candidate in candidates if candidate not in taken]
            number = numbers[-1]
        self._connection.execute(sa.update(minted).where(minted.c.prefix == prefix).values(last=number))
        return found

    def _taken(self, candidates: Sequence[str]) -> set[str]:
        taken = {candidate for candidate in candidates if self._ledger.find(candidate)}
        for portion in portions(candidates):
            statement = sa.select(record.c.identifier).where(record.c.identifier.in_(portion))
            taken.update(self._connection.execute(statement).scalars())
        return taken
