"""The server as processes: ready when it has searched, and what is left of it when its first process is killed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from benchmarks.serving import free_port, serving, wait_until_up
from catalog_service.cli.serve import probe
from catalog_service.errors import EnvironmentProblem
from catalog_service.web.capacity import LISTENERS, THREADS
from catalog_service.web.serving import warm_up
from tests.catalogues import load_products, make_catalogue
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


def test_whoever_waits_for_changes_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    waiting, wait = 2 * THREADS, 6

    def fetch(path: str) -> float:
        began = time.monotonic()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            assert answer.status == 200
        return time.monotonic() - began

    with serving(tmp_path / "home") as port, ThreadPoolExecutor(waiting) as pool:
        polls = [pool.submit(fetch, f"/api/v1/changes?since=0&wait={wait}") for _ in range(waiting)]
        threading.Event().wait(1)
        took = fetch("/health/live")
        waited = [poll.result() for poll in polls]

    assert took < wait / 2
    assert sum(each >= wait for each in waited) == LISTENERS


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_whoever_waits_for_changes_is_answered_when_the_server_is_told_to_stop(
    start: Callable[[int], subprocess.Popen[bytes]], told: signal.Signals
) -> None:
    def fetch(wait: int) -> dict[str, object]:
        with urllib.request.urlopen(f"{address}?since=0&wait={wait}", timeout=60) as answer:
            found: dict[str, object] = json.load(answer)
        return found

    port = free_port()
    address = f"http://127.0.0.1:{port}/api/v1/changes"
    server = start(port)
    ended = fetch(1)
    with ThreadPoolExecutor(2) as pool:
        polls = [pool.submit(fetch, 31 - each) for each in (1, 2)]
        threading.Event().wait(1)
        began = time.monotonic()
        server.send_signal(told)
        server.wait()
        took = time.monotonic() - began
        answers = [poll.result() for poll in polls]

    assert took < 5
    for answer, wait in zip(answers, (30, 29), strict=True):
        assert answer == ended | {"next_url": str(ended["next_url"]).replace("wait=1", f"wait={wait}")}


def test_index_code_lists_and_names_are_there_before_the_first_reader(tmp_path: Path) -> None:
    made = make_catalogue(tmp_path, search__engine="embedded")
    load_products(made, 2)
    made.close()
    warm_up(made)

    assert "index" in vars(made)
    assert made.names.titles(made.store.last_seq())["zh"]
    made.close()


def test_an_empty_catalogue_and_one_without_its_index_start_too(tmp_path: Path) -> None:
    empty = make_catalogue(tmp_path / "empty")
    alone = make_catalogue(
        tmp_path / "alone", search__engine="elasticsearch", search__url=f"http://127.0.0.1:{free_port()}"
    )

    for made in (empty, alone):
        warm_up(made)
        made.close()
