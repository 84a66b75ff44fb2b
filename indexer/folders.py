"""Folders that hold an index: who uses one says so by a shared lock, so that one nobody uses can be told and removed.

A lock ends with its process, however that ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_USED = ".used.lock"
_REMOVED = ".removed"


def hold(path: Path) -> int:
    """Make a folder if there is none and return a descriptor that says, until it is closed, that it is in use."""
    while True:
        try:
            path.mkdir(parents=True, exist_ok=True)
            held = os.open(path / _USED, os.O_RDWR | os.O_CREAT, 0o644)
        except FileNotFoundError:  # removed since it was made
            continue
        except FileExistsError:  # removed while `mkdir` looked what is there, or no folder at all
            if path.is_file():
                raise
            continue
        fcntl.flock(held, fcntl.LOCK_SH)
        if _is_at(held, path / _USED):
            return held
        os.close(held)


def remove(path: Path) -> bool:
    """Remove a folder that nobody holds; False if somebody does. Whoever opens it meanwhile makes it anew."""
    lock = os.open(path / _USED, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        aside = path if path.name.endswith(_REMOVED) else path.rename(path.with_name(path.name + _REMOVED))
        shutil.rmtree(aside, ignore_errors=True)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
