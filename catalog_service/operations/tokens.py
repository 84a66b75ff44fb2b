"""Keys for programs: made, checked, and what they allow. Nothing is writable without one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from catalog_service.errors import InputError, NotAllowed, NoToken

if TYPE_CHECKING:
    from catalog_service.operations.catalogue import Catalogue
    from catalog_service.store.rows import Token

WRITE = "write"
"""The scope that allows changes."""

_DAY = 86_400
_SCHEME = "bearer "


def create(catalogue: Catalogue, owner: str, days: int = 365) -> str:
    """Make a key for somebody and return it; it cannot be read again."""
    if not owner.strip():
        raise InputError("A key needs the name of who uses it.")
    if not 1 <= days <= 3650:
        raise InputError("A key lives 1 to 3,650 days, not {days}.", days=days)
    with catalogue.store.write(actor="command line") as writer:
        return writer.create_token(owner.strip(), (WRITE,), expires=int(time.time()) + days * _DAY)


def is_key(header: str) -> bool:
    """Tell whether an ``Authorization`` header brings a key; a proxy in front may ask for other things in it."""
    return header.lower().startswith(_SCHEME.strip())


def check(catalogue: Catalogue, header: str, scope: str = WRITE) -> Token:
    """Return the token of an ``Authorization`` header; raises `NoToken` or `NotAllowed`."""
    if not header.lower().startswith(_SCHEME):
        raise NoToken("This needs a key.", advice="Send it as: Authorization: Bearer kb_…")
    token = catalogue.store.check_token(header[len(_SCHEME) :].strip())
    if token is None:
        raise NoToken("The key is unknown, expired or revoked.", advice="Ask the operator for a new one.")
    if scope not in token.scopes:
        raise NotAllowed("The key does not allow this.")
    return token
