"""``kebao run`` before its workers start: whose the port is, and what a start does not wait for."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from benchmarks.serving import free_port
from catalog_service.cli.serve import at, hold, probe
from catalog_service.errors import EnvironmentProblem
from tests.cli.running import run, said

if TYPE_CHECKING:
    from pathlib import Path

HOST = "127.0.0.1"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The addresses that were served, by a server that ends at once."""
    addresses: list[tuple[str, int]] = []
    monkeypatch.setattr(
        "catalog_service.cli.serve.serve", lambda _home, host, port, _workers: addresses.append((host, port))
    )
    return addresses


def worker(port: int) -> socket.socket:
    """Return a socket as the server's workers open it."""
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    opened.bind((HOST, port))
    opened.listen()
    return opened


def test_a_catalogue_without_its_index_is_served_with_a_word(tmp_path: Path, served: list[tuple[str, int]]) -> None:
    home = tmp_path / "home"
    said(run(home, "run", "--sample", "--port", str(free_port())))
    next((home / "index").glob("*/meta.json")).write_text("{")

    text = said(run(home, "run", "--port", str(free_port())))

    assert "kebao index rebuild" in text
    assert "Records are served" in text
    assert len(served) == 2


def test_a_server_that_is_still_starting_has_its_port_already() -> None:
    port = free_port()
    with hold(HOST, port):
        with pytest.raises(EnvironmentProblem):
            hold(HOST, port)
        with worker(port), worker(port) as second:
            with pytest.raises(EnvironmentProblem):
                probe(HOST, port)
            with socket.create_connection((HOST, port)):
                second.setblocking(False)

        with pytest.raises(EnvironmentProblem):
            hold(HOST, port)
    hold(HOST, port).close()


def test_a_port_that_was_just_used_can_be_taken_again() -> None:
    port = free_port()
    with hold(HOST, port), worker(port) as listening, socket.create_connection((HOST, port)) as asking:
        answering, _ = listening.accept()
        answering.close()  # who closes first keeps the port in TIME_WAIT
        asking.recv(1)

    with hold(HOST, port), worker(port):
        pass


def test_a_port_of_the_system_s_choice_is_told(tmp_path: Path, served: list[tuple[str, int]]) -> None:
    text = said(run(tmp_path / "home", "run", "--port", "0"))

    [(_, port)] = served
    assert port > 0
    assert f"http://127.0.0.1:{port}" in text


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    assert at("::1", 8722) == "[::1]:8722"
    assert at("localhost", 8722) == "localhost:8722"
