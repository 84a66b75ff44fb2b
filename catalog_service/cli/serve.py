"""Serving by granian: slow clients do not hold its workers (reliability, 2.10)."""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from catalog_service.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def probe(host: str, port: int) -> None:
    """Raise `EnvironmentProblem` when nothing can be served at an address, as when another program does already."""
    with _asked(host, port) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind((host, port))


def hold(host: str, port: int) -> socket.socket:
    """Return a socket that keeps an address from other servers of ours until it is closed.

    Workers share the port, so a second server could too, once they listen or before; the probe of one fails by this
    socket, which is bound without SO_REUSEADDR and never listens. Where the port is 0, it has the one that was given.
    """
    probe(host, port)
    with _asked(host, port) as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind((host, port))
        return held.dup()


@contextmanager
def _asked(host: str, port: int) -> Iterator[socket.socket]:
    """Give a socket to bind; what then fails is told."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as asked:
        try:
            yield asked
        except (OSError, OverflowError) as error:
            raise EnvironmentProblem(
                "Nothing can be served at {address}: {reason}.",
                advice="Another program may use it; choose another with --port.",
                address=at(host, port),
                reason=getattr(error, "strerror", "") or str(error),
            ) from error


def at(host: str, port: int) -> str:
    """Return host and port as they stand in an address.

    >>> at("::1", 8600)
    '[::1]:8600'
    """
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def serve(home: Path, host: str, port: int, workers: int) -> None:
    """Serve a catalogue until stopped."""
    from granian import Granian
    from granian.constants import Interfaces

    from catalog_service.web.capacity import THREADS

    os.environ["KEBAO_HOME"] = str(home.absolute())
    os.environ.setdefault("KEBAO_PUBLIC_URL", f"http://{at(host, port)}")
    Granian(
        "catalog_service.web.serving:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        factory=True,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()
