"""A filled catalogue served as in life, and other applications by the same web server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.records import BASE, write_turtle

if TYPE_CHECKING:
    from collections.abc import Iterator


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
def serving_wsgi(factory: str, first: str) -> Iterator[int]:
    """Serve another application by the same web server, one worker; give the port once ``first`` is answered."""
    port = free_port()
    options = f"port={port}, interface='wsgi', factory=True, log_enabled=False, blocking_threads=8"
    program = f"from granian import Granian\nGranian('{factory}', {options}).serve()"
    with subprocess.Popen([sys.executable, "-c", program]) as process:
        try:
            wait_until_up(f"http://127.0.0.1:{port}{first}", 120.0)
            yield port
        finally:
            process.terminate()
            process.wait(20)


def children() -> dict[int, list[str]]:
    """Return the processes below this one, as Linux counts them: number to the fields behind the name in ``stat``."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            stats[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
    below = {os.getpid()}
    while more := {pid for pid, fields in stats.items() if int(fields[1]) in below and pid not in below}:
        below |= more
    return {pid: stats[pid] for pid in below - {os.getpid()}}


def children_seconds() -> float:
    """Return the processor seconds of all processes below this one."""
    return sum(int(fields[11]) + int(fields[12]) for fields in children().values()) / os.sysconf("SC_CLK_TCK")
