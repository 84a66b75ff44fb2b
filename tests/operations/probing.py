"""A zygote whose workers run a function in place of reading; the kind asked for names it. For trying out the bounds."""

from __future__ import annotations

import os
import signal
import socket
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from catalog_service.model.report import Finding
from catalog_service.operations.sandbox import Sandbox, wire
from catalog_service.operations.sandbox.worker import Worker
from catalog_service.operations.sandbox.zygote import main


class ProbingSandbox(Sandbox):
    """A sandbox of probing workers."""

    module = __name__


def _connect() -> str:
    with socket.create_connection(("127.0.0.1", 9), 1):
        return "connected"


def _write_file() -> str:
    with Path("/tmp/probe").open("wb") as file:
        file.write(b"x")
    return "written"


def _write_to_body() -> str:
    """Write through a descriptor that was open already: the body's own."""
    for number in range(3, 30):
        with suppress(OSError):
            if stat.S_ISREG(os.fstat(number).st_mode):
                return str(os.write(number, b"x"))
    return "too large"


def _open_passwd() -> str:
    return Path("/etc/passwd").read_text()[:1]


def _eat_memory() -> str:
    return str(len(bytearray(3_000_000_000)))


def _spin() -> str:
    while True:
        pass


def _wait() -> str:
    signal.pause()
    return "woken"


def _tell_pid() -> str:
    return str(os.getpid())


def _die() -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def _abort() -> str:
    os.abort()


PROBES = {
    each.__name__.lstrip("_"): each
    for each in (
        _connect, _write_file, _write_to_body, _open_passwd, _eat_memory, _spin, _wait, _tell_pid,
        _die, _abort,
    )
}  # fmt: skip
_NOWHERE = ["", "", 0, "", 0]


def _items(kind: str, nodes: object, *, place: object = _NOWHERE) -> bytes:
    """Return a message with one record."""
    record = ["record", "urn:x:a", kind, "", nodes, place, [], [], [], True, {}]
    return wire.dump(["items", [record]])


FORGED = {
    "no-message": b"\xc1garbage",
    "pickle": b"cos\nsystem\n(S'true'\ntR.",
    "blank-node": _items("service-product", {"_:b": {}}),
    "not-a-term": _items("service-product", {"<urn:x:a>": {"<urn:p>": ["<a b>"]}}),
    "two-lines": _items("service-product", {"<urn:x:a>": {"<urn:p>": ["<urn:a>\n<urn:b>"]}}),
    "no-text": _items("service-product", {"<urn:x:a>": {"<urn:p>": [1]}}),
    "no-place": _items("service-product", {}, place=["", "", "1", "", 0]),
    "no-kind": _items("none", {}),
    "too-long": wire.dump(["end", 1]),
    "severity": wire.dump(["items", [["finding", "x", {}, {}, "fatal", "", "", {}, "", "", "", "", _NOWHERE]]]),
    "not-asked": wire.dump(["found", {}]),
    "format": wire.dump(["failed", "InputError", "{file.__class__}", "", {"file": "x"}]),
    "class": wire.dump(["failed", "__builtins__", "x", "", {}]),
    "width": wire.dump(["failed", "InputError", "{file:>9999999999}", "", {"file": "x"}]),
    "advice": wire.dump(["failed", "InputError", "x", "", {"advice": "y"}]),
}
"""What a worker that was taken over may say."""


class ProbingWorker(Worker):
    """Runs probes."""

    def _read(self, desk: Any, number: int, name: str, kind: str) -> None:
        if kind in FORGED:
            self._send(FORGED[kind])
            return
        if kind == "endless":
            self._channel.sendall(wire.LENGTH.pack(4_000_000_000))
            return
        try:
            said = PROBES[kind]()
        except OSError as error:
            said = f"{error.errno}"
        self._send(wire.dump(wire.Items([wire.pack_finding(Finding("probe", {"en": said}))])))
        self._send(wire.dump(wire.End()))


if __name__ == "__main__":
    main(ProbingWorker)
