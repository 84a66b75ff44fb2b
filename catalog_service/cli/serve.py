"""Serving by granian: slow clients do not hold its workers (reliability, 2.10)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def probe(host: str, port: int) -> None:
    """Raise `EnvironmentProblem` when nothing can be served at an address, as when another program does already."""
    import socket

    from catalog_service.errors import EnvironmentProblem

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except (OSError, OverflowError) as error:
            raise EnvironmentProblem(
                "Nothing can be served at {host}:{port}: {reason}.",
                advice="Another program may use it; choose another with --port.",
                host=host,
                port=port,
                reason=getattr(error, "strerror", "") or str(error),
            ) from error


def serve(home: Path, host: str, port: int, workers: int) -> None:
    """Serve a catalogue until stopped."""
    from granian import Granian
    from granian.constants import Interfaces

    from catalog_service.web.capacity import THREADS

    os.environ["KEBAO_HOME"] = str(home.absolute())
    os.environ.setdefault("KEBAO_PUBLIC_URL", f"http://{host}:{port}")
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
