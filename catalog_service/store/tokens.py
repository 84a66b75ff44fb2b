"""Access tokens: 256 random bits shown once, of which only the SHA-256 is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

import sqlalchemy as sa

from catalog_service.errors import InputError, NotFound
from catalog_service.store.reading import Reads
from catalog_service.store.rows import Token
from catalog_service.store.tables import token
from catalog_service.store.writing import Writes

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFIX = "kb"
USED_SECONDS = 60
"""How old the note of a token's last use may grow before it is written anew."""

_COLUMNS = (
    token.c.id, token.c.owner, token.c.scopes, token.c.label, token.c.created, token.c.expires, token.c.last_used,
    token.c.revoked,
)  # fmt: skip


class TokenReads(Reads):
    """Who has access."""

    def tokens(self) -> list[Token]:
        """Return every token, oldest first, without its secret."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(*_COLUMNS).order_by(token.c.created, token.c.id))
            return [Token(id_, owner, tuple(scopes.split()), *rest) for id_, owner, scopes, *rest in rows]

    def _find_token(self, text: str, now: int) -> Token | None:
        """Return the token that a text is, if it is valid now; takes as long for a wrong secret as for a right one."""
        prefix, _, rest = text.partition("_")
        id_, _, secret = rest.partition("_")
        with self._reading() as connection:
            row = connection.execute(sa.select(*_COLUMNS, token.c.hash).where(token.c.id == id_)).first()
        right = hmac.compare_digest(_hash(secret), row.hash if row else _hash(""))
        if row is None or not right or prefix != PREFIX or row.revoked is not None:
            return None
        if row.expires is not None and row.expires <= now:
            return None
        return Token(id_, row.owner, tuple(row.scopes.split()), *row[3:8])


class TokenWrites(Writes):
    """Giving access and taking it away."""

    def create_token(self, owner: str, scopes: Iterable[str], *, label: str = "", expires: int | None = None) -> str:
        """Make a token and return it; it is not shown again."""
        names = tuple(scopes)
        if any(not name or name.split() != [name] for name in names):
            raise InputError("A scope is a word without spaces.")
        id_, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        self._connection.execute(
            sa.insert(token).values(
                id=id_, hash=_hash(secret), owner=owner, scopes=" ".join(names), label=label, created=self.stamp,
                expires=expires,
            )
        )  # fmt: skip
        return f"{PREFIX}_{id_}_{secret}"

    def revoke_token(self, id_: str) -> None:
        """Take a token back, at once and for ever."""
        statement = sa.update(token).where(token.c.id == id_, token.c.revoked.is_(None))
        if not self._connection.execute(statement.values(revoked=self.stamp)).rowcount:
            raise NotFound("There is no valid token “{token}”.", token=id_)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
