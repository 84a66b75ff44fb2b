"""Requests with the same key take their turns: the second one finds the answer of the first."""

from __future__ import annotations

import fcntl
import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def one_after_another(home: Path, *key: str) -> Iterator[None]:
    """Hold the lock of a key, over the threads and processes of a home; the kernel lets go of it when a process ends.

    There are no more than 256 locks, so that files do not gather: now and then a key waits for another one.
    """
    folder = home / "locks"
    folder.mkdir(exist_ok=True)
    name = hashlib.sha256("\x1f".join(key).encode("utf-8", "surrogateescape")).hexdigest()[:2]
    with (folder / name).open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
