"""Python's collector of rings, kept from looking through everything again and again while a load makes many objects."""

from __future__ import annotations

import gc
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_THRESHOLDS = (200_000, 20, 100)
"""What records are made of has no rings, so looking for them rarely holds no memory back (Python: 700, 10, 10)."""

_guard = threading.Lock()
_before: list[tuple[int, int, int]] = []
"""The thresholds that each block which is open found; the first are the ones to go back to."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collect rings rarely to the end of the block; several threads may be in such blocks at once."""
    with _guard:
        _before.append(_before[0] if _before else gc.get_threshold())
        gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        with _guard:
            usual = _before.pop()
            if not _before:
                gc.set_threshold(*usual)
