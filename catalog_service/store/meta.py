"""What belongs to the catalogue as a whole: secrets, its frozen base of IRIs, and a few notes to itself."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import sqlalchemy as sa

from catalog_service.errors import Conflict
from catalog_service.store import bulk
from catalog_service.store.reading import Reads
from catalog_service.store.tables import meta
from catalog_service.store.writing import Writes

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST_SECRETS = ("page-key", "session")
"""The secrets made when a store is opened first: they sign page keys and sessions (architecture, decision 14)."""

_IRI_BASE = "iri_base"
_SECRETS = "secret:"
_SECRET_BYTES = 32


class MetaReads(Reads):
    """Reading them."""

    def meta(self, name: str) -> str | None:
        """Return a note."""
        with self._reading() as connection:
            return connection.execute(sa.select(meta.c.value).where(meta.c.name == name)).scalar()

    def iri_base(self) -> str | None:
        """Return the base that record IRIs are frozen to, ``None`` while they are not."""
        return self.meta(_IRI_BASE)

    def _secret(self, name: str) -> bytes | None:
        text = self.meta(_SECRETS + name)
        return bytes.fromhex(text) if text else None


class MetaWrites(Writes):
    """Writing them."""

    def set_meta(self, name: str, value: str) -> None:
        """Keep a note in place of the one of the same name."""
        bulk.upsert(self._connection, meta, [(name, value)])

    def freeze_iri_base(self, base: str) -> None:
        """Freeze the base of record IRIs before the first real publication; it cannot be changed afterwards."""
        bulk.insert(self._connection, meta, [(_IRI_BASE, base)], ignore=True)
        frozen = self._connection.execute(sa.select(meta.c.value).where(meta.c.name == _IRI_BASE)).scalar_one()
        if frozen != base:
            raise Conflict("The IRIs of this catalogue begin with {frozen} for good.", frozen=frozen)

    def make_secrets(self, names: Iterable[str]) -> None:
        """Make these secrets as far as there are none."""
        made = [(_SECRETS + name, secrets.token_hex(_SECRET_BYTES)) for name in names]
        bulk.insert(self._connection, meta, made, ignore=True)
