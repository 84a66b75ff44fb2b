"""A filled catalogue served as in life, and a bare server beside it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.records import BASE, write_turtle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def filled_home(folder: Path, products: int) -> Path:
    """Return a home with so many published bench products."""
    from catalog_service.operations.catalogue import open_catalogue
    from catalog_service.operations.load import Source, load

    home = folder / "home"
    home.mkdir()
    (home / "kebao.toml").write_text(f'[catalogue]\niri_base = "{BASE}"\n', encoding="utf-8")
    source = write_turtle(folder / "bench.ttl", products)
    catalogue = open_catalogue(home, environment={})
    catalogue.validation.without_shapes()
    load(catalogue, [Source("bench.ttl", source)], actor="bench", publishing=True)
    catalogue.close()
    return home


def free_port() -> int:
    """Return a port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(home: Path, workers: int = 1) -> Iterator[int]:
    """Serve a home by ``kebao run``; give the port."""
    port = free_port()
    command = [sys.executable, "-m", "catalog_service", "--home", str(home), "run", "--port", str(port)]
    with subprocess.Popen(
        [*command, "--workers", str(workers)], stdout=subprocess.DEVNULL, env={**os.environ, "KEBAO_LANG": "en"}
    ) as process:
        try:
            wait_until_up(f"http://127.0.0.1:{port}/health/live")
            yield port
        finally:
            process.terminate()
            process.wait(20)


def wait_until_up(address: str, seconds: float = 30.0) -> None:
    """Return when an address answers."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


@contextmanager
def ceiling(bodies: Sequence[bytes]) -> Iterator[int]:
    """Serve ready bytes by the same web server: what no server in front of the same client can beat."""
    import tempfile
    from pathlib import Path

    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        for number, body in enumerate(bodies):
            (Path(folder) / str(number)).write_bytes(body)
        program = (
            "import sys; from pathlib import Path; from granian import Granian\n"
            f"Granian('benchmarks.serving:ready_bytes', port={port}, interface='wsgi', log_enabled=False).serve()"
        )
        environment = {**os.environ, "BENCH_BODIES": folder}
        with subprocess.Popen([sys.executable, "-c", program], env=environment) as process:
            try:
                wait_until_up(f"http://127.0.0.1:{port}/0")
                yield port
            finally:
                process.terminate()
                process.wait(20)


def ready_bytes(environ: dict[str, str], start_response: object) -> list[bytes]:
    """Answer with the bytes of a page, read once."""
    name = environ["PATH_INFO"].strip("/")
    if name not in _BODIES:
        from pathlib import Path

        _BODIES[name] = (Path(os.environ["BENCH_BODIES"]) / name).read_bytes()
    start_response("200 OK", [("Content-Type", "text/xml")])  # type: ignore[operator]
    return [_BODIES[name]]


_BODIES: dict[str, bytes] = {}
