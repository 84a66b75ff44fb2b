"""Serving by granian: slow clients do not hold its workers (reliability, 2.10)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def serve(home: Path, host: str, port: int, workers: int) -> None:
    """Serve a catalogue until stopped; a port in use is told in a sentence."""
    import socket

    from granian import Granian
    from granian.constants import Interfaces

    from catalog_service.errors import EnvironmentProblem

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise EnvironmentProblem(
                "Nothing can be served at {host}:{port}: {reason}.",
                advice="Another program may use it; choose another with --port.",
                host=host,
                port=port,
                reason=error.strerror or str(error),
            ) from error
    os.environ["KEBAO_HOME"] = str(home.absolute())
    os.environ.setdefault("KEBAO_PUBLIC_URL", f"http://{host}:{port}")
    Granian(
        "catalog_service.web.serving:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=8,
        factory=True,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()
