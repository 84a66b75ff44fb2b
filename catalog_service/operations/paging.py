"""Page keys: opaque, signed, without server state, so that nobody can forge one or read anything in it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

_MAC_BYTES = 12


def seal(secret: bytes, payload: Any) -> str:
    """Return a key that carries JSON and is bound to this catalogue's secret.

    >>> unseal(b"s", seal(b"s", [1, "KB-0000001"]))
    [1, 'KB-0000001']
    """
    body = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(_mac(secret, body) + body).decode().rstrip("=")


def unseal(secret: bytes, key: str) -> Any:
    """Return what a key carries, or None when it is not one of ours."""
    try:
        raw = base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    return json.loads(body) if body and hmac.compare_digest(mac, _mac(secret, body)) else None


def _mac(secret: bytes, body: bytes) -> bytes:
    return hmac.digest(secret, body, hashlib.sha256)[:_MAC_BYTES]
