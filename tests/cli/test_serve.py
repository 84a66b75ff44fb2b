"""``kebao run`` as a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.running import run, said
from tests.operations.stories import ROOT, agency, product

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Server:
    """``kebao run`` on a port."""

    def __init__(self, home: Path, port: int, *more: str) -> None:
        command = [sys.executable, "-m", "catalog_service", "--home", str(home), "--lang", "en", "run", *more]
        self.process = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.address = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> Any:
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                    return json.load(answer)
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                threading.Event().wait(0.1)

    def end(self, how: signal.Signals) -> tuple[int, str, str]:
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path, port: int) -> Iterator[Server]:
    started = Server(tmp_path / "home", port, "--sample", "--workers", "2")
    yield started
    with contextlib.suppress(ProcessLookupError):
        os.killpg(started.process.pid, signal.SIGKILL)
    started.process.communicate()


def test_the_server_says_where_it_is_serves_the_samples_takes_loads_and_ends_with_0(
    server: Server, tmp_path: Path
) -> None:
    assert (
        server.get("/api/v1/search?q=专利检索".replace("专利检索", "%E4%B8%93%E5%88%A9%E6%A3%80%E7%B4%A2"))["total"]
        >= 3
    )
    path = tmp_path / "records.json"
    path.write_text(json.dumps([agency(), product(1)]), encoding="utf-8")

    loaded = run(tmp_path / "home", "load", "--publish", "--json", str(path))
    assert loaded.exit_code == 0
    seq = json.loads(loaded.output)["seq"]
    assert [server.get(f"/api/v1/search?provider={agency()['uscc']}&min_seq={seq}")["total"] for _ in range(6)] == [
        1
    ] * 6
    said(run(tmp_path / "home", "index", "rebuild"))

    code, out, err = server.end(signal.SIGTERM)
    assert (code, err) == (0, "")
    assert server.address in out
    assert "sample records loaded" in out


def test_a_port_in_use_is_told_in_a_sentence_and_ends_with_3(tmp_path: Path, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        second = Server(tmp_path / "home", port)
        out, err = second.process.communicate(timeout=60)

    assert second.process.returncode == 3
    assert str(port) in err
    assert "--port" in err
    assert "Traceback" not in out + err
    assert "is served" not in out
