"""Idempotency keys: a request sent again has one effect and gets the first answer (reliability, I3)."""

from __future__ import annotations

import sqlalchemy as sa

from catalog_service.errors import Conflict
from catalog_service.store.tables import idempotency
from catalog_service.store.writing import Writes


class IdempotencyWrites(Writes):
    """Answers kept in the transaction that they speak of. A key belongs to its actor."""

    def replay(self, key: str, digest: str) -> bytes | None:
        """Return the answer given to this request before, ``None`` if it is new; another request's key is refused."""
        statement = sa.select(idempotency.c.digest, idempotency.c.answer)
        row = self._connection.execute(
            statement.where(idempotency.c.actor == self._actor, idempotency.c.key == key)
        ).first()
        if row is None:
            return None
        if row.digest != digest:
            raise Conflict(
                "The idempotency key {key} was used for another request.",
                advice="Send a new request with a new key.",
                key=key,
            )
        return bytes(row.answer)

    def remember(self, key: str, digest: str, answer: bytes) -> None:
        """Keep the answer to a request."""
        values = {"actor": self._actor, "key": key, "digest": digest, "answer": answer, "stamp": self.stamp}
        self._connection.execute(sa.insert(idempotency).values(values))

    def forget_answers(self, before: int) -> int:
        """Drop answers older than a stamp; return how many."""
        return self._connection.execute(sa.delete(idempotency).where(idempotency.c.stamp < before)).rowcount
