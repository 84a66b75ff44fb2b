"""The server as processes: what is left of it when its first process is killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from benchmarks.serving import free_port, wait_until_up
from catalog_service.cli.serve import probe
from catalog_service.errors import EnvironmentProblem
from tests.operations.stories import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECONDS = 30
"""Long enough for a busy machine; without the watch the workers stay for ever."""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[int], subprocess.Popen[bytes]]]:
    """A function that serves one home by two workers at a port; whatever is left of it is ended."""
    started: list[subprocess.Popen[bytes]] = []

    def serve(port: int) -> subprocess.Popen[bytes]:
        words = ("--home", str(tmp_path / "home"), "run", "--workers", "2", "--port", str(port))
        command = [sys.executable, "-m", "catalog_service", *words]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)
        started.append(process)
        wait_until_up(f"http://127.0.0.1:{port}/health/ready", 60)
        return process

    yield serve
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_workers_end_with_a_killed_server_and_the_next_one_takes_its_place(
    start: Callable[[int], subprocess.Popen[bytes]],
) -> None:
    port = free_port()
    server = start(port)

    server.kill()
    server.wait()

    deadline = time.monotonic() + SECONDS
    while True:
        try:
            probe("127.0.0.1", port)
            break
        except EnvironmentProblem:
            assert time.monotonic() < deadline, "the port is still held"
            threading.Event().wait(0.05)
    assert start(port).poll() is None
