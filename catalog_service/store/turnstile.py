"""Whose turn it is to write: keeps a bulk load, which writes chunk after chunk, from starving a person's save.

A writer passes the turnstile and only then waits for the database's own lock; while it waits nobody can pass it, so who
has just written and wants to write again stands behind. The lock is the operating system's: it ends with its process.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
import time
from typing import TYPE_CHECKING

from catalog_service.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

_POLL_SECONDS = 0.001


class Turnstile:
    """A queue of writers over the threads and processes that name the same file; without a file it is always open."""

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._descriptor = -1
        self._threads = threading.Lock()

    @contextlib.contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """Hold the turnstile while the block runs; give up after so many seconds."""
        if self._path is None:
            yield
            return
        deadline = time.monotonic() + seconds
        if not self._threads.acquire(timeout=max(seconds, 0)):
            raise _busy(seconds)
        try:
            self._lock(self._path, deadline, seconds)
            try:
                yield
            finally:
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        finally:
            self._threads.release()

    def reopen(self) -> None:
        """Forget what was inherited from a parent process."""
        self._threads = threading.Lock()
        self.close()

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _lock(self, path: str, deadline: float, seconds: float) -> None:
        if self._descriptor < 0:
            try:
                self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as error:
                raise EnvironmentProblem("The record store cannot be used: {reason}", reason=str(error)) from error
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise _busy(seconds) from None
                time.sleep(_POLL_SECONDS)
            else:
                return


def _busy(seconds: float) -> EnvironmentProblem:
    return EnvironmentProblem(
        "The record store is busy: another program has been writing for {seconds} seconds.",
        advice="Try again in a moment.",
        seconds=round(seconds),
    )
